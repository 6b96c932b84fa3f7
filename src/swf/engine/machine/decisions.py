"""What each decision does to an execution: its event, accepted or refused, and what it asks for elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.engine.machine import effects as fx
from swf.engine.machine.closing import CLOSING_DECISIONS
from swf.engine.machine.starting import resolve
from swf.protocol import decisions as d
from swf.protocol import enums
from swf.protocol import events as e
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine.types import Types
    from swf.engine.machine.writer import Writer

__all__ = ["Batch", "decide"]


class Batch:
    """The decisions of one DecisionTaskCompleted, and what they are judged by."""

    __slots__ = ("completed_id", "limits", "new_run_id", "state", "types", "writer")

    def __init__(self, writer: Writer, completed_id: int, types: Types, new_run_id: str) -> None:
        self.writer = writer
        self.state = writer.state
        self.limits = writer.limits
        self.completed_id = completed_id
        self.types = types
        self.new_run_id = new_run_id


def decide(batch: Batch, decision: d.Decision) -> None:
    """Write the event of one decision. A decision that cannot be is refused in an event of its own."""
    _DECIDE[type(decision)](batch, decision.attributes)


# Activities


def _schedule_activity(batch: Batch, a: d.ScheduleActivityTaskAttributes) -> None:
    defaults = batch.types.activity(a.activity_type.name, a.activity_type.version)
    cause = enums.ScheduleActivityTaskFailedCause
    if defaults is None:
        return _refuse_activity(batch, a, cause.ACTIVITY_TYPE_DOES_NOT_EXIST)
    if defaults.deprecated:
        return _refuse_activity(batch, a, cause.ACTIVITY_TYPE_DEPRECATED)
    if a.activity_id in batch.state.activity_ids:
        return _refuse_activity(batch, a, cause.ACTIVITY_ID_ALREADY_IN_USE)
    if len(batch.state.activities) >= batch.limits.open_activities:
        return _refuse_activity(batch, a, cause.OPEN_ACTIVITIES_LIMIT_EXCEEDED)
    task_list = (a.task_list.name if a.task_list is not None else None) or defaults.task_list
    if not task_list:
        return _refuse_activity(batch, a, cause.DEFAULT_TASK_LIST_UNDEFINED)
    if not (schedule_to_start := a.schedule_to_start_timeout or defaults.schedule_to_start):
        return _refuse_activity(batch, a, cause.DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED)
    if not (schedule_to_close := a.schedule_to_close_timeout or defaults.schedule_to_close):
        return _refuse_activity(batch, a, cause.DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED)
    if not (start_to_close := a.start_to_close_timeout or defaults.task_start_to_close):
        return _refuse_activity(batch, a, cause.DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED)
    if not (heartbeat := a.heartbeat_timeout or defaults.heartbeat):
        return _refuse_activity(batch, a, cause.DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED)
    event = batch.writer.add(
        e.ActivityTaskScheduled,
        e.ActivityTaskScheduledAttributes(
            activity_type=a.activity_type,
            activity_id=a.activity_id,
            task_list=TaskList(task_list),
            decision_task_completed_event_id=batch.completed_id,
            input=a.input,
            control=a.control,
            schedule_to_start_timeout=schedule_to_start,
            schedule_to_close_timeout=schedule_to_close,
            start_to_close_timeout=start_to_close,
            heartbeat_timeout=heartbeat,
            task_priority=a.task_priority or defaults.task_priority,
        ),
    )
    batch.writer.effects.append(fx.ActivityTaskAvailable(event))
    return None


def _refuse_activity(
    batch: Batch, a: d.ScheduleActivityTaskAttributes, cause: enums.ScheduleActivityTaskFailedCause
) -> None:
    batch.writer.add(
        e.ScheduleActivityTaskFailed,
        e.ScheduleActivityTaskFailedAttributes(
            activity_type=a.activity_type,
            activity_id=a.activity_id,
            cause=cause,
            decision_task_completed_event_id=batch.completed_id,
        ),
    )


def _cancel_activity(batch: Batch, a: d.RequestCancelActivityTaskAttributes) -> None:
    scheduled_id = batch.state.activity_ids.get(a.activity_id)
    if scheduled_id is None:
        batch.writer.add(
            e.RequestCancelActivityTaskFailed,
            e.RequestCancelActivityTaskFailedAttributes(
                activity_id=a.activity_id,
                cause=enums.RequestCancelActivityTaskFailedCause.ACTIVITY_ID_UNKNOWN,
                decision_task_completed_event_id=batch.completed_id,
            ),
        )
        return
    batch.writer.add(
        e.ActivityTaskCancelRequested,
        e.ActivityTaskCancelRequestedAttributes(
            activity_id=a.activity_id, decision_task_completed_event_id=batch.completed_id
        ),
    )
    if batch.state.activities[scheduled_id].started is None:
        batch.writer.effects.append(fx.CancelUnstarted(scheduled_id))


# Timers and markers


def _start_timer(batch: Batch, a: d.StartTimerAttributes) -> None:
    if a.timer_id in batch.state.timers:
        return _refuse_timer(batch, a, enums.StartTimerFailedCause.TIMER_ID_ALREADY_IN_USE)
    if len(batch.state.timers) >= batch.limits.open_timers:
        return _refuse_timer(batch, a, enums.StartTimerFailedCause.OPEN_TIMERS_LIMIT_EXCEEDED)
    batch.writer.add(
        e.TimerStarted,
        e.TimerStartedAttributes(
            timer_id=a.timer_id,
            start_to_fire_timeout=a.start_to_fire_timeout,
            decision_task_completed_event_id=batch.completed_id,
            control=a.control,
        ),
    )
    return None


def _refuse_timer(batch: Batch, a: d.StartTimerAttributes, cause: enums.StartTimerFailedCause) -> None:
    batch.writer.add(
        e.StartTimerFailed,
        e.StartTimerFailedAttributes(
            timer_id=a.timer_id, cause=cause, decision_task_completed_event_id=batch.completed_id
        ),
    )


def _cancel_timer(batch: Batch, a: d.CancelTimerAttributes) -> None:
    timer = batch.state.timers.get(a.timer_id)
    if timer is None:
        batch.writer.add(
            e.CancelTimerFailed,
            e.CancelTimerFailedAttributes(
                timer_id=a.timer_id,
                cause=enums.CancelTimerFailedCause.TIMER_ID_UNKNOWN,
                decision_task_completed_event_id=batch.completed_id,
            ),
        )
        return
    batch.writer.add(
        e.TimerCanceled,
        e.TimerCanceledAttributes(
            timer_id=a.timer_id,
            started_event_id=timer.event_id,
            decision_task_completed_event_id=batch.completed_id,
        ),
    )


def _record_marker(batch: Batch, a: d.RecordMarkerAttributes) -> None:
    batch.writer.add(
        e.MarkerRecorded,
        e.MarkerRecordedAttributes(
            marker_name=a.marker_name, details=a.details, decision_task_completed_event_id=batch.completed_id
        ),
    )


# Others: children, signals and cancel requests, Lambda


def _start_child(batch: Batch, a: d.StartChildWorkflowExecutionAttributes) -> None:
    cause = enums.StartChildWorkflowExecutionFailedCause
    defaults = batch.types.workflow(a.workflow_type.name, a.workflow_type.version)
    if defaults is None:
        return _refuse_child(batch, a, cause.WORKFLOW_TYPE_DOES_NOT_EXIST)
    if defaults.deprecated:
        return _refuse_child(batch, a, cause.WORKFLOW_TYPE_DEPRECATED)
    if len(batch.state.children) >= batch.limits.open_children:
        return _refuse_child(batch, a, cause.OPEN_CHILDREN_LIMIT_EXCEEDED)
    if isinstance(resolved := resolve(a, defaults), str):
        return _refuse_child(batch, a, cause[f"DEFAULT_{resolved.upper()}_UNDEFINED"])
    event = batch.writer.add(
        e.StartChildWorkflowExecutionInitiated,
        e.StartChildWorkflowExecutionInitiatedAttributes(
            workflow_id=a.workflow_id,
            workflow_type=a.workflow_type,
            decision_task_completed_event_id=batch.completed_id,
            control=a.control,
            input=a.input,
            tag_list=a.tag_list or None,
            **resolved,
        ),
    )
    batch.writer.effects.append(fx.StartChild(event))
    return None


def _refuse_child(
    batch: Batch,
    a: d.StartChildWorkflowExecutionAttributes,
    cause: enums.StartChildWorkflowExecutionFailedCause,
) -> None:
    batch.writer.add(
        e.StartChildWorkflowExecutionFailed,
        e.StartChildWorkflowExecutionFailedAttributes(
            workflow_id=a.workflow_id,
            workflow_type=a.workflow_type,
            cause=cause,
            initiated_event_id=0,
            decision_task_completed_event_id=batch.completed_id,
            control=a.control,
        ),
    )


def _signal(batch: Batch, a: d.SignalExternalWorkflowExecutionAttributes) -> None:
    event = batch.writer.add(
        e.SignalExternalWorkflowExecutionInitiated,
        e.SignalExternalWorkflowExecutionInitiatedAttributes(
            workflow_id=a.workflow_id,
            run_id=a.run_id or None,
            signal_name=a.signal_name,
            input=a.input,
            control=a.control,
            decision_task_completed_event_id=batch.completed_id,
        ),
    )
    batch.writer.effects.append(fx.DeliverSignal(event))


def _cancel_external(batch: Batch, a: d.RequestCancelExternalWorkflowExecutionAttributes) -> None:
    event = batch.writer.add(
        e.RequestCancelExternalWorkflowExecutionInitiated,
        e.RequestCancelExternalWorkflowExecutionInitiatedAttributes(
            workflow_id=a.workflow_id,
            run_id=a.run_id or None,
            control=a.control,
            decision_task_completed_event_id=batch.completed_id,
        ),
    )
    batch.writer.effects.append(fx.DeliverCancel(event))


def _schedule_lambda(batch: Batch, a: d.ScheduleLambdaFunctionAttributes) -> None:
    """Without a role it cannot start anywhere; with one it needs somebody who runs it."""
    cause = enums.ScheduleLambdaFunctionFailedCause
    started = batch.state.started
    assert started is not None
    if a.id in batch.state.lambda_ids:
        return _refuse_lambda(batch, a, cause.ID_ALREADY_IN_USE)
    if len(batch.state.lambdas) >= batch.limits.open_lambdas:
        return _refuse_lambda(batch, a, cause.OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED)
    has_role = bool(started.attributes.lambda_role)
    if has_role and not batch.limits.lambda_backend:
        return _refuse_lambda(batch, a, cause.LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION)
    event = batch.writer.add(
        e.LambdaFunctionScheduled,
        e.LambdaFunctionScheduledAttributes(
            id=a.id,
            name=a.name,
            input=a.input,
            control=a.control,
            start_to_close_timeout=a.start_to_close_timeout,
            decision_task_completed_event_id=batch.completed_id,
        ),
    )
    if not has_role:
        batch.writer.effects.append(fx.RefuseLambda(event.event_id))
    return None


def _refuse_lambda(
    batch: Batch, a: d.ScheduleLambdaFunctionAttributes, cause: enums.ScheduleLambdaFunctionFailedCause
) -> None:
    batch.writer.add(
        e.ScheduleLambdaFunctionFailed,
        e.ScheduleLambdaFunctionFailedAttributes(
            id=a.id, name=a.name, cause=cause, decision_task_completed_event_id=batch.completed_id
        ),
    )


_DECIDE: dict[type, Callable[[Batch, Any], None]] = {
    d.ScheduleActivityTask: _schedule_activity,
    d.RequestCancelActivityTask: _cancel_activity,
    d.StartTimer: _start_timer,
    d.CancelTimer: _cancel_timer,
    d.RecordMarker: _record_marker,
    d.StartChildWorkflowExecution: _start_child,
    d.SignalExternalWorkflowExecution: _signal,
    d.RequestCancelExternalWorkflowExecution: _cancel_external,
    d.ScheduleLambdaFunction: _schedule_lambda,
    **CLOSING_DECISIONS,
}
