"""The quickstart: computes `(x + 1) * 2` with three activities.

`y` is passed on before its value is known: that is how `delay` and `double` come to depend on `increment`.
They do not depend on each other, so they may run at the same time. Reading `z.result` waits for it.

    $ simpleflow workflow.start --local examples.basic.BasicWorkflow --input '[1, 5]'
    (1 + 1) * 2 = 4
    4

`make demo` runs it durably. Activities that shall survive a crash, and soon, say `retry` and
`heartbeat_timeout`: see `docs/tutorial/survive-a-crash.md`.
"""

from __future__ import annotations

import time

from simpleflow import Workflow, activity, futures


@activity.with_attributes(task_list="quickstart", version="example")
def increment(x: int) -> int:
    return x + 1


@activity.with_attributes(task_list="quickstart", version="example")
def double(x: int) -> int:
    return x * 2


@activity.with_attributes(task_list="quickstart", version="example")
def delay(t: float, x: int) -> int:
    time.sleep(t)
    return x


class BasicWorkflow(Workflow):
    name = "basic"
    version = "example"
    task_list = "example"

    def run(self, x: int, t: int = 30) -> int:
        y = self.submit(increment, x)
        yy = self.submit(delay, t, y)
        z = self.submit(double, y)

        print(f"({x} + 1) * 2 = {z.result}")
        futures.wait(yy, z)
        return z.result
