"""What is compared of a decision and the event that records it: kind, id, and input where it has one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from swf.protocol import decisions as d
from swf.protocol import events as e

__all__ = ["RECORDING", "RECORDS", "asked", "came_later", "differs", "recorded"]


@dataclass(frozen=True)
class _Record:
    """How a decision is recorded: as its event, or as a refusal; and the members that must be equal."""

    words: str
    """What it asks for, in words."""
    event: type
    refusal: type | None
    identity: tuple[str, ...]
    content: tuple[str, ...] = ()


RECORDING: dict[type, _Record] = {
    d.ScheduleActivityTask: _Record(
        "the activity {activity_id!r}",
        e.ActivityTaskScheduled,
        e.ScheduleActivityTaskFailed,
        ("activity_id",),
        ("input",),
    ),
    d.RequestCancelActivityTask: _Record(
        "the cancellation of the activity {activity_id!r}",
        e.ActivityTaskCancelRequested,
        e.RequestCancelActivityTaskFailed,
        ("activity_id",),
    ),
    d.StartTimer: _Record("the timer {timer_id!r}", e.TimerStarted, e.StartTimerFailed, ("timer_id",)),
    d.CancelTimer: _Record(
        "the cancellation of the timer {timer_id!r}", e.TimerCanceled, e.CancelTimerFailed, ("timer_id",)
    ),
    d.RecordMarker: _Record(
        "the marker {marker_name!r}",
        e.MarkerRecorded,
        e.RecordMarkerFailed,
        ("marker_name",),
        ("details",),
    ),
    d.StartChildWorkflowExecution: _Record(
        "the child workflow {workflow_id!r}",
        e.StartChildWorkflowExecutionInitiated,
        e.StartChildWorkflowExecutionFailed,
        ("workflow_id",),
        ("input",),
    ),
    d.SignalExternalWorkflowExecution: _Record(
        "the signal {signal_name!r} to {workflow_id!r}",
        e.SignalExternalWorkflowExecutionInitiated,
        None,
        ("workflow_id", "signal_name"),
        ("input",),
    ),
    d.RequestCancelExternalWorkflowExecution: _Record(
        "the cancellation of the workflow {workflow_id!r}",
        e.RequestCancelExternalWorkflowExecutionInitiated,
        None,
        ("workflow_id",),
    ),
    d.ContinueAsNewWorkflowExecution: _Record(
        "its continuation as new",
        e.WorkflowExecutionContinuedAsNew,
        e.ContinueAsNewWorkflowExecutionFailed,
        (),
        ("input",),
    ),
    d.CompleteWorkflowExecution: _Record(
        "its completion", e.WorkflowExecutionCompleted, e.CompleteWorkflowExecutionFailed, (), ("result",)
    ),
    d.FailWorkflowExecution: _Record(
        "its failure", e.WorkflowExecutionFailed, e.FailWorkflowExecutionFailed, ()
    ),
    d.CancelWorkflowExecution: _Record(
        "its end as canceled", e.WorkflowExecutionCanceled, e.CancelWorkflowExecutionFailed, ()
    ),
}
_MOST = 240
_BEFORE = 60
"""Characters of an input that are told, and how many of them before the first that differs."""

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


def asked(decision: Any, recorded: Any = None) -> str:
    """Describe a decision for a message; of what is long, where it differs from the event recorded."""
    record = RECORDING[type(decision)]
    return _told(record, decision, _content(record, decision), _content_of_event(recorded))


def recorded(event: Any, asked: Any = None) -> str:
    """Describe an event for a message; of what is long, where it differs from the decision asked for."""
    record = _record_of(event)
    if record is None:
        return type(event).__name__
    if refused := getattr(event.attributes, "cause", None):
        return _told(record, event, None, None, f", refused with {refused}")
    other = None if asked is None else _content(RECORDING[type(asked)], asked)
    return _told(record, event, _content(record, event), other)


def _record_of(event: Any) -> _Record | None:
    return next((each for each in RECORDING.values() if type(event) in (each.event, each.refusal)), None)


def _content(record: _Record, told: Any) -> str | None:
    return getattr(told.attributes, record.content[0], None) if record.content else None


def _content_of_event(event: Any) -> str | None:
    record = _record_of(event)
    return None if record is None else _content(record, event)


def _told(record: _Record, told: Any, content: str | None, other: str | None, more: str = "") -> str:
    if content is not None:
        more = f" with {record.content[0]} {_cut(content, other or '')}"
    words = record.words.format_map({name: getattr(told.attributes, name) for name in record.identity})
    return f"{words}{more} ({type(told).__name__})"


def _cut(text: str, other: str) -> str:
    """Return of a long text what surrounds its first difference from another."""
    if len(text) <= _MOST:
        return text
    same = sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False))
    )
    start = max(same - _BEFORE, 0)
    return f"{'…' * (start > 0)}{text[start : start + _MOST]}{'…' * (start + _MOST < len(text))}"
