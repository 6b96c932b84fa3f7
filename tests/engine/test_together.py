"""What is asked while a transaction is made is left to whoever makes it: nothing is forgotten.

And several tasks are answered and taken in one transaction.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from engine.faulty import Trouble
from engine.world import register, start
from swf.engine import Engine
from swf.engine.call import Call
from swf.exceptions import InternalFailure, UnknownResource
from swf.protocol.reading import convert
from swf.protocol.requests import PollForDecisionTaskInput, RespondDecisionTaskCompletedInput
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POLL = {"domain": "d", "taskList": {"name": "l"}}


class Slowness:
    """Holds one thread in its commit, and then in telling what came of it."""

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self.commits = threading.Event()
        self.goes_on = threading.Event()
        self.tells = threading.Event()
        self.interrupted = False

    def connection(self) -> type[sqlite3.Connection]:
        slowness = self

        class SlowConnection(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                if given[0] == "COMMIT" and threading.current_thread() is slowness.thread:
                    slowness.commits.set()
                    slowness.goes_on.wait()
                    if slowness.interrupted:
                        raise KeyboardInterrupt
                return super().execute(*given)

        return SlowConnection

    def start(self, engine: Engine) -> None:
        """Begin to register a domain; returns in the middle."""
        operation, request = "RegisterDomain", {"name": "e", "workflowExecutionRetentionPeriodInDays": "1"}
        call = Call(operation, convert(operation, request), self._tell, lambda: True)
        self.thread = threading.Thread(target=self._perform, args=(engine, call))
        self.thread.start()
        self.commits.wait()

    def _perform(self, engine: Engine, call: Call) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            engine.perform([call])

    def _tell(self, outcome: object) -> None:
        self.tells.wait()


@pytest.fixture
def slowness() -> Slowness:
    return Slowness()


@pytest.fixture
def engine(tmp_path: Path, slowness: Slowness) -> Iterator[Engine]:
    with Engine(tmp_path / "engine.db", connection=slowness.connection()) as engine:
        client: Any = engine.client()
        client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        yield engine


def meanwhile(engine: Engine, asked: Callable[[], object]) -> threading.Thread:
    """Ask something in a thread, which leaves it to whoever is at it."""
    thread = threading.Thread(target=asked)
    thread.start()
    while not engine._inbox:
        time.sleep(0.001)
    return thread


def test_a_poll_that_somebody_else_is_about_to_perform_can_be_ended(
    engine: Engine, slowness: Slowness
) -> None:
    client: Any = engine.client()
    client.stop_polling()
    slowness.start(engine)
    poll = meanwhile(engine, lambda: client.poll_for_decision_task(**POLL))
    slowness.tells.set()
    slowness.goes_on.set()

    poll.join(10)

    assert not poll.is_alive()
    assert slowness.thread is not None
    slowness.thread.join()
    assert engine.parked == 0


def test_who_is_interrupted_first_does_what_others_left_to_it(engine: Engine, slowness: Slowness) -> None:
    domains: list[Any] = []
    client: Any = engine.client()
    slowness.interrupted = True
    slowness.tells.set()
    slowness.start(engine)
    asked = meanwhile(engine, lambda: domains.append(client.list_domains(registrationStatus="REGISTERED")))
    slowness.goes_on.set()

    asked.join()

    assert [info["name"] for info in domains[0]["domainInfos"]] == ["d"]


def test_what_was_asked_before_an_engine_is_closed_is_answered(engine: Engine, slowness: Slowness) -> None:
    domains: list[Any] = []
    client: Any = engine.client()
    slowness.start(engine)
    asked = meanwhile(engine, lambda: domains.append(client.list_domains(registrationStatus="REGISTERED")))
    closing = threading.Thread(target=engine.close)
    closing.start()
    slowness.goes_on.set()

    asked.join()
    closing.join()
    slowness.tells.set()

    names = [info["name"] for info in domains[0]["domainInfos"]]
    assert names == ["d", "e"]


# Several tasks


def test_a_poll_brings_several_tasks_where_they_are_there(tmp_path: Path) -> None:
    with Engine(tmp_path / "several.db") as engine:
        client: Any = engine.client()
        register(client)
        for number in range(5):
            start(client, f"w{number}")
        poll = PollForDecisionTaskInput("d", TaskList("dl"))

        _, tasks = client.tell_and_poll([], poll, 4)
        answers = [RespondDecisionTaskCompletedInput(each.task_token) for each in tasks]
        refused, others = client.tell_and_poll([*answers, answers[0]], poll, 4)

        ids = [each.workflow_execution.workflow_id for each in [*tasks, *others]]
        assert ids == ["w0", "w1", "w2", "w3", "w4"]
        assert refused[:4] == [None] * 4
        assert isinstance(refused[4], UnknownResource)


def test_a_poll_for_several_tasks_waits_for_one(tmp_path: Path) -> None:
    with Engine(tmp_path / "several.db") as engine:
        client: Any = engine.client()
        register(client)
        brought: list[Any] = []
        poll = PollForDecisionTaskInput("d", TaskList("dl"))
        poller = threading.Thread(target=lambda: brought.extend(client.tell_and_poll([], poll, 4)[1]))
        poller.start()
        while not engine.parked:
            time.sleep(0.001)

        start(client, "w")
        poller.join()

        assert [each.workflow_execution.workflow_id for each in brought] == ["w"]
        assert engine.parked == 0


def test_a_poll_for_several_tasks_that_is_refused_says_so(tmp_path: Path) -> None:
    with Engine(tmp_path / "several.db") as engine, pytest.raises(UnknownResource):
        engine.client().tell_and_poll([], PollForDecisionTaskInput("nowhere", TaskList("dl")), 4)


def test_a_poll_for_several_tasks_that_fails_once_brings_those_that_it_took(tmp_path: Path) -> None:
    trouble = Trouble()
    poll = PollForDecisionTaskInput("d", TaskList("dl"))
    with Engine(tmp_path / "several.db", connection=trouble.connection()) as engine:
        client: Any = engine.client()
        register(client)
        left = 100
        for number in range(left):
            start(client, f"w{number}")
        for number in range(1, 60):
            trouble.strike(number)
            _, tasks = client.tell_and_poll([], poll, 4)
            trouble.end()
            pending = client.count_pending_decision_tasks(domain="d", taskList={"name": "dl"})["count"]
            assert len(tasks) == left - pending
            left = pending
            if not trouble.struck:
                break
        assert len(tasks) == 4


def test_a_poll_for_several_tasks_that_fails_takes_none(tmp_path: Path) -> None:
    trouble = Trouble()
    with Engine(tmp_path / "several.db", connection=trouble.connection()) as engine:
        client: Any = engine.client()
        register(client)
        for number in range(3):
            start(client, f"w{number}")
        trouble.strike(1, times=1_000)
        with pytest.raises(InternalFailure):
            client.tell_and_poll([], PollForDecisionTaskInput("d", TaskList("dl")), 4)
        trouble.end()

        pending = client.count_pending_decision_tasks(domain="d", taskList={"name": "dl"})
        assert pending["count"] == 3
