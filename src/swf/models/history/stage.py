"""An execution that a script directs: the engine's state machine, and all that was asked of it so far.

When something is added to an earlier answer of the decider, all is played again from the beginning: each
event has the id that the engine would have given it. Time stands still but for timers and timeouts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from swf.engine.machine import AnyTypes, Defaults, Execution, Limits, apply
from swf.engine.machine.clocks import deadline
from swf.engine.machine.commands import ExpireClock
from swf.engine.machine.decisions import Batch, decide
from swf.engine.machine.writer import Writer
from swf.exceptions import BrokenHistory
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.engine.machine import Clock
    from swf.engine.machine.commands import Command
    from swf.protocol.decisions import Decision

__all__ = ["TIMEOUT", "Answer", "Decided", "Stage", "Step", "deciding"]

TIMEOUT = "300"
_TYPES = AnyTypes(
    Defaults(
        task_list="default",
        execution_start_to_close=TIMEOUT,
        task_start_to_close=TIMEOUT,
        child_policy="TERMINATE",
    ),
    Defaults(
        task_list="default",
        task_start_to_close=TIMEOUT,
        schedule_to_start=TIMEOUT,
        schedule_to_close=TIMEOUT,
        heartbeat=TIMEOUT,
    ),
)
"""Every type is registered, with these for what is not said."""
_LIMITS = Limits()


class Stage:
    """One execution. `do` what happens to it, in order."""

    def __init__(self) -> None:
        self.execution = Execution("", "")
        self.steps: list[Step] = []
        self.began = self.now = round(time.time(), 3)

    def do(self, step: Step) -> None:
        """Let something happen."""
        step(self)
        self.steps.append(step)

    def apply(self, command: Command) -> None:
        """Carry out a command. Raises `Fault` when it cannot be."""
        apply(self.execution, command, self.now, _TYPES, _LIMITS)

    def expire(self, clock: Clock, event_id: int) -> None:
        """Wait until a clock expires, and let it. Raises `BrokenHistory` when it does not run."""
        at = deadline(self.execution, clock, event_id)
        if at is None:
            event = self.execution.events[event_id - 1]
            problem = f"has no {clock.name.lower()} timeout that could expire"
            raise BrokenHistory(event_id, type(event).__name__, problem)
        self.now = max(self.now, at)
        self.apply(ExpireClock(clock, event_id))

    def decide_also(self, answer: Answer, decision: Decided) -> None:
        """Add a decision to an answer; when something came after it, all is played again."""
        if answer.is_latest(self.execution):
            answer.write(self, [decision])
            answer.decisions.append(decision)
        else:
            self._play_again(answer, decision)

    def _play_again(self, answer: Answer, decision: Decided) -> None:
        again = Stage()
        again.began = again.now = self.began
        answer.decisions.append(decision)
        try:
            for step in self.steps:
                step(again)
        except BaseException:
            answer.decisions.pop()
            raise
        self.execution, self.now = again.execution, again.now


Step: TypeAlias = Callable[[Stage], None]
Decided: TypeAlias = Callable[[Batch], None]


@dataclass(eq=False)
class Answer:
    """The decider's answer to a decision task: a step, to which decisions may be added later."""

    context: str | None = None
    decisions: list[Decided] = field(default_factory=list)
    started_id: int = 0
    """The DecisionTaskStarted that it answers, as it was played last."""
    completed_id: int = 0
    """The DecisionTaskCompleted, as it was played last."""

    def __call__(self, stage: Stage) -> None:
        started = stage.execution.decision_started
        assert started is not None
        attributes = e.DecisionTaskCompletedAttributes(
            scheduled_event_id=started.attributes.scheduled_event_id,
            started_event_id=started.event_id,
            execution_context=self.context,
        )
        completed = Writer(stage.execution, stage.now, _LIMITS).add(e.DecisionTaskCompleted, attributes)
        self.started_id, self.completed_id = started.event_id, completed.event_id
        self.write(stage, self.decisions)

    def write(self, stage: Stage, decisions: Sequence[Decided]) -> None:
        """Write decisions, and the decision task that they may ask for."""
        writer = Writer(stage.execution, stage.now, _LIMITS)
        batch = Batch(writer, self.completed_id, _TYPES, "")
        for decision in decisions:
            decision(batch)
        writer.schedule_decision()

    def is_latest(self, execution: Execution) -> bool:
        """Tell whether nothing has happened since."""
        return execution.batch == self.completed_id


def deciding(decision: Decision) -> Decided:
    """Return what a decision writes."""
    return lambda batch: decide(batch, decision)
