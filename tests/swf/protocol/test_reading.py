"""Requests as bytes and as dicts: what is taken, what is refused in which words; both paths agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocol.model import OPERATIONS, SHAPES, full, input_of
from swf.exceptions import Fault, InvalidRequest, Serialization, UnknownOperation
from swf.protocol import decisions as d
from swf.protocol import reading
from swf.protocol.deserializing import parsed
from swf.protocol.enums import ChildPolicy
from swf.protocol.reading import convert, read
from swf.protocol.requests import DescribeDomainInput, ListDomainsInput, RespondDecisionTaskCompletedInput
from swf.protocol.shapes import ActivityType, TaskList

TYPE = {"name": "W", "version": "1"}
START = {"domain": "d", "workflowId": "w", "workflowType": TYPE}


def said_of(operation: str, request: Any) -> str:
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    with pytest.raises(Fault) as caught:
        read(operation, body)
    return caught.value.message


def decided(*decisions: Any) -> dict[str, Any]:
    return {"taskToken": "t", "decisions": list(decisions)}


def read_decisions(*decisions: Any) -> list[d.Decision] | None:
    request = read("RespondDecisionTaskCompleted", json.dumps(decided(*decisions)).encode())
    assert isinstance(request, RespondDecisionTaskCompletedInput)
    return request.decisions


# What is taken


def test_an_empty_body_counts_as_an_empty_object() -> None:
    missing = said_of("DescribeDomain", b"{}")

    assert said_of("DescribeDomain", b"") == said_of("DescribeDomain", b"null") == missing
    assert (
        missing == "1 validation error detected: Value null at 'name' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_a_null_member_is_absent_and_an_unknown_one_is_ignored() -> None:
    request = read("StartWorkflowExecution", json.dumps({**START, "input": None, "colour": [{}]}).encode())

    assert request == convert("StartWorkflowExecution", START)


def test_times_may_be_integers_floats_or_have_exponents() -> None:
    spellings = (b"1469406677", b"1469406677.0", b"1.469406677E9")
    bodies = [b'{"domain":"d","startTimeFilter":{"oldestDate":%s}}' % each for each in spellings]

    first, *others = (read("ListOpenWorkflowExecutions", body) for body in bodies)

    assert others == [first, first]


def test_a_fraction_where_an_integer_is_due_is_cut_off_as_amazon_does() -> None:
    request = read("ListDomains", b'{"registrationStatus":"REGISTERED","maximumPageSize":1e1}')
    other = read("ListDomains", b'{"registrationStatus":"REGISTERED","maximumPageSize":10.9}')

    assert isinstance(request, ListDomainsInput)
    assert request.maximum_page_size == 10
    assert request == other


def test_a_null_among_the_tags_is_kept() -> None:
    request: Any = read("StartWorkflowExecution", json.dumps({**START, "tagList": [None, "a"]}).encode())

    assert request.tag_list == [None, "a"]


def test_of_a_member_said_twice_the_last_counts() -> None:
    assert read("DescribeDomain", b'{"name":7,"name":"d"}') == DescribeDomainInput("d")
    assert read("DescribeDomain", b'{"name":"c","name":"d"}') == DescribeDomainInput("d")


def test_an_enumeration_may_be_given_as_such() -> None:
    request: Any = convert("StartWorkflowExecution", {**START, "childPolicy": ChildPolicy.ABANDON})

    assert request.child_policy is ChildPolicy.ABANDON


# Decisions


def test_decisions_become_what_their_type_says() -> None:
    attributes = {"activityType": TYPE, "activityId": "a", "taskList": {"name": "al"}}

    [decision, marker] = (
        read_decisions(
            {
                "decisionType": "ScheduleActivityTask",
                "scheduleActivityTaskDecisionAttributes": attributes,
                "extra": 1,
            },
            {"decisionType": "RecordMarker", "recordMarkerDecisionAttributes": {"markerName": "m"}},
        )
        or []
    )

    assert decision == d.ScheduleActivityTask(
        d.ScheduleActivityTaskAttributes(ActivityType("W", "1"), "a", task_list=TaskList("al"))
    )
    assert marker == d.RecordMarker(d.RecordMarkerAttributes("m"))


def test_attributes_of_another_type_are_validated_and_then_forgotten() -> None:
    complete = {
        "decisionType": "CompleteWorkflowExecution",
        "completeWorkflowExecutionDecisionAttributes": {"result": "r"},
    }

    assert read_decisions({**complete, "cancelTimerDecisionAttributes": {"timerId": "t"}}) == [
        d.CompleteWorkflowExecution(d.CompleteWorkflowExecutionAttributes("r"))
    ]
    assert (
        said_of("RespondDecisionTaskCompleted", decided({**complete, "cancelTimerDecisionAttributes": {}}))
        == "1 validation error detected: Value null at "
        "'decisions.1.member.cancelTimerDecisionAttributes.timerId' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_absent_attributes_count_as_empty_ones() -> None:
    assert read_decisions({"decisionType": "CancelWorkflowExecution"}) == [
        d.CancelWorkflowExecution(d.CancelWorkflowExecutionAttributes())
    ]
    assert (
        said_of("RespondDecisionTaskCompleted", decided({"decisionType": "StartTimer"}))
        == "2 validation errors detected: "
        "Value null at 'decisions.1.member.startTimerDecisionAttributes.timerId' failed to satisfy "
        "constraint: Member must not be null; "
        "Value null at 'decisions.1.member.startTimerDecisionAttributes.startToFireTimeout' failed to "
        "satisfy constraint: Member must not be null"
    )


def test_no_decisions_and_none_at_all_are_both_legal() -> None:
    assert read_decisions() == []
    request: Any = read("RespondDecisionTaskCompleted", b'{"taskToken":"t"}')
    assert request.decisions is None


# What is refused


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = said_of("ListDomains", {"registrationStatus": "X", "maximumPageSize": 1001})

    assert said == (
        "2 validation errors detected: "
        "Value 'X' at 'registrationStatus' failed to satisfy constraint: "
        "Member must satisfy enum value set: [REGISTERED, DEPRECATED]; "
        "Value '1001' at 'maximumPageSize' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000"
    )


def test_no_more_than_ten_errors_are_told() -> None:
    said = said_of("RespondDecisionTaskCompleted", decided(*[{}] * 5000))

    assert said.startswith("10 validation errors detected: ")
    assert said.count("; ") == 9


def test_what_is_of_another_form_is_told_before_what_is_out_of_bounds() -> None:
    with pytest.raises(Serialization):
        read("RegisterDomain", b'{"name":"","workflowExecutionRetentionPeriodInDays":7}')


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"{} {}", b'{"name":NaN}', b'{"name":"\xff"}', b'{"name":"\\ud800"}', b"\x00", b" "],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(Serialization, match="is not JSON"):
        read("DescribeDomain", body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "Start of list found where not expected"),
        (b"7", "Expected null"),
        (b'"x"', "Expected null"),
    ],
)
def test_what_is_no_object_is_refused(body: bytes, message: str) -> None:
    assert said_of("DescribeDomain", body) == message


@pytest.mark.parametrize("opening", [b"[", b'{"x":'])
def test_nesting_is_bounded(opening: bytes) -> None:
    with pytest.raises(Serialization, match="nested too deeply"):
        read("DescribeDomain", b'{"x":' + opening * 100_000)


@pytest.mark.parametrize("number", [b"9" * 30, b"9" * 5000, b"-" + b"9" * 5000, b"1e400", b"-1e308"])
def test_numbers_beyond_all_bounds_are_refused(number: bytes) -> None:
    with pytest.raises((InvalidRequest, Serialization)):
        read("ListDomains", b'{"registrationStatus":"REGISTERED","maximumPageSize":%s}' % number)


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(UnknownOperation):
        read("Nope", b"{}")
    with pytest.raises(UnknownOperation):
        convert("Nope", {})


# Fast and slow


def _strings(shape: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    least, most = shape.get("min", 0), shape.get("max", 300)
    return st.one_of(
        st.text(min_size=least, max_size=min(most, least + 4)), st.sampled_from(["x" * least, "é" * most])
    )


def _kept(name: str) -> st.SearchStrategy[Any]:
    """Return values of a shape that keep its constraints."""
    shape = SHAPES[name]
    match shape["type"]:
        case "structure":
            members = {member: _kept(spec["shape"]) for member, spec in shape["members"].items()}
            required = {member: members.pop(member) for member in shape.get("required", ())}
            return st.fixed_dictionaries(required, optional=members).map(_with_own_attributes)
        case "list":
            return st.lists(_kept(shape["member"]["shape"]), max_size=shape.get("max", 3))
        case "string":
            return _strings(shape)
        case "integer":
            return st.integers(shape["min"], shape["max"])
        case "boolean":
            return st.booleans()
    return st.floats(0, 4e9) | st.integers(0, 2**40)


def _with_own_attributes(value: dict[str, Any]) -> dict[str, Any]:
    if "decisionType" in value:
        kind = value["decisionType"]
        own = f"{kind[0].lower()}{kind[1:]}DecisionAttributes"
        value = {**value, own: value.get(own, full(f"{kind}DecisionAttributes"))}
    return value


KEPT = {operation: _kept(input_of(operation)) for operation in OPERATIONS}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def _spoilt(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw an operation, and a request of it in which some places hold something else."""
    operation = draw(st.sampled_from(sorted(OPERATIONS)))
    request = draw(KEPT[operation])
    for _ in range(draw(st.integers(0, 3))):
        holder: Any = request
        while holder:
            key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
            inner = holder[key]
            if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
                holder[key] = draw(ANYTHING)
                break
            holder = inner
    return operation, request


def _outcome(call: Any) -> Any:
    try:
        return call()
    except Fault as fault:
        return fault.code, fault.message


@given(st.data())
def test_what_keeps_the_constraints_is_read_without_the_slow_path(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(sorted(OPERATIONS)))
    request = data.draw(KEPT[operation])
    body = json.dumps(request).encode()

    quick = reading._READERS[operation](body)

    assert quick == reading._walked(operation, parsed(body))
    assert quick == convert(operation, request)


@given(_spoilt())
def test_fast_and_slow_agree_on_what_is_taken_and_what_is_said(case: tuple[str, Any]) -> None:
    operation, request = case
    body = json.dumps(request).encode()

    slow = _outcome(lambda: reading._walked(operation, parsed(body)))

    assert _outcome(lambda: read(operation, body)) == slow
    assert _outcome(lambda: convert(operation, request if request is not None else {})) == slow


@given(st.sampled_from(sorted(OPERATIONS)), st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_fault(operation: str, body: bytes) -> None:
    outcome = _outcome(lambda: read(operation, body))

    assume(isinstance(outcome, tuple))
    assert outcome[0] in ("SerializationException", "ValidationException")
