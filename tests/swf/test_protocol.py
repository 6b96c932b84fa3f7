"""The wire shapes: read and written as Amazon does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest

from swf.protocol import (
    Decision,
    Event,
    UnknownEvent,
    decision_from_wire,
    decode_decisions,
    decode_events,
    decode_history,
    encode_decisions,
    encode_events,
    enums,
    event_from_wire,
    limits,
    to_wire,
)
from swf.protocol import decisions as d
from swf.protocol import events as e
from swf.protocol.operations import OPERATIONS, SHAPES
from swf.protocol.shapes import TaskList, WorkflowType

SIGNALED = {
    "eventId": 7,
    "eventTimestamp": 1497371587.073,
    "eventType": "WorkflowExecutionSignaled",
    "workflowExecutionSignaledEventAttributes": {"externalInitiatedEventId": 0, "signalName": "s"},
}
STRANGE = {
    "eventId": 8,
    "eventTimestamp": 1497371588.0,
    "eventType": "WorkflowExecutionReopened",
    "workflowExecutionReopenedEventAttributes": {"reason": "second thoughts"},
}


def test_there_is_a_class_for_each_type_of_the_model() -> None:
    assert [kind.__name__ for kind in get_args(Event)] != []
    assert {kind.__name__ for kind in get_args(Event)} == {str(value) for value in enums.EventType}
    assert {kind.__name__ for kind in get_args(Decision)} == {str(value) for value in enums.DecisionType}
    assert (len(get_args(Event)), len(get_args(Decision)), len(OPERATIONS)) == (54, 13, 39)


def test_an_event_is_read_into_its_class() -> None:
    [event] = decode_events(json.dumps([SIGNALED]))

    assert type(event) is e.WorkflowExecutionSignaled
    assert (event.event_id, event.event_timestamp) == (7, 1497371587.073)
    assert event.attributes.signal_name == "s"


def test_zero_ids_are_written_and_absent_members_are_not() -> None:
    event = event_from_wire(SIGNALED)

    assert json.loads(encode_events([event])) == [SIGNALED]
    assert to_wire(event) == SIGNALED


def test_an_empty_string_is_a_value() -> None:
    decision = d.RecordMarker(d.RecordMarkerAttributes(marker_name="m", details=""))

    assert to_wire(decision)["recordMarkerDecisionAttributes"] == {"markerName": "m", "details": ""}


def test_a_timestamp_of_boto3_is_read() -> None:
    moment = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

    assert event_from_wire({**SIGNALED, "eventTimestamp": moment}).event_timestamp == moment.timestamp()


@pytest.mark.parametrize("read", [decode_events, lambda text: decode_history(f'{{"events": {text}}}')])
def test_a_type_of_event_that_is_not_known_yet_passes(read: Any) -> None:
    first, second = read(json.dumps([SIGNALED, STRANGE]))

    assert first == event_from_wire(SIGNALED)
    assert second == UnknownEvent(8, 1497371588.0, "WorkflowExecutionReopened", {"reason": "second thoughts"})
    assert json.loads(encode_events([first, second])) == [SIGNALED, STRANGE]


def test_what_a_derived_history_lost_is_put_back() -> None:
    started = event_from_wire(
        {
            "eventId": 1,
            "eventType": "WorkflowExecutionStarted",
            "workflowExecutionStartedEventAttributes": {"childPolicy": "ABANDON", "taskList": "$TaskList"},
        }
    )

    assert type(started) is e.WorkflowExecutionStarted
    assert started.event_timestamp == 0.0
    assert started.attributes.parent_initiated_event_id == 0
    assert started.attributes.task_list == TaskList("$TaskList")
    assert started.attributes.workflow_type == WorkflowType("", "")


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        event_from_wire({**SIGNALED, "eventId": "seven"})


def test_decisions_are_written_and_read_alike() -> None:
    decisions: list[Decision] = [
        d.StartTimer(d.StartTimerAttributes(timer_id="t", start_to_fire_timeout="5")),
        d.CompleteWorkflowExecution(d.CompleteWorkflowExecutionAttributes()),
    ]

    assert json.loads(encode_decisions(decisions)) == [
        {
            "decisionType": "StartTimer",
            "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": "5"},
        },
        {"decisionType": "CompleteWorkflowExecution", "completeWorkflowExecutionDecisionAttributes": {}},
    ]
    assert decode_decisions(encode_decisions(decisions)) == decisions
    assert [decision_from_wire(to_wire(each)) for each in decisions] == decisions


def test_every_shape_that_an_operation_names_is_there() -> None:
    named = {name for operation in OPERATIONS.values() for name in (operation.input, operation.output)}
    for shape in SHAPES.values():
        named |= {*shape.members.values(), shape.element}
        assert set(shape.required) <= set(shape.members)

    assert named - {None} - SHAPES.keys() == {"HistoryEvent"}


@pytest.mark.parametrize(
    ("shape", "maximum"),
    [
        ("WorkflowId", limits.NAME),
        ("Version", limits.VERSION),
        ("WorkflowRunId", limits.RUN_ID),
        ("Data", limits.DATA),
        ("LimitedData", limits.HEARTBEAT_DETAILS),
        ("FailureReason", limits.REASON),
        ("Identity", limits.IDENTITY),
        ("Description", limits.DESCRIPTION),
        ("Tag", limits.TAG),
        ("TagList", limits.TAGS),
        ("TaskToken", limits.TASK_TOKEN),
    ],
)
def test_limits_are_those_of_the_model(shape: str, maximum: int) -> None:
    assert SHAPES[shape].maximum == maximum
