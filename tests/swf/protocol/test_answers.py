"""Answers that Amazon gave, read into our shapes and written again as it wrote them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.model import OPERATIONS, SHAPES, full
from swf.protocol import answers as a
from swf.protocol.events import Event
from swf.protocol.reading import check, convert, encode_answer, read
from swf.protocol.shapes import WorkflowExecution, WorkflowType
from swf.protocol.wire import decode_history

DATA = Path(__file__).parents[2] / "data"
SAMPLES: dict[str, Any] = {
    path.relative_to(DATA / "wire").as_posix(): json.loads(path.read_text())
    for path in sorted((DATA / "wire").rglob("*.json"))
    if path.parent.name != "errors"
}
ASKED = {name: sample for name, sample in SAMPLES.items() if "body" in sample.get("request", {})}
ABRIDGED = {
    "docs_samples/DescribeWorkflowExecution.json": "of 2012, before there were Lambda functions to count",
    "docs_samples/GetWorkflowExecutionHistory.json": "its events are left out",
}
ANSWERED = {
    name: sample for name, sample in SAMPLES.items() if sample["response"]["body"] and name not in ABRIDGED
}
UNDOCUMENTED = re.compile(r'"(reopenGenerationId":0|reopenable":false),')
JAVA_NUMBER = re.compile(r"(?<=:)\d\.\d+E\d+")


def text(body: Any) -> str:
    """Return a body as it was on the wire, or as the samples that were kept as values would be there."""
    return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"), sort_keys=True)


@pytest.mark.parametrize("name", ASKED)
def test_a_recorded_request_is_read(name: str) -> None:
    operation, body = ASKED[name]["op"], text(ASKED[name]["request"]["body"])

    request = read(operation, body.encode())

    check(operation, request)
    assert request == convert(operation, json.loads(body))


@pytest.mark.parametrize("name", ANSWERED)
def test_a_recorded_answer_is_written_again_byte_by_byte(name: str) -> None:
    # Numbers are printed plainly, and what only the service itself knows the meaning of is left out.
    body = UNDOCUMENTED.sub("", text(ANSWERED[name]["response"]["body"]))
    body = JAVA_NUMBER.sub(lambda number: str(float(number[0])), body)
    kind = a.ANSWERS[ANSWERED[name]["op"]]
    assert kind is not None

    answer = msgspec.json.decode(body, type=kind)

    assert encode_answer(answer).decode() == body


@pytest.mark.parametrize("operation", OPERATIONS)
def test_there_is_an_answer_for_each_operation_of_the_model(operation: str) -> None:
    kind = a.ANSWERS[operation]
    output = OPERATIONS[operation].get("output", {}).get("shape")

    assert (kind.__name__ if kind else None) == output
    if kind is not None:
        fields = {field.encode_name for field in msgspec.structs.fields(kind)}
        assert fields == set(SHAPES[output]["members"])


def test_what_answers_nothing_has_no_body() -> None:
    assert encode_answer(None) == b""


def test_a_poll_that_finds_nothing_answers_with_zeros() -> None:
    decision = a.DecisionTask(previous_started_event_id=0, started_event_id=0)

    assert encode_answer(decision) == b'{"previousStartedEventId":0,"startedEventId":0}'
    assert encode_answer(a.ActivityTask(started_event_id=0)) == b'{"startedEventId":0}'


def test_zeros_and_falsehoods_are_printed_and_what_is_absent_is_not() -> None:
    counts = a.WorkflowExecutionOpenCounts(0, 0, 0, 0, 0)

    assert encode_answer(a.PendingTaskCount(0, False)) == b'{"count":0,"truncated":false}'
    assert encode_answer(a.ActivityTaskStatus(False)) == b'{"cancelRequested":false}'
    assert len(json.loads(encode_answer(counts))) == 5
    assert encode_answer(a.ListTagsForResourceOutput([])) == b'{"tags":[]}'
    info = a.WorkflowExecutionInfo(WorkflowExecution("w", "r"), WorkflowType("W", "1"), 1.5, "OPEN", False)
    assert encode_answer(a.WorkflowExecutionInfos([info])) == (
        b'{"executionInfos":[{"cancelRequested":false,"execution":{"runId":"r","workflowId":"w"},'
        b'"executionStatus":"OPEN","startTimestamp":1.5,"workflowType":{"name":"W","version":"1"}}]}'
    )


def test_an_empty_string_is_printed() -> None:
    answer = a.DomainDetail(a.DomainInfo("d", "REGISTERED", ""), a.DomainConfiguration("7"))

    assert b'"description":""' in encode_answer(answer)


def test_events_that_are_written_already_are_put_in_as_they_are() -> None:
    path = DATA / "histories/cassette_test_chain_send_result.json"
    events = decode_history(path.read_bytes())
    written: Any = [msgspec.Raw(encode_answer(a.History([event]))[11:-2]) for event in events]

    assert encode_answer(a.History(written)) == encode_answer(a.History(events))


@given(st.sampled_from(sorted(name for name, kind in a.ANSWERS.items() if kind is not None)))
def test_keys_are_in_order_at_every_level(operation: str) -> None:
    kind = a.ANSWERS[operation]
    assert kind is not None
    full_answer = full_without_events(kind.__name__)

    written = encode_answer(msgspec.convert(full_answer, kind)).decode()

    assert written == json.dumps(full_answer, separators=(",", ":"), sort_keys=True)


def full_without_events(shape: str) -> Any:
    if "events" in SHAPES[shape]["members"]:
        members = SHAPES[shape]["members"]
        rest = {name: full(spec["shape"]) for name, spec in members.items() if name != "events"}
        return {**rest, "events": []}
    return full(shape)


def test_the_type_of_events_is_that_of_histories() -> None:
    assert msgspec.structs.fields(a.History)[0].type == list[Event]
