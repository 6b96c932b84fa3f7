"""What each decision does to an execution: its event, accepted or refused, and what it asks for elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.engine.effects import (
    CancelUnstarted,
    Closed,
    ContinueAsNew,
    DeliverCancel,
    DeliverSignal,
    Effect,
    StartChild,
)
from swf.protocol import decisions as d
from swf.protocol import events as e
from swf.protocol.shapes import TaskList, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.limits import Limits
    from swf.engine.types import Types
    from swf.engine.writer import Writer

__all__ = ["apply_decision"]

NO_ROLE = "No IAM role is attached to the current workflow execution."


class Rules:
    """What a decision is judged by, and what it leads to."""

    def __init__(
        self, writer: Writer, completed_id: int, types: Types, limits: Limits, new_run_id: str
    ) -> None:
        self.writer = writer
        self.state = writer.state
        self.completed_id = completed_id
        self.types = types
        self.limits = limits
        self.new_run_id = new_run_id
        self.effects: list[Effect] = []

    def write(self, kind: type, **attributes: Any) -> Any:
        return self.writer.add(kind, decision_task_completed_event_id=self.completed_id, **attributes)


def apply_decision(decision: Any, rules: Rules) -> None:
    """Write the events of one decision."""
    _RULES[type(decision)](rules, decision.attributes)


def _schedule_activity(rules: Rules, a: d.ScheduleActivityTaskAttributes) -> None:
    defaults = rules.types.activity(a.activity_type.name, a.activity_type.version)
    task_list = a.task_list.name if a.task_list else defaults and defaults.task_list
    timeouts = {
        "schedule_to_start_timeout": a.schedule_to_start_timeout or (defaults and defaults.schedule_to_start),
        "schedule_to_close_timeout": a.schedule_to_close_timeout or (defaults and defaults.schedule_to_close),
        "start_to_close_timeout": a.start_to_close_timeout or (defaults and defaults.task_start_to_close),
        "heartbeat_timeout": a.heartbeat_timeout or (defaults and defaults.heartbeat),
    }
    cause = None
    if defaults is None:
        cause = "ACTIVITY_TYPE_DOES_NOT_EXIST"
    elif defaults.deprecated:
        cause = "ACTIVITY_TYPE_DEPRECATED"
    elif a.activity_id in rules.state.activity_ids:
        cause = "ACTIVITY_ID_ALREADY_IN_USE"
    elif len(rules.state.activities) >= rules.limits.open_activities:
        cause = "OPEN_ACTIVITIES_LIMIT_EXCEEDED"
    elif not task_list:
        cause = "DEFAULT_TASK_LIST_UNDEFINED"
    else:
        missing = next((name for name, value in timeouts.items() if not value), None)
        cause = missing and f"DEFAULT_{missing.upper()}_UNDEFINED"
    if cause is not None:
        rules.write(
            e.ScheduleActivityTaskFailed,
            activity_type=a.activity_type,
            activity_id=a.activity_id,
            cause=cause,
        )
        return
    assert defaults is not None
    rules.write(
        e.ActivityTaskScheduled,
        activity_type=a.activity_type,
        activity_id=a.activity_id,
        input=a.input,
        control=a.control,
        task_list=TaskList(name=task_list or ""),
        task_priority=a.task_priority or defaults.task_priority,
        **timeouts,
    )


def _cancel_activity(rules: Rules, a: d.RequestCancelActivityTaskAttributes) -> None:
    scheduled_id = rules.state.activity_ids.get(a.activity_id)
    if scheduled_id is None:
        rules.write(e.RequestCancelActivityTaskFailed, activity_id=a.activity_id, cause="ACTIVITY_ID_UNKNOWN")
        return
    rules.write(e.ActivityTaskCancelRequested, activity_id=a.activity_id)
    if not rules.state.activities[scheduled_id].started_id:
        rules.effects.append(CancelUnstarted(scheduled_id))


def _start_timer(rules: Rules, a: d.StartTimerAttributes) -> None:
    cause = None
    if a.timer_id in rules.state.timers:
        cause = "TIMER_ID_ALREADY_IN_USE"
    elif len(rules.state.timers) >= rules.limits.open_timers:
        cause = "OPEN_TIMERS_LIMIT_EXCEEDED"
    if cause is not None:
        rules.write(e.StartTimerFailed, timer_id=a.timer_id, cause=cause)
    else:
        rules.write(
            e.TimerStarted,
            timer_id=a.timer_id,
            start_to_fire_timeout=a.start_to_fire_timeout,
            control=a.control,
        )


def _cancel_timer(rules: Rules, a: d.CancelTimerAttributes) -> None:
    timer = rules.state.timers.get(a.timer_id)
    if timer is None:
        rules.write(e.CancelTimerFailed, timer_id=a.timer_id, cause="TIMER_ID_UNKNOWN")
    else:
        rules.write(e.TimerCanceled, timer_id=a.timer_id, started_event_id=timer.started.event_id)


def _record_marker(rules: Rules, a: d.RecordMarkerAttributes) -> None:
    rules.write(e.MarkerRecorded, marker_name=a.marker_name, details=a.details)


def _start_child(rules: Rules, a: d.StartChildWorkflowExecutionAttributes) -> None:
    defaults = rules.types.workflow(a.workflow_type.name, a.workflow_type.version)
    resolved = _resolved(a, defaults)
    cause = None
    if defaults is None:
        cause = "WORKFLOW_TYPE_DOES_NOT_EXIST"
    elif defaults.deprecated:
        cause = "WORKFLOW_TYPE_DEPRECATED"
    elif len(rules.state.children) >= rules.limits.open_children:
        cause = "OPEN_CHILDREN_LIMIT_EXCEEDED"
    else:
        cause = _undefined(resolved)
    if cause is not None:
        rules.write(
            e.StartChildWorkflowExecutionFailed,
            workflow_id=a.workflow_id,
            workflow_type=a.workflow_type,
            cause=cause,
            initiated_event_id=0,
            control=a.control,
        )
        return
    event = rules.write(
        e.StartChildWorkflowExecutionInitiated,
        workflow_id=a.workflow_id,
        workflow_type=a.workflow_type,
        control=a.control,
        input=a.input,
        tag_list=a.tag_list,
        **resolved,
    )
    rules.effects.append(StartChild(event))


def _resolved(a: Any, defaults: Any) -> dict[str, Any]:
    """Return the values of a start: the decision's, else the type's."""
    task_list = a.task_list.name if a.task_list else defaults and defaults.task_list
    return {
        "execution_start_to_close_timeout": a.execution_start_to_close_timeout
        or (defaults and defaults.execution_start_to_close),
        "task_list": TaskList(name=task_list) if task_list else None,
        "task_start_to_close_timeout": a.task_start_to_close_timeout
        or (defaults and defaults.task_start_to_close),
        "child_policy": a.child_policy or (defaults and defaults.child_policy),
        "task_priority": a.task_priority or (defaults and defaults.task_priority),
        "lambda_role": a.lambda_role or (defaults and defaults.lambda_role),
    }


def _undefined(resolved: dict[str, Any]) -> str | None:
    """Return the cause for the first value that neither the decision nor the type gives."""
    for name in (
        "execution_start_to_close_timeout",
        "task_list",
        "task_start_to_close_timeout",
        "child_policy",
    ):
        if not resolved[name]:
            return f"DEFAULT_{name.upper()}_UNDEFINED"
    return None


def _signal(rules: Rules, a: d.SignalExternalWorkflowExecutionAttributes) -> None:
    event = rules.write(
        e.SignalExternalWorkflowExecutionInitiated,
        workflow_id=a.workflow_id,
        run_id=a.run_id,
        signal_name=a.signal_name,
        input=a.input,
        control=a.control,
    )
    rules.effects.append(DeliverSignal(event))


def _cancel_external(rules: Rules, a: d.RequestCancelExternalWorkflowExecutionAttributes) -> None:
    event = rules.write(
        e.RequestCancelExternalWorkflowExecutionInitiated,
        workflow_id=a.workflow_id,
        run_id=a.run_id,
        control=a.control,
    )
    rules.effects.append(DeliverCancel(event))


def _lambda(rules: Rules, a: d.ScheduleLambdaFunctionAttributes) -> None:
    """Without a Lambda service there is one truth to tell, and it depends on the role (§3.16)."""
    started = rules.state.started
    if started is not None and started.attributes.lambda_role:
        cause = "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION"
        rules.write(e.ScheduleLambdaFunctionFailed, id=a.id, name=a.name, cause=cause)
        return
    event = rules.write(
        e.LambdaFunctionScheduled,
        id=a.id,
        name=a.name,
        input=a.input,
        control=a.control,
        start_to_close_timeout=a.start_to_close_timeout,
    )
    rules.writer.add(
        e.StartLambdaFunctionFailed,
        scheduled_event_id=event.event_id,
        cause="ASSUME_ROLE_FAILED",
        message=NO_ROLE,
    )


def _close(rules: Rules, kind: type, refusal: type, **attributes: Any) -> None:
    """Close, unless something has happened that the decider has not seen: a decision task is behind."""
    if rules.state.decision_scheduled is not None:
        rules.write(refusal, cause="UNHANDLED_DECISION")
        return
    event = rules.write(kind, **attributes)
    rules.effects.append(Closed(event))


def _complete(rules: Rules, a: d.CompleteWorkflowExecutionAttributes) -> None:
    _close(rules, e.WorkflowExecutionCompleted, e.CompleteWorkflowExecutionFailed, result=a.result)


def _fail(rules: Rules, a: d.FailWorkflowExecutionAttributes) -> None:
    _close(
        rules,
        e.WorkflowExecutionFailed,
        e.FailWorkflowExecutionFailed,
        reason=a.reason,
        details=a.details,
    )


def _cancel(rules: Rules, a: d.CancelWorkflowExecutionAttributes) -> None:
    _close(rules, e.WorkflowExecutionCanceled, e.CancelWorkflowExecutionFailed, details=a.details)


def _continue(rules: Rules, a: d.ContinueAsNewWorkflowExecutionAttributes) -> None:
    assert rules.state.started is not None
    kind = rules.state.started.attributes.workflow_type
    kind = WorkflowType(name=kind.name, version=a.workflow_type_version or kind.version)
    defaults = rules.types.workflow(kind.name, kind.version)
    resolved = _resolved(a, defaults)
    cause = None
    if rules.state.decision_scheduled is not None:
        cause = "UNHANDLED_DECISION"
    elif defaults is None:
        cause = "WORKFLOW_TYPE_DOES_NOT_EXIST"
    elif defaults.deprecated:
        cause = "WORKFLOW_TYPE_DEPRECATED"
    else:
        cause = _undefined(resolved)
    if cause is not None:
        rules.write(e.ContinueAsNewWorkflowExecutionFailed, cause=cause)
        return
    event = rules.write(
        e.WorkflowExecutionContinuedAsNew,
        new_execution_run_id=rules.new_run_id,
        workflow_type=kind,
        input=a.input,
        tag_list=a.tag_list,
        **resolved,
    )
    rules.effects.append(ContinueAsNew(event))


_RULES: dict[type, Callable[[Rules, Any], None]] = {
    d.ScheduleActivityTask: _schedule_activity,
    d.RequestCancelActivityTask: _cancel_activity,
    d.StartTimer: _start_timer,
    d.CancelTimer: _cancel_timer,
    d.RecordMarker: _record_marker,
    d.StartChildWorkflowExecution: _start_child,
    d.SignalExternalWorkflowExecution: _signal,
    d.RequestCancelExternalWorkflowExecution: _cancel_external,
    d.ScheduleLambdaFunction: _lambda,
    d.CompleteWorkflowExecution: _complete,
    d.FailWorkflowExecution: _fail,
    d.CancelWorkflowExecution: _cancel,
    d.ContinueAsNewWorkflowExecution: _continue,
}
