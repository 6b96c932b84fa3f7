"""The rules that every test's executions are held to, held to what Amazon did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.rules import problems, scheduling_problems

HISTORIES = sorted((Path(__file__).parent.parent / "data" / "histories").glob("**/*_*.json")) + sorted(
    (Path(__file__).parent.parent / "data" / "histories").glob("**/[0-9]*.json")
)
EDITED = ("020-", "036-", "059-", "060-", "068-", "146-", "docs_2012")
"""Written by hand, or cut short: these break the rule."""


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.name[:60])
def test_a_recorded_history_keeps_the_scheduling_rule(path: Path) -> None:
    events = json.loads(path.read_text())["events"]
    for event in events:
        event.setdefault("eventTimestamp", 0)

    assert bool(scheduling_problems(events)) == path.name.startswith(EDITED)


def event(number: int, kind: str, **attributes: Any) -> dict[str, Any]:
    return {
        "eventId": number,
        "eventType": kind,
        "eventTimestamp": datetime.fromtimestamp(0, UTC),
        f"{kind[0].lower()}{kind[1:]}EventAttributes": attributes,
    }


STARTED = event(1, "WorkflowExecutionStarted", workflowType={"name": "W", "version": "1"})
SCHEDULED = event(2, "DecisionTaskScheduled")
RUNNING = event(3, "DecisionTaskStarted", scheduledEventId=2)
COMPLETED = event(4, "DecisionTaskCompleted", scheduledEventId=2, startedEventId=3)
SIGNALED = event(4, "WorkflowExecutionSignaled")


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        ([STARTED], "event 1 schedules no decision task"),
        ([STARTED, SCHEDULED, event(3, "DecisionTaskScheduled")], "event 3: a second decision task waits"),
        (
            [STARTED, SCHEDULED, RUNNING, COMPLETED, event(5, "DecisionTaskScheduled")],
            "event 5: a decision task without a trigger",
        ),
        ([STARTED, SCHEDULED, RUNNING, SIGNALED], "event 4 schedules no decision task"),
        (
            [STARTED, SCHEDULED, RUNNING, SIGNALED, event(5, "MarkerRecorded", markerName="m")],
            "event 4 is followed by MarkerRecorded, no decision task",
        ),
        (
            [STARTED, SCHEDULED, event(3, "DecisionTaskCompleted", scheduledEventId=2, startedEventId=2)],
            "event 3: ends (2, 2), started is (0, 0)",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_rule_finds_what_breaks_it(events: list[dict[str, Any]], problem: str) -> None:
    assert problem in scheduling_problems(events)


def test_counters_that_differ_from_the_history_are_found() -> None:
    events = [STARTED, SCHEDULED, RUNNING, COMPLETED]
    events += [event(5, "TimerStarted", timerId="t", decisionTaskCompletedEventId=4)]
    counts = {
        "openActivityTasks": 1,
        "openTimers": 0,
        "openChildWorkflowExecutions": 0,
        "openLambdaFunctions": 0,
        "openDecisionTasks": 1,
    }

    found = problems(events, {"openCounts": counts, "executionInfo": {"executionStatus": "CLOSED"}})

    assert [problem.split(",")[0] for problem in found] == [
        "openActivityTasks is 1",
        "openTimers is 0",
        "executionStatus is 'CLOSED'",
        "startTimestamp is None",
        "cancelRequested is None",
        "workflowType is None",
        "openDecisionTasks is 1",
    ]
