"""Somebody presses Ctrl-C in the middle: nothing is half done, and nobody else waits for ever."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from engine.faulty import Trouble
from engine.rows import rows_in
from engine.world import Life, register, start
from swf.engine import Engine, SystemClock, VirtualClock, service
from swf.engine.call import Call
from swf.engine.parked import Parked
from swf.engine.store import StoreFailed
from swf.engine.waiter import Waiter
from swf.exceptions import InternalFailure, SWFError
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DECISION = {"domain": "d", "taskList": {"name": "dl"}}
START = {"domain": "d", "workflowId": "w", "workflowType": {"name": "W", "version": "1"}}


@pytest.fixture
def trouble() -> Trouble:
    return Trouble(kind=KeyboardInterrupt)


@pytest.fixture
def engine(tmp_path: Path, trouble: Trouble) -> Iterator[Engine]:
    file = tmp_path / "engine.db"
    with Engine(file, clock=VirtualClock(), durability="normal", connection=trouble.connection()) as engine:
        yield engine
        trouble.end()


def asked(operation: str, request: dict[str, Any]) -> tuple[Call, Waiter]:
    waiter = Waiter()
    return Call(operation, convert(operation, request), waiter.done, lambda: True), waiter


def test_a_life_that_is_interrupted_at_each_call_is_nowhere_half_done(
    engine: Engine, trouble: Trouble
) -> None:
    assert engine.path is not None
    client: Any = engine.client()
    client.list_domains(registrationStatus="REGISTERED")  # the first request sweeps too
    interrupted = 0
    for step in Life(client).steps():
        for number in range(1, 200):
            before = rows_in(engine.path)
            trouble.strike(number)
            try:
                step()
            except KeyboardInterrupt:
                interrupted += 1
            else:
                break
            trouble.end()
            assert engine.check() == []
            assert rows_in(engine.path) == before
    assert interrupted > 200


def test_whoever_shares_the_transaction_is_told(engine: Engine, trouble: Trouble) -> None:
    register(engine.client())
    own, _ = asked("StartWorkflowExecution", START)
    poll, poll_waiter = asked("PollForDecisionTask", DECISION)
    other, other_waiter = asked("ListDomains", {"registrationStatus": "REGISTERED"})
    engine._inbox.extend([poll, other])  # their threads wait for the lock
    trouble.strike(4)
    with pytest.raises(KeyboardInterrupt):
        engine.perform([own])
    trouble.end()

    assert isinstance(other_waiter.outcome, InternalFailure)
    assert isinstance(poll_waiter.outcome, InternalFailure)
    assert engine.parked == 0
    start(engine.client())
    assert engine.check() == []


class Signal:
    """A signal that comes while the engine is in the middle of starting an execution."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, handler: Callable[[], object]) -> None:
        self.error: Exception | None = None
        """What the handler raised."""
        self._handler = handler

        def interrupted(books: Any, operation: str, request: Any) -> Any:
            outcome = service.answer(books, operation, request)
            if operation == "StartWorkflowExecution":
                signal.raise_signal(signal.SIGUSR1)
            return outcome

        monkeypatch.setattr("swf.engine.engine.answer", interrupted)
        self._before = signal.signal(signal.SIGUSR1, self._handle)

    def __enter__(self) -> Signal:
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGUSR1, self._before)

    def _handle(self, *_: object) -> None:
        try:
            self._handler()
        except SWFError as error:
            self.error = error


def test_a_signal_handler_may_stop_the_polls_of_the_engine_that_it_interrupts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(tmp_path / "engine.db") as engine, ThreadPoolExecutor() as pool:
        client: Any = engine.client()
        register(client)
        poller: Any = engine.client()
        poll = pool.submit(poller.poll_for_decision_task, domain="d", taskList={"name": "other"})
        while not engine.parked:
            time.sleep(0.005)
        other, other_waiter = asked("ListDomains", {"registrationStatus": "REGISTERED"})

        def stop() -> None:
            pool.submit(engine.perform, [other]).result()  # it is left to whom the signal interrupts
            poller.stop_polling()

        with Signal(monkeypatch, stop) as came:
            start(client)
        assert came.error is None
        assert poll.result(5)["startedEventId"] == 0
        assert other_waiter.answered
        assert not isinstance(other_waiter.outcome, SWFError)
        assert engine.check() == []
        assert client.poll_for_decision_task(**DECISION)["startedEventId"] == 3


def test_a_signal_handler_that_asks_the_engine_that_it_interrupts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(tmp_path / "engine.db") as engine:
        client: Any = engine.client()
        register(client)
        asks: list[Callable[[], object]] = [
            lambda: client.list_domains(registrationStatus="REGISTERED"),
            engine.tick,
            engine.close,
        ]
        for number, ask in enumerate(asks):
            with Signal(monkeypatch, ask) as came:
                start(client, f"w{number}")
            assert "signal handler" in str(came.error)
        assert engine.check() == []


def test_a_poll_that_is_interrupted_gets_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for clock in (VirtualClock(), SystemClock()):
        with Engine(clock=clock) as engine:
            client: Any = engine.client()
            register(client)
            with monkeypatch.context() as patched:
                patched.setattr(Waiter, "wait", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    client.poll_for_decision_task(**DECISION)
            assert engine.parked == 0
            start(client)
            assert client.poll_for_decision_task(**DECISION)["startedEventId"] == 3


def test_a_poll_that_is_served_in_vain_and_waits_again_is_not_lost_with_its_transaction() -> None:
    parked, place = Parked(), ("decision", 1, "l")
    calls = [asked("PollForDecisionTask", DECISION)[0] for _ in range(3)]
    for call in calls[:2]:
        parked.put(place, call)
    parked.settle()
    assert parked.take(place) is calls[0]  # its task was the last straw: the run is terminated
    parked.put(place, calls[0])
    parked.put(place, calls[2])
    assert parked.take(place) is calls[1]
    parked.restore()

    assert [parked.take(place) for _ in range(3)] == [calls[0], calls[1], None]


def test_who_looks_at_the_time_in_the_middle_of_a_transaction_sees_the_next_deadline(
    engine: Engine,
) -> None:
    client: Any = engine.client()
    register(client)
    start(client, "first", executionStartToCloseTimeout="10", taskStartToCloseTimeout="NONE")
    start(client, "second", executionStartToCloseTimeout="20", taskStartToCloseTimeout="NONE")
    began = engine.clock.time()
    seen = []
    due = engine._store.due

    def watched(now: float, limit: int) -> Any:
        seen.append(engine.next_deadline)
        return due(now, limit)

    flush = engine._books.flush

    def flushed() -> None:
        seen.append(engine.next_deadline)
        flush()

    engine._store.due = watched  # type: ignore[method-assign]  # to look from inside
    engine._books.flush = flushed  # type: ignore[method-assign]  # the same
    engine.clock.advance(15)  # type: ignore[attr-defined]  # it is virtual
    engine.tick()

    assert seen == [began + 10] * 2
    assert engine.next_deadline == began + 20


def test_a_poll_that_waits_hears_of_a_deadline_that_another_thread_has_brought_forward(
    tmp_path: Path,
) -> None:
    with Engine(tmp_path / "engine.db", durability="normal", poll_seconds=20) as engine:
        client: Any = engine.client()
        register(client)
        with ThreadPoolExecutor() as pool:
            poll = pool.submit(client.poll_for_decision_task, **DECISION)
            while not engine.parked:
                time.sleep(0.005)
            start(client, "elsewhere", taskList={"name": "x"}, taskStartToCloseTimeout="1")
            client.poll_for_decision_task(domain="d", taskList={"name": "x"})
            began = time.monotonic()
            start(client)
            assert poll.result(10)["workflowExecution"]["workflowId"] == "w"
            assert time.monotonic() - began < 5


def test_closing_answers_every_poll_even_when_the_file_cannot_be_closed(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "engine.db", poll_seconds=50)
    client: Any = engine.client()
    register(client)
    with ThreadPoolExecutor() as pool:
        polls = [pool.submit(client.poll_for_decision_task, **DECISION) for _ in range(3)]
        while engine.parked < 3:
            threading.Event().wait(0.005)
        close = engine._store.close

        def fail() -> None:
            close()
            raise StoreFailed("it cannot be closed")

        engine._store.close = fail  # type: ignore[method-assign]  # for this test
        with pytest.raises(StoreFailed):
            engine.close()
        assert [poll.result(5)["startedEventId"] for poll in polls] == [0, 0, 0]
    with Engine(tmp_path / "engine.db") as again:  # the lock is free
        assert again.check() == []
