"""Time that only passes when nothing else can happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import NOW
from conformance.words import activity, complete, kinds, last, seconds, timer

if TYPE_CHECKING:
    from conformance.region import Region

MONTH = 30 * 86_400


@pytest.mark.engine(poll_seconds=59.5)
def test_a_month_passes_while_somebody_waits(region: Region) -> None:
    if region.way != "in process":
        pytest.skip("a served engine's polls wait truly")
    region.start(executionStartToCloseTimeout="31536000")
    region.decide(timer(seconds=str(MONTH)))
    task: dict[str, Any] = {}
    while "taskToken" not in task:
        task = region.client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
        assert region.now() <= NOW + MONTH + 60
    region.answer(task, complete())

    assert seconds(region.history()[-1]) >= NOW + MONTH
    assert kinds(task["events"]).count("TimerFired") == 1


@pytest.mark.engine(poll_seconds=59.5)
def test_waiting_lets_what_is_due_happen(region: Region) -> None:
    if region.way != "in process":
        pytest.skip("a served engine's polls wait truly")
    region.start()
    region.decide(activity(scheduleToStartTimeout="30"))
    task = region.poll()

    assert kinds(task["events"])[-3:] == [
        "ActivityTaskTimedOut",
        "DecisionTaskScheduled",
        "DecisionTaskStarted",
    ]
    assert last(task["events"], "ActivityTaskTimedOut")["timeoutType"] == "SCHEDULE_TO_START"
    assert region.now() == NOW + 30


def test_times_of_a_history_never_go_back(region: Region) -> None:
    region.start()
    region.decide(timer(seconds="5"), activity(scheduleToStartTimeout="3"))
    region.advance(3)
    region.advance(60)

    times = [seconds(event) for event in region.history()]
    assert times == sorted(times)
    fired = next(event for event in region.history() if event["eventType"] == "TimerFired")
    assert seconds(fired) >= NOW + 5
