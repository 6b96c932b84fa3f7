"""Local runs: activities a second, in sequence and side by side, beside a bare loop with the same JSON.

Prints one JSON object as its last line: `sequence_per_s`, `fanout_per_s` (1,000 activities each, medians)
and the floor `bare_per_s`: the same function in a loop, its arguments and result written and read as JSON.
"""

from __future__ import annotations

import json
import statistics
import time

from simpleflow import Workflow, activity, futures, local

ACTIVITIES = 1_000
ROUNDS = 5


@activity.with_attributes(version="1")
def inc(x: int) -> int:
    return x + 1


class Sequence(Workflow):
    name = "sequence"
    version = "1"
    task_list = "d"

    def run(self, n: int) -> int:
        x = 0
        for _ in range(n):
            x = self.submit(inc, x).result
        return x


class FanOut(Workflow):
    name = "fanout"
    version = "1"
    task_list = "d"

    def run(self, n: int) -> int:
        return sum(futures.wait(*(self.submit(inc, i) for i in range(n))))


def bare() -> None:
    """Do what both do, with nothing around it."""
    x = 0
    for _ in range(ACTIVITIES):
        (argument,) = json.loads(json.dumps({"args": [x], "kwargs": {}}))["args"]
        x = json.loads(json.dumps(inc.callable(argument)))


def per_second(work: object) -> float:
    """Return activities a second, the median of the rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()  # type: ignore[operator]
        spent.append(time.perf_counter() - began)
    return round(ACTIVITIES / statistics.median(spent))


def main() -> None:
    figures = {
        "sequence_per_s": per_second(lambda: local.run(Sequence, ACTIVITIES)),
        "fanout_per_s": per_second(lambda: local.run(FanOut, ACTIVITIES)),
        "bare_per_s": per_second(bare),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
