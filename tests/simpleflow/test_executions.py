"""Executions started and found on an engine, by the functions that commands and the client share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from simpleflow import Workflow
from simpleflow.exceptions import ExecutionNotFound
from simpleflow.swf.executions import find_execution, list_executions, read_history
from simpleflow.swf.starting import send, start, start_request
from swf.engine import Engine, VirtualClock
from swf.exceptions import ExecutionAlreadyStarted, UnknownResource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.protocol.client import Client

DOMAIN = "d"


class Order(Workflow):
    name = "order"
    version = "1"
    task_list = "orders"

    def run(self, number: int) -> None: ...


class Tagged(Order):
    @classmethod
    def get_tag_list(cls, number: int) -> list[str]:
        return [f"number={number}"]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def client(clock: VirtualClock) -> Iterator[Client]:
    with Engine(clock=clock) as engine:
        client = engine.client()
        client.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
        yield client


def tags(workflow: type[Workflow]) -> Any:
    return start_request(DOMAIN, workflow, (7,)).tag_list


def test_tags_are_those_of_the_hook_of_the_class_or_of_the_variant() -> None:
    assert tags(Order) is None
    assert tags(Tagged) == ["number=7"]
    assert tags(Tagged.with_options(tags=["mine"])) == ["mine"]
    assert tags(Order.with_options(tags="one")) == ["one"]
    assert tags(Order.with_options(tags=Workflow.INHERIT_TAG_LIST)) is None


def test_the_class_of_a_variant_is_what_the_input_names() -> None:
    request = start_request(DOMAIN, Order.with_options(workflow_id="w"), (), {"number": 7})
    assert request.workflow_id == "w"
    assert json.loads(request.input or "") == {
        "__extra": {"class": f"{__name__}.Order"},
        "args": [],
        "kwargs": {"number": 7},
    }


def test_a_type_known_only_by_name_is_not_registered(client: Client) -> None:
    request = start_request(DOMAIN, Order, (7,))
    with pytest.raises(UnknownResource, match="Unknown type"):
        send(client, request)
    first = send(client, request, Order)
    client.terminate_workflow_execution(domain=DOMAIN, workflowId=first.workflow_id)
    assert send(client, request).run_id != first.run_id


def test_in_a_domain_that_is_not_there_nothing_starts(client: Client) -> None:
    with pytest.raises(UnknownResource, match="Unknown domain"):
        start(client, "elsewhere", Order, (7,))


def test_an_id_runs_once_at_a_time(client: Client) -> None:
    start(client, DOMAIN, Order.with_options(workflow_id="w"), (7,))
    with pytest.raises(ExecutionAlreadyStarted):
        start(client, DOMAIN, Order.with_options(workflow_id="w"), (8,))


def test_the_open_run_is_found_then_the_latest_closed_one(client: Client, clock: VirtualClock) -> None:
    named = Order.with_options(workflow_id="w")
    runs = []
    for number in range(3):
        clock.advance(10)
        runs.append(start(client, DOMAIN, named, (number,)))
        assert find_execution(client, DOMAIN, "w").execution == runs[-1]
        client.terminate_workflow_execution(domain=DOMAIN, workflowId="w")
    assert find_execution(client, DOMAIN, "w").execution == runs[-1]
    assert find_execution(client, DOMAIN, "w", runs[0].run_id).close_status == "TERMINATED"


def test_what_is_not_there_is_not_found(client: Client) -> None:
    run = start(client, DOMAIN, Order, (7,))
    with pytest.raises(ExecutionNotFound, match=r"^Workflow w not found$"):
        find_execution(client, DOMAIN, "w")
    with pytest.raises(ExecutionNotFound, match=r"^Execution w r not found$"):
        find_execution(client, DOMAIN, "w", "r")
    with pytest.raises(UnknownResource, match="Unknown domain"):
        find_execution(client, "elsewhere", "w", "r")
    with pytest.raises(UnknownResource, match="Unknown domain"):
        read_history(client, "elsewhere", run)


def test_lists_and_histories_of_many_pages_are_read_whole(client: Client) -> None:
    run = start(client, DOMAIN, Order, (7,))
    for number in range(1_010):
        client.signal_workflow_execution(domain=DOMAIN, workflowId=run.workflow_id, signalName=str(number))
    events = read_history(client, DOMAIN, run)
    assert [event.event_id for event in events] == [*range(1, len(events) + 1)]
    assert len(events) > 1_010
    for number in range(1_001):
        start(client, DOMAIN, Order, (number,))
    found = [each.execution.run_id for each in list_executions(client, DOMAIN)]
    assert len(set(found)) == 1_002


def test_a_class_must_say_what_it_is_to_be_started() -> None:
    with pytest.raises(ValueError, match="no version"):
        start_request(DOMAIN, Order.with_options(version=None), (7,))
