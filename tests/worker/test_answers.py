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
    """An engine in this process, with more tasks than anybody takes."""

    def __init__(self) -> None:
        self.asked_for: list[int] = []
        self.answered: list[int] = []

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError(operation)

    def tell_and_poll(
        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1
    ) -> tuple[list[Fault | None], list[Any]]:
        self.answered.append(len(answers))
        self.asked_for.append(most)
        return [None] * len(answers), [ActivityTask(task_token="t", started_event_id=1)] * most


@pytest.mark.parametrize(("seconds", "taken"), [(0.0, 16), (0.002, 2), (0.004, 1), (3.0, 1)])
def test_as_many_tasks_are_taken_together_as_are_done_quickly(
    seconds: float, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    heap = Heap()
    poller = Poller(heap, 16)
    for _ in poller.tasks(POLL):
        if len(heap.asked_for) == 3:
            break
        poller.answer(ANSWER, lambda error: None)
        now += seconds

    assert heap.asked_for == [1, taken, taken]
    assert heap.answered == [0, 1, taken]
