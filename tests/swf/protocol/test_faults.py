"""Faults: on the wire, as boto3 has them, and read back."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from protocol.model import SHAPES
from swf import exceptions
from swf.exceptions import EngineInUse, Fault, InternalFailure, SWFError, handling
from swf.protocol.faults import FAULTS, Exceptions, fault_from_wire, fault_to_wire

RECORDED: dict[str, Any] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[2] / "data/wire/errors").glob("*.json"))
}
MODELLED = {name for name, shape in SHAPES.items() if shape.get("exception")}


def test_every_fault_of_the_model_has_a_class_and_boto3s_name() -> None:
    assert FAULTS.keys() >= MODELLED
    assert {name: getattr(Exceptions, name) for name in MODELLED} == {name: FAULTS[name] for name in MODELLED}
    assert Exceptions.ClientError is Fault


def test_codes_are_no_ones_twice_and_all_are_exported() -> None:
    kinds = [
        kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, SWFError)
    ]

    assert {kind.__name__ for kind in kinds} == set(exceptions.__all__) - set(handling.__all__)
    assert len(FAULTS) == len([kind for kind in kinds if issubclass(kind, Fault) and kind is not Fault])


@pytest.mark.parametrize("name", RECORDED)
def test_the_service_s_own_words_are_read_and_written_again(name: str) -> None:
    answer = RECORDED[name]["response"]

    fault = fault_from_wire(answer["status"], answer["body"].encode())

    assert fault.code == RECORDED[name]["outcome"]
    assert fault.status == answer["status"]
    assert fault_to_wire(fault).decode() == answer["body"]


def test_what_fails_the_engine_is_told_where_it_is_known() -> None:
    fault = fault_from_wire(500, fault_to_wire(exceptions.InternalFailure("engine.db: disk is full")))

    assert isinstance(fault, InternalFailure)
    assert str(fault) == "engine.db: disk is full"


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        (
            exceptions.UnknownOperation,
            {"__type": "com.amazon.coral.service#UnknownOperationException", "message": ""},
        ),
        (exceptions.InternalFailure, {"__type": "com.amazon.coral.service#InternalFailure"}),
        (
            exceptions.Throttling,
            {"__type": "com.amazon.coral.availability#ThrottlingException", "message": "Rate exceeded"},
        ),
        (
            exceptions.TypeNotDeprecated,
            {
                "__type": "com.amazonaws.swf.base.model#TypeNotDeprecatedFault",
                "message": "The type is currently registered and cannot be deleted in its current state",
            },
        ),
        (
            exceptions.ExecutionAlreadyStarted,
            {
                "__type": "com.amazonaws.swf.base.model#WorkflowExecutionAlreadyStartedFault",
                "message": "Already Started",
            },
        ),
    ],
)
def test_a_fault_without_a_message_says_what_its_class_says(kind: type[Fault], wire: dict[str, str]) -> None:
    assert json.loads(fault_to_wire(kind())) == wire


@pytest.mark.parametrize("kind", FAULTS.values(), ids=lambda kind: kind.code)
def test_every_fault_survives_the_wire_and_pickling(kind: type[Fault]) -> None:
    fault = kind("what, where, and the remedy")

    there = fault_from_wire(fault.status, fault_to_wire(fault))
    copied = pickle.loads(pickle.dumps(fault))

    assert type(there) is type(copied) is kind
    assert there.code == copied.code == kind.code
    assert copied.message == fault.message
    assert str(fault) == (f"{fault.message}: {fault.remedy}" if fault.remedy else fault.message)
    assert there.message in (fault.message, kind().message)
    assert (kind.status >= 500) == (kind is InternalFailure)


def test_a_fault_has_the_response_that_boto3s_has() -> None:
    fault = exceptions.UnknownResource("Unknown domain: d")

    assert fault.response == {
        "Error": {"Code": "UnknownResourceFault", "Message": "Unknown domain: d"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }


def test_a_fault_that_nobody_knows_keeps_its_name() -> None:
    body = b'{"__type":"com.amazon.coral.service#BrandNewException","message":"new"}'

    fault = fault_from_wire(400, body)

    assert type(fault) is Fault
    assert (fault.code, fault.message) == ("BrandNewException", "new")
    assert json.loads(fault_to_wire(fault)) == json.loads(body)
    assert pickle.loads(pickle.dumps(fault)).code == "BrandNewException"


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (502, b"<html>Bad Gateway</html>", InternalFailure, "<html>Bad Gateway</html>"),
        (503, b"", InternalFailure, InternalFailure().message),
        (403, b"\xff[", Fault, "\N{REPLACEMENT CHARACTER}["),
        (404, b"[1]", Fault, "[1]"),
        (400, b'{"__type": 7, "message": {"a": 1}}', Fault, "{'a': 1}"),
    ],
)
def test_an_answer_that_no_service_wrote_is_a_fault_too(
    status: int, body: bytes, kind: type[Fault], message: str
) -> None:
    fault = fault_from_wire(status, body)

    assert type(fault) is kind
    assert fault.message == message
    assert fault.status == status


def test_an_engine_in_use_names_its_holder() -> None:
    assert str(EngineInUse("/data/engine.db", 42, "http://127.0.0.1:7930")) == (
        "/data/engine.db is held by process 42: talk to it at http://127.0.0.1:7930"
    )
    assert str(EngineInUse("e.db", 42)) == "e.db is held by process 42: end it, or wait until it has ended"
    assert str(pickle.loads(pickle.dumps(EngineInUse("e.db")))).startswith("e.db is held by another process")
