"""What happens to a generated program: activities end in any order, deciders die, closings are refused."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from programs import CLASSES
from world import World

from simpleflow.dataflow import Limits
from swf.engine.machine import ALL_CLOCKS
from swf.exceptions import UnknownResource
from swf.protocol.events import WorkflowExecutionCompleted, WorkflowExecutionContinuedAsNew

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.engine.machine import ActivityTask, DecisionTask, Execution

__all__ = ["Orders", "cases"]

_SECONDS_OF_A_DECISION = 30


class Orders(World):
    """An execution of a program whose world is drawn from the same seed.

    `happened` counts what befell it.
    """

    def __init__(self, seed: int, *, compare: bool = True) -> None:
        self.rng = rng = random.Random(f"order {seed}")
        self.seed = seed
        self.again = rng.random() < 0.1
        limits = rng.choice([None, Limits(decisions=5, open_activities=4)])
        super().__init__(rng.choice(CLASSES), seed, self.again, limits=limits, compare=compare)
        self.happened: dict[str, int] = {}
        self.tasks: list[ActivityTask] = []
        self.noise = 0

    def run(self) -> list[Any]:
        """Let everything happen that can; return the closing events of its runs."""
        for _ in range(3_000):
            ended = self._runs()
            if ended[-1].closed:
                return [run.events[-1] for run in ended]
            self._something_happens()
        raise AssertionError("does not end")

    def check(self, closings: list[Any]) -> None:
        """Every future has ended with its own task's outcome. Raises `AssertionError`."""
        for closing in closings:
            if not isinstance(closing, WorkflowExecutionContinuedAsNew):
                assert type(closing) is WorkflowExecutionCompleted, closing
                for outcomes, got in json.loads(closing.attributes.result or "[]"):
                    assert got in outcomes, f"{got!r} is none of {outcomes}"

    def reasons(self) -> dict[str, int]:
        """Return how often each reason began a pass, of all runs."""
        found: dict[str, int] = {}
        for flow in self.flows.values():
            for reason, count in flow.reasons.items():
                found[reason] = found.get(reason, 0) + count
        return found

    def _runs(self) -> list[Execution]:
        runs = [self.execution]
        while isinstance(end := runs[-1].events[-1], WorkflowExecutionContinuedAsNew):
            runs.append(self.executions.execution("w", end.attributes.new_execution_run_id))
        return runs

    def _something_happens(self) -> None:
        rng = self.rng
        if rng.random() < 0.5 and self.decide() is not None:
            return
        self.tasks += self.open_tasks()
        if self.tasks and rng.random() < 0.7:
            self.finish(self.tasks.pop(rng.randrange(len(self.tasks))))
        elif self.decide() is None and not self.tasks:
            self.pass_time()

    def pass_time(self) -> None:
        """Let it be the time of the next clock."""
        due = self.executions.next_deadline(ALL_CLOCKS)
        assert due is not None, "stuck"
        self.now = max(due, self.now)
        self.executions.tick(self.now, ALL_CLOCKS)

    def finish(self, task: ActivityTask) -> None:
        """Let an activity end, in one way or another."""
        if not self.executions.is_open(task):
            return
        if self.executions.cancel_is_requested(task) and self.rng.random() < 0.5:
            self.note("activity canceled")
            self.executions.cancel_activity(task, None, self.now)
        elif task.scheduled.attributes.start_to_close_timeout == "5" and self.rng.random() < 0.4:
            self.note("activity timed out")
            self.now += 6
            self.executions.tick(self.now, ALL_CLOCKS)
        else:
            self.perform(task)

    def answer(self, task: DecisionTask, decided: Any) -> None:
        """Answer a decision task: mostly; sometimes too late, or when something has just happened."""
        chance = self.rng.random()
        if chance < 0.04:
            self.note("answer lost")
            self.expire()
        elif chance < 0.08:
            self.note("answer expired")
            self.expire()
            try:
                super().answer(task, decided)
            except UnknownResource:
                return
            raise AssertionError("an answer was taken that came too late")
        else:
            self.interfere(task)
            super().answer(task, decided)
            if any(type(event).__name__.endswith("ExecutionFailed") for event in task.execution.events[-2:]):
                self.note("closing refused")

    def interfere(self, task: DecisionTask) -> None:
        """Let something happen while a decider decides."""
        if self.noise < 3 and self.rng.random() < 0.15:
            self.noise += 1
            self.executions.signal(task.execution, "noise", None, self.now)

    def expire(self) -> None:
        """Let time go by, so that no decision task that was handed out can be answered any more."""
        self.now += _SECONDS_OF_A_DECISION + 1
        self.executions.tick(self.now, ALL_CLOCKS)

    def note(self, what: str) -> None:
        """Count what has happened."""
        self.happened[what] = self.happened.get(what, 0) + 1


def cases(count: int, kind: type[Orders] = Orders) -> Iterator[Orders]:
    """Yield worlds, each brought to its end and checked; what goes wrong names its case."""
    for seed in range(count):
        world = kind(seed)
        try:
            world.check(world.run())
        except Exception as error:
            error.add_note(f"case {seed}")
            raise
        finally:
            for flow in world.flows.values():
                flow.discard()
        yield world
