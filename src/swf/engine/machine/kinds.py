"""The events that ask for a decision task, those that end an execution, those that decisions write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from swf.exceptions import BrokenHistory
from swf.protocol import events as e
from swf.protocol.enums import CloseStatus

if TYPE_CHECKING:
    from swf.engine.machine.execution import Execution

__all__ = ["CLOSING", "DECIDED", "TRIGGERS", "broken", "in_batch"]

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
"""The events after which a decision task is due."""

CLOSING: dict[type, CloseStatus] = {
    e.WorkflowExecutionCompleted: CloseStatus.COMPLETED,
    e.WorkflowExecutionFailed: CloseStatus.FAILED,
    e.WorkflowExecutionCanceled: CloseStatus.CANCELED,
    e.WorkflowExecutionTerminated: CloseStatus.TERMINATED,
    e.WorkflowExecutionTimedOut: CloseStatus.TIMED_OUT,
    e.WorkflowExecutionContinuedAsNew: CloseStatus.CONTINUED_AS_NEW,
}

_LATER = {e.SignalExternalWorkflowExecutionFailed, e.RequestCancelExternalWorkflowExecutionFailed}
"""They name the batch that initiated them, and come after it."""

DECIDED: frozenset[type] = frozenset(
    kind
    for kind in get_args(e.Event)
    if "decision_task_completed_event_id" in getattr(e, f"{kind.__name__}Attributes").__struct_fields__
    and kind not in _LATER
)
"""The events that decisions write, and StartChildWorkflowExecutionFailed, which may come later too."""


def in_batch(state: Execution, event: Any) -> bool:
    """Tell whether a decided event is written by its decision; then a batch must be in progress.

    That it names this batch is not asked: derived histories exist that name another.
    """
    if type(event) is e.StartChildWorkflowExecutionFailed and event.attributes.initiated_event_id:
        return False
    if not state.batch:
        raise broken(event, "stands outside of the decisions of a DecisionTaskCompleted")
    return True


def broken(event: Any, problem: str) -> BrokenHistory:
    """Return the error that says what is wrong with an event."""
    return BrokenHistory(event.event_id, type(event).__name__, problem)
