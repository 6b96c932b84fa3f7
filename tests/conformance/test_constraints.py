"""Every constraint of every operation's members, violated once: the cases come from botocore's model."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name

from conformance.coverage import MODEL, OPERATIONS
from conformance.words import refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.region import Region
    from conformance.wire import Wire

MUST = "failed to satisfy constraint: Member must"


@dataclass(frozen=True)
class Violation:
    """A request that breaks one constraint, and what the refusal says."""

    request: dict[str, Any]
    message: str


def smallest(shape: Any) -> Any:
    """Return the smallest value that a shape allows."""
    match shape.type_name:
        case "structure":
            return {name: smallest(shape.members[name]) for name in shape.required_members}
        case "list":
            return [smallest(shape.member)]
        case "string":
            return _in_order(shape)[0] if shape.enum else "1" * shape.metadata.get("min", 1)
        case "boolean":
            return False
        case "timestamp":
            return datetime(2020, 1, 1, tzinfo=UTC)
        case _:
            return 1


def places(shape: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the way to each member, and its shape."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield (*way, name), member
            yield from places(member, (*way, name))
    elif shape.type_name == "list":
        yield (*way, 0), shape.member
        yield from places(shape.member, (*way, 0))


def with_value(operation: str, way: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Return the smallest request that has a value in a place; None takes away what is there."""
    shape: Any = MODEL.operation_model(operation).input_shape
    request: dict[str, Any] = smallest(shape)
    inner: Any = request
    for step in way[:-1]:
        shape = shape.member if isinstance(step, int) else shape.members[step]
        if isinstance(step, str):
            inner.setdefault(step, smallest(shape))
        inner = inner[step]
    if value is None and len(way) > 1:
        inner.pop(way[-1])
    else:
        inner[way[-1]] = value
    return request


def path(way: tuple[str | int, ...]) -> str:
    return ".".join(f"{step + 1}.member" if isinstance(step, int) else step for step in way)


def violations(operation: str) -> Iterator[Violation]:
    """Yield a violation of each constraint of an operation's members."""
    top: Any = MODEL.operation_model(operation).input_shape
    required = set(top.required_members)
    for way, shape in places(top):
        where = path(way)
        parent: Any = top
        for step in way[:-1]:
            parent = parent.member if isinstance(step, int) else parent.members[step]
        if len(way) == 1:
            needed = way[0] in required
        else:
            needed = parent.type_name == "structure" and way[-1] in parent.required_members
        if needed:
            yield Violation(with_value(operation, way, None), f"Value null at '{where}' {MUST} not be null")
        yield from _wrong_values(operation, way, shape, where)


def _wrong_values(operation: str, way: tuple[str | int, ...], shape: Any, where: str) -> Iterator[Violation]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name == "string" and shape.enum:
        values = f"enum value set: [{', '.join(_in_order(shape))}]"
        yield _violation(operation, way, "Bogus", f"Value 'Bogus' at '{where}' {MUST} satisfy {values}")
    elif shape.type_name == "string":
        if most is not None:
            long = "1" * (most + 1)
            told = f"Value '{long}' at '{where}' {MUST} have length less than or equal to {most}"
            yield _violation(operation, way, long, told)
        if least:
            told = f"Value '' at '{where}' {MUST} have length greater than or equal to {least}"
            yield _violation(operation, way, "", told)
    elif shape.type_name in ("integer", "long"):
        told = f"Value '{most + 1}' at '{where}' {MUST} have value less than or equal to {most}"
        yield _violation(operation, way, most + 1, told)
        told = f"Value '{least - 1}' at '{where}' {MUST} have value greater than or equal to {least}"
        yield _violation(operation, way, least - 1, told)


def _violation(operation: str, way: tuple[str | int, ...], value: Any, told: str) -> Violation:
    return Violation(with_value(operation, way, value), told)


DECISION_TYPES = """
    CompleteWorkflowExecution StartTimer RequestCancelExternalWorkflowExecution
    SignalExternalWorkflowExecution CancelTimer RecordMarker ScheduleActivityTask
    ContinueAsNewWorkflowExecution ScheduleLambdaFunction FailWorkflowExecution
    RequestCancelActivityTask StartChildWorkflowExecution CancelWorkflowExecution
"""


def _in_order(shape: Any) -> list[str]:
    return DECISION_TYPES.split() if shape.name == "DecisionType" else list(shape.enum)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_violated_constraint_is_named(region: Region, operation: str) -> None:
    ask = getattr(region.client, xform_name(operation))

    for violation in violations(operation):
        with refused("ValidationException", f"1 validation error detected: {violation.message}"):
            ask(**violation.request)
    assert region.runs() == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_value_of_a_wrong_kind_is_refused(wire: Wire, operation: str) -> None:
    shape: Any = MODEL.operation_model(operation).input_shape
    wrong: dict[str, list[Any]] = {
        "string": [7, True, ["x"], {"x": "y"}],
        "structure": ["x", 7, ["x"]],
        "list": ["x", 7, {"x": "y"}],
        "integer": ["x", True, [1], {"x": 1}],
        "boolean": ["x", 7, [True]],
        "timestamp": ["soon", True, [1]],
    }
    for way, member in places(shape):
        for value in wrong[member.type_name]:
            request = json.loads(json.dumps(with_value(operation, way, deepcopy(value)), default=lambda _: 0))
            reply = wire.send(operation, request)
            assert (reply.status, reply.json.get("__type")) == (
                400,
                "com.amazon.coral.service#SerializationException",
            ), (way, value, reply.body)
            if member.type_name == "string" and value == 7:
                assert reply.json["Message"].endswith("TruncatingBigNumber can not be converted to an String")


def test_violations_are_joined_in_one_message(region: Region) -> None:
    with refused(
        "ValidationException",
        "3 validation errors detected: "
        f"Value '' at 'domain' {MUST} have length greater than or equal to 1; "
        f"Value '' at 'taskList.name' {MUST} have length greater than or equal to 1; "
        f"Value '1001' at 'maximumPageSize' {MUST} have value less than or equal to 1000",
    ):
        region.client.poll_for_decision_task(domain="", taskList={"name": ""}, maximumPageSize=1001)


def test_lengths_count_characters(region: Region) -> None:
    run_id = region.start(input="\N{SNOWMAN}" * 32_768, tagList=["\N{SNOWMAN}" * 256])

    assert region.describe("w", run_id)["executionInfo"]["tagList"] == ["\N{SNOWMAN}" * 256]
