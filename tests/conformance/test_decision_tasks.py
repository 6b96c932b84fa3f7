"""When decision tasks are scheduled, and what polls answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.words import (
    attributes,
    kinds,
    refused,
    timer,
)

if TYPE_CHECKING:
    from conformance.region import Region


# Polls


@pytest.mark.edge(27)
def test_a_poll_that_finds_nothing_says_so(region: Region) -> None:
    answer = region.client.poll_for_decision_task(domain="d", taskList={"name": "nobody's"})

    assert answer.pop("taskToken", "") == ""
    assert answer == {"previousStartedEventId": 0, "startedEventId": 0}
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.client.poll_for_decision_task(domain="nope", taskList={"name": "dl"})


@pytest.mark.edge(28)
def test_tasks_name_the_one_before(region: Region) -> None:
    run_id = region.start()
    first = region.decide(timer(seconds="5"))
    region.advance(5)
    second = region.poll(identity="me")

    assert first.keys() == {
        "taskToken",
        "startedEventId",
        "previousStartedEventId",
        "workflowExecution",
        "workflowType",
        "events",
    }
    assert (first["startedEventId"], first["previousStartedEventId"]) == (3, 0)
    assert [event["eventId"] for event in first["events"]] == [1, 2, 3]
    assert first["workflowExecution"] == {"workflowId": "w", "runId": run_id}
    assert first["workflowType"] == {"name": "W", "version": "1"}
    assert attributes(first["events"][-1]) == {"scheduledEventId": 2}
    assert second["previousStartedEventId"] == 3
    assert attributes(second["events"][-1]) == {"scheduledEventId": 7, "identity": "me"}


def test_a_task_shows_nothing_that_came_after_its_start(region: Region) -> None:
    region.start()
    task = region.poll(maximumPageSize=2)
    region.signal()

    rest = region.client.poll_for_decision_task(
        domain="d", taskList={"name": "dl"}, nextPageToken=task["nextPageToken"]
    )
    assert [event["eventId"] for event in task["events"] + rest["events"]] == [1, 2, 3]


def test_lists_are_apart(region: Region) -> None:
    region.start("w", taskList={"name": "one"})
    region.start("x", taskList={"name": "two"})

    assert region.nothing_to_decide("dl")
    assert region.nothing_to_do("one")
    assert region.poll("two")["workflowExecution"]["workflowId"] == "x"
    assert region.nothing_to_decide("two")
    assert region.poll("one")["workflowExecution"]["workflowId"] == "w"


def test_domains_are_apart(region: Region) -> None:
    region.inside.register_domain(name="e", workflowExecutionRetentionPeriodInDays="1")
    region.start()

    assert "taskToken" not in region.client.poll_for_decision_task(domain="e", taskList={"name": "dl"})
    assert region.poll()


def test_decisions_go_by_priority_and_then_by_age(region: Region) -> None:
    for workflow_id, given in (
        ("low", {"taskPriority": "-1"}),
        ("plain", {}),
        ("high", {"taskPriority": "2147483647"}),
        ("zero", {"taskPriority": "0"}),
        ("later", {}),
    ):
        region.start(workflow_id, **given)
        region.advance(1)

    order = [region.poll()["workflowExecution"]["workflowId"] for _ in range(5)]

    assert order == ["high", "plain", "zero", "later", "low"]


# Scheduling


@pytest.mark.edge(29)
def test_a_signal_during_a_decision_schedules_the_next_at_once(region: Region) -> None:
    region.start()
    task = region.poll()
    region.signal()
    region.answer(task)

    assert kinds(region.history(), 3) == [
        "DecisionTaskStarted",
        "WorkflowExecutionSignaled",
        "DecisionTaskScheduled",
        "DecisionTaskCompleted",
    ]
    assert attributes(region.history()[5]) == {"scheduledEventId": 2, "startedEventId": 3}
    assert attributes(region.poll()["events"][-1])["scheduledEventId"] == 5


@pytest.mark.edge(30)
def test_signals_during_a_decision_schedule_one_together(region: Region) -> None:
    region.start()
    region.poll()
    for _ in range(3):
        region.signal()

    assert kinds(region.history(), 4) == [
        "WorkflowExecutionSignaled",
        "DecisionTaskScheduled",
        "WorkflowExecutionSignaled",
        "WorkflowExecutionSignaled",
    ]
    assert region.counts()["openDecisionTasks"] == 1


@pytest.mark.edge(31)
def test_signals_before_a_decision_schedule_none(region: Region) -> None:
    region.start()
    region.signal()
    region.request_cancel()

    assert kinds(region.history(), 3) == ["WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested"]
    assert kinds(region.poll()["events"])[-1] == "DecisionTaskStarted"


@pytest.mark.edge(32)
def test_a_task_behind_is_held_back(region: Region) -> None:
    region.start()
    task = region.poll()
    region.signal()

    assert region.nothing_to_decide()
    region.answer(task)
    assert region.poll()["startedEventId"] == 7


@pytest.mark.edge(33)
def test_no_decisions_leave_an_execution_idle(region: Region) -> None:
    region.start("given")
    region.decide()
    region.start("absent")
    region.client.respond_decision_task_completed(taskToken=region.poll()["taskToken"])

    assert kinds(region.history("given"), 4) == ["DecisionTaskCompleted"]
    assert attributes(region.history("given")[3]) == {"scheduledEventId": 2, "startedEventId": 3}
    assert kinds(region.history("absent"), 4) == ["DecisionTaskCompleted"]
    assert region.counts("given")["openDecisionTasks"] == 0
    assert region.nothing_to_decide()
