"""Activity tasks that time out, and those that are canceled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import (
    activity,
    attributes,
    cancel_activity,
    complete,
    kinds,
    last,
    refused,
    seconds,
)

if TYPE_CHECKING:
    from conformance.region import Region

ANSWERS = ("completed", "failed", "canceled")


def respond(region: Region, how: str, task: dict[str, Any], **given: Any) -> None:
    getattr(region.client, f"respond_activity_task_{how}")(taskToken=task["taskToken"], **given)


# Timeouts


@pytest.mark.edge(54)
def test_a_task_that_nobody_takes(region: Region) -> None:
    region.start()
    region.decide(activity(scheduleToStartTimeout="1"))
    region.advance(1)

    events = region.history()
    assert kinds(events, 6) == ["ActivityTaskTimedOut", "DecisionTaskScheduled"]
    assert attributes(events[5]) == {
        "timeoutType": "SCHEDULE_TO_START",
        "scheduledEventId": 5,
        "startedEventId": 0,
    }
    assert seconds(events[5]) == seconds(events[6])
    assert region.nothing_to_do()


@pytest.mark.edge(55)
def test_a_task_that_falls_silent(region: Region) -> None:
    region.start()
    region.decide(activity(heartbeatTimeout="1"))
    task = region.work()
    region.advance(0.9)
    assert region.beat(task, "50%") is False
    region.advance(0.9)
    assert region.beat(task) is False
    region.advance(0.9)
    assert kinds(region.history(), 7) == []
    region.advance(0.2)

    assert last(region.history(), "ActivityTaskTimedOut") == {
        "timeoutType": "HEARTBEAT",
        "scheduledEventId": 5,
        "startedEventId": 6,
        "details": "50%",
    }


@pytest.mark.edge(56)
def test_heartbeats_do_not_lengthen_a_task(region: Region) -> None:
    region.start()
    region.decide(activity(startToCloseTimeout="2", heartbeatTimeout="1"))
    task = region.work()
    for _ in range(3):
        region.advance(0.6)
        region.beat(task, "on")
    region.advance(0.3)

    assert last(region.history(), "ActivityTaskTimedOut") == {
        "timeoutType": "START_TO_CLOSE",
        "scheduledEventId": 5,
        "startedEventId": 6,
        "details": "on",
    }


@pytest.mark.edge(57)
def test_schedule_to_close_counts_from_the_schedule(region: Region) -> None:
    region.start()
    region.decide(activity(scheduleToCloseTimeout="2"), activity("b", scheduleToCloseTimeout="2"))
    region.advance(1.5)
    region.work()
    region.advance(0.4)
    assert kinds(region.history(), 8) == []
    region.advance(0.2)

    ends = [attributes(e) for e in region.history() if e["eventType"] == "ActivityTaskTimedOut"]
    assert sorted(ends, key=lambda end: str(end["scheduledEventId"])) == [
        {"timeoutType": "SCHEDULE_TO_CLOSE", "scheduledEventId": 5, "startedEventId": 7},
        {"timeoutType": "SCHEDULE_TO_CLOSE", "scheduledEventId": 6, "startedEventId": 0},
    ]


def test_ties_go_to_the_narrower_cause(region: Region) -> None:
    both = {"startToCloseTimeout": "5", "heartbeatTimeout": "5", "scheduleToCloseTimeout": "5"}
    region.start()
    region.decide(
        activity("started", **both), activity("b", startToCloseTimeout="5", scheduleToCloseTimeout="5")
    )
    region.work()
    region.work()
    region.signal()
    region.decide(activity("idle", scheduleToStartTimeout="5", scheduleToCloseTimeout="5"))
    region.advance(5)

    ends = {
        attributes(e)["scheduledEventId"]: attributes(e)["timeoutType"]
        for e in region.history()
        if e["eventType"] == "ActivityTaskTimedOut"
    }
    assert ends == {5: "HEARTBEAT", 6: "START_TO_CLOSE", 13: "SCHEDULE_TO_START"}


def test_no_time_at_all_expires_at_once(region: Region) -> None:
    region.start()
    region.decide(activity(scheduleToStartTimeout="0"))

    assert kinds(region.history(), 5) == [
        "ActivityTaskScheduled",
        "ActivityTaskTimedOut",
        "DecisionTaskScheduled",
    ]


@pytest.mark.edge(58)
def test_an_answer_after_the_timeout_is_refused(region: Region) -> None:
    region.start()
    region.decide(activity(startToCloseTimeout="1"))
    task = region.work()
    region.advance(1)

    with refused("UnknownResourceFault", "Unknown activity, scheduledEventId = 5"):
        region.done(task)
    with refused("UnknownResourceFault", "Unknown activity, scheduledEventId = 5"):
        region.beat(task)


@pytest.mark.edge(59)
def test_an_answer_after_the_execution_is_refused(region: Region) -> None:
    run_id = region.start()
    region.decide(activity())
    task = region.work()
    region.terminate()
    message = f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run_id}]"

    with refused("UnknownResourceFault", message):
        region.beat(task)
    for how in ANSWERS:
        with refused("UnknownResourceFault", message):
            respond(region, how, task)


def test_heartbeats_leave_no_event(region: Region) -> None:
    region.start()
    region.decide(activity())
    task = region.work()
    before = region.history()
    region.beat(task, "on")

    assert region.history() == before


@pytest.mark.edge(68)
def test_the_time_of_the_latest_activity_event(region: Region) -> None:
    region.start()
    assert "latestActivityTaskTimestamp" not in region.describe()
    region.decide(activity())

    def latest() -> float:
        at: float = region.describe()["latestActivityTaskTimestamp"].timestamp()
        return at

    assert latest() == region.now()
    region.advance(2)
    task = region.work()
    assert latest() == seconds(region.history()[-1]) == region.now()
    region.advance(2)
    region.done(task)
    assert latest() == region.now()


# Cancellation


@pytest.mark.edge(60)
def test_a_task_not_taken_is_canceled_at_once(region: Region) -> None:
    region.start()
    region.decide(activity())
    region.signal()
    region.decide(cancel_activity())

    assert kinds(region.history(), 9) == [
        "DecisionTaskCompleted",
        "ActivityTaskCancelRequested",
        "ActivityTaskCanceled",
        "DecisionTaskScheduled",
    ]
    assert attributes(region.history()[9]) == {"activityId": "a", "decisionTaskCompletedEventId": 9}
    assert attributes(region.history()[10]) == {
        "scheduledEventId": 5,
        "startedEventId": 0,
        "latestCancelRequestedEventId": 10,
    }
    assert region.nothing_to_do()


@pytest.mark.edge(61)
def test_a_close_in_the_same_batch_silences_the_cancellation(region: Region) -> None:
    region.start()
    region.decide(activity())
    region.signal()
    region.decide(cancel_activity(), complete())

    assert kinds(region.history(), 9) == [
        "DecisionTaskCompleted",
        "ActivityTaskCancelRequested",
        "WorkflowExecutionCompleted",
    ]
    assert region.nothing_to_do()


def test_a_task_scheduled_and_canceled_in_one_batch(region: Region) -> None:
    region.start()
    region.decide(activity(), cancel_activity())

    assert kinds(region.history(), 5) == [
        "ActivityTaskScheduled",
        "ActivityTaskCancelRequested",
        "ActivityTaskCanceled",
        "DecisionTaskScheduled",
    ]


@pytest.mark.edge(62)
def test_a_worker_hears_of_the_cancellation_by_its_heartbeat(region: Region) -> None:
    region.start()
    region.decide(activity())
    task = region.work()
    before = region.beat(task)
    for _ in range(2):
        region.signal()
        region.decide(cancel_activity())
    newest = region.history()[-1]["eventId"]
    heard = region.beat(task)
    respond(region, "canceled", task, details="d")

    assert (before, heard) == (False, True)
    assert kinds(region.history()).count("ActivityTaskCancelRequested") == 2
    assert last(region.history(), "ActivityTaskCanceled") == {
        "scheduledEventId": 5,
        "startedEventId": 6,
        "latestCancelRequestedEventId": newest,
        "details": "d",
    }


def test_a_worker_may_complete_what_was_to_be_canceled(region: Region) -> None:
    region.start()
    region.decide(activity())
    task = region.work()
    region.signal()
    region.decide(cancel_activity())
    region.done(task, "all the same")

    assert last(region.history(), "ActivityTaskCompleted")["result"] == "all the same"


@pytest.mark.edge(63)
def test_a_worker_may_cancel_unasked(region: Region) -> None:
    region.start()
    region.decide(activity())
    respond(region, "canceled", region.work())

    assert last(region.history(), "ActivityTaskCanceled") == {"scheduledEventId": 5, "startedEventId": 6}


@pytest.mark.edge(64)
def test_a_task_that_is_not_open_cannot_be_canceled(region: Region) -> None:
    region.start()
    region.decide(activity())
    region.done(region.work())
    region.decide(cancel_activity("nope"), cancel_activity("a"))

    assert kinds(region.history(), 11) == [
        "RequestCancelActivityTaskFailed",
        "RequestCancelActivityTaskFailed",
        "DecisionTaskScheduled",
    ]
    assert attributes(region.history()[10]) == {
        "activityId": "nope",
        "cause": "ACTIVITY_ID_UNKNOWN",
        "decisionTaskCompletedEventId": 10,
    }
