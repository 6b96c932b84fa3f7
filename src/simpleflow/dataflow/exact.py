"""What is compared of a decision and the event that records it: kind, id, and input where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from swf.protocol import decisions as d
from swf.protocol import events as e

__all__ = ["RECORDING", "RECORDS", "asked", "came_later", "differs", "recorded"]


@dataclass(frozen=True)
class _Record:
    """How a decision is recorded: as its event, or as a refusal; and the members that must be equal."""

    event: type
    refusal: type | None
    identity: tuple[str, ...]
    content: tuple[str, ...] = ()


RECORDING: dict[type, _Record] = {
    d.ScheduleActivityTask: _Record(
        e.ActivityTaskScheduled, e.ScheduleActivityTaskFailed, ("activity_id",), ("input",)
    ),
    d.RequestCancelActivityTask: _Record(
        e.ActivityTaskCancelRequested, e.RequestCancelActivityTaskFailed, ("activity_id",)
    ),
    d.StartTimer: _Record(e.TimerStarted, e.StartTimerFailed, ("timer_id",)),
    d.CancelTimer: _Record(e.TimerCanceled, e.CancelTimerFailed, ("timer_id",)),
    d.RecordMarker: _Record(e.MarkerRecorded, e.RecordMarkerFailed, ("marker_name",), ("details",)),
    d.StartChildWorkflowExecution: _Record(
        e.StartChildWorkflowExecutionInitiated,
        e.StartChildWorkflowExecutionFailed,
        ("workflow_id",),
        ("input",),
    ),
    d.SignalExternalWorkflowExecution: _Record(
        e.SignalExternalWorkflowExecutionInitiated, None, ("workflow_id", "signal_name"), ("input",)
    ),
    d.RequestCancelExternalWorkflowExecution: _Record(
        e.RequestCancelExternalWorkflowExecutionInitiated, None, ("workflow_id",)
    ),
    d.ContinueAsNewWorkflowExecution: _Record(
        e.WorkflowExecutionContinuedAsNew, e.ContinueAsNewWorkflowExecutionFailed, (), ("input",)
    ),
    d.CompleteWorkflowExecution: _Record(
        e.WorkflowExecutionCompleted, e.CompleteWorkflowExecutionFailed, (), ("result",)
    ),
    d.FailWorkflowExecution: _Record(e.WorkflowExecutionFailed, e.FailWorkflowExecutionFailed, ()),
    d.CancelWorkflowExecution: _Record(e.WorkflowExecutionCanceled, e.CancelWorkflowExecutionFailed, ()),
}

_RECORDS = frozenset(each.event for each in RECORDING.values()) | {
    e.LambdaFunctionScheduled,
    e.ScheduleLambdaFunctionFailed,
}
_REFUSALS = frozenset(each.refusal for each in RECORDING.values() if each.refusal is not None)


RECORDS = _RECORDS | _REFUSALS
"""The types of events that may record a decision."""


def came_later(event: Any) -> bool:
    """Tell whether a failure names an initiated event: then it does not record the decision itself."""
    return bool(getattr(event.attributes, "initiated_event_id", 0)) and type(event) in _REFUSALS


def differs(decision: Any, event: Any) -> bool:
    """Tell whether the event records another decision than this one."""
    record = RECORDING[type(decision)]
    kind = type(event)
    if kind is record.event:
        names = record.identity + record.content
    elif kind is record.refusal:
        names = record.identity
    else:
        return True
    ours, theirs = decision.attributes, event.attributes
    for name in names:  # noqa: SIM110  # runs for each decision: a generator costs more
        if getattr(ours, name) != getattr(theirs, name):
            return True
    return False


def asked(decision: Any) -> str:
    """Describe a decision for a message."""
    record = RECORDING[type(decision)]
    return _described(type(decision).__name__, decision.attributes, record.identity + record.content)


def recorded(event: Any) -> str:
    """Describe an event for a message."""
    for record in RECORDING.values():
        if type(event) in (record.event, record.refusal):
            names = record.identity + (record.content if type(event) is record.event else ())
            return _described(type(event).__name__, event.attributes, names)
    return type(event).__name__


def _described(kind: str, attributes: Any, names: tuple[str, ...]) -> str:
    told = ", ".join(f"{name}={getattr(attributes, name)!r}" for name in names)
    return f"{kind}({told})"
