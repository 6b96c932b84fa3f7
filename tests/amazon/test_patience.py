"""What Amazon SWF needs more patience for than an engine of one's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from simpleflow.cli.crew import grace_on
from simpleflow.swf.crew import watching
from simpleflow.swf.crew.beginning import StillHidden, start_or_find
from simpleflow.swf.crew.watching import Watch
from swf.engine import Engine
from swf.protocol.client import Client
from swf.protocol.enums import ChildPolicy
from swf.protocol.requests import StartWorkflowExecutionInput
from swf.protocol.shapes import TaskList, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUEST = StartWorkflowExecutionInput(
    "d",
    "id",
    WorkflowType("w", "1"),
    TaskList("t"),
    execution_start_to_close_timeout="60",
    task_start_to_close_timeout="60",
    child_policy=ChildPolicy.TERMINATE,
)


class Slow(Client):
    """An engine whose lists of open executions are empty so many times; it counts what it is asked."""

    def __init__(self, engine: Engine, late: int = 0) -> None:
        self._client = engine.client()
        self._late = late
        self.asked: list[str] = []

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(operation)
        if operation == "ListOpenWorkflowExecutions" and self._late:
            self._late -= 1
            return {"executionInfos": []}
        return self._client._call(operation, request)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        client = engine.client()
        client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        client.register_workflow_type(domain="d", name="w", version="1")
        yield engine


# What ends


@pytest.mark.parametrize(
    ("name", "asked", "grace"),
    [
        ("aws", None, 90),
        ("aws:eu-west-1", None, 90),
        ("aws", 5.0, 5),
        ("http://127.0.0.1:7930", None, 30),
        ("here.db", None, 30),
    ],
)
def test_what_runs_has_as_long_to_finish_as_a_poll_may_take(
    name: str, asked: float | None, grace: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert grace_on(name, asked) == grace


def test_the_environment_names_the_engine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWF_ENGINE", "aws")
    assert grace_on(None, None) == 90


# What is looked at


@pytest.mark.parametrize(("every", "least", "most"), [(2.0, 5, 6), (0.0, 100, 200)])
def test_an_execution_is_looked_at_no_more_often_than_asked(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, every: float, least: int, most: int
) -> None:
    client = Slow(engine)
    execution, _ = start_or_find(client, REQUEST)
    clock = SimpleNamespace(now=100.0)

    def sleep(seconds: float) -> None:
        assert seconds <= 0.1, "a signal would wait"
        clock.now += seconds
        if clock.now > 110 and not client.asked.count("TerminateWorkflowExecution"):
            client.terminate_workflow_execution(domain="d", workflowId="id")

    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
    Watch(client, "d", execution, crew_ended=lambda: False, every=every).until_closed()

    looks = client.asked.index("TerminateWorkflowExecution") - 1
    assert least <= looks <= most


# What is open already


def test_an_execution_that_is_not_there_is_started(engine: Engine) -> None:
    assert start_or_find(Slow(engine), REQUEST)[1]


def test_one_that_is_open_is_found_although_the_lists_are_late(engine: Engine) -> None:
    begun, _ = start_or_find(Slow(engine), REQUEST)
    assert start_or_find(Slow(engine, late=2), REQUEST, pauses=(0, 0, 0)) == (begun, False)


def test_one_that_ends_meanwhile_is_started_anew(engine: Engine) -> None:
    begun, _ = start_or_find(client := Slow(engine, late=1), REQUEST)

    def pauses() -> Iterator[float]:
        yield 0
        client.terminate_workflow_execution(domain="d", workflowId="id")
        yield 0

    execution, is_new = start_or_find(client, REQUEST, pauses=pauses())
    assert is_new
    assert execution != begun


def test_one_that_stays_hidden_is_told(engine: Engine) -> None:
    start_or_find(Slow(engine), REQUEST)
    with pytest.raises(StillHidden, match=r"the execution id is open, but .* try again in a minute"):
        start_or_find(Slow(engine, late=9), REQUEST, pauses=(0, 0))
