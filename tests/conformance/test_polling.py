"""Polls that wait: handed a task the moment it exists, the longest-waiting first, and nothing is lost."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER
from conformance.wire import SHORT
from conformance.words import activity, child, complete, kinds, refused, timer
from swf.engine import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from conformance.region import Region
    from conformance.wire import Wire

LONG = {"real_time": True, "poll_seconds": 20}
BRIEF = {"real_time": True, "poll_seconds": 0.2}
WAIT = 15
"""Longer than anything here takes, shorter than the polls."""


class Pollers:
    """Clients that poll in threads; each call is waiting when the next one is made."""

    def __init__(self, region: Region, threads: ThreadPoolExecutor) -> None:
        self._region = region
        self._threads = threads
        self._waiting = 0

    def decisions(self, task_list: str = "dl") -> Future[dict[str, Any]]:
        return self._poll("poll_for_decision_task", task_list)

    def activities(self, task_list: str = "al") -> Future[dict[str, Any]]:
        return self._poll("poll_for_activity_task", task_list)

    def _poll(self, operation: str, task_list: str) -> Future[dict[str, Any]]:
        ask: Callable[..., dict[str, Any]] = getattr(self._region.connect(), operation)
        future = self._threads.submit(ask, domain="d", taskList={"name": task_list})
        self._waiting += 1
        parked(self._region, self._waiting)
        return future

    def answered(self, future: Future[dict[str, Any]]) -> dict[str, Any]:
        answer = future.result(WAIT)
        self._waiting -= 1
        return answer


def parked(region: Region, count: int) -> None:
    """Wait until so many polls are parked."""
    until = time.monotonic() + WAIT
    while region.engine.parked < count:
        assert time.monotonic() < until, f"{region.engine.parked} polls wait, not {count}"
        time.sleep(0.001)


@pytest.fixture
def pollers(region: Region) -> Iterator[Pollers]:
    with ThreadPoolExecutor(16) as threads:
        yield Pollers(region, threads)
        region.finish()


@pytest.mark.engine(**LONG)
def test_a_waiting_poll_is_handed_a_decision_at_once(region: Region, pollers: Pollers) -> None:
    waiting = pollers.decisions()
    region.start()

    task = pollers.answered(waiting)
    assert task["startedEventId"] == 3
    region.answer(task, complete())


@pytest.mark.engine(**LONG)
def test_a_waiting_poll_is_handed_an_activity_at_once(region: Region, pollers: Pollers) -> None:
    waiting = pollers.activities()
    region.start()
    region.decide(activity())

    task = pollers.answered(waiting)
    assert task["activityId"] == "a"
    region.done(task)


@pytest.mark.engine(**LONG)
def test_the_poll_that_waits_longest_is_served_first(region: Region, pollers: Pollers) -> None:
    first, second, third = (pollers.decisions() for _ in range(3))

    region.start("one")
    assert pollers.answered(first)["workflowExecution"]["workflowId"] == "one"
    region.start("two")
    assert pollers.answered(second)["workflowExecution"]["workflowId"] == "two"
    region.start("three")
    assert pollers.answered(third)["workflowExecution"]["workflowId"] == "three"


@pytest.mark.engine(**LONG)
def test_a_task_goes_to_one_of_many_pollers(region: Region, pollers: Pollers) -> None:
    waiting = [pollers.activities() for _ in range(6)]
    region.start()
    region.decide(*(activity(str(number)) for number in range(5)))

    served = [pollers.answered(future) for future in waiting[:5]]
    assert sorted(task["activityId"] for task in served) == ["0", "1", "2", "3", "4"]
    assert not waiting[5].done()
    assert kinds(region.history()).count("ActivityTaskStarted") == 5


@pytest.mark.engine(**LONG)
def test_a_poll_hears_of_its_own_list_only(region: Region, pollers: Pollers) -> None:
    other = pollers.decisions("other")
    mine = pollers.decisions()
    region.start()

    assert pollers.answered(mine)["startedEventId"] == 3
    assert not other.done()


@pytest.mark.engine(**LONG)
def test_a_task_behind_is_handed_over_when_the_running_one_ends(region: Region, pollers: Pollers) -> None:
    region.start()
    task = region.poll()
    waiting = pollers.decisions()
    region.signal()
    assert not waiting.done()
    region.answer(task)

    assert pollers.answered(waiting)["previousStartedEventId"] == 3


@pytest.mark.engine(**LONG)
def test_what_a_decision_asks_for_is_handed_over(region: Region, pollers: Pollers) -> None:
    of_child = pollers.decisions("cl")
    worker = pollers.activities()
    region.start()
    region.decide(child(taskList={"name": "cl"}), activity())
    parent = region.poll()

    assert pollers.answered(worker)["activityId"] == "a"
    assert pollers.answered(of_child)["workflowExecution"]["workflowId"] == "c"
    assert "ChildWorkflowExecutionStarted" in kinds(parent["events"])


@pytest.mark.engine(**LONG)
def test_a_timer_wakes_a_waiting_poll(region: Region, pollers: Pollers) -> None:
    region.start()
    region.decide(timer(seconds="0"))
    waiting = region.poll()
    region.answer(waiting, timer(seconds="1"))

    task = pollers.answered(pollers.decisions())
    assert "TimerFired" in kinds(task["events"])


@pytest.mark.edge(27)
@pytest.mark.engine(**BRIEF)
def test_a_poll_waits_as_long_as_it_may_and_then_says_no(region: Region) -> None:
    before = time.monotonic()
    answer = region.client.poll_for_decision_task(domain="d", taskList={"name": "dl"})

    assert 0.19 <= time.monotonic() - before < 5
    assert answer == {"previousStartedEventId": 0, "startedEventId": 0}


@pytest.mark.engine(**LONG)
def test_an_unknown_domain_is_not_waited_for(region: Region) -> None:
    before = time.monotonic()
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.client.poll_for_activity_task(domain="nope", taskList={"name": "al"})

    assert time.monotonic() - before < 5


@pytest.mark.engine(**LONG, limits=Limits(pollers=2))
def test_so_many_polls_wait_on_a_list(region: Region, pollers: Pollers) -> None:
    for _ in range(2):
        pollers.decisions()

    with refused("LimitExceededFault"):
        region.client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
    pollers.activities("dl")


@pytest.mark.engine(**LONG)
def test_polls_are_answered_empty_when_the_engine_closes(region: Region, pollers: Pollers) -> None:
    if region.server is None:
        pytest.skip("an engine in this process answers its own callers")
    waiting = pollers.decisions()
    region.server.close()

    assert "taskToken" not in pollers.answered(waiting)


# Pollers that go away


@pytest.mark.engine(**LONG)
@pytest.mark.parametrize("politely", [True, False])
def test_a_poller_that_hangs_up_loses_nothing(wire: Wire, politely: bool) -> None:
    body = json.dumps({"domain": "d", "taskList": {"name": "dl"}})
    head = (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: {SHORT}PollForDecisionTask\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    gone = socket.create_connection(wire.address)
    gone.sendall((head + body).encode())
    parked(wire.region, 1)
    if not politely:  # a reset instead of an end
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    gone.close()
    until = time.monotonic() + WAIT
    while wire.region.engine.parked:
        assert time.monotonic() < until, "the poll of a closed connection waits on"
        time.sleep(0.001)
    wire.region.start()

    assert kinds(wire.region.history()) == ["WorkflowExecutionStarted", "DecisionTaskScheduled"]
    assert wire.region.poll()["startedEventId"] == 3


@pytest.mark.engine(real_time=True, poll_seconds=1)
def test_many_at_once_lose_nothing_and_do_nothing_twice(region: Region) -> None:
    """Sixteen executions of three steps each; four deciders and four workers share them."""
    executions, steps = 16, 3

    def decide(client: Any) -> int:
        taken = 0
        while "taskToken" in (task := client.poll_for_decision_task(domain="d", taskList={"name": "dl"})):
            finished = kinds(task["events"]).count("ActivityTaskCompleted")
            decisions = [complete() if finished == steps else activity(str(finished))]
            client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=decisions)
            taken += 1
        return taken

    def work(client: Any) -> int:
        taken = 0
        while "taskToken" in (task := client.poll_for_activity_task(domain="d", taskList={"name": "al"})):
            client.respond_activity_task_completed(taskToken=task["taskToken"])
            taken += 1
        return taken

    for number in range(executions):
        region.start(f"w{number}")
    with ThreadPoolExecutor(8) as threads:
        deciders = [threads.submit(decide, region.connect()) for _ in range(4)]
        workers = [threads.submit(work, region.connect()) for _ in range(4)]

    assert sum(future.result() for future in deciders) == executions * (steps + 1)
    assert sum(future.result() for future in workers) == executions * steps
    listed = region.client.list_closed_workflow_executions(domain="d", startTimeFilter=EVER)
    statuses = [info["closeStatus"] for info in listed["executionInfos"]]
    assert statuses == ["COMPLETED"] * executions
