"""The real engine behind the front: tasks travel the moment they exist, and no hang-up loses one."""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from front.wire import Wire, request
from swf.client import HttpClient
from swf.engine import Engine, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.engine.front import Server

POLL = ("PollForDecisionTask", {"domain": "d", "taskList": {"name": "l"}})
KIND = {"name": "W", "version": "1"}


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(poll_seconds=20) as engine:
        yield engine


@pytest.fixture
def server(engine: Engine) -> Server:
    return engine.serve()


@pytest.fixture
def client(server: Server) -> Iterator[HttpClient]:
    with closing(HttpClient(server.url)) as client:
        prepare(client)
        yield client


def prepare(client: Any, timeout: str = "100") -> None:
    client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    client.register_workflow_type(
        domain="d",
        **KIND,
        defaultTaskStartToCloseTimeout=timeout,
        defaultExecutionStartToCloseTimeout="100",
        defaultTaskList={"name": "l"},
        defaultChildPolicy="TERMINATE",
    )


def start(client: Any, workflow_id: str = "w") -> None:
    client.start_workflow_execution(domain="d", workflowId=workflow_id, workflowType=KIND)


def parked(engine: Engine, count: int) -> None:
    end = time.monotonic() + 5
    while engine.parked != count:
        assert time.monotonic() < end, f"{engine.parked} polls wait, not {count}"
        time.sleep(0.005)


def test_a_waiting_poll_is_answered_within_the_start(
    client: HttpClient, server: Server, engine: Engine
) -> None:
    with Wire(server.url) as wire:
        wire.send(request(*POLL))
        parked(engine, 1)
        start(client)
        assert wire.answer().json["workflowExecution"]["workflowId"] == "w"


def test_the_poll_that_waits_longest_is_served_first(
    client: HttpClient, server: Server, engine: Engine
) -> None:
    with Wire(server.url) as first, Wire(server.url) as second:
        first.send(request(*POLL))
        parked(engine, 1)
        second.send(request(*POLL))
        parked(engine, 2)
        start(client, "one")
        assert first.answer().json["workflowExecution"]["workflowId"] == "one"
        start(client, "two")
        assert second.answer().json["workflowExecution"]["workflowId"] == "two"


def test_who_hangs_up_loses_nothing(client: HttpClient, server: Server, engine: Engine) -> None:
    for number in range(20):
        with Wire(server.url) as gone:
            gone.send(request(*POLL))
            parked(engine, 1)
        start(client, f"w{number}")  # at once: the loop may not know yet that nobody is there
        task = client.poll_for_decision_task(domain="d", taskList={"name": "l"})
        assert task["workflowExecution"]["workflowId"] == f"w{number}"
        assert [event["eventType"] for event in task["events"]][-1] == "DecisionTaskStarted"
        assert len(task["events"]) == 3


def test_who_hangs_up_in_the_same_instant_as_the_task_comes_loses_nothing_either(
    client: HttpClient, server: Server, engine: Engine
) -> None:
    with Wire(server.url) as gone, Wire(server.url) as starter:
        gone.send(request(*POLL))
        parked(engine, 1)
        body = {"domain": "d", "workflowId": "w", "workflowType": KIND}
        with engine._alone():  # nothing is performed until both have happened
            starter.send(request("StartWorkflowExecution", body))
            time.sleep(0.1)
            gone.close()
            time.sleep(0.1)
        assert starter.answer().status == 200
    task = client.poll_for_decision_task(domain="d", taskList={"name": "l"})
    assert task["startedEventId"] == 3


def test_an_empty_poll_says_so(server: Server, client: HttpClient, engine: Engine) -> None:
    engine.poll_seconds = 0.2
    with Wire(server.url) as wire:
        assert wire.ask(*POLL).body == b'{"previousStartedEventId":0,"startedEventId":0}'
        activity = wire.ask("PollForActivityTask", POLL[1])
        assert activity.body == b'{"startedEventId":0}'
    assert engine.parked == 0


def test_timeouts_happen_by_the_time_of_this_machine(server: Server) -> None:
    with closing(HttpClient(server.url)) as client:
        prepare(client, timeout="1")
        start(client)
        client.poll_for_decision_task(domain="d", taskList={"name": "l"})
        began = time.monotonic()
        task = client.poll_for_decision_task(domain="d", taskList={"name": "l"})
        assert 0.8 < time.monotonic() - began < 3
        assert "DecisionTaskTimedOut" in [event["eventType"] for event in task["events"]]


def test_polls_end_in_a_time_that_stands_still() -> None:
    with Engine(clock=VirtualClock(), poll_seconds=0.2) as engine, Wire(engine.serve().url) as wire:
        engine.client().register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        assert wire.ask(*POLL).json["startedEventId"] == 0


def test_sixteen_clients_at_once(client: HttpClient) -> None:
    def work(number: int) -> None:
        for each in range(20):
            start(client, f"{number}-{each}")
            task = client.poll_for_decision_task(domain="d", taskList={"name": "l"})
            done.append(task["workflowExecution"]["workflowId"])
            client.respond_decision_task_completed(
                taskToken=task["taskToken"],
                decisions=[
                    {
                        "decisionType": "CompleteWorkflowExecution",
                        "completeWorkflowExecutionDecisionAttributes": {},
                    }
                ],
            )

    done: list[str] = []
    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == len(set(done)) == 320
    counted = client.count_closed_workflow_executions(domain="d", startTimeFilter={"oldestDate": 0})
    assert counted["count"] == 320


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"name":' * 50_000,
        b'{"domain":"d","x":' + b"[" * 400_000 + b"]" * 400_000 + b"}",
        b'{"name":"\xff\xfe"}',
        b'{"name":"\\ud800"}',
        b'{"name":1e999}',
        b"\x00" * 1000,
        b"null",
        json.dumps({"name": "x" * 1_000_000}).encode(),
    ],
    ids=["lists", "objects", "ignored", "no utf-8", "half a character", "infinity", "zeros", "null", "long"],
)
def test_a_hostile_body_is_a_fault_of_the_client(client: HttpClient, server: Server, body: bytes) -> None:
    with Wire(server.url) as wire:
        answer = wire.ask("DescribeDomain", body)
        assert answer.status == 400
        assert "__type" in answer.json
        assert wire.ask("DescribeDomain", {"name": "d"}).status == 200


def test_stopping_answers_the_polls_of_the_real_engine(
    engine: Engine, server: Server, client: HttpClient
) -> None:
    with Wire(server.url) as wire:
        wire.send(request(*POLL))
        parked(engine, 1)
        engine.close()
        assert wire.answer().body == b'{"previousStartedEventId":0,"startedEventId":0}'
        assert wire.ended()
