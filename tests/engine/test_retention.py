"""Closed runs are kept for their days: to the instant for whoever asks, and in the file not much longer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from engine.world import DAY, EVER, register, start
from swf.engine import Engine, VirtualClock
from swf.engine.call import Call
from swf.engine.waiter import Waiter
from swf.exceptions import UnknownResource
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from pathlib import Path

MOST_AT_ONCE = 100


def ended(engine: Engine, workflow_id: str) -> str:
    client: Any = engine.client()
    run = start(client, workflow_id)
    client.terminate_workflow_execution(domain="d", workflowId=workflow_id)
    return run


def ended_many(engine: Engine, count: int) -> None:
    """Start and end runs, all in one transaction."""
    kind = {"name": "W", "version": "1"}
    calls = []
    for number in range(count):
        execution = {"domain": "d", "workflowId": f"w{number}"}
        for operation, request in (
            ("StartWorkflowExecution", {**execution, "workflowType": kind}),
            ("TerminateWorkflowExecution", execution),
        ):
            calls.append(Call(operation, convert(operation, request), Waiter().done, lambda: True))
    engine.perform(calls)


def stored(engine: Engine) -> int:
    return len(list(engine._store.run_ids()))


def knows(client: Any, workflow_id: str, run_id: str) -> set[bool]:
    """Return what each operation says about whether a closed run is there."""
    of: dict[str, Any] = {"domain": "d", "execution": {"workflowId": workflow_id, "runId": run_id}}
    by_id = {"domain": "d", "closeTimeFilter": EVER, "executionFilter": {"workflowId": workflow_id}}
    by_start = {"domain": "d", "startTimeFilter": EVER, "executionFilter": {"workflowId": workflow_id}}
    said = {
        bool(client.list_closed_workflow_executions(**each)["executionInfos"]) for each in (by_id, by_start)
    } | {bool(client.count_closed_workflow_executions(**each)["count"]) for each in (by_id, by_start)}
    for operation in (client.describe_workflow_execution, client.get_workflow_execution_history):
        try:
            operation(**of)
        except UnknownResource:
            said.add(False)
        else:
            said.add(True)
    return said


def test_every_operation_agrees_at_every_instant_about_what_is_kept() -> None:
    instants = (-DAY, -1.0, -0.002, -0.001, 0.0, 0.001, 0.002, 1.0)
    clock = VirtualClock(1_700_000_000.001)
    with Engine(clock=clock) as engine:
        register(engine.client(), days="3")
        runs = []
        for number in range(60):  # at every fraction that rounds in its own way
            clock.reach(1_700_000_000.001 + number * 7.013)
            runs.append((f"w{number}", ended(engine, f"w{number}"), engine._now))
        client = engine.client()
        moments = sorted(
            (round(closed + 3 * DAY + instant, 3), workflow_id, run, instant)
            for workflow_id, run, closed in runs
            for instant in instants
        )
        for at, workflow_id, run, instant in moments:
            clock.reach(at)
            assert knows(client, workflow_id, run) == {instant < 0}, (workflow_id, instant)


def test_what_is_kept_for_no_time_is_gone_when_it_closes() -> None:
    with Engine(clock=VirtualClock()) as engine:
        client: Any = engine.client()
        register(client, days="NONE")
        run = ended(engine, "w")
        assert knows(client, "w", run) == {False}
        with pytest.raises(UnknownResource):
            client.terminate_workflow_execution(domain="d", workflowId="w", runId=run)
        assert start(client, "w") != run


def test_thousands_go_in_chunks_while_the_clock_says_that_there_is_more(tmp_path: Path) -> None:
    clock = VirtualClock()
    with Engine(tmp_path / "engine.db", clock=clock, durability="normal") as engine:
        register(engine.client())
        ended_many(engine, 2_050)
        start(engine.client(), "open")
        clock.advance(DAY - 1)
        engine.tick()
        assert stored(engine) == 2_051
        clock.advance(61)

        left = [stored(engine)]
        engine.tick()
        while engine.next_deadline is not None and engine.next_deadline <= clock.time():
            left.append(stored(engine))
            assert len(left) < 50
            engine.tick()
        left.append(stored(engine))
        assert left[-1] == 1
        assert all(before - after <= MOST_AT_ONCE for before, after in pairwise(left))
        assert engine._store._rows("SELECT count(*) FROM history WHERE execution <= 2050") == [(0,)]
        assert engine.check() == []
        assert engine.client().count_open_workflow_executions(domain="d", startTimeFilter=EVER)["count"] == 1


def test_an_engine_that_is_only_asked_forgets_too() -> None:
    clock = VirtualClock()
    with Engine(clock=clock) as engine:
        client: Any = engine.client()
        register(client)
        ended_many(engine, 150)
        clock.advance(DAY + 60)
        client.list_domains(registrationStatus="REGISTERED")
        assert stored(engine) == 50
        client.list_domains(registrationStatus="REGISTERED")
        assert stored(engine) == 0


def test_domains_share_a_chunk() -> None:
    clock = VirtualClock()
    with Engine(clock=clock) as engine:
        client: Any = engine.client()
        register(client)
        ended_many(engine, 70)
        client.register_domain(name="e", workflowExecutionRetentionPeriodInDays="1")
        kind = {"name": "W", "version": "1"}
        client.register_workflow_type(
            domain="e",
            **kind,
            defaultTaskList={"name": "l"},
            defaultChildPolicy="TERMINATE",
            defaultTaskStartToCloseTimeout="NONE",
            defaultExecutionStartToCloseTimeout="100",
        )
        for number in range(70):
            client.start_workflow_execution(domain="e", workflowId=f"e{number}", workflowType=kind)
            client.terminate_workflow_execution(domain="e", workflowId=f"e{number}")
        clock.advance(DAY + 60)
        engine.tick()
        assert stored(engine) == 40
        engine.tick()
        assert stored(engine) == 0
        assert engine.check() == []


def test_a_token_of_a_run_that_is_forgotten_is_refused_by_name() -> None:
    clock = VirtualClock()
    with Engine(clock=clock) as engine:
        client: Any = engine.client()
        register(client)
        run = start(client, "w")
        task = client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
        client.terminate_workflow_execution(domain="d", workflowId="w")
        clock.advance(DAY + 60)
        engine.tick()
        assert stored(engine) == 0
        with pytest.raises(UnknownResource, match=re.escape(f"[workflowId=w, runId={run}]")):
            client.respond_decision_task_completed(taskToken=task["taskToken"])


def test_a_run_that_is_forgotten_leaves_no_room_taken_in_memory() -> None:
    clock = VirtualClock()
    with Engine(clock=clock) as engine:
        register(engine.client())
        ended_many(engine, 90)
        assert engine._books.runs._size > 0
        clock.advance(DAY + 60)
        engine.tick()
        assert engine._books.runs._size == 0


def test_forgetting_goes_on_behind_a_poll_that_waits(tmp_path: Path) -> None:
    clock = VirtualClock()
    file = tmp_path / "engine.db"
    with Engine(file, clock=clock, durability="normal", poll_seconds=DAY * 3) as engine:
        register(engine.client())
        ended_many(engine, 350)
        clock.advance(DAY + 60)
        client: Any = engine.client()
        with ThreadPoolExecutor() as pool:
            answer = pool.submit(client.poll_for_decision_task, domain="d", taskList={"name": "none"})
            assert answer.result(20)["startedEventId"] == 0
        assert stored(engine) == 0
