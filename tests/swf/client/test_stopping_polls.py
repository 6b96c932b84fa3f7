"""A client that stops polling: its polls end at once, and no task is lost on the way."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from swf.client import HttpClient, connect
from swf.engine import Engine
from swf.exceptions import UnknownResource
from swf.protocol import answers, requests
from swf.protocol.shapes import TaskList, WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swf.protocol.client import Client

POLL = requests.PollForActivityTaskInput("d", TaskList("t"))


@contextmanager
def inside(path: Path) -> Iterator[tuple[Engine, Client]]:
    with Engine(path) as engine:
        yield engine, engine.client()


@contextmanager
def over_http(path: Path) -> Iterator[tuple[Engine, Client]]:
    with Engine(path) as engine, closing(HttpClient(engine.serve().url)) as client:
        yield engine, client


@contextmanager
def by_path(path: Path) -> Iterator[tuple[Engine, Client]]:
    with Engine(path) as engine:
        engine.serve()
        with closing(connect(path)) as client:
            yield engine, client


@pytest.fixture(params=[inside, over_http, by_path], ids=lambda each: each.__name__)
def engine_and_client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Client]]:
    with request.param(tmp_path / "engine.db") as (engine, client):
        client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        yield engine, client


def test_polls_under_way_end_with_nothing(engine_and_client: tuple[Engine, Client]) -> None:
    engine, client = engine_and_client
    found: list[answers.ActivityTask] = []
    threads = [threading.Thread(target=lambda: found.append(client.ask(POLL))) for _ in range(3)]
    for thread in threads:
        thread.start()
    while engine.parked < 3:
        pass
    client.stop_polling()
    for thread in threads:
        thread.join(5)
    assert found == [answers.ActivityTask(started_event_id=0)] * 3
    assert engine.parked == 0


def test_later_polls_do_not_wait_and_other_requests_go_on(engine_and_client: tuple[Engine, Client]) -> None:
    _, client = engine_and_client
    client.stop_polling()
    assert client.poll_for_decision_task(domain="d", taskList={"name": "t"}).get("taskToken") is None
    assert client.ask(requests.DescribeDomainInput("d")).domain_info.name == "d"


def test_a_struct_is_answered_with_a_struct(engine_and_client: tuple[Engine, Client]) -> None:
    _, client = engine_and_client
    client.register_workflow_type(domain="d", name="w", version="1")
    run_id = client.start_workflow_execution(
        domain="d",
        workflowId="id",
        workflowType={"name": "w", "version": "1"},
        taskList={"name": "t"},
        executionStartToCloseTimeout="10",
        taskStartToCloseTimeout="10",
        childPolicy="TERMINATE",
    )["runId"]
    task: Any = client.ask(requests.PollForDecisionTaskInput("d", TaskList("t")))
    assert isinstance(task, answers.DecisionTask)
    assert task.workflow_execution == WorkflowExecution("id", run_id)
    assert [type(event).__name__ for event in task.events or []][-1] == "DecisionTaskStarted"
    assert client.ask(requests.RespondDecisionTaskCompletedInput(str(task.task_token))) is None


def test_an_answer_and_the_next_poll_go_in_one_breath(engine_and_client: tuple[Engine, Client]) -> None:
    _, client = engine_and_client
    client.register_workflow_type(domain="d", name="w", version="1")
    for workflow_id in ("a", "b"):
        client.start_workflow_execution(
            domain="d",
            workflowId=workflow_id,
            workflowType={"name": "w", "version": "1"},
            taskList={"name": "t"},
            executionStartToCloseTimeout="10",
            taskStartToCloseTimeout="10",
            childPolicy="TERMINATE",
        )
    poll = requests.PollForDecisionTaskInput("d", TaskList("t"))
    first: Any = client.ask(poll)
    answer = requests.RespondDecisionTaskCompletedInput(first.task_token)
    refused, [second] = client.tell_and_poll([answer], poll)
    assert refused == [None]
    assert second.workflow_execution.workflow_id == "b"
    client.stop_polling()
    [again], [third] = client.tell_and_poll([answer], poll)
    assert isinstance(again, UnknownResource)
    assert third.task_token is None
