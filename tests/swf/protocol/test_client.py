"""The client's methods against boto3's own, and what travels through them."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore import xform_name

from protocol.model import OPERATIONS, SHAPES, full, input_of
from swf.exceptions import Fault, UnknownResource
from swf.protocol.client import Client
from swf.protocol.reading import read

AT = datetime(2012, 1, 25, 12, 30, 0, 500_000, tzinfo=UTC)
STAMP = AT.timestamp()


class Noting(Client):
    """Notes what it is asked, and answers what it is told to."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answer = answer or {}

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, request))
        return self._answer


def test_it_has_the_methods_of_boto3() -> None:
    methods = {
        name for name, each in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")
    }

    assert methods == {xform_name(operation) for operation in OPERATIONS} | {
        "close",
        "ask",
        "stop_polling",
        "tell_and_poll",
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_method_takes_what_boto3s_takes(operation: str) -> None:
    shape = SHAPES[input_of(operation)]
    _, *parameters = inspect.signature(getattr(Client, xform_name(operation))).parameters.values()

    assert {each.name for each in parameters} == set(shape["members"])
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in parameters)
    assert {each.name for each in parameters if each.default is inspect.Parameter.empty} == set(
        shape.get("required", ())
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_method_passes_on_only_what_is_given(operation: str) -> None:
    client = Noting()
    members = full(input_of(operation))
    required = {name: members[name] for name in SHAPES[input_of(operation)].get("required", ())}

    getattr(client, xform_name(operation))(**members)
    getattr(client, xform_name(operation))(**required)

    assert client.asked == [(operation, members), (operation, required)]


def test_times_may_be_given_as_datetimes_and_travel_as_seconds() -> None:
    client = Noting()
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    naive = AT.astimezone().replace(tzinfo=None)

    for moment in (AT, elsewhere, naive, STAMP):
        client.list_closed_workflow_executions(
            domain="d", closeTimeFilter={"oldestDate": moment, "latestDate": moment}
        )

    assert [request["closeTimeFilter"] for _, request in client.asked] == [
        {"oldestDate": STAMP, "latestDate": STAMP}
    ] * 4


def test_times_come_back_as_datetimes_in_utc() -> None:
    info = {"startTimestamp": STAMP, "closeTimestamp": int(STAMP), "executionStatus": "CLOSED"}
    described = Noting({"executionInfo": dict(info), "latestActivityTaskTimestamp": STAMP})
    listed = Noting({"executionInfos": [dict(info), dict(info)]})
    history = Noting({"events": [{"eventId": 1, "eventTimestamp": STAMP}]})
    polled = Noting({"events": [{"eventId": 1, "eventTimestamp": STAMP}], "startedEventId": 1})
    typed = Noting({"typeInfo": {"creationDate": STAMP, "deprecationDate": STAMP}, "configuration": {}})
    dated = {"startTimestamp": AT, "closeTimestamp": AT.replace(microsecond=0), "executionStatus": "CLOSED"}
    execution = {"workflowId": "w", "runId": "r"}

    assert described.describe_workflow_execution(domain="d", execution=execution) == {
        "executionInfo": dated,
        "latestActivityTaskTimestamp": AT,
    }
    assert listed.list_open_workflow_executions(domain="d", startTimeFilter={"oldestDate": AT}) == {
        "executionInfos": [dated, dated]
    }
    assert history.get_workflow_execution_history(domain="d", execution=execution) == {
        "events": [{"eventId": 1, "eventTimestamp": AT}]
    }
    assert polled.poll_for_decision_task(domain="d", taskList={"name": "l"}) == {
        "events": [{"eventId": 1, "eventTimestamp": AT}],
        "startedEventId": 1,
    }
    assert typed.describe_activity_type(domain="d", activityType={"name": "a", "version": "1"}) == {
        "typeInfo": {"creationDate": AT, "deprecationDate": AT},
        "configuration": {},
    }


def test_an_empty_poll_comes_back_as_it_is() -> None:
    client = Noting({"startedEventId": 0, "previousStartedEventId": 0})

    assert client.poll_for_decision_task(domain="d", taskList={"name": "l"}) == {
        "startedEventId": 0,
        "previousStartedEventId": 0,
    }


def test_faults_are_caught_as_with_boto3() -> None:
    client = Noting()

    with pytest.raises(client.exceptions.UnknownResourceFault) as caught:
        raise UnknownResource("Unknown domain: d")
    with pytest.raises(client.exceptions.ClientError):
        raise Fault("any")

    assert caught.value.response["Error"]["Code"] == "UnknownResourceFault"


def test_what_a_client_sends_an_engine_reads() -> None:
    client = Noting()
    client.start_workflow_execution(domain="d", workflowId="w", workflowType={"name": "W", "version": "1"})
    [(operation, request)] = client.asked

    assert (
        read(operation, b'{"workflowType":{"version":"1","name":"W"},"domain":"d","workflowId":"w"}')
        is not None
    )
    assert set(request) == {"domain", "workflowId", "workflowType"}
