"""What is true of every history and every execution, whatever was done with it.

`problems` reads a history and what Describe says of it, as the wire has them; it knows nothing of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from conformance.words import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Event = Mapping[str, Any]

__all__ = ["CLOSING", "problems", "scheduling_problems"]

CLOSING = {
    "WorkflowExecutionCompleted": "COMPLETED",
    "WorkflowExecutionFailed": "FAILED",
    "WorkflowExecutionCanceled": "CANCELED",
    "WorkflowExecutionTerminated": "TERMINATED",
    "WorkflowExecutionTimedOut": "TIMED_OUT",
    "WorkflowExecutionContinuedAsNew": "CONTINUED_AS_NEW",
}
REFUSED_CLOSE = {
    "CompleteWorkflowExecutionFailed",
    "FailWorkflowExecutionFailed",
    "CancelWorkflowExecutionFailed",
    "ContinueAsNewWorkflowExecutionFailed",
}
TRIGGERS = REFUSED_CLOSE | {
    "WorkflowExecutionStarted",
    "WorkflowExecutionSignaled",
    "WorkflowExecutionCancelRequested",
    "ActivityTaskCompleted",
    "ActivityTaskFailed",
    "ActivityTaskTimedOut",
    "ActivityTaskCanceled",
    "TimerFired",
    "ChildWorkflowExecutionStarted",
    "ChildWorkflowExecutionCompleted",
    "ChildWorkflowExecutionFailed",
    "ChildWorkflowExecutionTimedOut",
    "ChildWorkflowExecutionCanceled",
    "ChildWorkflowExecutionTerminated",
    "ExternalWorkflowExecutionSignaled",
    "ExternalWorkflowExecutionCancelRequested",
    "DecisionTaskTimedOut",
    "LambdaFunctionCompleted",
    "LambdaFunctionFailed",
    "LambdaFunctionTimedOut",
    "StartLambdaFunctionFailed",
    "ScheduleActivityTaskFailed",
    "RequestCancelActivityTaskFailed",
    "StartTimerFailed",
    "CancelTimerFailed",
    "StartChildWorkflowExecutionFailed",
    "SignalExternalWorkflowExecutionFailed",
    "RequestCancelExternalWorkflowExecutionFailed",
    "ScheduleLambdaFunctionFailed",
    "RecordMarkerFailed",
}
OUTCOMES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # what opens: the attribute by which later events name it, and the events that end it
    "ActivityTaskScheduled": (
        "openActivityTasks",
        "scheduledEventId",
        ("ActivityTaskCompleted", "ActivityTaskFailed", "ActivityTaskTimedOut", "ActivityTaskCanceled"),
    ),
    "TimerStarted": ("openTimers", "startedEventId", ("TimerFired", "TimerCanceled")),
    "LambdaFunctionScheduled": (
        "openLambdaFunctions",
        "scheduledEventId",
        (
            "LambdaFunctionCompleted",
            "LambdaFunctionFailed",
            "LambdaFunctionTimedOut",
            "StartLambdaFunctionFailed",
        ),
    ),
    "StartChildWorkflowExecutionInitiated": (
        "openChildWorkflowExecutions",
        "initiatedEventId",
        (
            "StartChildWorkflowExecutionFailed",
            "ChildWorkflowExecutionCompleted",
            "ChildWorkflowExecutionFailed",
            "ChildWorkflowExecutionTimedOut",
            "ChildWorkflowExecutionCanceled",
            "ChildWorkflowExecutionTerminated",
        ),
    ),
}
REFERENCES = {
    # member: the types of events that it may name
    "decisionTaskCompletedEventId": {"DecisionTaskCompleted"},
    "scheduledEventId": {"DecisionTaskScheduled", "ActivityTaskScheduled", "LambdaFunctionScheduled"},
    "startedEventId": {
        "DecisionTaskStarted",
        "ActivityTaskStarted",
        "TimerStarted",
        "LambdaFunctionStarted",
        "ChildWorkflowExecutionStarted",
    },
    "initiatedEventId": {
        "StartChildWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionInitiated",
        "RequestCancelExternalWorkflowExecutionInitiated",
    },
    "latestCancelRequestedEventId": {"ActivityTaskCancelRequested"},
}


def problems(events: Sequence[Event], described: Mapping[str, Any]) -> list[str]:
    """Return all that is wrong with an execution, in words; nothing for one that is well."""
    return [
        *_numbering(events),
        *_references(events),
        *scheduling_problems(events),
        *_openings(events, described),
        *_description(events, described),
    ]


def _numbering(events: Sequence[Event]) -> Iterator[str]:
    ids = [event["eventId"] for event in events]
    if ids != list(range(1, len(events) + 1)):
        yield f"the ids have gaps: {ids}"
    if kinds_of(events)[:1] != ["WorkflowExecutionStarted"]:
        yield "it does not begin with WorkflowExecutionStarted"
    for before, after in pairwise(events):
        if after["eventTimestamp"] < before["eventTimestamp"]:
            yield f"event {after['eventId']} is earlier than the one before"
        if before["eventType"] in CLOSING:
            yield f"event {after['eventId']} comes after the closing one"


def _references(events: Sequence[Event]) -> Iterator[str]:
    named = {event["eventId"]: event["eventType"] for event in events}
    for event in events:
        for member, allowed in REFERENCES.items():
            reference = attributes(event).get(member, 0)
            if reference and (reference >= event["eventId"] or named[reference] not in allowed):
                yield f"event {event['eventId']}: {member} {reference} is {named.get(reference)}"


def _openings(events: Sequence[Event], described: Mapping[str, Any]) -> Iterator[str]:
    counts = described["openCounts"]
    for kind, (count, by, endings) in OUTCOMES.items():
        opened = {event["eventId"] for event in events if event["eventType"] == kind}
        for event in events:
            if event["eventType"] not in endings:
                continue
            which = attributes(event)[by]
            if which == 0 and event["eventType"] == "StartChildWorkflowExecutionFailed":
                continue
            if which not in opened:
                yield f"event {event['eventId']} {event['eventType']}: {which} is not open (any more)"
            opened.discard(which)
        if counts[count] != len(opened):
            yield f"{count} is {counts[count]}, the history leaves {sorted(opened)} open"


def _description(events: Sequence[Event], described: Mapping[str, Any]) -> Iterator[str]:
    info = described["executionInfo"]
    closed = CLOSING.get(events[-1]["eventType"])
    last_started = [event for event in events if event["eventType"] == "WorkflowExecutionCancelRequested"]
    contexts = [attributes(event).get("executionContext") for event in events if _completes_decision(event)]
    given = [context for context in contexts if context is not None]
    touched = [
        event["eventTimestamp"]
        for event in events
        if event["eventType"].startswith("ActivityTask")
        and event["eventType"] != "ActivityTaskCancelRequested"
    ]
    expected = {
        "executionStatus": "CLOSED" if closed else "OPEN",
        "closeStatus": closed,
        "closeTimestamp": events[-1]["eventTimestamp"] if closed else None,
        "startTimestamp": events[0]["eventTimestamp"],
        "cancelRequested": bool(last_started) and not closed,
        "workflowType": attributes(events[0])["workflowType"],
        "tagList": attributes(events[0]).get("tagList"),
        "parent": attributes(events[0]).get("parentWorkflowExecution"),
    }
    for name, value in expected.items():
        if info.get(name) != value:
            yield f"{name} is {info.get(name)!r}, the history says {value!r}"
    if described.get("latestExecutionContext") != (given[-1] if given else None):
        yield f"latestExecutionContext is {described.get('latestExecutionContext')!r} of {given}"
    if described.get("latestActivityTaskTimestamp") != (touched[-1] if touched else None):
        yield f"latestActivityTaskTimestamp is {described.get('latestActivityTaskTimestamp')} of {touched}"
    waiting, counted = (
        not closed and _waits_for_a_decision(events),
        described["openCounts"]["openDecisionTasks"],
    )
    if counted != int(waiting):
        yield f"openDecisionTasks is {counted}, the history says {waiting}"


def _completes_decision(event: Event) -> bool:
    return bool(event["eventType"] == "DecisionTaskCompleted")


def _waits_for_a_decision(events: Sequence[Event]) -> bool:
    scheduled = {event["eventId"] for event in events if event["eventType"] == "DecisionTaskScheduled"}
    ended = {
        attributes(event)["scheduledEventId"]
        for event in events
        if event["eventType"] in ("DecisionTaskCompleted", "DecisionTaskTimedOut")
    }
    return bool(scheduled - ended)


def kinds_of(events: Sequence[Event]) -> list[str]:
    return [event["eventType"] for event in events]


# The scheduling rule


@dataclass
class _Decider:
    """What decision tasks an execution has: one may wait, one may be started, and why the next one is due."""

    waiting: int = 0
    started: int = 0
    started_for: int = 0
    due: int = 0
    """A trigger whose DecisionTaskScheduled must be the next event, or follow the batch that it is in."""
    batch: int = 0
    """The DecisionTaskCompleted whose decisions the events at hand come from."""
    unhandled: bool = False
    bad: list[str] = field(default_factory=list)


def scheduling_problems(events: Sequence[Event]) -> list[str]:
    """Return what breaks §3.3: when decision tasks are scheduled, and which are started and ended."""
    state = _Decider()
    for position, event in enumerate(events):
        _step(state, event)
        following = events[position + 1] if position + 1 < len(events) else None
        _demand(state, event, following)
    return state.bad


def _step(state: _Decider, event: Event) -> None:
    number, kind, given = event["eventId"], event["eventType"], attributes(event)
    say = state.bad.append
    if not _in_batch(state, event):
        state.batch = 0
    if kind == "DecisionTaskScheduled":
        if state.waiting:
            say(f"event {number}: a second decision task waits")
        elif not state.due:
            say(f"event {number}: a decision task without a trigger")
        state.waiting, state.due = number, 0
    elif kind == "DecisionTaskStarted":
        if state.started:
            say(f"event {number}: a second decision task is started")
        if given["scheduledEventId"] != state.waiting:
            say(f"event {number}: starts {given['scheduledEventId']} and {state.waiting} waits")
        state.started, state.started_for, state.waiting = number, state.waiting, 0
    elif kind in ("DecisionTaskCompleted", "DecisionTaskTimedOut"):
        _end_task(state, event)
    if kind in TRIGGERS and not state.waiting and not state.due:
        state.due = number
    if kind in REFUSED_CLOSE and (given["cause"] == "UNHANDLED_DECISION") != state.unhandled:
        say(f"event {number}: cause {given['cause']}, a task behind: {state.unhandled}")
    if kind in CLOSING and state.batch and state.unhandled:
        say(f"event {number}: closed although a task was behind")


def _end_task(state: _Decider, event: Event) -> None:
    number, given = event["eventId"], attributes(event)
    ended = (given["scheduledEventId"], given["startedEventId"])
    if ended == (state.waiting, 0) and given.get("timeoutType") == "SCHEDULE_TO_START":
        state.waiting = 0
    elif ended == (state.started_for, state.started) and state.started:
        state.started = state.started_for = 0
    else:
        state.bad.append(f"event {number}: ends {ended}, started is {(state.started_for, state.started)}")
    if event["eventType"] == "DecisionTaskCompleted":
        state.batch, state.unhandled = number, bool(state.waiting)


def _in_batch(state: _Decider, event: Event) -> bool:
    given = attributes(event)
    from_decision = state.batch and given.get("decisionTaskCompletedEventId") == state.batch
    comes_later = event["eventType"].endswith("Failed") and given.get("initiatedEventId", 0) != 0
    return bool(from_decision and not comes_later)


def _demand(state: _Decider, event: Event, following: Event | None) -> None:
    """Note when a trigger is not followed at once by what it demands."""
    if not state.due:
        return
    if event["eventType"] in CLOSING:
        state.due = 0
        return
    if following is None:
        state.bad.append(f"event {state.due} schedules no decision task")
        return
    scheduled = following["eventType"] == "DecisionTaskScheduled"
    if scheduled and following["eventTimestamp"] != event["eventTimestamp"]:
        state.bad.append(f"event {following['eventId']} is later than its trigger")
    if not (scheduled or following["eventType"] in CLOSING or _in_batch(state, following)):
        state.bad.append(f"event {state.due} is followed by {following['eventType']}, no decision task")
        state.due = 0
