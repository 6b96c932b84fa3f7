"""The n-th call to SQLite fails, for n = 1, 2, 3 ...: who asked is told, nothing has changed, all goes on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import kinds, timer
from engine.faulty import Trouble, numbers
from engine.rows import rows_in, rows_of
from engine.world import DAY, Life, register, start
from swf.client import HttpClient
from swf.engine import Engine, VirtualClock
from swf.engine.call import Call
from swf.engine.store import StoreFailed
from swf.engine.waiter import Waiter
from swf.exceptions import InternalFailure
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DECISION: dict[str, Any] = {"domain": "d", "taskList": {"name": "dl"}}


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engine.db"


@pytest.fixture
def engine(file: Path, trouble: Trouble) -> Iterator[Engine]:
    with Engine(file, clock=VirtualClock(), durability="normal", connection=trouble.connection()) as engine:
        yield engine
        trouble.end()


def beset(trouble: Trouble, times: int, step: Callable[[], object], intact: Callable[[], None]) -> int:
    """Do a step, each of its calls to SQLite failing once; return how often it failed."""
    for number, error in numbers():
        assert number < 500, "it never succeeds"
        trouble.strike(number, times, error)
        try:
            step()
        except (InternalFailure, StoreFailed) as failed:
            said = str(failed)
            trouble.end()
        else:
            trouble.end()
            assert not trouble.struck, "a failure went by unnoticed"
            return number - 1
        assert error in said
        intact()
    raise AssertionError


@pytest.mark.parametrize("times", [1, 2, 3, 7])
def test_each_call_fails_once_in_each_step_of_a_life(
    engine: Engine, trouble: Trouble, file: Path, times: int
) -> None:
    def intact() -> None:
        assert rows_in(file) == before
        assert engine.check() == []
        assert rows_of(engine._store._db) == before

    client: Any = engine.client()
    client.list_domains(registrationStatus="REGISTERED")
    failures = 0
    for step in Life(client).steps():
        before = rows_in(file)
        failures += beset(trouble, times, step, intact)
    assert failures > 200

    after = rows_in(file)
    engine.close()
    with Engine(file, clock=VirtualClock()) as again:
        assert again.check() == []
        assert rows_in(file) == after


@pytest.mark.parametrize("times", [1, 2, 3, 7])
def test_a_new_file_that_cannot_be_made_says_so_and_can_be_made_later(
    file: Path, trouble: Trouble, times: int
) -> None:
    def open_it() -> None:
        Engine(file, connection=trouble.connection()).close()

    assert beset(trouble, times, open_it, lambda: None) > 5
    with Engine(file) as engine:
        assert engine.check() == []


def test_an_engine_in_memory_that_cannot_be_rolled_back_says_so_until_it_can(trouble: Trouble) -> None:
    with Engine(clock=VirtualClock(), connection=trouble.connection()) as engine:
        client = engine.client()
        register(client)
        before = rows_of(engine._store._db)
        for number in range(1, 9):
            trouble.strike(number, 20)
            with pytest.raises(InternalFailure, match="disk is full"):
                start(client)
            with pytest.raises(InternalFailure, match="disk is full"):
                start(client)
            trouble.end()
            assert engine.check() == []
            assert rows_of(engine._store._db) == before
        start(client)
        assert engine.check() == []


def test_a_disk_that_is_full_in_truth_costs_nothing_that_was_acknowledged(file: Path) -> None:
    with Engine(file, clock=VirtualClock(), durability="normal") as engine:
        client: Any = engine.client()
        register(client)
        engine._store._db.execute("PRAGMA max_page_count = 150")
        known = {}
        with pytest.raises(InternalFailure, match="database or disk is full"):  # noqa: PT012  # at some number
            for number in range(100):
                known[f"w{number}"] = start(client, f"w{number}", input="x" * 30_000)
        assert len(known) > 5
        assert engine.check() == []
        engine._store._db.execute("PRAGMA max_page_count = 100000")
        known["late"] = start(client, "late")

    with Engine(file, clock=VirtualClock()) as engine:
        assert engine.check() == []
        client = engine.client()
        listed = client.list_open_workflow_executions(domain="d", startTimeFilter={"oldestDate": 0})
        found = {
            each["execution"]["workflowId"]: each["execution"]["runId"] for each in listed["executionInfos"]
        }
        assert found == known


# Polls


def parked(engine: Engine) -> Waiter:
    """Let a poll wait."""
    waiter = Waiter()
    call = Call("PollForDecisionTask", convert("PollForDecisionTask", DECISION), waiter.done, lambda: True)
    engine.perform([call])
    assert not waiter.answered
    return waiter


def test_polls_wait_on_when_what_would_have_served_them_fails(engine: Engine, trouble: Trouble) -> None:
    def intact() -> None:
        assert engine.parked == 2
        assert not first.answered
        assert not second.answered

    client: Any = engine.client()
    register(client)
    first, second = parked(engine), parked(engine)
    assert beset(trouble, 1, lambda: start(client), intact) > 5

    assert first.answered
    assert getattr(first.outcome, "started_event_id", 0) == 3
    assert not second.answered
    assert engine.parked == 1
    assert engine.check() == []


def test_a_poll_that_fails_to_wait_is_told_and_does_not_wait(engine: Engine, trouble: Trouble) -> None:
    register(engine.client())
    trouble.strike(1)
    waiter = Waiter()
    call = Call("PollForDecisionTask", convert("PollForDecisionTask", DECISION), waiter.done, lambda: True)
    engine.perform([call])

    assert isinstance(waiter.outcome, InternalFailure)
    assert engine.parked == 0


def test_of_requests_that_share_a_transaction_only_those_fail_that_fail_alone(
    engine: Engine, trouble: Trouble
) -> None:
    client: Any = engine.client()
    register(client)
    for number in range(1, 60):
        waiters = [Waiter() for _ in range(3)]
        calls = [
            Call(
                "StartWorkflowExecution",
                convert(
                    "StartWorkflowExecution",
                    {
                        "domain": "d",
                        "workflowId": f"{number} {each}",
                        "workflowType": {"name": "W", "version": "1"},
                    },
                ),
                waiter.done,
                lambda: True,
            )
            for each, waiter in enumerate(waiters)
        ]
        trouble.strike(number)
        engine.perform(calls)
        trouble.end()
        assert not any(isinstance(waiter.outcome, Exception) for waiter in waiters)
    assert engine.check() == []


# Time


def test_a_tick_that_fails_is_tried_again_and_each_timer_fires_once(engine: Engine, trouble: Trouble) -> None:
    def intact() -> None:
        assert rows_of(engine._store._db) == before
        assert engine.next_deadline == due

    client: Any = engine.client()
    register(client)
    run = start(client)
    task = client.poll_for_decision_task(**DECISION)
    timers = [timer(str(each), str(each)) for each in (5, 6, 7)]
    client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=timers)
    engine.clock.advance(20)  # type: ignore[attr-defined]  # it is virtual
    before, due = rows_of(engine._store._db), engine.next_deadline
    assert due is not None
    assert beset(trouble, 1, engine.tick, intact) > 5

    events = client.get_workflow_execution_history(domain="d", execution={"workflowId": "w", "runId": run})[
        "events"
    ]
    assert kinds(events).count("TimerFired") == 3
    assert engine.check() == []


def test_a_poll_in_virtual_time_is_told_that_time_cannot_go_on(engine: Engine, trouble: Trouble) -> None:
    client: Any = engine.client()
    register(client)
    start(client)
    client.poll_for_decision_task(**DECISION)  # it will time out
    engine.poll_seconds = 5_000
    engine.turns._running.clear()  # type: ignore[union-attr]  # whoever took that task is gone
    trouble.strike(2, 1_000_000)
    with pytest.raises(InternalFailure, match="disk is full"):
        client.poll_for_decision_task(**DECISION)
    assert engine.parked == 0
    trouble.end()
    assert client.poll_for_decision_task(**DECISION)["previousStartedEventId"] == 0


def test_a_served_engine_tries_a_failing_tick_once_a_second(
    file: Path, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    with Engine(file, durability="normal", connection=trouble.connection(), poll_seconds=20) as engine:
        client: Any = engine.client()
        register(client)
        start(client, taskStartToCloseTimeout="1")
        client.poll_for_decision_task(**DECISION)
        ticks = 0
        real = engine.tick

        def counted(seconds: float = 1.0) -> None:
            nonlocal ticks
            ticks += 1
            if ticks == 3:
                trouble.end()
            real(seconds)

        engine.tick = counted  # type: ignore[method-assign]  # to count
        with closing(HttpClient(engine.serve().url)) as http, ThreadPoolExecutor() as pool:
            poll = pool.submit(http.poll_for_decision_task, **DECISION)
            while not engine.parked:
                time.sleep(0.005)
            trouble.strike(1, 1_000_000)
            task = poll.result(20)
        assert [event["eventType"] for event in task["events"]].count("DecisionTaskTimedOut") == 1
        assert ticks < 10
        assert f"a transaction failed: {file}: database or disk is full" in caplog.messages
        assert not any(each.exc_info for each in caplog.records)


def test_a_poll_in_this_process_tries_a_failing_tick_once_a_second(file: Path, trouble: Trouble) -> None:
    with Engine(file, durability="normal", connection=trouble.connection(), poll_seconds=20) as engine:
        client: Any = engine.client()
        register(client)
        start(client, taskStartToCloseTimeout="1")
        client.poll_for_decision_task(**DECISION)
        ticks = 0
        real = engine.tick

        def counted(seconds: float = 1.0) -> None:
            nonlocal ticks
            ticks += 1
            trouble.strike(1, 1_000_000)
            if ticks == 2:
                trouble.end()
            real(seconds)

        engine.tick = counted  # type: ignore[method-assign]  # to count
        task = client.poll_for_decision_task(**DECISION)
        assert kinds(task["events"]).count("DecisionTaskTimedOut") == 1
        assert ticks < 5


def test_a_sweep_that_fails_costs_nobody_an_answer(engine: Engine, trouble: Trouble, file: Path) -> None:
    client: Any = engine.client()
    register(client)
    start(client)
    client.terminate_workflow_execution(domain="d", workflowId="w")
    engine.clock.advance(2 * DAY)  # type: ignore[attr-defined]  # it is virtual
    before = rows_in(file)["history"]
    trouble.strike(1)
    engine.tick()
    assert trouble.struck
    trouble.end()
    assert rows_in(file)["history"] == before
    engine.clock.advance(60)  # type: ignore[attr-defined]  # it is virtual
    engine.tick()
    assert rows_in(file)["history"] == []
    assert engine.check() == []
