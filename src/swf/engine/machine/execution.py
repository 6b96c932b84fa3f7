"""The state of one execution, built from its history alone: `record` is the only thing that moves it.

What each kind of event may follow and what it changes is in `folds`; what brings events about, in `apply`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swf.engine.machine.folds import FOLDS
from swf.engine.machine.kinds import DECIDED, TRIGGERS, broken, in_batch
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swf.engine.machine.folds import ExternalInitiated, OpenActivity, OpenChild, OpenLambda
    from swf.protocol.events import Event
    from swf.protocol.shapes import TaskList

__all__ = ["Execution", "OpenCounts"]


@dataclass(frozen=True)
class OpenCounts:
    """How much of everything is open, as DescribeWorkflowExecution says it."""

    activity_tasks: int
    child_workflow_executions: int
    decision_tasks: int
    lambda_functions: int
    timers: int


@dataclass(slots=True)
class Execution:
    """One execution: its identity, its history, and what follows from it.

    After its end, what was open stays as it was then; the decision tasks and the cancel request are gone.
    """

    workflow_id: str
    run_id: str
    events: list[Event] = field(default_factory=list)
    started: e.WorkflowExecutionStarted | None = None
    close_status: str | None = None
    cancel_requested: bool = False
    context: str | None = None
    """The latest execution context that a decider gave."""
    latest_activity_timestamp: float | None = None

    decision_scheduled: e.DecisionTaskScheduled | None = None
    """The decision task that waits: to be handed out, or, behind the started one, for that to end."""
    decision_started: e.DecisionTaskStarted | None = None
    waiting_since: float = 0.0
    """Since when the waiting decision task can be handed out."""
    previous_started_id: int = 0
    """The started event of the last decision task that was completed."""
    due: int = 0
    """The trigger that no decision task answers yet, 0 when there is none."""
    batch: int = 0
    """The DecisionTaskCompleted whose decisions are being written, 0 outside of that."""
    sticky: tuple[TaskList, str | None] | None = None
    """The task list that decision tasks go to instead of the ordinary, and how long they wait there."""

    activities: dict[int, OpenActivity] = field(default_factory=dict)
    activity_ids: dict[str, int] = field(default_factory=dict)
    timers: dict[str, e.TimerStarted] = field(default_factory=dict)
    children: dict[int, OpenChild] = field(default_factory=dict)
    externals: dict[int, ExternalInitiated] = field(default_factory=dict)
    """Signals and cancel requests that are on their way."""
    lambdas: dict[int, OpenLambda] = field(default_factory=dict)
    lambda_ids: dict[str, int] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether it has come to an end."""
        return self.close_status is not None

    @property
    def next_id(self) -> int:
        """The id of the next event."""
        return len(self.events) + 1

    @property
    def deliverable(self) -> e.DecisionTaskScheduled | None:
        """The decision task that can be handed out now."""
        return self.decision_scheduled if self.decision_started is None else None

    @property
    def open_counts(self) -> OpenCounts:
        """How much of everything is open; after the end, what was open then."""
        return OpenCounts(
            activity_tasks=len(self.activities),
            child_workflow_executions=len(self.children),
            decision_tasks=int(self.decision_scheduled is not None or self.decision_started is not None),
            lambda_functions=len(self.lambdas),
            timers=len(self.timers),
        )

    def record(self, event: Event) -> None:
        """Append an event and move the state. Raises `BrokenHistory` for one that cannot stand here."""
        kind = type(event)
        events = self.events
        if event.event_id != len(events) + 1:
            raise broken(event, f"comes after event {len(events)}")
        if self.close_status is not None:
            raise broken(event, "comes after the end of the execution")
        if (self.started is None) != (kind is e.WorkflowExecutionStarted):
            raise broken(event, "WorkflowExecutionStarted is the first event, and only that")
        if not (kind in DECIDED and in_batch(self, event)):
            self.batch = 0
        if (fold := FOLDS.get(kind)) is not None:
            fold(self, event)
        events.append(event)
        if kind in TRIGGERS and self.decision_scheduled is None and not self.due:
            self.due = event.event_id

    def check_complete(self) -> None:
        """Raise `BrokenHistory` when a trigger was never followed by a decision task."""
        if self.due and not self.closed:
            raise broken(self.events[self.due - 1], "is not followed by DecisionTaskScheduled")

    @classmethod
    def load(cls, workflow_id: str, run_id: str, events: Iterable[Event]) -> Execution:
        """Return the execution that has this history. Raises `BrokenHistory`, naming the event at fault."""
        execution = cls(workflow_id, run_id)
        for event in events:
            execution.record(event)
        execution.check_complete()
        return execution
