"""The decisions that end an execution. None may while something is unseen by the decider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.engine.machine import effects as fx
from swf.engine.machine.starting import resolve
from swf.protocol import decisions as d
from swf.protocol import enums
from swf.protocol import events as e
from swf.protocol.shapes import WorkflowType

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine.decisions import Batch

__all__ = ["CLOSING_DECISIONS"]


def _unhandled(batch: Batch) -> bool:
    """Tell whether a decision task is behind this one: the sole sign that something is unseen."""
    return batch.state.decision_scheduled is not None


def _complete(batch: Batch, a: d.CompleteWorkflowExecutionAttributes) -> None:
    if _unhandled(batch):
        batch.writer.add(
            e.CompleteWorkflowExecutionFailed,
            e.CompleteWorkflowExecutionFailedAttributes(
                cause=enums.CompleteWorkflowExecutionFailedCause.UNHANDLED_DECISION,
                decision_task_completed_event_id=batch.completed_id,
            ),
        )
        return
    batch.writer.close(
        e.WorkflowExecutionCompleted,
        e.WorkflowExecutionCompletedAttributes(
            result=a.result, decision_task_completed_event_id=batch.completed_id
        ),
    )


def _fail(batch: Batch, a: d.FailWorkflowExecutionAttributes) -> None:
    if _unhandled(batch):
        batch.writer.add(
            e.FailWorkflowExecutionFailed,
            e.FailWorkflowExecutionFailedAttributes(
                cause=enums.FailWorkflowExecutionFailedCause.UNHANDLED_DECISION,
                decision_task_completed_event_id=batch.completed_id,
            ),
        )
        return
    batch.writer.close(
        e.WorkflowExecutionFailed,
        e.WorkflowExecutionFailedAttributes(
            reason=a.reason, details=a.details, decision_task_completed_event_id=batch.completed_id
        ),
    )


def _cancel(batch: Batch, a: d.CancelWorkflowExecutionAttributes) -> None:
    if _unhandled(batch):
        batch.writer.add(
            e.CancelWorkflowExecutionFailed,
            e.CancelWorkflowExecutionFailedAttributes(
                cause=enums.CancelWorkflowExecutionFailedCause.UNHANDLED_DECISION,
                decision_task_completed_event_id=batch.completed_id,
            ),
        )
        return
    batch.writer.close(
        e.WorkflowExecutionCanceled,
        e.WorkflowExecutionCanceledAttributes(
            details=a.details, decision_task_completed_event_id=batch.completed_id
        ),
    )


def _continue_as_new(batch: Batch, a: d.ContinueAsNewWorkflowExecutionAttributes) -> None:
    """What is not given comes from the type, not from the run that ends."""
    cause = enums.ContinueAsNewWorkflowExecutionFailedCause
    started = batch.state.started
    assert started is not None
    if _unhandled(batch):
        return _refuse_continuation(batch, cause.UNHANDLED_DECISION)
    name, version = started.attributes.workflow_type.name, started.attributes.workflow_type.version
    version = a.workflow_type_version or version
    defaults = batch.types.workflow(name, version)
    if defaults is None:
        return _refuse_continuation(batch, cause.WORKFLOW_TYPE_DOES_NOT_EXIST)
    if defaults.deprecated:
        return _refuse_continuation(batch, cause.WORKFLOW_TYPE_DEPRECATED)
    if isinstance(resolved := resolve(a, defaults), str):
        return _refuse_continuation(batch, cause[f"DEFAULT_{resolved.upper()}_UNDEFINED"])
    event = batch.writer.add(
        e.WorkflowExecutionContinuedAsNew,
        e.WorkflowExecutionContinuedAsNewAttributes(
            new_execution_run_id=batch.new_run_id,
            workflow_type=WorkflowType(name, version),
            decision_task_completed_event_id=batch.completed_id,
            input=a.input,
            tag_list=a.tag_list or None,
            **resolved,
        ),
    )
    # The new run belongs to this transaction: it stands before any signal of the batch finds its workflow id.
    batch.writer.effects.insert(0, fx.ContinueAsNew(event))
    return None


def _refuse_continuation(batch: Batch, cause: enums.ContinueAsNewWorkflowExecutionFailedCause) -> None:
    batch.writer.add(
        e.ContinueAsNewWorkflowExecutionFailed,
        e.ContinueAsNewWorkflowExecutionFailedAttributes(
            cause=cause, decision_task_completed_event_id=batch.completed_id
        ),
    )


CLOSING_DECISIONS: dict[type, Callable[[Batch, Any], None]] = {
    d.CompleteWorkflowExecution: _complete,
    d.FailWorkflowExecution: _fail,
    d.CancelWorkflowExecution: _cancel,
    d.ContinueAsNewWorkflowExecution: _continue_as_new,
}
"""What each of them writes. One of them may stand in a batch, as its last decision."""
