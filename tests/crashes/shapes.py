"""Workflows of many shapes, each with the result that it must have, whatever is killed meanwhile."""

from __future__ import annotations

import random
import time
from typing import Any

from simpleflow import Workflow, activity, futures
from simpleflow.canvas import Chain, Group

_OPTIONS: dict[str, Any] = {
    "version": "1",
    "task_list": "work",
    "retry": 20,
    "heartbeat_timeout": 2,
    "schedule_to_close_timeout": "NONE",
    "schedule_to_start_timeout": "NONE",
    "start_to_close_timeout": "NONE",
    "raises_on_failure": True,
}


@activity.with_attributes(name="soak.add", **_OPTIONS)
def add(*numbers: int) -> int:
    time.sleep(random.uniform(0, 0.02))
    return sum(numbers)


@activity.with_attributes(name="soak.slow", **_OPTIONS)
def slow(x: int) -> int:
    for _ in range(3):
        time.sleep(0.05)
        activity.current().heartbeat(x)
    return x


@activity.with_attributes(name="soak.fails_first", **_OPTIONS)
def fails_first(x: int) -> int:
    if activity.current().details is None:
        activity.current().heartbeat({"tried": True})
        raise ValueError("the first time")
    return x


class Soaked(Workflow):
    version = "1"
    task_list = "decide"
    decision_tasks_timeout = "3"
    execution_timeout = "3600"


class Sequence(Soaked):
    name = "soak.sequence"

    def run(self, n: int) -> int:
        value = 0
        for _ in range(n):
            value = self.submit(add, value, 1).result
        return value


class FanOut(Soaked):
    name = "soak.fan_out"

    def run(self, n: int) -> int:
        return self.submit(add, *[self.submit(slow, i) for i in range(n)]).result


class Parent(Soaked):
    name = "soak.parent"

    def run(self, n: int) -> int:
        children = [self.submit(Sequence, i) for i in range(1, n + 1)]
        return sum(child.result for child in children)


class Waits(Soaked):
    name = "soak.waits"

    def run(self, n: int) -> int:
        for k in range(n):
            self.submit(self.start_timer(f"t{k}", 1)).wait()
        self.submit(self.record_marker("waited", n)).wait()
        return len(self.list_markers())


class Signals(Soaked):
    name = "soak.signals"

    def run(self, n: int) -> int:
        other = self.submit(
            Answers.with_options(workflow_id=f"answers-{self.get_run_context()['workflow_id']}"), n
        )
        total = 0
        for _ in range(n):
            told: Any = self.submit(self.next_signal("number")).result
            total += told["args"][0]
        return total + other.result


class Answers(Soaked):
    name = "soak.answers"
    propagate_signals_to_parent = False

    def run(self, n: int) -> int:
        parent = self.get_run_context()["parent_workflow_id"]
        for k in range(n):
            value = self.submit(add, k, 1).result
            self.submit(self.signal("number", value, workflow_id=parent, propagate=False)).wait()
        return n


class Retried(Soaked):
    name = "soak.retried"

    def run(self, n: int) -> int:
        return sum(future.result for future in [self.submit(fails_first, i) for i in range(n)])


class Again(Soaked):
    name = "soak.again"

    def run(self, n: int, done: int = 0) -> int:
        done = self.submit(add, done, 1).result
        if done < n:
            self.submit(self.continue_as_new(n, done)).wait()
        return done


class Canvas(Soaked):
    name = "soak.canvas"

    def run(self, n: int) -> Any:
        group = self.submit(Group(*((add, i, 1) for i in range(n)), max_parallel=2))
        chain = self.submit(Chain((add, n, 1), (slow, n)))
        futures.wait(group, chain)
        return [group.result, chain.result]


class Awaited(Soaked):
    name = "soak.awaited"

    async def run(self, n: int) -> int:
        first = self.submit(slow, n)
        second = self.submit(add, first, 1)
        return (await first) + (await second)


SHAPES: list[tuple[type[Soaked], Any]] = [
    (Sequence, lambda n: n),
    (FanOut, lambda n: n * (n - 1) // 2),
    (Parent, lambda n: n * (n + 1) // 2),
    (Waits, lambda n: 1),
    (Signals, lambda n: n * (n + 1) // 2 + n),
    (Retried, lambda n: n * (n - 1) // 2),
    (Again, lambda n: n),
    (Canvas, lambda n: [[i + 1 for i in range(n)], [n + 1, n]]),
    (Awaited, lambda n: 2 * n + 1),
]
"""Each class, and its result for a size."""
CLASSES: list[type[Workflow]] = [*(kind for kind, _ in SHAPES), Answers]
