"""What comes back of what an execution asked for elsewhere: children, signals, cancel requests, Lambda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.engine.machine import commands as c
from swf.exceptions import UnknownResource
from swf.protocol import events as e
from swf.protocol.enums import (
    RequestCancelExternalWorkflowExecutionFailedCause,
    SignalExternalWorkflowExecutionFailedCause,
    StartLambdaFunctionFailedCause,
)
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine.execution import Execution
    from swf.engine.machine.folds import ExternalInitiated, OpenChild
    from swf.engine.machine.writer import Writer

__all__ = ["OUTCOMES"]

NO_ROLE = "No IAM role is attached to the current workflow execution."


# Children


def _child(state: Execution, initiated_event_id: int, *, started: bool) -> OpenChild:
    child = state.children.get(initiated_event_id)
    if child is None or (child.started is not None) is not started:
        raise UnknownResource(f"Unknown child workflow execution, initiatedEventId = {initiated_event_id}")
    return child


def _record_child_start(writer: Writer, command: c.RecordChildStart) -> None:
    initiated = _child(writer.state, command.initiated_event_id, started=False).initiated.attributes
    writer.add(
        e.ChildWorkflowExecutionStarted,
        e.ChildWorkflowExecutionStartedAttributes(
            workflow_execution=WorkflowExecution(initiated.workflow_id, command.run_id),
            workflow_type=initiated.workflow_type,
            initiated_event_id=command.initiated_event_id,
        ),
    )


def _refuse_child(writer: Writer, command: c.RefuseChild) -> None:
    initiated = _child(writer.state, command.initiated_event_id, started=False).initiated.attributes
    writer.add(
        e.StartChildWorkflowExecutionFailed,
        e.StartChildWorkflowExecutionFailedAttributes(
            workflow_id=initiated.workflow_id,
            workflow_type=initiated.workflow_type,
            cause=command.cause,
            initiated_event_id=command.initiated_event_id,
            decision_task_completed_event_id=initiated.decision_task_completed_event_id,
            control=initiated.control,
        ),
    )


def _close_child(writer: Writer, command: c.CloseChild) -> None:
    child = _child(writer.state, command.initiated_event_id, started=True)
    of = {
        "workflow_execution": WorkflowExecution(child.initiated.attributes.workflow_id, command.run_id),
        "workflow_type": child.initiated.attributes.workflow_type,
        "initiated_event_id": command.initiated_event_id,
        "started_event_id": child.started_id,
    }
    _CHILD_ENDS[type(command.end)](writer, command.end.attributes, of)


def _child_completed(writer: Writer, end: e.WorkflowExecutionCompletedAttributes, of: dict[str, Any]) -> None:
    writer.add(
        e.ChildWorkflowExecutionCompleted,
        e.ChildWorkflowExecutionCompletedAttributes(result=end.result, **of),
    )


def _child_failed(writer: Writer, end: e.WorkflowExecutionFailedAttributes, of: dict[str, Any]) -> None:
    writer.add(
        e.ChildWorkflowExecutionFailed,
        e.ChildWorkflowExecutionFailedAttributes(reason=end.reason, details=end.details, **of),
    )


def _child_canceled(writer: Writer, end: e.WorkflowExecutionCanceledAttributes, of: dict[str, Any]) -> None:
    writer.add(
        e.ChildWorkflowExecutionCanceled,
        e.ChildWorkflowExecutionCanceledAttributes(details=end.details, **of),
    )


def _child_terminated(
    writer: Writer, end: e.WorkflowExecutionTerminatedAttributes, of: dict[str, Any]
) -> None:
    writer.add(e.ChildWorkflowExecutionTerminated, e.ChildWorkflowExecutionTerminatedAttributes(**of))


def _child_timed_out(writer: Writer, end: e.WorkflowExecutionTimedOutAttributes, of: dict[str, Any]) -> None:
    writer.add(
        e.ChildWorkflowExecutionTimedOut,
        e.ChildWorkflowExecutionTimedOutAttributes(timeout_type=end.timeout_type, **of),
    )


_CHILD_ENDS: dict[type, Callable[[Writer, Any, dict[str, Any]], None]] = {
    e.WorkflowExecutionCompleted: _child_completed,
    e.WorkflowExecutionFailed: _child_failed,
    e.WorkflowExecutionCanceled: _child_canceled,
    e.WorkflowExecutionTerminated: _child_terminated,
    e.WorkflowExecutionTimedOut: _child_timed_out,
}


# Signals and cancel requests to others


def _external(state: Execution, initiated_event_id: int) -> ExternalInitiated:
    if (initiated := state.externals.get(initiated_event_id)) is None:
        raise UnknownResource(f"Unknown request, initiatedEventId = {initiated_event_id}")
    return initiated


def _record_delivery(writer: Writer, command: c.RecordDelivery) -> None:
    initiated = _external(writer.state, command.initiated_event_id)
    target = WorkflowExecution(initiated.attributes.workflow_id, command.run_id)
    if type(initiated) is e.SignalExternalWorkflowExecutionInitiated:
        writer.add(
            e.ExternalWorkflowExecutionSignaled,
            e.ExternalWorkflowExecutionSignaledAttributes(
                workflow_execution=target, initiated_event_id=command.initiated_event_id
            ),
        )
    else:
        writer.add(
            e.ExternalWorkflowExecutionCancelRequested,
            e.ExternalWorkflowExecutionCancelRequestedAttributes(
                workflow_execution=target, initiated_event_id=command.initiated_event_id
            ),
        )


def _refuse_delivery(writer: Writer, command: c.RefuseDelivery) -> None:
    initiated = _external(writer.state, command.initiated_event_id)
    a = initiated.attributes
    if type(initiated) is e.SignalExternalWorkflowExecutionInitiated:
        writer.add(
            e.SignalExternalWorkflowExecutionFailed,
            e.SignalExternalWorkflowExecutionFailedAttributes(
                workflow_id=a.workflow_id,
                run_id=a.run_id,
                control=a.control,
                cause=SignalExternalWorkflowExecutionFailedCause.UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION,
                initiated_event_id=command.initiated_event_id,
                decision_task_completed_event_id=a.decision_task_completed_event_id,
            ),
        )
    else:
        writer.add(
            e.RequestCancelExternalWorkflowExecutionFailed,
            e.RequestCancelExternalWorkflowExecutionFailedAttributes(
                workflow_id=a.workflow_id,
                run_id=a.run_id,
                control=a.control,
                cause=RequestCancelExternalWorkflowExecutionFailedCause.UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION,
                initiated_event_id=command.initiated_event_id,
                decision_task_completed_event_id=a.decision_task_completed_event_id,
            ),
        )


# Lambda functions


def _refuse_lambda(writer: Writer, command: c.RefuseLambda) -> None:
    function = writer.state.lambdas.get(command.scheduled_event_id)
    if function is None or function.started_id:
        raise _unknown_lambda(command.scheduled_event_id)
    writer.add(
        e.StartLambdaFunctionFailed,
        e.StartLambdaFunctionFailedAttributes(
            scheduled_event_id=command.scheduled_event_id,
            cause=StartLambdaFunctionFailedCause.ASSUME_ROLE_FAILED,
            message=NO_ROLE,
        ),
    )


def _start_lambda(writer: Writer, command: c.StartLambda) -> None:
    function = writer.state.lambdas.get(command.scheduled_event_id)
    if function is None or function.started_id:
        raise _unknown_lambda(command.scheduled_event_id)
    attributes = e.LambdaFunctionStartedAttributes(scheduled_event_id=command.scheduled_event_id)
    writer.add(e.LambdaFunctionStarted, attributes)


def _end_lambda(writer: Writer, command: c.EndLambda) -> None:
    function = writer.state.lambdas.get(command.scheduled_event_id)
    if function is None or not function.started_id:
        raise _unknown_lambda(command.scheduled_event_id)
    attributes = _LAMBDA_ENDS[command.end](
        scheduled_event_id=command.scheduled_event_id,
        started_event_id=function.started_id,
        **command.attributes,
    )
    writer.add(command.end, attributes)


def _unknown_lambda(scheduled_event_id: int) -> UnknownResource:
    return UnknownResource(f"Unknown lambda function, scheduledEventId = {scheduled_event_id}")


_LAMBDA_ENDS: dict[type, Callable[..., Any]] = {
    e.LambdaFunctionCompleted: e.LambdaFunctionCompletedAttributes,
    e.LambdaFunctionFailed: e.LambdaFunctionFailedAttributes,
    e.LambdaFunctionTimedOut: e.LambdaFunctionTimedOutAttributes,
}

OUTCOMES: dict[type, Callable[[Writer, Any], None]] = {
    c.RecordChildStart: _record_child_start,
    c.RefuseChild: _refuse_child,
    c.CloseChild: _close_child,
    c.RecordDelivery: _record_delivery,
    c.RefuseDelivery: _refuse_delivery,
    c.RefuseLambda: _refuse_lambda,
    c.StartLambda: _start_lambda,
    c.EndLambda: _end_lambda,
}
"""The commands that bring an outcome, and what each writes."""
