"""Each member's constraint of each operation, violated once: the fault and its exact words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protocol.model import OPERATIONS, SHAPES, Broken, broken, full, input_of, least
from swf.exceptions import InvalidRequest, Serialization
from swf.protocol.reading import convert, read
from swf.protocol.requests import REQUESTS

EVERY = [case for operation in OPERATIONS for case in broken(operation)]
CONSTRAINTS = [case for case, is_form in EVERY if not is_form]
FORMS = [case for case, is_form in EVERY if is_form]


def test_there_is_a_request_for_each_operation_of_the_model() -> None:
    assert {name: kind.__name__ for name, kind in REQUESTS.items()} == {
        name: input_of(name) for name in OPERATIONS
    }


def test_each_operation_has_constraints_to_break() -> None:
    assert {case.operation for case in CONSTRAINTS} == set(OPERATIONS)


@pytest.mark.parametrize("case", CONSTRAINTS, ids=str)
def test_a_member_that_breaks_its_constraint_is_named(case: Broken) -> None:
    with pytest.raises(InvalidRequest) as read_fault:
        read(case.operation, json.dumps(case.request).encode())
    with pytest.raises(InvalidRequest) as converted_fault:
        convert(case.operation, case.request)

    assert read_fault.value.message == case.said
    assert converted_fault.value.message == case.said


@pytest.mark.parametrize("case", FORMS, ids=str)
def test_a_member_of_another_form_is_refused_as_such(case: Broken) -> None:
    with pytest.raises(Serialization) as read_fault:
        read(case.operation, json.dumps(case.request).encode())
    with pytest.raises(Serialization) as converted_fault:
        convert(case.operation, case.request)

    assert read_fault.value.message == case.said
    assert converted_fault.value.message == case.said


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("sample", [full, least])
def test_a_request_that_keeps_them_is_read(operation: str, sample: Any) -> None:
    said = sample(input_of(operation))

    request = read(operation, json.dumps(said).encode())

    assert type(request) is REQUESTS[operation]
    assert convert(operation, said) == request


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_value_at_its_bound_is_read(operation: str) -> None:
    shape = SHAPES[input_of(operation)]
    said = full(input_of(operation))
    for member, spec in shape["members"].items():
        of = SHAPES[spec["shape"]]
        if of["type"] == "string" and "max" in of:
            said[member] = "é" * of["max"]
        elif of["type"] == "integer":
            said[member] = of["max"]

    assert type(read(operation, json.dumps(said).encode())) is REQUESTS[operation]
