"""Short words: decisions as deciders send them, what histories hold, and what a refusal looks like."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from swf.exceptions import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "ACTIVITY",
    "WORKFLOW",
    "activity",
    "attributes",
    "cancel",
    "cancel_activity",
    "cancel_other",
    "cancel_timer",
    "child",
    "complete",
    "continue_as_new",
    "decision",
    "fail",
    "function",
    "kinds",
    "last",
    "marker",
    "refused",
    "seconds",
    "signal_other",
    "timer",
    "within",
]

WORKFLOW = {"name": "W", "version": "1"}
ACTIVITY = {"name": "A", "version": "1"}


# Decisions


def decision(kind: str, **given: Any) -> dict[str, Any]:
    """Return a decision with the attributes that are not None."""
    present = {name: value for name, value in given.items() if value is not None}
    return {"decisionType": kind, f"{kind[0].lower()}{kind[1:]}DecisionAttributes": present}


def activity(activity_id: str = "a", version: str = "1", **given: Any) -> dict[str, Any]:
    kind = {"name": "A", "version": version}
    return decision("ScheduleActivityTask", **{"activityId": activity_id, "activityType": kind} | given)


def cancel_activity(activity_id: str = "a") -> dict[str, Any]:
    return decision("RequestCancelActivityTask", activityId=activity_id)


def timer(timer_id: str = "t", seconds: str = "10", **given: Any) -> dict[str, Any]:
    return decision("StartTimer", timerId=timer_id, startToFireTimeout=seconds, **given)


def cancel_timer(timer_id: str = "t") -> dict[str, Any]:
    return decision("CancelTimer", timerId=timer_id)


def marker(name: str = "m", details: str | None = None) -> dict[str, Any]:
    return decision("RecordMarker", markerName=name, details=details)


def child(workflow_id: str = "c", version: str = "1", **given: Any) -> dict[str, Any]:
    kind = {"name": "W", "version": version}
    return decision("StartChildWorkflowExecution", workflowId=workflow_id, workflowType=kind, **given)


def signal_other(workflow_id: str, **given: Any) -> dict[str, Any]:
    values = {"signalName": "s", "input": "i", "control": "k"} | given
    return decision("SignalExternalWorkflowExecution", workflowId=workflow_id, **values)


def cancel_other(workflow_id: str, **given: Any) -> dict[str, Any]:
    values = {"control": "k"} | given
    return decision("RequestCancelExternalWorkflowExecution", workflowId=workflow_id, **values)


def function(function_id: str = "f", **given: Any) -> dict[str, Any]:
    return decision("ScheduleLambdaFunction", id=function_id, name="F", **given)


def complete(result: str | None = None) -> dict[str, Any]:
    return decision("CompleteWorkflowExecution", result=result)


def fail(reason: str | None = None, details: str | None = None) -> dict[str, Any]:
    return decision("FailWorkflowExecution", reason=reason, details=details)


def cancel(details: str | None = None) -> dict[str, Any]:
    return decision("CancelWorkflowExecution", details=details)


def continue_as_new(**given: Any) -> dict[str, Any]:
    return decision("ContinueAsNewWorkflowExecution", **given)


# Histories


def attributes(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an event."""
    kind = event["eventType"]
    found: dict[str, Any] = event[f"{kind[0].lower()}{kind[1:]}EventAttributes"]
    return found


def kinds(events: Sequence[Mapping[str, Any]], start: int = 1) -> list[str]:
    """Return the types of the events from this id on."""
    return [event["eventType"] for event in events if event["eventId"] >= start]


def last(events: Sequence[Mapping[str, Any]], kind: str) -> dict[str, Any]:
    """Return the attributes of the last event of a type."""
    return attributes(next(event for event in reversed(events) if event["eventType"] == kind))


def seconds(event: Mapping[str, Any]) -> float:
    """Return when an event happened, in seconds since the epoch."""
    at: float = event["eventTimestamp"].timestamp()
    return at


# Refusals


@contextmanager
def refused(code: str, message: str | re.Pattern[str] | None = None) -> Iterator[None]:
    """Expect a fault of a type, with exactly this message or one that the pattern finds something in."""
    with pytest.raises((Fault, ClientError)) as caught:
        yield
    fault: Any = caught.value
    error: Mapping[str, str] = fault.response["Error"]
    assert error["Code"] == code, error
    if isinstance(message, str):
        assert error["Message"] == message
    elif message is not None:
        assert message.search(error["Message"]), error["Message"]


def within(*words: str) -> re.Pattern[str]:
    """Return a pattern that finds these words in this order."""
    return re.compile(".*".join(re.escape(word) for word in words), re.DOTALL)
