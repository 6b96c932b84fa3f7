"""The state of one execution, built from its history alone: `record` is the only thing that moves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swf.exceptions import BrokenHistory
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.protocol.events import Event

__all__ = ["CLOSING", "TRIGGERS", "Execution", "OpenActivity", "OpenChild", "OpenTimer"]

TRIGGERS: frozenset[type] = frozenset(
    {
        e.WorkflowExecutionStarted,
        e.WorkflowExecutionSignaled,
        e.WorkflowExecutionCancelRequested,
        e.ActivityTaskCompleted,
        e.ActivityTaskFailed,
        e.ActivityTaskTimedOut,
        e.ActivityTaskCanceled,
        e.TimerFired,
        e.ChildWorkflowExecutionStarted,
        e.ChildWorkflowExecutionCompleted,
        e.ChildWorkflowExecutionFailed,
        e.ChildWorkflowExecutionTimedOut,
        e.ChildWorkflowExecutionCanceled,
        e.ChildWorkflowExecutionTerminated,
        e.ExternalWorkflowExecutionSignaled,
        e.ExternalWorkflowExecutionCancelRequested,
        e.LambdaFunctionCompleted,
        e.LambdaFunctionFailed,
        e.LambdaFunctionTimedOut,
        e.StartLambdaFunctionFailed,
        e.DecisionTaskTimedOut,
        e.ScheduleActivityTaskFailed,
        e.RequestCancelActivityTaskFailed,
        e.StartTimerFailed,
        e.CancelTimerFailed,
        e.StartChildWorkflowExecutionFailed,
        e.SignalExternalWorkflowExecutionFailed,
        e.RequestCancelExternalWorkflowExecutionFailed,
        e.ScheduleLambdaFunctionFailed,
        e.RecordMarkerFailed,
        e.CompleteWorkflowExecutionFailed,
        e.FailWorkflowExecutionFailed,
        e.CancelWorkflowExecutionFailed,
        e.ContinueAsNewWorkflowExecutionFailed,
    }
)
"""The events after which a decision task is due (swf-engine §3.3)."""

CLOSING: dict[type, str] = {
    e.WorkflowExecutionCompleted: "COMPLETED",
    e.WorkflowExecutionFailed: "FAILED",
    e.WorkflowExecutionCanceled: "CANCELED",
    e.WorkflowExecutionTerminated: "TERMINATED",
    e.WorkflowExecutionTimedOut: "TIMED_OUT",
    e.WorkflowExecutionContinuedAsNew: "CONTINUED_AS_NEW",
}


@dataclass
class OpenActivity:
    """An activity task that is scheduled or started."""

    scheduled: e.ActivityTaskScheduled
    started_id: int = 0
    started_at: float = 0.0
    heartbeat_at: float = 0.0
    heartbeat_details: str | None = None
    cancel_requested_id: int = 0


@dataclass
class OpenTimer:
    """A timer that has not fired."""

    started: e.TimerStarted


@dataclass
class OpenChild:
    """A child that is initiated or runs."""

    initiated: e.StartChildWorkflowExecutionInitiated
    started_id: int = 0
    run_id: str | None = None


@dataclass
class Execution:
    """One execution: its identity, its history, and what follows from it."""

    workflow_id: str
    run_id: str
    events: list[Event] = field(default_factory=list)
    started: e.WorkflowExecutionStarted | None = None
    close_status: str | None = None
    cancel_requested: bool = False
    context: str | None = None
    decision_scheduled: e.DecisionTaskScheduled | None = None
    """The decision task that waits to be handed out; behind, when one is started too."""
    decision_started: e.DecisionTaskStarted | None = None
    previous_started_id: int = 0
    due: int = 0
    """The id of the trigger that no decision task answers yet, 0 when there is none."""
    activities: dict[int, OpenActivity] = field(default_factory=dict)
    activity_ids: dict[str, int] = field(default_factory=dict)
    timers: dict[str, OpenTimer] = field(default_factory=dict)
    children: dict[int, OpenChild] = field(default_factory=dict)
    pending_external: dict[int, Event] = field(default_factory=dict)
    lambdas: dict[int, Event] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether it has come to an end."""
        return self.close_status is not None

    @property
    def next_id(self) -> int:
        """The id of the next event."""
        return len(self.events) + 1

    def record(self, event: Event) -> None:
        """Append an event and move the state. Raises `BrokenHistory` for one that cannot stand here."""
        if event.event_id != self.next_id:
            raise _broken(event, f"comes after event {len(self.events)}")
        if self.closed:
            raise _broken(event, "comes after the execution was closed")
        kind = type(event)
        if (self.started is None) != (kind is e.WorkflowExecutionStarted):
            raise _broken(event, "WorkflowExecutionStarted is the first event, and only that")
        if (fold := _FOLDS.get(kind)) is not None:
            fold(self, event)
        elif kind in CLOSING:
            self.close_status = CLOSING[kind]
        self.events.append(event)
        if kind in TRIGGERS and self.decision_scheduled is None and not self.due:
            self.due = event.event_id

    def check_complete(self) -> None:
        """Raise `BrokenHistory` when a trigger was never followed by a decision task."""
        if self.due and not self.closed:
            raise _broken(self.events[self.due - 1], "is not followed by DecisionTaskScheduled")

    @classmethod
    def load(cls, workflow_id: str, run_id: str, events: list[Event]) -> Execution:
        """Return the execution that has this history. Raises `BrokenHistory`, naming the event at fault."""
        execution = cls(workflow_id, run_id)
        for event in events:
            execution.record(event)
        execution.check_complete()
        return execution


def _broken(event: Any, problem: str) -> BrokenHistory:
    return BrokenHistory(event.event_id, type(event).__name__, problem)


def _require(condition: object, event: Any, problem: str) -> None:
    if not condition:
        raise _broken(event, problem)


# Each family of events, in the order of a life


def _execution_started(state: Execution, event: e.WorkflowExecutionStarted) -> None:
    state.started = event


def _cancel_requested(state: Execution, event: e.WorkflowExecutionCancelRequested) -> None:
    state.cancel_requested = True


def _decision_scheduled(state: Execution, event: e.DecisionTaskScheduled) -> None:
    waiting = state.decision_scheduled
    _require(waiting is None, event, f"event {waiting.event_id if waiting else 0} waits to be started still")
    _require(state.due, event, "nothing has triggered it")
    state.decision_scheduled, state.due = event, 0


def _decision_started(state: Execution, event: e.DecisionTaskStarted) -> None:
    waiting = state.decision_scheduled
    scheduled_id = event.attributes.scheduled_event_id
    _require(
        waiting is not None and waiting.event_id == scheduled_id,
        event,
        f"no decision task {scheduled_id} waits",
    )
    _require(state.decision_started is None, event, "another decision task is started")
    state.decision_scheduled, state.decision_started = None, event


def _decision_completed(state: Execution, event: e.DecisionTaskCompleted) -> None:
    started = _decision_ended(state, event)
    state.previous_started_id = started.event_id
    if event.attributes.execution_context is not None:
        state.context = event.attributes.execution_context


def _decision_timed_out(state: Execution, event: e.DecisionTaskTimedOut) -> None:
    if event.attributes.timeout_type == "SCHEDULE_TO_START":
        waiting = state.decision_scheduled
        scheduled_id = event.attributes.scheduled_event_id
        _require(
            waiting is not None and waiting.event_id == scheduled_id,
            event,
            f"no decision task {scheduled_id} waits",
        )
        state.decision_scheduled = None
    else:
        _decision_ended(state, event)


def _decision_ended(state: Execution, event: Any) -> e.DecisionTaskStarted:
    started = state.decision_started
    if started is None:
        raise _broken(event, "no decision task is started")
    state.decision_started = None
    return started


def _activity_scheduled(state: Execution, event: e.ActivityTaskScheduled) -> None:
    activity_id = event.attributes.activity_id
    _require(activity_id not in state.activity_ids, event, f"activity {activity_id!r} is open already")
    state.activities[event.event_id] = OpenActivity(event)
    state.activity_ids[activity_id] = event.event_id


def _activity_started(state: Execution, event: e.ActivityTaskStarted) -> None:
    task = _activity(state, event)
    _require(not task.started_id, event, "the activity task is started already")
    task.started_id, task.started_at = event.event_id, event.event_timestamp
    task.heartbeat_at = event.event_timestamp


def _activity(state: Execution, event: Any) -> OpenActivity:
    scheduled_id = event.attributes.scheduled_event_id
    task = state.activities.get(scheduled_id)
    if task is None:
        raise _broken(event, f"activity task {scheduled_id} is not open")
    return task


def _activity_closed(state: Execution, event: Any) -> None:
    task = _activity(state, event)
    started_id = event.attributes.started_event_id
    _require(task.started_id == started_id, event, f"the activity task is not started by event {started_id}")
    scheduled = state.activities.pop(event.attributes.scheduled_event_id).scheduled
    del state.activity_ids[scheduled.attributes.activity_id]


def _activity_cancel_requested(state: Execution, event: e.ActivityTaskCancelRequested) -> None:
    scheduled_id = state.activity_ids.get(event.attributes.activity_id, 0)
    _require(scheduled_id, event, f"no activity {event.attributes.activity_id!r} is open")
    state.activities[scheduled_id].cancel_requested_id = event.event_id


def _timer_started(state: Execution, event: e.TimerStarted) -> None:
    timer_id = event.attributes.timer_id
    _require(timer_id not in state.timers, event, f"timer {timer_id!r} is open already")
    state.timers[timer_id] = OpenTimer(event)


def _timer_ended(state: Execution, event: e.TimerFired | e.TimerCanceled) -> None:
    timer = state.timers.pop(event.attributes.timer_id, None)
    _require(
        timer is not None and timer.started.event_id == event.attributes.started_event_id,
        event,
        f"timer {event.attributes.timer_id!r} is not open",
    )


def _child_initiated(state: Execution, event: e.StartChildWorkflowExecutionInitiated) -> None:
    state.children[event.event_id] = OpenChild(event)


def _child_start_failed(state: Execution, event: e.StartChildWorkflowExecutionFailed) -> None:
    if initiated_id := event.attributes.initiated_event_id:
        _require(state.children.pop(initiated_id, None), event, f"child {initiated_id} is not open")


def _child_started(state: Execution, event: e.ChildWorkflowExecutionStarted) -> None:
    child = _child(state, event)
    _require(not child.started_id, event, "the child is started already")
    child.started_id, child.run_id = event.event_id, event.attributes.workflow_execution.run_id


def _child(state: Execution, event: Any) -> OpenChild:
    initiated_id = event.attributes.initiated_event_id
    child = state.children.get(initiated_id)
    if child is None:
        raise _broken(event, f"child {initiated_id} is not open")
    return child


def _child_closed(state: Execution, event: Any) -> None:
    child = _child(state, event)
    started_id = event.attributes.started_event_id
    _require(child.started_id == started_id, event, f"the child is not started by event {started_id}")
    del state.children[event.attributes.initiated_event_id]


def _external_initiated(state: Execution, event: Any) -> None:
    state.pending_external[event.event_id] = event


def _external_ended(state: Execution, event: Any) -> None:
    initiated_id = event.attributes.initiated_event_id
    _require(
        state.pending_external.pop(initiated_id, None), event, f"nothing was initiated by {initiated_id}"
    )


def _lambda_scheduled(state: Execution, event: e.LambdaFunctionScheduled) -> None:
    state.lambdas[event.event_id] = event


def _lambda_known(state: Execution, event: Any) -> None:
    scheduled_id = event.attributes.scheduled_event_id
    _require(scheduled_id in state.lambdas, event, f"lambda function {scheduled_id} is not open")


def _lambda_closed(state: Execution, event: Any) -> None:
    _lambda_known(state, event)
    del state.lambdas[event.attributes.scheduled_event_id]


_FOLDS: dict[type, Callable[[Execution, Any], None]] = {
    e.WorkflowExecutionStarted: _execution_started,
    e.WorkflowExecutionCancelRequested: _cancel_requested,
    e.DecisionTaskScheduled: _decision_scheduled,
    e.DecisionTaskStarted: _decision_started,
    e.DecisionTaskCompleted: _decision_completed,
    e.DecisionTaskTimedOut: _decision_timed_out,
    e.ActivityTaskScheduled: _activity_scheduled,
    e.ActivityTaskStarted: _activity_started,
    e.ActivityTaskCompleted: _activity_closed,
    e.ActivityTaskFailed: _activity_closed,
    e.ActivityTaskTimedOut: _activity_closed,
    e.ActivityTaskCanceled: _activity_closed,
    e.ActivityTaskCancelRequested: _activity_cancel_requested,
    e.TimerStarted: _timer_started,
    e.TimerFired: _timer_ended,
    e.TimerCanceled: _timer_ended,
    e.StartChildWorkflowExecutionInitiated: _child_initiated,
    e.StartChildWorkflowExecutionFailed: _child_start_failed,
    e.ChildWorkflowExecutionStarted: _child_started,
    e.ChildWorkflowExecutionCompleted: _child_closed,
    e.ChildWorkflowExecutionFailed: _child_closed,
    e.ChildWorkflowExecutionCanceled: _child_closed,
    e.ChildWorkflowExecutionTerminated: _child_closed,
    e.ChildWorkflowExecutionTimedOut: _child_closed,
    e.SignalExternalWorkflowExecutionInitiated: _external_initiated,
    e.SignalExternalWorkflowExecutionFailed: _external_ended,
    e.ExternalWorkflowExecutionSignaled: _external_ended,
    e.RequestCancelExternalWorkflowExecutionInitiated: _external_initiated,
    e.RequestCancelExternalWorkflowExecutionFailed: _external_ended,
    e.ExternalWorkflowExecutionCancelRequested: _external_ended,
    e.LambdaFunctionScheduled: _lambda_scheduled,
    e.LambdaFunctionStarted: _lambda_known,
    e.StartLambdaFunctionFailed: _lambda_closed,
    e.LambdaFunctionCompleted: _lambda_closed,
    e.LambdaFunctionFailed: _lambda_closed,
    e.LambdaFunctionTimedOut: _lambda_closed,
}
