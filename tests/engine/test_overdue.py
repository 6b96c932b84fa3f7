"""An engine that was away finds much overdue: all of it happens once, and nobody waits for the whole."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import timer
from engine.world import EVER, TYPE, register, start
from swf.client import HttpClient
from swf.engine import Engine, VirtualClock
from swf.engine.call import Call
from swf.engine.waiter import Waiter
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 1_000
AT_ONCE = 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with executions that were all over long ago, as nobody has noticed."""
    file = tmp_path / "engine.db"
    with Engine(file, clock=VirtualClock(), durability="normal") as engine:
        register(engine.client(), days="90")
        requests = [
            {
                "domain": "d",
                "workflowId": f"w{number}",
                "workflowType": TYPE,
                "executionStartToCloseTimeout": "5",
            }
            for number in range(RUNS)
        ]
        engine.perform(
            [
                Call(
                    *("StartWorkflowExecution", convert("StartWorkflowExecution", request)),
                    *(Waiter().done, lambda: True),
                )
                for request in requests
            ]
        )
    return file


def still_open(client: Any) -> int:
    count: int = client.count_open_workflow_executions(domain="d", startTimeFilter=EVER)["count"]
    return count


def test_a_tick_that_may_not_last_does_some_and_says_that_more_is_due(file: Path) -> None:
    with Engine(file, clock=VirtualClock(1_700_000_100.0), durability="normal") as engine:
        for done in range(1, 4):
            engine.tick(0)
            assert len(engine._store._rows("SELECT 1 FROM executions WHERE closed")) == done * AT_ONCE
            assert engine.next_deadline == 1_700_000_005.0
        engine.tick()
        assert still_open(engine.client()) == 0
        assert engine.next_deadline is None
        assert engine.check() == []


def test_a_served_engine_answers_while_it_catches_up(file: Path) -> None:
    with Engine(file, durability="normal") as engine:
        asked: list[float] = []
        tick = engine.tick

        def noted(seconds: float = 1_000.0) -> None:
            asked.append(seconds)
            tick(0)

        engine.tick = noted  # type: ignore[method-assign]  # to see how long it may last
        with closing(HttpClient(engine.serve().url)) as client:
            end = time.monotonic() + 20
            while still_open(client):
                assert time.monotonic() < end
        assert max(asked) < 0.1
        assert engine.check() == []


def test_a_poll_is_served_by_what_is_overdue_before_all_of_it_has_happened(file: Path) -> None:
    clock = VirtualClock(1_700_000_001.0)
    with Engine(file, clock=clock, durability="normal") as engine:
        client: Any = engine.client()
        start(client, "timers", taskStartToCloseTimeout="NONE", taskList={"name": "own"})
        task = client.poll_for_decision_task(domain="d", taskList={"name": "own"})
        client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=[timer(seconds="1")])
        request = convert("PollForDecisionTask", {"domain": "d", "taskList": {"name": "own"}})
        waiter = Waiter()
        engine.perform([Call("PollForDecisionTask", request, waiter.done, lambda: True)])
        clock.advance(100)
        engine.tick(0)
        assert waiter.answered
        assert still_open(client) > 0


def test_threads_share_an_engine_that_catches_up(file: Path) -> None:
    with Engine(file, durability="normal") as engine, ThreadPoolExecutor() as pool:
        ticks = [pool.submit(engine.tick) for _ in range(4)]
        assert [tick.result(20) for tick in ticks] == [None] * 4
        client: Any = engine.client()
        assert still_open(client) == 0
        closed = client.count_closed_workflow_executions(
            domain="d", startTimeFilter=EVER, closeStatusFilter={"status": "TIMED_OUT"}
        )
        assert closed["count"] == RUNS
        assert engine.check() == []
