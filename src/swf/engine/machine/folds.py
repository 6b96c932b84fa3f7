"""What each kind of event may follow, and what it changes in the state of its execution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from swf.engine.machine.kinds import CLOSING, broken
from swf.protocol import events as e
from swf.protocol.enums import DecisionTaskTimeoutType

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine.execution import Execution
    from swf.protocol.events import Event

__all__ = ["FOLDS", "ExternalInitiated", "OpenActivity", "OpenChild", "OpenLambda", "scheduled_by"]

ExternalInitiated = (
    e.SignalExternalWorkflowExecutionInitiated | e.RequestCancelExternalWorkflowExecutionInitiated
)


@dataclass(slots=True)
class OpenActivity:
    """An activity task that is scheduled or started. Heartbeats leave no event: no comparison sees them."""

    scheduled: e.ActivityTaskScheduled
    started: e.ActivityTaskStarted | None = None
    cancel_requested_id: int = 0
    heartbeat_at: float = field(default=0.0, compare=False)
    heartbeat_details: str | None = field(default=None, compare=False)

    @property
    def started_id(self) -> int:
        return self.started.event_id if self.started is not None else 0


@dataclass(slots=True)
class OpenChild:
    """A child that is initiated or runs."""

    initiated: e.StartChildWorkflowExecutionInitiated
    started: e.ChildWorkflowExecutionStarted | None = None

    @property
    def started_id(self) -> int:
        return self.started.event_id if self.started is not None else 0


@dataclass(slots=True)
class OpenLambda:
    """A Lambda function that is scheduled or started."""

    scheduled: e.LambdaFunctionScheduled
    started_id: int = 0


# The execution


def _execution_started(state: Execution, event: e.WorkflowExecutionStarted) -> None:
    state.started = event


def _cancel_requested(state: Execution, event: e.WorkflowExecutionCancelRequested) -> None:
    state.cancel_requested = True


def _closed_by_decision(state: Execution, event: Event) -> None:
    if (unseen := state.decision_scheduled) is not None:
        raise broken(event, f"the decider has not seen what decision task {unseen.event_id} is for")
    _closed(state, event)


def _closed(state: Execution, event: Event) -> None:
    state.close_status = CLOSING[type(event)]
    state.decision_scheduled = state.decision_started = None
    state.cancel_requested = False
    state.due = state.batch = 0


# Decision tasks


def _decision_scheduled(state: Execution, event: e.DecisionTaskScheduled) -> None:
    if state.decision_scheduled is not None:
        raise broken(event, f"decision task {state.decision_scheduled.event_id} waits still")
    if not state.due:
        raise broken(event, "nothing has triggered it")
    state.decision_scheduled, state.due = event, 0
    state.waiting_since = event.event_timestamp


def _waiting(state: Execution, event: Any) -> e.DecisionTaskScheduled:
    waiting, scheduled_id = state.decision_scheduled, event.attributes.scheduled_event_id
    if state.decision_started is not None:
        raise broken(
            event, f"decision task {state.decision_started.attributes.scheduled_event_id} is started"
        )
    if waiting is None or waiting.event_id != scheduled_id:
        raise broken(event, f"decision task {scheduled_id} does not wait")
    return waiting


def _decision_started(state: Execution, event: e.DecisionTaskStarted) -> None:
    _waiting(state, event)
    state.decision_scheduled, state.decision_started = None, event


def _started(state: Execution, event: Any) -> e.DecisionTaskStarted:
    if (started := state.decision_started) is None:
        raise broken(event, "no decision task is started")
    return started


def _decision_ended(state: Execution, event: Event) -> None:
    state.decision_started = None
    state.waiting_since = event.event_timestamp


def _decision_completed(state: Execution, event: e.DecisionTaskCompleted) -> None:
    """What it says of the ids is not asked: only one can be started, and a derived history is off by one."""
    started, a = _started(state, event), event.attributes
    _decision_ended(state, event)
    state.previous_started_id, state.batch = started.event_id, event.event_id
    if a.execution_context is not None:
        state.context = a.execution_context
    if a.task_list is not None:
        state.sticky = (a.task_list, a.task_list_schedule_to_start_timeout)


def _decision_timed_out(state: Execution, event: e.DecisionTaskTimedOut) -> None:
    """Whoever has the execution's next decisions does not answer: they go to the ordinary list again."""
    a = event.attributes
    if a.timeout_type == DecisionTaskTimeoutType.SCHEDULE_TO_START:
        scheduled = _waiting(state, event)
        state.decision_scheduled = None
    else:
        started = _started(state, event)
        ids = (started.attributes.scheduled_event_id, started.event_id)
        if ids != (a.scheduled_event_id, a.started_event_id):
            raise broken(event, f"decision task {ids[0]} is started, by event {ids[1]}")
        scheduled = scheduled_by(state, started)
        _decision_ended(state, event)
    if state.sticky is not None and state.sticky[1] and scheduled.attributes.task_list == state.sticky[0]:
        state.sticky = None


def scheduled_by(state: Execution, started: e.DecisionTaskStarted) -> e.DecisionTaskScheduled:
    """Return the event that scheduled a decision task that was started."""
    scheduled = state.events[started.attributes.scheduled_event_id - 1]
    assert type(scheduled) is e.DecisionTaskScheduled
    return scheduled


# Activity tasks


def _activity_scheduled(state: Execution, event: e.ActivityTaskScheduled) -> None:
    activity_id = event.attributes.activity_id
    if activity_id in state.activity_ids:
        raise broken(event, f"activity {activity_id!r} is open already")
    state.activities[event.event_id] = OpenActivity(event)
    state.activity_ids[activity_id] = event.event_id
    state.latest_activity_timestamp = event.event_timestamp


def _activity(state: Execution, event: Any) -> OpenActivity:
    scheduled_id = event.attributes.scheduled_event_id
    if (task := state.activities.get(scheduled_id)) is None:
        raise broken(event, f"activity task {scheduled_id} is not open")
    state.latest_activity_timestamp = event.event_timestamp
    return task


def _activity_started(state: Execution, event: e.ActivityTaskStarted) -> None:
    task = _activity(state, event)
    if task.started is not None:
        raise broken(event, f"the activity task is started already by event {task.started_id}")
    task.started, task.heartbeat_at = event, event.event_timestamp


def _activity_closed(state: Execution, event: Any) -> None:
    task, started_id = _activity(state, event), event.attributes.started_event_id
    if task.started_id != started_id:
        raise broken(event, f"the activity task is started by event {task.started_id}, not {started_id}")
    del state.activities[task.scheduled.event_id]
    del state.activity_ids[task.scheduled.attributes.activity_id]


def _activity_cancel_requested(state: Execution, event: e.ActivityTaskCancelRequested) -> None:
    scheduled_id = state.activity_ids.get(event.attributes.activity_id)
    if scheduled_id is None:
        raise broken(event, f"no activity {event.attributes.activity_id!r} is open")
    state.activities[scheduled_id].cancel_requested_id = event.event_id


# Timers


def _timer_started(state: Execution, event: e.TimerStarted) -> None:
    timer_id = event.attributes.timer_id
    if timer_id in state.timers:
        raise broken(event, f"timer {timer_id!r} is open already")
    state.timers[timer_id] = event


def _timer_ended(state: Execution, event: e.TimerFired | e.TimerCanceled) -> None:
    a = event.attributes
    timer = state.timers.get(a.timer_id)
    if timer is None or timer.event_id != a.started_event_id:
        raise broken(event, f"timer {a.timer_id!r} of event {a.started_event_id} is not open")
    del state.timers[a.timer_id]


# Children


def _child_initiated(state: Execution, event: e.StartChildWorkflowExecutionInitiated) -> None:
    state.children[event.event_id] = OpenChild(event)


def _unstarted_child(state: Execution, event: Any) -> OpenChild:
    child = _child(state, event)
    if child.started is not None:
        raise broken(event, f"the child is started already by event {child.started_id}")
    return child


def _child_start_failed(state: Execution, event: e.StartChildWorkflowExecutionFailed) -> None:
    if event.attributes.initiated_event_id:
        _unstarted_child(state, event)
        del state.children[event.attributes.initiated_event_id]


def _child_started(state: Execution, event: e.ChildWorkflowExecutionStarted) -> None:
    _unstarted_child(state, event).started = event


def _child(state: Execution, event: Any) -> OpenChild:
    initiated_id = event.attributes.initiated_event_id
    if (child := state.children.get(initiated_id)) is None:
        raise broken(event, f"child {initiated_id} is not open")
    return child


def _child_closed(state: Execution, event: Any) -> None:
    child, started_id = _child(state, event), event.attributes.started_event_id
    if child.started_id != started_id or not started_id:
        raise broken(event, f"the child is started by event {child.started_id}, not {started_id}")
    del state.children[event.attributes.initiated_event_id]


# Signals and cancel requests to others


def _external_initiated(state: Execution, event: ExternalInitiated) -> None:
    state.externals[event.event_id] = event


def _external_ended(kind: type) -> Callable[[Execution, Any], None]:
    def fold(state: Execution, event: Any) -> None:
        initiated_id = event.attributes.initiated_event_id
        if type(state.externals.get(initiated_id)) is not kind:
            raise broken(event, f"event {initiated_id} has initiated none that is on its way")
        del state.externals[initiated_id]

    return fold


_signal_ended = _external_ended(e.SignalExternalWorkflowExecutionInitiated)
_cancel_ended = _external_ended(e.RequestCancelExternalWorkflowExecutionInitiated)


# Lambda functions


def _lambda_scheduled(state: Execution, event: e.LambdaFunctionScheduled) -> None:
    if event.attributes.id in state.lambda_ids:
        raise broken(event, f"Lambda function {event.attributes.id!r} is open already")
    state.lambdas[event.event_id] = OpenLambda(event)
    state.lambda_ids[event.attributes.id] = event.event_id


def _lambda(state: Execution, event: Any, started_id: int) -> OpenLambda:
    scheduled_id = event.attributes.scheduled_event_id
    if (function := state.lambdas.get(scheduled_id)) is None:
        raise broken(event, f"Lambda function {scheduled_id} is not open")
    if function.started_id != started_id:
        raise broken(
            event, f"the Lambda function is started by event {function.started_id}, not {started_id}"
        )
    return function


def _lambda_started(state: Execution, event: e.LambdaFunctionStarted) -> None:
    _lambda(state, event, 0).started_id = event.event_id


def _lambda_closed(state: Execution, event: Any) -> None:
    function = _lambda(state, event, getattr(event.attributes, "started_event_id", 0))
    del state.lambdas[function.scheduled.event_id]
    del state.lambda_ids[function.scheduled.attributes.id]


FOLDS: dict[type, Callable[[Execution, Any], None]] = {
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
    e.SignalExternalWorkflowExecutionFailed: _signal_ended,
    e.ExternalWorkflowExecutionSignaled: _signal_ended,
    e.RequestCancelExternalWorkflowExecutionInitiated: _external_initiated,
    e.RequestCancelExternalWorkflowExecutionFailed: _cancel_ended,
    e.ExternalWorkflowExecutionCancelRequested: _cancel_ended,
    e.LambdaFunctionScheduled: _lambda_scheduled,
    e.LambdaFunctionStarted: _lambda_started,
    e.StartLambdaFunctionFailed: _lambda_closed,
    e.LambdaFunctionCompleted: _lambda_closed,
    e.LambdaFunctionFailed: _lambda_closed,
    e.LambdaFunctionTimedOut: _lambda_closed,
    e.WorkflowExecutionCompleted: _closed_by_decision,
    e.WorkflowExecutionFailed: _closed_by_decision,
    e.WorkflowExecutionCanceled: _closed_by_decision,
    e.WorkflowExecutionTerminated: _closed,
    e.WorkflowExecutionTimedOut: _closed,
    e.WorkflowExecutionContinuedAsNew: _closed_by_decision,
}
