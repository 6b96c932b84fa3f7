"""Heartbeats: when they go out, what they carry, what outages do to them."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from simpleflow.swf.worker.heartbeats import Heartbeats
from swf.exceptions import Throttling, UnknownResource
from swf.protocol.client import Client
from worker.ground import Ground, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "token"


class Listener(Client):
    """An engine that notes when heartbeats come, and answers the next ones as it is told."""

    def __init__(self) -> None:
        self.came: list[tuple[float, str | None]] = []
        self.answers: list[dict[str, Any] | Exception] = []

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        assert operation == "RecordActivityTaskHeartbeat"
        assert request["taskToken"] == TOKEN
        self.came.append((time.monotonic(), request.get("details")))
        answer = self.answers.pop(0) if self.answers else {"cancelRequested": False}
        if isinstance(answer, Exception):
            raise answer
        return answer


def _ignore(why: str) -> None:
    pass


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def heartbeats(listener: Listener) -> Iterator[Heartbeats]:
    made = Heartbeats(listener, 60)
    yield made
    made.close()


def test_a_third_of_the_timeout_is_soon_enough(listener: Listener, heartbeats: Heartbeats) -> None:
    began = time.monotonic()
    heartbeats.begin(TOKEN, _ignore)
    heartbeats.timeout_is(0.3)
    wait_until(lambda: len(listener.came) >= 3)
    times = [at - began for at, _ in listener.came]
    assert all(at >= 0.1 * number for number, at in enumerate(times, 1))


def test_until_the_timeout_is_known_it_may_be_the_shortest(
    listener: Listener, heartbeats: Heartbeats
) -> None:
    heartbeats.begin(TOKEN, _ignore)  # the activity's module is being imported
    wait_until(lambda: len(listener.came) >= 2)
    assert listener.came[1][0] - listener.came[0][0] < 1


def test_what_is_told_goes_out_soon_but_not_each_time(listener: Listener, heartbeats: Heartbeats) -> None:
    heartbeats.begin(TOKEN, _ignore)
    heartbeats.timeout_is(None)
    for step in range(100):
        heartbeats.tell(str(step))
    wait_until(lambda: listener.came)
    assert [details for _, details in listener.came] == ["99"]


def test_without_heartbeats_what_is_told_goes_out_all_the_same(listener: Listener) -> None:
    heartbeats = Heartbeats(listener, 0)
    heartbeats.begin(TOKEN, _ignore)
    heartbeats.timeout_is(0.03)
    heartbeats.tell("half")
    wait_until(lambda: listener.came)
    heartbeats.close()
    assert [details for _, details in listener.came] == ["half"]


def test_outages_and_throttling_are_not_the_end(listener: Listener, heartbeats: Heartbeats) -> None:
    ends: list[str] = []
    listener.answers = [Throttling(), RuntimeError("a bug"), {"cancelRequested": True}]
    heartbeats.begin(TOKEN, ends.append)
    heartbeats.timeout_is(0.03)
    wait_until(lambda: ends)
    assert ends[0] == "canceled"


def test_a_lost_token_is_told_once(listener: Listener, heartbeats: Heartbeats) -> None:
    ends: list[str] = []
    listener.answers = [UnknownResource()]
    heartbeats.begin(TOKEN, ends.append)
    heartbeats.timeout_is(0.03)
    wait_until(lambda: ends)
    assert ends == ["lost"]
    assert len(listener.came) == 1


def test_what_is_heard_after_the_end_ends_nothing(listener: Listener, heartbeats: Heartbeats) -> None:
    ends: list[str] = []
    asked, answered = threading.Event(), threading.Event()

    class Slow(Listener):
        def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            answered.wait()
            raise UnknownResource

    heartbeats = Heartbeats(Slow(), 60)
    heartbeats.begin(TOKEN, ends.append)
    heartbeats.timeout_is(0.03)
    asked.wait()
    heartbeats.finish()
    answered.set()
    heartbeats.close()
    assert ends == []


def test_they_go_out_while_an_activity_is_silent(ground: Ground) -> None:
    with ground.worker(heartbeat=0.2):
        ground.schedule("sleeps", 1.4, heartbeatTimeout="1")
        how, _ = ground.ended()
    assert how == "Completed"


def test_the_activitys_own_timeout_counts(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("sleeps_and_says_so", 1.4, heartbeatTimeout="1")
        how, _ = ground.ended()
    assert how == "Completed"


@pytest.mark.parametrize("mode", ["process", "thread"])
def test_one_that_came_with_the_task_counts_before_the_activitys_own(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule("sleeps", 1.4, meta={"heartbeat_timeout": 1}, heartbeatTimeout="1")
        how, _ = ground.ended()
    assert how == "Completed"


def test_a_worker_that_is_gone_is_noticed_and_its_details_are_kept(ground: Ground) -> None:
    with ground.worker(heartbeat=0):
        ground.schedule("tells", {"half": 1}, 2.0, heartbeatTimeout="1")
        how, attributes = ground.ended()
    assert how == "TimedOut"
    assert attributes["details"] == '{"half":1}'


def test_the_details_go_with_the_failure(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("resumes")
        _, attributes = ground.ended()
    assert json.loads(attributes["details"])["heartbeat"] == '{"done":7}'


def test_the_next_attempt_has_them(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("resumes", meta={"heartbeat": '{"done":7}'})
        assert ground.ended()[1]["result"] == '{"done":7}'


@pytest.mark.parametrize("details", [object(), "x" * 3_000])
def test_details_that_cannot_travel_are_refused_where_they_are_told(ground: Ground, details: Any) -> None:
    from simpleflow.context import Current
    from simpleflow.exceptions import CodecError

    with pytest.raises(CodecError):
        Current().heartbeat(details)


def test_threads_of_an_activity_may_tell(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("tells_from_threads", 8)
        assert ground.ended()[1]["result"] == '"told"'
