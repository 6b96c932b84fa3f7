"""What happens to a generated program: activities end in any order, deciders die, closings are refused."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from overload import is_throttled
from programs import CLASSES, Stubborn
from world import World

from simpleflow.dataflow import Limits, batches
from swf.engine.machine import ALL_CLOCKS
from swf.exceptions import UnknownResource
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpleflow.dataflow import Dataflow, Decided
    from swf.engine.machine import ActivityTask, DecisionTask, Execution

__all__ = ["HAPPENINGS", "REASONS", "Orders", "cases"]

REASONS = ["first", "seen", "failure", "blocked", "refused", "hooks"]
HAPPENINGS = [
    "activity canceled",
    "activity timed out",
    "answer expired",
    "answer lost",
    "canceled",
    "closing refused",
    "continued as new",
    "decided elsewhere",
    "failed",
    "news while deciding",
    "posted",
]
_SECONDS_OF_A_DECISION = 30
_FAR = 100_000
"""Seconds: nothing but the end of an execution is as far away."""
_LIMITS = [
    None,
    Limits(decisions=5, open_activities=4),
    Limits(decisions=3, open_activities=1),
    Limits(request_size=5_000),
]


class Orders(World):
    """An execution of a program whose world is drawn from the same seed. Two deciders take turns.

    `happened` counts what befell it, and what its program made use of.
    """

    patience = 3_000
    """How many things may happen before it is taken for endless."""

    def __init__(self, seed: int, *, compare: bool = True) -> None:
        self.rng = rng = random.Random(f"order {seed}")
        self.seed = seed
        self.again = rng.random() < 0.1
        self.generated = rng.choice(CLASSES)
        super().__init__(self.generated, seed, self.again, limits=rng.choice(_LIMITS), compare=compare)
        self.deciders: list[dict[str, Dataflow]] = [self.flows, {}]
        self.happened: Counter[str] = Counter()
        self.tasks: list[ActivityTask] = []
        self.decided_for: dict[str, Execution] = {}
        self.noise = 0
        self.cancel_in = rng.randrange(60) if rng.random() < 0.1 else -1

    # The end

    def run(self) -> list[Execution]:
        """Let everything happen that can; return its runs."""
        for _ in range(self.patience):
            runs = self._runs()
            if runs[-1].closed:
                return runs
            self._something_happens()
        raise AssertionError("does not end")

    def check(self, runs: list[Execution]) -> None:
        """Every future has ended with its own task's outcome, and code that is as it was is never refused."""
        for run in runs:
            self._check_end(run.events[-1])
        for execution in self.decided_for.values():
            self._check_history(execution)
            flow = self.new_flow(execution)
            for batch in batches(execution.events):
                flow.feed(batch)
            flow.discard()

    def _check_end(self, end: Any) -> None:
        match end:
            case e.WorkflowExecutionCompleted():
                self._check_outcomes(json.loads(end.attributes.result or "{}"))
            case e.WorkflowExecutionFailed():
                self.happened["failed"] += 1
                assert "bad " in (end.attributes.reason or ""), end
            case e.WorkflowExecutionCanceled():
                self.happened["canceled"] += 1
                assert self.workflow is not Stubborn
            case e.WorkflowExecutionContinuedAsNew():
                self.happened["continued as new"] += 1
            case _:
                raise AssertionError(f"ended by {end}")

    def _check_history(self, execution: Execution) -> None:
        """What is done once was done once, and nothing was asked for that SWF must refuse."""
        done: Counter[Any] = Counter()
        for event in execution.events:
            match event:
                case e.MarkerRecorded(attributes=told):
                    done[told.marker_name, told.details] += 1
                case e.SignalExternalWorkflowExecutionInitiated(attributes=told):
                    done[told.workflow_id, told.run_id, told.signal_name] += 1
                case e.SignalExternalWorkflowExecutionFailed() if is_throttled(event):
                    sent: Any = execution.events[event.attributes.initiated_event_id - 1].attributes
                    done[sent.workflow_id, sent.run_id, sent.signal_name] -= 1
                case e.ActivityTaskCancelRequested(attributes=told):
                    done[told.activity_id] += 1
                case _ if is_throttled(event):
                    pass
                case e.ScheduleActivityTaskFailed() | e.StartTimerFailed() | e.RecordMarkerFailed():
                    raise AssertionError(f"refused: {event}")
        assert all(0 <= count <= 1 for count in done.values()), f"done twice: {done.most_common(1)}"

    def _check_outcomes(self, told: dict[str, Any]) -> None:
        for outcomes, got in told["seen"]:
            assert got in outcomes, f"{got!r} is none of {outcomes}"
        assert len(set(told["mail"])) == len(told["mail"]), f"taken twice: {told['mail']}"
        if set(self.reasons()) <= {"first", "refused"}:
            assert told["mail"] == list(range(len(told["mail"]))), f"out of order: {told['mail']}"
        self.happened.update(told["steps"] + told["features"])

    def reasons(self) -> Counter[str]:
        """Return how often each reason began a pass, of all runs that are kept."""
        return sum((Counter(flow.reasons) for flows in self.deciders for flow in flows.values()), Counter())

    def discard(self) -> None:
        """Unwind what is kept."""
        for flows in self.deciders:
            for flow in flows.values():
                flow.discard()

    # What happens

    def _runs(self) -> list[Execution]:
        runs = [self.execution]
        while isinstance(end := runs[-1].events[-1], e.WorkflowExecutionContinuedAsNew):
            runs.append(self.executions.execution("w", end.attributes.new_execution_run_id))
        return runs

    def _something_happens(self) -> None:
        rng = self.rng
        self.cancel_in -= 1
        if self.cancel_in == 0:
            self.executions.request_cancel(self._runs()[-1], self.now)
        if rng.random() < 0.5 and self.decide() is not None:
            return
        self.tasks += self.open_tasks()
        if self.tasks and rng.random() < 0.7:
            self.finish(self.tasks.pop(rng.randrange(len(self.tasks))))
        elif self.decide() is None and not self.tasks:
            self.pass_time()

    def pass_time(self) -> None:
        """Let it be the time of the next clock; where none will do, send what may be waited for."""
        due = self.executions.next_deadline(ALL_CLOCKS)
        assert due is not None
        if due > self.now + _FAR or (self.noise < 3 and self.rng.random() < 0.1):
            self.post()
        else:
            self.now = max(due, self.now)
            self.executions.tick(self.now, ALL_CLOCKS)

    def post(self) -> None:
        """Send the next signal that mailboxes wait for."""
        execution = self._runs()[-1]
        if not execution.closed:
            self.noise += 1
            self.happened["posted"] += 1
            sent = sum(
                isinstance(event, e.WorkflowExecutionSignaled) and event.attributes.signal_name == "post"
                for event in execution.events
            )
            assert sent < 40, "stuck"
            self.executions.signal(execution, "post", str(sent), self.now)

    def finish(self, task: ActivityTask) -> None:
        """Let an activity end, in one way or another."""
        if not self.executions.is_open(task):
            return
        if self.executions.cancel_is_requested(task) and self.rng.random() < 0.5:
            self.happened["activity canceled"] += 1
            self.executions.cancel_activity(task, None, self.now)
        elif task.scheduled.attributes.start_to_close_timeout == "5" and self.rng.random() < 0.4:
            self.happened["activity timed out"] += 1
            self.now += 6
            self.executions.tick(self.now, ALL_CLOCKS)
        else:
            self.perform(task)

    # Deciders

    def warm_decision(self, task: DecisionTask) -> Decided:
        """Let either of two deciders decide, each of which keeps its runs."""
        self.decided_for[task.execution.run_id] = task.execution
        if self.rng.random() < 0.1:
            self.happened["decided elsewhere"] += 1
            self.flows = self.deciders[self.flows is self.deciders[0]]
        return super().warm_decision(task)

    def answer(self, task: DecisionTask, decided: Any) -> None:
        """Answer a decision task: mostly; sometimes too late, or when something has just happened."""
        chance = self.rng.random()
        if chance < 0.04:
            self.happened["answer lost"] += 1
            self.expire()
        elif chance < 0.08:
            self.happened["answer expired"] += 1
            self.expire()
            try:
                super().answer(task, decided)
            except UnknownResource:
                return
            raise AssertionError("an answer was taken that came too late")
        else:
            self.interfere()
            super().answer(task, decided)
            if any(type(event).__name__.endswith("ExecutionFailed") for event in task.execution.events[-2:]):
                self.happened["closing refused"] += 1

    def interfere(self) -> None:
        """Let something happen while a decider decides."""
        if self.rng.random() < 0.15:
            self.happened["news while deciding"] += 1
            self.tasks += self.open_tasks()
            if self.tasks and self.rng.random() < 0.7:
                self.finish(self.tasks.pop())
            elif self.noise < 3:
                self.post()

    def expire(self) -> None:
        """Let time go by, so that no decision task that was handed out can be answered any more."""
        self.now += _SECONDS_OF_A_DECISION + 1
        self.executions.tick(self.now, ALL_CLOCKS)


def cases(count: int, kind: type[Orders] = Orders) -> Iterator[Orders]:
    """Yield worlds, each brought to its end and checked; what goes wrong names its case."""
    for seed in range(count):
        world = kind(seed)
        try:
            world.check(world.run())
        except Exception as error:
            error.add_note(f"case {seed}, {world.workflow.__name__}")
            raise
        finally:
            world.discard()
        yield world
