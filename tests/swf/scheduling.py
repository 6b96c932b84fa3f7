"""The rule by which decision tasks are scheduled, said a second time: on the names of a history's events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["CLOSES", "faults", "misplaced"]

_OUTCOMES = {
    *("WorkflowExecutionStarted", "WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested"),
    *("ActivityTaskCompleted", "ActivityTaskFailed", "ActivityTaskTimedOut", "ActivityTaskCanceled"),
    *("TimerFired", "DecisionTaskTimedOut", "ChildWorkflowExecutionStarted"),
    *(
        f"ChildWorkflowExecution{end}"
        for end in ("Completed", "Failed", "Canceled", "Terminated", "TimedOut")
    ),
    *("ExternalWorkflowExecutionSignaled", "ExternalWorkflowExecutionCancelRequested"),
    *("LambdaFunctionCompleted", "LambdaFunctionFailed", "LambdaFunctionTimedOut"),
    "StartLambdaFunctionFailed",
}
_REFUSED = {
    *("ScheduleActivityTask", "RequestCancelActivityTask", "StartTimer", "CancelTimer", "RecordMarker"),
    *("StartChildWorkflowExecution", "SignalExternalWorkflowExecution", "ScheduleLambdaFunction"),
    *("RequestCancelExternalWorkflowExecution", "ContinueAsNewWorkflowExecution"),
    *("CompleteWorkflowExecution", "FailWorkflowExecution", "CancelWorkflowExecution"),
}
_TRIGGERS = _OUTCOMES | {f"{decision}Failed" for decision in _REFUSED}
CLOSES = {
    f"WorkflowExecution{end}"
    for end in ("Completed", "Failed", "Canceled", "Terminated", "TimedOut", "ContinuedAsNew")
}
_DECIDED_ENDS = CLOSES - {"WorkflowExecutionTerminated", "WorkflowExecutionTimedOut"}


def faults(events: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Yield where a history breaks the rule: a trigger without a decision task, or one without the other."""
    waiting, started, due = 0, False, 0
    for event in events:
        name, a = type(event).__name__, event.attributes
        if name == "DecisionTaskScheduled":
            if waiting:
                yield event.event_id, "a second one waits"
            elif not due:
                yield event.event_id, "without a trigger"
            waiting, due = event.event_id, 0
        elif name == "DecisionTaskStarted":
            if waiting != a.scheduled_event_id:
                yield event.event_id, "another one waits"
            if started:
                yield event.event_id, "a second one is started"
            waiting, started = 0, True
        elif name == "DecisionTaskTimedOut" and not a.started_event_id:
            waiting = 0
        elif name in ("DecisionTaskCompleted", "DecisionTaskTimedOut"):
            started = False
        if name in _TRIGGERS and not waiting and not due:
            due = event.event_id
        if name in CLOSES:
            due = 0
    if due:
        yield due, "a trigger without a decision task"


def misplaced(events: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Yield where our own histories break what recorded ones are not asked for.

    A decision task follows its trigger at once, or the last event of the batch that this is in; and a
    decision closes the execution if and only if no decision task is behind its own.
    """
    waiting = due = False
    batch = 0
    for event in events:
        name, a = type(event).__name__, event.attributes
        in_batch = bool(batch) and _batch_of(a) == batch
        if due and not in_batch and name not in ("DecisionTaskScheduled", *CLOSES):
            yield event.event_id, "stands before the decision task that is due"
        if name in _DECIDED_ENDS and waiting:
            yield event.event_id, "closes over a decision task that waits"
        if getattr(a, "cause", None) == "UNHANDLED_DECISION" and not waiting:
            yield event.event_id, "is refused though nothing waits"
        if name == "DecisionTaskCompleted":
            batch = event.event_id
        elif not in_batch:
            batch = 0
        if name == "DecisionTaskScheduled":
            waiting, due = True, False
        elif name == "DecisionTaskStarted" or (name == "DecisionTaskTimedOut" and not a.started_event_id):
            waiting = False
        if name in _TRIGGERS and not waiting:
            due = True


def _batch_of(a: Any) -> int:
    """The batch that an event stands in; outcomes name theirs too, and come later."""
    later = getattr(a, "initiated_event_id", 0)
    return 0 if later else getattr(a, "decision_task_completed_event_id", 0)
