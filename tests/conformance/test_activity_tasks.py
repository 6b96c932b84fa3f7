"""Activity tasks: scheduled, handed out, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import (
    ACTIVITY,
    activity,
    attributes,
    kinds,
    last,
    refused,
)

if TYPE_CHECKING:
    from conformance.region import Region

NEVER = {
    "scheduleToStartTimeout": "NONE",
    "scheduleToCloseTimeout": "NONE",
    "startToCloseTimeout": "NONE",
    "heartbeatTimeout": "NONE",
}
ANSWERS = ("completed", "failed", "canceled")


def respond(region: Region, how: str, task: dict[str, Any], **given: Any) -> None:
    getattr(region.client, f"respond_activity_task_{how}")(taskToken=task["taskToken"], **given)


# Scheduling


@pytest.mark.edge(48)
def test_defaults_are_printed(region: Region) -> None:
    region.start()
    region.decide(activity())

    assert last(region.history(), "ActivityTaskScheduled") == NEVER | {
        "activityId": "a",
        "activityType": ACTIVITY,
        "taskList": {"name": "al"},
        "decisionTaskCompletedEventId": 4,
    }


def test_what_a_decision_gives_wins_over_the_type(region: Region) -> None:
    given: dict[str, Any] = {
        "control": "c",
        "input": "i",
        "scheduleToCloseTimeout": "40",
        "taskList": {"name": "own"},
        "taskPriority": "-3",
        "scheduleToStartTimeout": "10",
        "startToCloseTimeout": "30",
        "heartbeatTimeout": "20",
    }
    region.start()
    region.decide(activity(**given))

    assert last(region.history(), "ActivityTaskScheduled") == given | {
        "activityId": "a",
        "activityType": ACTIVITY,
        "decisionTaskCompletedEventId": 4,
    }


def test_what_is_given_empty_is_not_given(region: Region) -> None:
    region.start()
    region.decide(activity(startToCloseTimeout="", heartbeatTimeout=""))

    assert last(region.history(), "ActivityTaskScheduled")["startToCloseTimeout"] == "NONE"


@pytest.mark.edge(49)
def test_a_task_without_timeouts_never_expires(region: Region) -> None:
    region.start(executionStartToCloseTimeout="31536000")
    region.decide(activity(), activity("b"))
    region.work()
    region.advance(31_535_999)

    assert kinds(region.history(), 7) == ["ActivityTaskStarted"]
    assert region.counts()["openActivityTasks"] == 2


@pytest.mark.edge(50)
def test_an_id_names_one_open_task(region: Region) -> None:
    region.start()
    region.decide(activity(), activity())

    assert kinds(region.history(), 5) == [
        "ActivityTaskScheduled",
        "ScheduleActivityTaskFailed",
        "DecisionTaskScheduled",
    ]
    assert last(region.history(), "ScheduleActivityTaskFailed") == {
        "activityId": "a",
        "activityType": ACTIVITY,
        "cause": "ACTIVITY_ID_ALREADY_IN_USE",
        "decisionTaskCompletedEventId": 4,
    }


def test_failures_of_a_batch_schedule_one_decision_at_its_end(region: Region) -> None:
    region.start()
    region.decide(activity(version="x"), activity(), activity(version="y"), activity("b"))

    assert kinds(region.history(), 5) == [
        "ScheduleActivityTaskFailed",
        "ActivityTaskScheduled",
        "ScheduleActivityTaskFailed",
        "ActivityTaskScheduled",
        "DecisionTaskScheduled",
    ]


@pytest.mark.edge(51)
@pytest.mark.parametrize("how", [*ANSWERS, "timed out"])
def test_an_id_is_free_when_its_task_is_closed(region: Region, how: str) -> None:
    region.start()
    region.decide(activity(startToCloseTimeout="9"))
    task = region.work()
    if how == "timed out":
        region.advance(9)
    else:
        respond(region, how, task)
    region.decide(activity())

    assert kinds(region.history())[-1] == "ActivityTaskScheduled"
    assert region.counts()["openActivityTasks"] == 1


@pytest.mark.edge(52)
def test_an_unknown_type_fails(region: Region) -> None:
    region.start()
    region.decide(activity(version="nope"))

    assert kinds(region.history(), 5) == ["ScheduleActivityTaskFailed", "DecisionTaskScheduled"]
    assert last(region.history(), "ScheduleActivityTaskFailed")["cause"] == "ACTIVITY_TYPE_DOES_NOT_EXIST"


def test_a_deprecated_type_fails_and_keeps_what_is_scheduled(region: Region) -> None:
    region.start()
    region.decide(activity())
    region.client.deprecate_activity_type(domain="d", activityType=ACTIVITY)
    region.signal()
    region.decide(activity("a"))

    assert last(region.history(), "ScheduleActivityTaskFailed")["cause"] == "ACTIVITY_TYPE_DEPRECATED"
    assert region.work()["activityId"] == "a"


@pytest.mark.edge(53)
def test_what_neither_type_nor_decision_gives_is_named_in_order(region: Region) -> None:
    region.start()
    given: dict[str, Any] = {}
    for name, value, cause in (
        ("taskList", {"name": "al"}, "DEFAULT_TASK_LIST_UNDEFINED"),
        ("scheduleToStartTimeout", "1", "DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED"),
        ("scheduleToCloseTimeout", "NONE", "DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("startToCloseTimeout", "1", "DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("heartbeatTimeout", "NONE", "DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED"),
    ):
        region.decide(activity(version="bare", **given))
        assert last(region.history(), "ScheduleActivityTaskFailed")["cause"] == cause
        given[name] = value
    region.decide(activity(version="bare", **given))

    assert kinds(region.history())[-1] == "ActivityTaskScheduled"


# Polls


@pytest.mark.edge(66)
def test_tasks_go_by_priority_and_then_by_age(region: Region) -> None:
    region.start()
    region.decide(
        activity("low", taskPriority="-1"),
        activity("plain"),
        activity("high", taskPriority="5"),
        activity("later"),
    )

    assert [region.work()["activityId"] for _ in range(4)] == ["high", "plain", "later", "low"]


def test_priorities_of_types_count_and_those_of_executions_do_not(region: Region) -> None:
    region.client.register_activity_type(domain="d", name="A", version="2", defaultTaskPriority="1")
    region.start(taskPriority="9")
    region.decide(activity("plain"), activity("typed", "2", taskList={"name": "al"}, **NEVER))

    scheduled = [attributes(e) for e in region.history() if e["eventType"] == "ActivityTaskScheduled"]
    assert [entry.get("taskPriority") for entry in scheduled] == [None, "1"]
    assert [region.work()["activityId"] for _ in range(2)] == ["typed", "plain"]


@pytest.mark.edge(67)
def test_a_task_tells_what_is_to_be_done(region: Region) -> None:
    run_id = region.start()
    region.decide(activity("a", input="i"), activity("b", taskList={"name": "other"}))

    task = region.work(identity="me")
    bare = region.work("other")

    token = task.pop("taskToken")
    assert 1 <= len(token) <= 1024
    assert task == {
        "activityId": "a",
        "activityType": ACTIVITY,
        "input": "i",
        "startedEventId": 7,
        "workflowExecution": {"workflowId": "w", "runId": run_id},
    }
    assert "input" not in bare
    assert attributes(region.history()[6]) == {"scheduledEventId": 5, "identity": "me"}
    assert attributes(region.history()[7]) == {"scheduledEventId": 6}


def test_a_poll_that_finds_nothing_says_so(region: Region) -> None:
    answer = region.client.poll_for_activity_task(domain="d", taskList={"name": "nobody's"})

    assert answer.pop("taskToken", "") == ""
    assert answer == {"startedEventId": 0}
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.client.poll_for_activity_task(domain="nope", taskList={"name": "al"})


# Answers


def test_answers_are_recorded_as_given(region: Region) -> None:
    region.start()
    region.decide(*(activity(activity_id) for activity_id in "abcdef"))
    tasks = [region.work() for _ in "abcdef"]
    respond(region, "completed", tasks[0], result="r")
    respond(region, "completed", tasks[1])
    respond(region, "failed", tasks[2], reason="r", details="d")
    respond(region, "failed", tasks[3])
    respond(region, "canceled", tasks[4], details="d")
    respond(region, "canceled", tasks[5], details="")

    closing = [e for e in region.history() if e["eventId"] > 16 and e["eventType"] != "DecisionTaskScheduled"]
    assert kinds(closing) == [
        *["ActivityTaskCompleted"] * 2,
        *["ActivityTaskFailed"] * 2,
        *["ActivityTaskCanceled"] * 2,
    ]
    assert [attributes(event) for event in closing] == [
        {"scheduledEventId": 5, "startedEventId": 11, "result": "r"},
        {"scheduledEventId": 6, "startedEventId": 12},
        {"scheduledEventId": 7, "startedEventId": 13, "reason": "r", "details": "d"},
        {"scheduledEventId": 8, "startedEventId": 14},
        {"scheduledEventId": 9, "startedEventId": 15, "details": "d"},
        {"scheduledEventId": 10, "startedEventId": 16, "details": ""},
    ]


@pytest.mark.parametrize("how", ANSWERS)
def test_a_task_is_answered_once(region: Region, how: str) -> None:
    region.start()
    region.decide(activity())
    task = region.work()
    respond(region, how, task)

    for again in ANSWERS:
        with refused("UnknownResourceFault", "Unknown activity, scheduledEventId = 5"):
            respond(region, again, task)
    with refused("UnknownResourceFault", "Unknown activity, scheduledEventId = 5"):
        region.beat(task)


@pytest.mark.edge(65)
def test_answers_between_decisions_schedule_one_together(region: Region) -> None:
    region.start()
    region.decide(activity("a"), activity("b"))
    first, second = region.work(), region.work()
    region.done(first)
    region.done(second)

    assert kinds(region.history(), 9) == [
        "ActivityTaskCompleted",
        "DecisionTaskScheduled",
        "ActivityTaskCompleted",
    ]
