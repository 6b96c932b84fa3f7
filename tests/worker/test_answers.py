"""Answers: told again and again while the engine is away, and not for ever."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from simpleflow.swf.polling import Poller
from swf.exceptions import (
    EngineUnreachable,
    InternalFailure,
    InvalidRequest,
    LimitExceeded,
    SWFError,
    Throttling,
    UnknownResource,
)
from swf.protocol.answers import ActivityTask
from swf.protocol.client import Client
from swf.protocol.requests import PollForActivityTaskInput, RespondActivityTaskCompletedInput
from swf.protocol.shapes import TaskList
from worker.ground import Ground, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

    from swf.exceptions import Fault

ANSWER = RespondActivityTaskCompletedInput("token", "1")
POLL = PollForActivityTaskInput("d", TaskList("t"))
AWAY = EngineUnreachable("http://localhost", "it is away")


class Listener(Client):
    """An engine that fails in these ways before it hears; it has no tasks."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = [*failures]
        self.asked: list[str] = []
        self.refusals: list[SWFError] = []
        self.poller = Poller(self)

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(operation)
        if self.failures:
            raise self.failures.pop(0)
        self.poller.stop()
        return {"startedEventId": 0}

    def tell(self) -> list[SWFError]:
        self.poller.tell(ANSWER, self.refusals.append)
        return self.refusals

    def tell_with_the_next_poll(self) -> list[SWFError]:
        self.poller.answer(ANSWER, self.refusals.append)
        assert list(self.poller.tasks(POLL)) == []
        return self.refusals


@pytest.mark.parametrize("failure", [AWAY, Throttling(), InternalFailure(), LimitExceeded()])
def test_what_passes_is_waited_for(failure: Exception) -> None:
    listener = Listener(failure)
    assert listener.tell() == []
    assert listener.asked == ["RespondActivityTaskCompleted"] * 2


@pytest.mark.parametrize("failure", [AWAY, Throttling(), InternalFailure(), LimitExceeded()])
def test_a_poll_is_tried_again(failure: Exception) -> None:
    listener = Listener(failure)
    assert list(listener.poller.tasks(POLL)) == []
    assert listener.asked == ["PollForActivityTask"] * 2


@pytest.mark.parametrize("failure", [AWAY, Throttling(), InternalFailure(), LimitExceeded()])
def test_with_a_poll_too(failure: Exception) -> None:
    listener = Listener(failure)
    assert listener.tell_with_the_next_poll() == []
    assert listener.asked.count("RespondActivityTaskCompleted") == 2


def test_a_token_that_is_lost_is_the_end() -> None:
    listener = Listener(lost := UnknownResource(), AWAY)
    assert listener.tell() == [lost]
    assert len(listener.asked) == 1


@pytest.mark.parametrize(
    "failure", [EngineUnreachable("u", "w", maybe_done=True), InternalFailure("perhaps")]
)
def test_one_that_was_heard_and_not_confirmed_is_not_refused(failure: Exception) -> None:
    assert Listener(failure, UnknownResource()).tell() == []


def test_what_does_not_pass_is_told() -> None:
    assert Listener(fault := InvalidRequest("too long")).tell() == [fault]


def test_who_stops_now_tries_once_more_at_most() -> None:
    listener = Listener(*[AWAY] * 1_000)
    telling = threading.Thread(target=listener.tell)
    telling.start()
    wait_until(lambda: listener.asked)
    listener.poller.stop_now()
    asked = len(listener.asked)
    telling.join()
    assert len(listener.asked) <= asked + 1
    assert listener.refusals == [AWAY]


def test_an_answer_reaches_an_engine_that_was_away(ground: Ground) -> None:
    class Shaky(Client):
        def __init__(self) -> None:
            self.inner = ground.engine.client()
            self.failures = 2

        def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
            if operation.startswith("Respond") and self.failures:
                self.failures -= 1
                raise AWAY
            return self.inner._call(operation, request)

        def stop_polling(self) -> None:
            self.inner.stop_polling()

    with ground.worker("thread", Shaky):
        ground.schedule("double", 1)
        assert ground.ended()[0] == "Completed"


class Heap(Client):
    """An engine in this process with more tasks than anybody takes, `but` for some of so many polls."""

    def __init__(self, polls: int, but: Sequence[int] = ()) -> None:
        self.polls = polls
        self.but = but
        self.asked_for: list[int] = []
        self.answered: list[int] = []
        self.poller = Poller(self, 16)

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError(operation)

    def ask(self, request: msgspec.Struct) -> None:
        assert request == ANSWER
        self.answered.append(1)

    def tell_and_poll(
        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1
    ) -> tuple[list[Fault | None], list[Any]]:
        if answers:
            self.answered.append(len(answers))
        self.asked_for.append(most)
        if len(self.asked_for) == self.polls:
            self.poller.stop()
        if len(self.asked_for) in self.but:
            return [None] * len(answers), [ActivityTask(0)]
        return [None] * len(answers), [ActivityTask(1, "t")] * most


class Watch:
    """What the time is, for `time.monotonic`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [(0.0, [1, 2, 4, 8, 16, 16]), (0.002, [1, 2, 2, 2, 2, 2]), (0.004, [1] * 6), (3.0, [1] * 6)],
)
def test_as_many_tasks_are_taken_together_as_are_done_quickly(
    watch: Watch, seconds: float, taken: list[int]
) -> None:
    heap = Heap(polls=6)
    for _ in heap.poller.tasks(POLL):
        heap.poller.answer(ANSWER, lambda error: None)
        watch.now += seconds

    assert heap.asked_for == taken
    assert sum(heap.answered) == sum(taken)
    if seconds == 0:
        assert heap.answered[:5] == taken[:5]


def test_a_poll_that_brings_nothing_says_nothing_of_how_quickly_tasks_are_done(watch: Watch) -> None:
    heap = Heap(polls=8, but=(3, 4))
    for _ in heap.poller.tasks(POLL):
        watch.now += 0.0009

    assert heap.asked_for == [1, 2, 4, 4, 4, 5, 5, 5]


def test_a_task_that_takes_long_does_not_hold_back_the_answers_of_those_before_it(watch: Watch) -> None:
    heap = Heap(polls=3)
    done = []
    for number, _ in enumerate(heap.poller.tasks(POLL)):
        done.append((sum(heap.answered), len(heap.asked_for)))
        heap.poller.answer(ANSWER, lambda error: None)
        watch.now += 3.0 if number == 4 else 0.0

    assert done == [(0, 1), (1, 2), (1, 2), (3, 3), (3, 3), (5, 3), (6, 3)]
    assert sum(heap.answered) == 7
