"""Laws of executions, on commands made from seeds (`ENGINE_CASES` says how many times, 200 by default).

What holds after every single change is in `checked`.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections import Counter
from typing import TYPE_CHECKING, Any, get_args

import pytest
from checked import CheckedExecutions, check, overdue
from generated import IDS, POLICIES, batch, limits, stray
from one_domain import Domain

from swf.engine.machine import ALL_CLOCKS
from swf.engine.machine.clocks import running
from swf.exceptions import BrokenHistory, Fault, InvalidRequest, UnknownResource
from swf.protocol.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine import ActivityTask, DecisionTask, Execution

CASES = int(os.environ.get("ENGINE_CASES", "200"))
STEPS = 250
NEVER_WRITTEN = {
    *("RecordMarkerFailed", "LambdaFunctionStarted", "LambdaFunctionCompleted", "LambdaFunctionFailed"),
    "LambdaFunctionTimedOut",
}
"""There is no Lambda here, and a marker is never refused."""


class World:
    """A domain to which one thing after another happens."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"engine {seed}")
        self.domain = Domain(limits(self.rng), CheckedExecutions)
        self.executions = self.domain.executions
        self.decisions: list[DecisionTask] = []
        self.activities: list[ActivityTask] = []

    def step(self) -> None:
        steps = (
            self.start,
            self.steer,
            self.poll,
            self.decide,
            self.work,
            self.answer,
            self.wait,
            self.stray,
        )
        self.rng.choices(steps, (2, 2, 6, 6, 5, 5, 3, 1))[0]()

    def start(self) -> None:
        options: dict[str, Any] = {
            "decision_timeout": self.rng.choice(("2", "5", "NONE")),
            "execution_timeout": self.rng.choice(("9", "1000", "1000")),
            "child_policy": self.rng.choice(POLICIES),
            "task_priority": self.rng.choice((None, "3")),
            "lambda_role": self.rng.choice((None, None, "role")),
        }
        self.perhaps(lambda: self.domain.start(self.rng.choice(IDS), **options))

    def steer(self) -> None:
        if not (runs := self.all_runs()):
            return
        run, now = self.rng.choice(runs[-6:]), self.domain.now
        doing: Callable[[], None] = self.rng.choices(
            (
                lambda: self.executions.signal(run, "s", None, now),
                lambda: self.executions.request_cancel(run, now),
                lambda: self.executions.terminate(run, now, child_policy=self.rng.choice((None, *POLICIES))),
            ),
            (20, 9, 2),
        )[0]
        closed = run.closed
        assert self.perhaps(doing) is not closed

    def poll(self) -> None:
        task = self.executions.poll_decision_task(self.domain.now, self.rng.choice((None, "dl", "mine")))
        if task is not None:
            assert task.execution.decision_started is not None
            self.decisions.append(task)

    def decide(self) -> None:
        if not self.decisions:
            return
        task = self.decisions.pop(self.rng.randrange(len(self.decisions)))
        options: dict[str, Any] = {}
        if self.rng.random() < 0.2:
            options["task_list"] = "mine"
        if self.rng.random() < 0.2:
            options["schedule_to_start_timeout"] = self.rng.choice(("0", "2"))
        if self.rng.random() < 0.2:
            options["execution_context"] = self.rng.choice(("", "context"))
        answer = self.domain.answer
        try:
            answer(task, *batch(self.rng), **options)
        except InvalidRequest:
            answer(task)
        except UnknownResource:
            pass
        self.is_refused(lambda: answer(task))

    def work(self) -> None:
        task = self.executions.poll_activity_task(self.domain.now, self.rng.choice((None, "al", "other")))
        if task is not None:
            assert self.executions.is_open(task)
            self.activities.append(task)

    def answer(self) -> None:
        if not self.activities:
            return
        task, now = self.rng.choice(self.activities), self.domain.now
        if self.rng.random() < 0.4:
            self.perhaps(lambda: self.executions.heartbeat(task, now, self.rng.choice((None, "details"))))
            return
        answers = (
            lambda: self.executions.complete_activity(task, "r", now),
            lambda: self.executions.fail_activity(task, "reason", None, now),
            lambda: self.executions.cancel_activity(task, None, now),
            lambda: self.executions.time_out_activity(task, "HEARTBEAT", now),
        )
        assert self.executions.is_open(task) is self.perhaps(self.rng.choice(answers))
        for each in answers:
            self.is_refused(each)

    def wait(self) -> None:
        """Let time go on, or once in a while back, as clocks of machines do."""
        self.domain.wait(self.rng.choice((0, 0.1, 0.1, 1, 5, -0.5)))
        left = [each.at for run in self.executions.open_executions() for each in running(run)]
        assert self.executions.next_deadline(ALL_CLOCKS) == min(left, default=None)
        for run in self.executions.open_executions():
            assert overdue(run, self.domain.now) == []

    def stray(self) -> None:
        if not (runs := self.all_runs()):
            return
        run = self.rng.choice(runs[-6:])
        with contextlib.suppress(Fault, BrokenHistory):
            self.executions.apply(run, stray(self.rng, run), self.domain.now)

    def finish(self) -> None:
        """Hand out all that there is: no task is lost. One that fills a history makes one for a parent."""
        polls = self.executions.poll_decision_task, self.executions.poll_activity_task
        while any(poll(self.domain.now) is not None for poll in polls):
            pass
        for run in self.executions.open_executions():
            assert run.deliverable is None
            assert all(task.started is not None for task in run.activities.values())
        for run in self.all_runs():
            check(run, len(run.events))

    def perhaps(self, do: Callable[[], object]) -> bool:
        """Do something that may be refused; tell whether it was done."""
        try:
            do()
        except Fault:
            return False
        return True

    def is_refused(self, do: Callable[[], None]) -> None:
        with pytest.raises(UnknownResource):
            do()

    def all_runs(self) -> list[Execution]:
        return list(self.executions._runs.values())


@pytest.mark.timeout(3_000)
def test_whatever_is_asked_an_execution_is_what_its_history_says() -> None:
    seen: Counter[str] = Counter()
    for case in range(CASES):
        world = World(case)
        try:
            for _ in range(STEPS):
                world.step()
            world.finish()
        except Exception as error:
            error.add_note(f"case {case}")
            raise
        seen.update(type(event).__name__ for run in world.all_runs() for event in run.events)
    expected = {kind.__name__ for kind in get_args(Event)} - NEVER_WRITTEN
    assert sorted(expected - set(seen)) == []
    assert sorted(NEVER_WRITTEN & set(seen)) == []
