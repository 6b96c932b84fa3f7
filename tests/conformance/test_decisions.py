"""Answers to decision tasks: those that close, those that are refused, and what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import (
    activity,
    attributes,
    cancel,
    cancel_other,
    child,
    complete,
    continue_as_new,
    decision,
    fail,
    function,
    kinds,
    last,
    marker,
    refused,
    signal_other,
    timer,
)

if TYPE_CHECKING:
    from conformance.region import Region

CLOSE_LAST = "Close must be last decision in list"


# Closing decisions


@pytest.mark.edge(34)
@pytest.mark.parametrize(
    ("closing", "failure"),
    [
        (complete(), "CompleteWorkflowExecutionFailed"),
        (fail(), "FailWorkflowExecutionFailed"),
        (cancel(), "CancelWorkflowExecutionFailed"),
        (continue_as_new(), "ContinueAsNewWorkflowExecutionFailed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.edge(90)
def test_nothing_closes_while_a_task_is_behind(region: Region, closing: dict[str, Any], failure: str) -> None:
    region.start()
    task = region.poll()
    region.signal()
    region.answer(task, closing)

    assert kinds(region.history(), 6) == ["DecisionTaskCompleted", failure]
    assert last(region.history(), failure) == {
        "cause": "UNHANDLED_DECISION",
        "decisionTaskCompletedEventId": 6,
    }
    assert attributes(region.poll()["events"][-1])["scheduledEventId"] == 5


@pytest.mark.edge(35)
def test_what_is_open_does_not_prevent_a_close(region: Region) -> None:
    region.start()
    region.decide(activity(), timer(), child(taskList={"name": "cl"}))
    region.decide(complete("r"))

    assert kinds(region.history())[-1] == "WorkflowExecutionCompleted"
    assert region.counts() == {
        "openActivityTasks": 1,
        "openTimers": 1,
        "openChildWorkflowExecutions": 1,
        "openLambdaFunctions": 0,
        "openDecisionTasks": 0,
    }


@pytest.mark.edge(36)
def test_what_came_before_an_unhandled_close_stands(region: Region) -> None:
    region.start()
    task = region.poll()
    region.signal()
    region.answer(task, marker(), complete())

    assert kinds(region.history(), 6) == [
        "DecisionTaskCompleted",
        "MarkerRecorded",
        "CompleteWorkflowExecutionFailed",
    ]


def test_a_failed_decision_does_not_prevent_a_close(region: Region) -> None:
    region.start()
    region.decide(activity(version="nope"), complete())

    assert kinds(region.history(), 5) == ["ScheduleActivityTaskFailed", "WorkflowExecutionCompleted"]


@pytest.mark.edge(37)
@pytest.mark.parametrize("closing", [complete(), fail(), cancel(), continue_as_new()], ids=str)
def test_a_close_comes_last(region: Region, closing: dict[str, Any]) -> None:
    region.start()
    task = region.poll()

    with refused("ValidationException", CLOSE_LAST):
        region.answer(task, closing, marker())
    with refused("ValidationException", CLOSE_LAST):
        region.answer(task, closing, complete())
    assert kinds(region.history(), 4) == []
    region.answer(task, marker(), closing)
    assert kinds(region.history("w", task["workflowExecution"]["runId"]), 5)[0] == "MarkerRecorded"


def test_closes_say_how(region: Region) -> None:
    for workflow_id, closing in (
        ("completed", complete("r")),
        ("failed", fail("r", "d")),
        ("canceled", cancel("d")),
        ("bare", fail()),
    ):
        region.start(workflow_id)
        region.decide(closing)

    task = {"decisionTaskCompletedEventId": 4}
    assert attributes(region.history("completed")[-1]) == task | {"result": "r"}
    assert attributes(region.history("failed")[-1]) == task | {"reason": "r", "details": "d"}
    assert attributes(region.history("canceled")[-1]) == task | {"details": "d"}
    assert attributes(region.history("bare")[-1]) == task
    statuses = [region.info(name)["closeStatus"] for name in ("completed", "failed", "canceled", "bare")]
    assert statuses == ["COMPLETED", "FAILED", "CANCELED", "FAILED"]
    assert region.info("completed")["closeTimestamp"].timestamp() == region.now()


# Refused answers


@pytest.mark.edge(38)
def test_what_a_decision_lacks_is_named_with_its_place(region: Region) -> None:
    region.start()
    task = region.poll()

    with refused(
        "ValidationException",
        "1 validation error detected: "
        "Value null at 'decisions.1.member.recordMarkerDecisionAttributes.markerName' "
        "failed to satisfy constraint: Member must not be null",
    ):
        region.answer(task, decision("RecordMarker", details="d"))
    region.answer(task, marker())


def test_attributes_of_another_type_are_looked_at_too(region: Region) -> None:
    region.start()
    task = region.poll()
    stray = marker() | {"startTimerDecisionAttributes": {"timerId": "t"}}

    with refused(
        "ValidationException",
        "1 validation error detected: "
        "Value null at 'decisions.2.member.startTimerDecisionAttributes.startToFireTimeout' "
        "failed to satisfy constraint: Member must not be null",
    ):
        region.answer(task, marker(), stray)
    region.answer(task)


def test_a_decision_without_the_attributes_of_its_type_is_refused(region: Region) -> None:
    region.start()
    task = region.poll()

    with refused("ValidationException"):
        region.answer(task, {"decisionType": "StartTimer"})
    with refused("ValidationException"):
        region.answer(task, marker() | {"decisionType": "StartTimer"})
    with refused("ValidationException"):
        region.answer(task, marker() | {"decisionType": "Bogus"})
    assert kinds(region.history(), 4) == []
    region.answer(task)


def test_a_decision_of_no_known_type_lists_those_there_are(region: Region) -> None:
    region.start()
    task = region.poll()

    with refused(
        "ValidationException",
        "1 validation error detected: Value 'Bogus' at 'decisions.1.member.decisionType' failed to satisfy "
        "constraint: Member must satisfy enum value set: [CompleteWorkflowExecution, StartTimer, "
        "RequestCancelExternalWorkflowExecution, SignalExternalWorkflowExecution, CancelTimer, RecordMarker, "
        "ScheduleActivityTask, ContinueAsNewWorkflowExecution, ScheduleLambdaFunction, "
        "FailWorkflowExecution, RequestCancelActivityTask, StartChildWorkflowExecution, "
        "CancelWorkflowExecution]",
    ):
        region.answer(task, {"decisionType": "Bogus"})


@pytest.mark.edge(39)
def test_a_task_is_answered_once(region: Region) -> None:
    region.start()
    task = region.decide()

    with refused("UnknownResourceFault", "Unknown decision task, scheduledEventId = 2"):
        region.answer(task)


@pytest.mark.edge(40)
@pytest.mark.parametrize("token", ["garbage", "AAAA", "x" * 1024, "ünïcode", "e30="])
def test_a_token_that_is_none(region: Region, token: str) -> None:
    with refused("ValidationException", "Invalid token"):
        region.client.respond_decision_task_completed(taskToken=token)
    with refused("ValidationException", "Invalid token"):
        region.client.respond_activity_task_completed(taskToken=token)
    with refused("ValidationException", "Invalid token"):
        region.client.respond_activity_task_failed(taskToken=token)
    with refused("ValidationException", "Invalid token"):
        region.client.respond_activity_task_canceled(taskToken=token)
    with refused("ValidationException", "Invalid token"):
        region.client.record_activity_task_heartbeat(taskToken=token)


def test_the_longest_ids_fit_into_tokens(region: Region) -> None:
    workflow_id = "\N{GRINNING FACE}" * 256
    run_id = region.start(workflow_id)
    task = region.poll(maximumPageSize=1)
    region.client.poll_for_decision_task(
        domain="d", taskList={"name": "dl"}, nextPageToken=task["nextPageToken"]
    )
    region.answer(task, activity())
    work = region.work()
    region.terminate(workflow_id)

    assert len(task["taskToken"]) <= 1024
    assert len(work["taskToken"]) <= 1024
    message = f"Unknown execution: WorkflowExecution=[workflowId={workflow_id}, runId={run_id}]"
    with refused("UnknownResourceFault", message):
        region.done(work)
    with refused("UnknownResourceFault", message):
        region.answer(task)


def test_tokens_of_the_other_kind_and_bent_ones_are_none(region: Region) -> None:
    region.start()
    decided = region.decide(activity())
    region.signal()
    task, work = region.poll(), region.work()
    bent = task["taskToken"][:-3] + "".join("A" if c != "A" else "B" for c in task["taskToken"][-3:])

    with refused("ValidationException", "Invalid token"):
        region.client.respond_activity_task_completed(taskToken=task["taskToken"])
    with refused("ValidationException", "Invalid token"):
        region.client.respond_decision_task_completed(taskToken=work["taskToken"])
    with refused("ValidationException", "Invalid token"):
        region.client.respond_decision_task_completed(taskToken=bent)
    assert len(task["taskToken"]) <= 1024
    assert decided["taskToken"] != task["taskToken"]


# Context


@pytest.mark.edge(42)
def test_the_context_stays_until_another_is_given(region: Region) -> None:
    region.start()
    assert "latestExecutionContext" not in region.describe()
    region.decide(executionContext="x")
    region.signal()
    region.decide()
    kept = region.describe()["latestExecutionContext"]
    region.signal()
    region.decide(executionContext="")

    assert kept == "x"
    assert region.describe()["latestExecutionContext"] == ""
    contexts = [
        attributes(event).get("executionContext")
        for event in region.history()
        if event["eventType"] == "DecisionTaskCompleted"
    ]
    assert contexts == ["x", None, ""]


@pytest.mark.parametrize(
    "wrong",
    [
        activity("a:b"),
        activity("arn"),
        activity(taskList={"name": "al "}),
        activity(activityType={"name": " A", "version": "1"}),
        activity(startToCloseTimeout="x"),
        activity(heartbeatTimeout="-1"),
        activity(taskPriority="high"),
        timer("a/b"),
        marker("a|b"),
        signal_other("w", signalName="a\u0007b"),
        signal_other("a:b"),
        cancel_other("a:b"),
        child("a:b"),
        child(executionStartToCloseTimeout="NONE"),
        child(executionStartToCloseTimeout="31536001"),
        child(taskPriority="2147483648"),
        continue_as_new(executionStartToCloseTimeout="NONE"),
        continue_as_new(taskStartToCloseTimeout="soon"),
        function("a:b"),
    ],
    ids=str,
)
def test_values_of_a_decision_are_looked_at(region: Region, wrong: dict[str, Any]) -> None:
    region.start()
    task = region.poll()

    with refused("ValidationException"):
        region.answer(task, marker("fine"), wrong)
    assert kinds(region.history(), 4) == []
    region.answer(task)
