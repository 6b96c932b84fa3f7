"""Two timers: the first to fire cancels the other.

`--skip-time` does not wait for timers; leave it away and the same takes half a minute.

    $ simpleflow workflow.start --local --skip-time examples.timer.TimerWorkflow --input '[30, 120]'
    Starting timers
    Timer fired, exiting
    "long canceled"
"""

from __future__ import annotations

from simpleflow import Workflow, futures
from simpleflow.canvas import Chain


class TimerWorkflow(Workflow):
    name = "timer"
    version = "example"
    task_list = "example"

    def run(self, short: int, long: int) -> str:
        print("Starting timers")
        long_timer = self.submit(self.start_timer("long", long))
        self.submit(Chain(self.start_timer("short", short), self.cancel_timer("long")))

        futures.wait(long_timer)
        print("Timer fired, exiting")
        return "long canceled" if long_timer.cancelled else "long fired"
