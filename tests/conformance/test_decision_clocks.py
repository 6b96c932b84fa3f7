"""Decision tasks that are lost in time, and the lists that they stick to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.words import (
    attributes,
    complete,
    kinds,
    last,
    refused,
    seconds,
)

if TYPE_CHECKING:
    from conformance.region import Region


# Time


@pytest.mark.edge(41)
def test_a_silent_decider_loses_its_task(region: Region) -> None:
    region.start(taskStartToCloseTimeout="1")
    task = region.poll()
    region.advance(1)

    assert kinds(region.history(), 3) == [
        "DecisionTaskStarted",
        "DecisionTaskTimedOut",
        "DecisionTaskScheduled",
    ]
    assert attributes(region.history()[3]) == {
        "timeoutType": "START_TO_CLOSE",
        "scheduledEventId": 2,
        "startedEventId": 3,
    }
    assert seconds(region.history()[3]) == seconds(region.history()[4])
    with refused("UnknownResourceFault", "Unknown decision task, scheduledEventId = 2"):
        region.answer(task)
    again = region.poll()
    assert (again["startedEventId"], again["previousStartedEventId"]) == (6, 0)


def test_a_lost_task_gives_way_to_the_one_behind(region: Region) -> None:
    region.start(taskStartToCloseTimeout="1")
    region.poll()
    region.signal()
    region.advance(1)

    assert kinds(region.history(), 4) == [
        "WorkflowExecutionSignaled",
        "DecisionTaskScheduled",
        "DecisionTaskTimedOut",
    ]
    assert attributes(region.poll()["events"][-1])["scheduledEventId"] == 5


def test_a_decision_may_take_forever(region: Region) -> None:
    region.start(taskStartToCloseTimeout="NONE", executionStartToCloseTimeout="31536000")
    task = region.poll()
    region.advance(30_000_000)
    region.answer(task, complete())

    assert region.info()["closeStatus"] == "COMPLETED"


# Sticky lists


@pytest.mark.edge(43)
def test_a_sticky_list_is_left_when_nobody_comes(region: Region) -> None:
    region.start()
    region.decide(taskList={"name": "s"}, taskListScheduleToStartTimeout="1")
    region.signal()
    sticky = last(region.history(), "DecisionTaskScheduled")
    region.advance(1)
    events = region.history()

    assert attributes(events[3]) == {
        "scheduledEventId": 2,
        "startedEventId": 3,
        "taskList": {"name": "s"},
        "taskListScheduleToStartTimeout": "1",
    }
    assert sticky == {
        "taskList": {"name": "s"},
        "scheduleToStartTimeout": "1",
        "startToCloseTimeout": "100",
    }
    assert kinds(events, 7) == ["DecisionTaskTimedOut", "DecisionTaskScheduled"]
    assert attributes(events[6]) == {
        "timeoutType": "SCHEDULE_TO_START",
        "scheduledEventId": 6,
        "startedEventId": 0,
    }
    assert attributes(events[7]) == {
        "taskList": {"name": "dl"},
        "scheduleToStartTimeout": "NONE",
        "startToCloseTimeout": "100",
    }
    assert region.nothing_to_decide("s")
    region.decide()
    region.signal()
    assert last(region.history(), "DecisionTaskScheduled")["taskList"] == {"name": "dl"}


def test_a_sticky_list_taken_in_time_stays(region: Region) -> None:
    region.start()
    region.decide(taskList={"name": "s"}, taskListScheduleToStartTimeout="5")
    for _ in range(2):
        region.signal()
        region.advance(4)
        region.decide(task_list="s")

    assert region.describe()["executionConfiguration"]["taskList"] == {"name": "dl"}
    assert "DecisionTaskTimedOut" not in kinds(region.history())


def test_a_list_without_a_time_is_for_good(region: Region) -> None:
    region.start()
    region.decide(taskList={"name": "s"})
    region.signal()
    region.advance(900)

    assert last(region.history(), "DecisionTaskScheduled") == {
        "taskList": {"name": "s"},
        "scheduleToStartTimeout": "NONE",
        "startToCloseTimeout": "100",
    }
    region.decide(task_list="s")
    region.signal()
    assert region.poll("s")


def test_a_sticky_decider_that_falls_silent_loses_the_list(region: Region) -> None:
    region.start()
    region.decide(taskList={"name": "s"}, taskListScheduleToStartTimeout="5")
    region.signal()
    region.poll("s")
    region.advance(100)

    assert last(region.history(), "DecisionTaskTimedOut")["timeoutType"] == "START_TO_CLOSE"
    assert last(region.history(), "DecisionTaskScheduled")["taskList"] == {"name": "dl"}
    assert region.poll()


def test_a_task_behind_keeps_its_list(region: Region) -> None:
    region.start()
    task = region.poll()
    region.signal()
    region.answer(task, taskList={"name": "s"}, taskListScheduleToStartTimeout="5")
    region.decide()
    region.signal()

    assert last(region.history(), "DecisionTaskScheduled")["taskList"] == {"name": "s"}


def test_a_time_without_a_list_is_refused(region: Region) -> None:
    region.start()
    task = region.poll()

    with refused("ValidationException"):
        region.answer(task, taskListScheduleToStartTimeout="5")
    region.answer(task)
