"""A history that is written by the engine's state machine, as a script says what happens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swf.engine.machine import Clock
from swf.engine.machine import commands as c
from swf.exceptions import BrokenHistory
from swf.models.event import EventFactory
from swf.models.history.history import History
from swf.models.history.stage import Answer, Stage
from swf.protocol import events as e
from swf.protocol.wire import to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from swf.engine.machine import Execution
    from swf.models.history.stage import Decided, Step

__all__ = ["WAKE_UP", "Script"]

WAKE_UP = "wake-up"
"""The signal that comes where a script wants a decision task and nothing has happened that asks for one."""


class Script(History):
    """A history that grows by what is said to happen, and the decision tasks of it."""

    def __init__(self, started: e.WorkflowExecutionStartedAttributes) -> None:
        super().__init__()
        self._stage = Stage()
        self._do(lambda stage: stage.apply(c.Start(started)))
        self.add_decision_task_started()

    @property
    def last_id(self) -> int:
        """The id of the last event."""
        return len(self._events)

    @property
    def next_id(self) -> int:
        """The id of the event that comes next."""
        return self.last_id + 1

    # Decision tasks

    def add_decision_task(self, execution_context: str | None = None) -> Self:
        """Let the decider answer the decision task at hand, with nothing but an execution context."""
        return self.add_decision_task_completed(execution_context=execution_context)

    def add_decision_task_scheduled(self) -> Self:
        """Make sure that a decision task waits, or that the decider has one.

        SWF schedules none when the decider has answered all that happened: then the signal `WAKE_UP` comes.
        """
        if self._now.decision_scheduled is None and self._now.decision_started is None:
            self._wake_up()
        return self

    def add_decision_task_started(self, scheduled: int | None = None, identity: str | None = None) -> Self:
        """Hand the waiting decision task to the decider; one that it has is completed first."""
        if self._now.decision_started is not None:
            self._answer()
        if self._now.decision_scheduled is None:
            self._wake_up()
        waiting = self._now.deliverable
        assert waiting is not None
        self._agree("DecisionTaskStarted", "scheduled", scheduled, waiting.event_id)
        return self._do(partial(_start_decision, identity))

    def add_decision_task_completed(
        self, scheduled: int | None = None, started: int | None = None, execution_context: str | None = None
    ) -> Self:
        """Let the decider answer the decision task at hand, which is started when it only waits."""
        task = self._taken()
        self._agree("DecisionTaskCompleted", "scheduled", scheduled, task.attributes.scheduled_event_id)
        self._agree("DecisionTaskCompleted", "started", started, task.event_id)
        self._answer(execution_context)
        return self

    def add_decision_task_timed_out(self, scheduled: int | None = None, started: int | None = None) -> Self:
        """Let the decider miss the time for the decision task at hand; another one then waits."""
        task = self._taken()
        self._agree("DecisionTaskTimedOut", "scheduled", scheduled, task.attributes.scheduled_event_id)
        self._agree("DecisionTaskTimedOut", "started", started, task.event_id)
        return self._do(lambda stage: stage.expire(Clock.DECISION_START_TO_CLOSE, task.event_id))

    # How it is done

    @property
    def _now(self) -> Execution:
        return self._stage.execution

    def _do(self, step: Step) -> Self:
        """Let something happen, and tell it."""
        self._stage.do(step)
        self._tell(self._now.events[len(self._events) :])
        return self

    def _decide(self, decision: Decided, decision_id: int | None) -> Self:
        """Let a decision be part of an answer; what came after that is told anew."""
        answer = self._answer_to(decision_id)
        unmoved = answer.completed_id + len(answer.decisions)
        self._stage.decide_also(answer, decision)
        del self._events[unmoved:]
        self._tell(self._now.events[unmoved:])
        return self

    def _wake_up(self) -> None:
        self._do(lambda stage: stage.apply(c.Signal(WAKE_UP)))

    def _tell(self, events: Sequence[e.Event]) -> None:
        self._events += [EventFactory(to_wire(event)) for event in events]
        self._compiled = None

    def _taken(self) -> e.DecisionTaskStarted:
        """Return the decision task that the decider has; it takes the waiting one when it has none."""
        if self._now.decision_started is None:
            self.add_decision_task_started()
        assert self._now.decision_started is not None
        return self._now.decision_started

    def _answer(self, context: str | None = None) -> Answer:
        self._taken()
        answer = Answer(context)
        self._do(answer)
        return answer

    def _answer_to(self, decision_id: int | None) -> Answer:
        """Return the answer to a decision task, which is given now if it was not."""
        answers = [step for step in self._stage.steps if isinstance(step, Answer)]
        waiting = self._now.decision_scheduled
        if decision_id is None:
            is_idle = waiting is None and self._now.decision_started is None
            return answers[-1] if is_idle else self._answer()
        if waiting is not None and waiting.event_id == decision_id:
            return self.add_decision_task_started()._answer()
        started_id = self._started_by(decision_id)
        if self._now.decision_started is not None and self._now.decision_started.event_id == started_id:
            return self._answer()
        for answer in answers:
            if answer.started_id == started_id:
                return answer
        raise self._cannot("DecisionTaskCompleted", f"the decision task of event {decision_id} has timed out")

    def _started_by(self, decision_id: int) -> int:
        """Return the DecisionTaskStarted of the decision task that an event belongs to, or follows."""
        if not 1 <= decision_id <= self.last_id:
            raise self._cannot(
                "DecisionTaskCompleted", f"decision_id is {decision_id}: there is no such event"
            )
        started = [event for event in self._now.events if isinstance(event, e.DecisionTaskStarted)]
        for event in started:
            if event.attributes.scheduled_event_id == decision_id:
                return event.event_id
        return max(
            (each.event_id for each in started if each.event_id <= decision_id), default=started[0].event_id
        )

    def _agree(self, kind: str, name: str, given: int | None, actual: int) -> None:
        if given is not None and given != actual:
            raise self._cannot(kind, f"{name} by event {actual}, not {given}")

    def _cannot(self, kind: str, problem: str) -> BrokenHistory:
        return BrokenHistory(self.next_id, kind, problem)


def _start_decision(identity: str | None, stage: Stage) -> None:
    waiting = stage.execution.deliverable
    assert waiting is not None
    stage.apply(c.StartDecisionTask(waiting.event_id, identity))
