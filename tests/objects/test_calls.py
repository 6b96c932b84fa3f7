"""Every operation of SWF is a method of every object, which sends what is given, and leaves out the rest."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import Any

import pytest

from swf.core import ConnectedSWFObject
from swf.exceptions import UnknownResource
from swf.protocol.client import Client
from swf.protocol.operations import OPERATIONS, SHAPES
from swf.utils import camel_to_underscore


class Listening(Client):
    """A client that notes what it was asked, and answers nothing."""

    def __init__(self) -> None:
        self.asked: tuple[str, dict[str, Any]] = ("", {})

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked = operation, request
        return {}


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
def it(listening: Listening) -> ConnectedSWFObject:
    return ConnectedSWFObject(connection=listening)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_a_method(operation: str, it: ConnectedSWFObject, listening: Listening) -> None:
    method = getattr(it, camel_to_underscore(operation))
    parameters = inspect.signature(method).parameters.values()
    required = [each.name for each in parameters if each.default is inspect.Parameter.empty]

    method(**dict.fromkeys(required, "1"))

    asked, request = listening.asked
    assert asked == operation
    assert request.keys() <= SHAPES[OPERATIONS[operation].input].members.keys()
    assert None not in request.values()
    assert "https://docs.aws.amazon.com/amazonswf/latest/apireference/API_" in method.__doc__


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_member_of_a_request_can_be_said(
    operation: str, it: ConnectedSWFObject, listening: Listening
) -> None:
    method = getattr(it, camel_to_underscore(operation))
    every = {name: _anything(name) for name in inspect.signature(method).parameters}

    method(**every)

    assert listening.asked[1].keys() == SHAPES[OPERATIONS[operation].input].members.keys()


def _anything(name: str) -> Any:
    if name.endswith(("_date", "_timeout", "_size")):
        return 1
    return [] if name in ("decisions", "tag_list", "tags", "tag_keys") else "1"


def test_values_are_made_what_the_wire_takes(it: ConnectedSWFObject, listening: Listening) -> None:
    it.start_workflow_execution(
        "d",
        "w",
        "kind",
        "1",
        task_list="l",
        execution_start_to_close_timeout=timedelta(minutes=1),
        input={"b": 1, "a": 2},
        tag_list="alone",
        task_start_to_close_timeout=30,
        task_priority=-1,
    )
    assert listening.asked == (
        "StartWorkflowExecution",
        {
            "domain": "d",
            "workflowId": "w",
            "workflowType": {"name": "kind", "version": "1"},
            "taskList": {"name": "l"},
            "executionStartToCloseTimeout": "60",
            "input": '{"a":2,"b":1}',
            "tagList": ["alone"],
            "taskStartToCloseTimeout": "30",
            "taskPriority": "-1",
        },
    )


def test_what_cannot_be_sent_is_named(it: ConnectedSWFObject) -> None:
    wrong: Any = object()
    with pytest.raises(TypeError, match="executionStartToCloseTimeout: must be a number of seconds"):
        it.start_workflow_execution("d", "w", "kind", "1", execution_start_to_close_timeout=wrong)
    with pytest.raises(TypeError, match="input: Object of type object is not JSON serializable"):
        it.signal_workflow_execution("d", "s", "w", input=wrong)


def test_answers_and_refusals_are_the_clients(client: Client) -> None:
    it = ConnectedSWFObject(connection=client)
    it.register_domain("d", 7, "of a test")
    assert it.describe_domain("d")["domainInfo"]["description"] == "of a test"
    with pytest.raises(UnknownResource):
        it.describe_domain("nope")
