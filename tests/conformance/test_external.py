"""What executions ask of one another: signals and cancellations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import attributes, cancel_other, complete, kinds, last, signal_other

if TYPE_CHECKING:
    from conformance.region import Region

TARGET: dict[str, Any] = {"taskList": {"name": "tl"}}


@pytest.mark.edge(85)
def test_a_signal_reaches_an_open_run(region: Region) -> None:
    source, target = region.start(), region.start("x", **TARGET)
    region.decide(task_list="tl")
    region.decide(signal_other("x"))

    events = region.history()
    assert kinds(events, 5) == [
        "SignalExternalWorkflowExecutionInitiated",
        "ExternalWorkflowExecutionSignaled",
        "DecisionTaskScheduled",
    ]
    assert attributes(events[4]) == {
        "workflowId": "x",
        "signalName": "s",
        "input": "i",
        "control": "k",
        "decisionTaskCompletedEventId": 4,
    }
    assert attributes(events[5]) == {
        "initiatedEventId": 5,
        "workflowExecution": {"workflowId": "x", "runId": target},
    }
    assert kinds(region.history("x"), 5) == ["WorkflowExecutionSignaled", "DecisionTaskScheduled"]
    assert last(region.history("x"), "WorkflowExecutionSignaled") == {
        "signalName": "s",
        "input": "i",
        "externalInitiatedEventId": 5,
        "externalWorkflowExecution": {"workflowId": "w", "runId": source},
    }


@pytest.mark.edge(86)
def test_a_signal_to_nothing_fails(region: Region) -> None:
    closed = region.start("x", **TARGET)
    region.decide(complete(), task_list="tl")
    region.start()
    region.decide(signal_other("nope"), signal_other("x", runId=closed))

    events = region.history()
    assert kinds(events, 5) == [
        "SignalExternalWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionFailed",
        "DecisionTaskScheduled",
        "SignalExternalWorkflowExecutionFailed",
    ]
    failed = {
        "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
        "control": "k",
        "decisionTaskCompletedEventId": 4,
    }
    assert attributes(events[6]) == failed | {"workflowId": "nope", "initiatedEventId": 5}
    assert attributes(events[8]) == failed | {"workflowId": "x", "runId": closed, "initiatedEventId": 6}


def test_a_run_that_is_named_must_be_the_open_one(region: Region) -> None:
    target = region.start("x", **TARGET)
    region.start()
    region.decide(
        signal_other("x", runId=target), signal_other("x", runId="another"), signal_other("x", runId="")
    )

    assert attributes(region.history()[4])["runId"] == target
    assert kinds(region.history("x"), 3) == ["WorkflowExecutionSignaled"] * 2
    failed = last(region.history(), "SignalExternalWorkflowExecutionFailed")
    assert (failed["runId"], failed["initiatedEventId"]) == ("another", 6)


def test_an_execution_may_signal_itself(region: Region) -> None:
    run_id = region.start()
    region.decide(signal_other("w"))

    assert sorted(kinds(region.history(), 6)) == [
        "DecisionTaskScheduled",
        "ExternalWorkflowExecutionSignaled",
        "WorkflowExecutionSignaled",
    ]
    signaled = last(region.history(), "WorkflowExecutionSignaled")
    assert signaled["externalWorkflowExecution"] == {"workflowId": "w", "runId": run_id}


def test_a_signal_does_not_leave_its_domain(region: Region) -> None:
    region.inside.register_domain(name="e", workflowExecutionRetentionPeriodInDays="1")
    region.start("x", **TARGET)
    region.client.register_workflow_type(
        domain="e",
        name="W",
        version="1",
        defaultTaskList={"name": "dl"},
        defaultExecutionStartToCloseTimeout="9",
        defaultTaskStartToCloseTimeout="9",
        defaultChildPolicy="ABANDON",
    )
    region.start(domain="e")
    task = region.client.poll_for_decision_task(domain="e", taskList={"name": "dl"})
    region.answer(task, signal_other("x"))

    assert kinds(region.history("x"), 3) == []


def test_what_was_asked_is_done_although_the_source_closes(region: Region) -> None:
    region.start("x", **TARGET)
    region.start()
    region.decide(signal_other("x"), cancel_other("x"), complete())

    assert kinds(region.history(), 5) == [
        "SignalExternalWorkflowExecutionInitiated",
        "RequestCancelExternalWorkflowExecutionInitiated",
        "WorkflowExecutionCompleted",
    ]
    assert kinds(region.history("x"), 3) == ["WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested"]


def test_a_cancellation_reaches_an_open_run(region: Region) -> None:
    source, target = region.start(), region.start("x", **TARGET)
    region.decide(cancel_other("x", runId=target))

    events = region.history()
    assert kinds(events, 5) == [
        "RequestCancelExternalWorkflowExecutionInitiated",
        "ExternalWorkflowExecutionCancelRequested",
        "DecisionTaskScheduled",
    ]
    assert attributes(events[4]) == {
        "workflowId": "x",
        "runId": target,
        "control": "k",
        "decisionTaskCompletedEventId": 4,
    }
    assert attributes(events[5]) == {
        "initiatedEventId": 5,
        "workflowExecution": {"workflowId": "x", "runId": target},
    }
    assert last(region.history("x"), "WorkflowExecutionCancelRequested") == {
        "externalInitiatedEventId": 5,
        "externalWorkflowExecution": {"workflowId": "w", "runId": source},
    }
    assert region.info("x")["cancelRequested"] is True


def test_a_cancellation_of_nothing_fails(region: Region) -> None:
    region.start()
    region.decide(cancel_other("nope"), cancel_other("gone", runId="r"))

    events = region.history()
    assert kinds(events, 7) == [
        "RequestCancelExternalWorkflowExecutionFailed",
        "DecisionTaskScheduled",
        "RequestCancelExternalWorkflowExecutionFailed",
    ]
    assert attributes(events[6]) == {
        "workflowId": "nope",
        "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
        "control": "k",
        "initiatedEventId": 5,
        "decisionTaskCompletedEventId": 4,
    }
    assert attributes(events[8])["runId"] == "r"


def test_outcomes_follow_the_order_of_the_decisions(region: Region) -> None:
    region.start("x", **TARGET)
    region.start()
    region.decide(cancel_other("x"), signal_other("nope"), signal_other("x"))

    assert kinds(region.history(), 8) == [
        "ExternalWorkflowExecutionCancelRequested",
        "DecisionTaskScheduled",
        "SignalExternalWorkflowExecutionFailed",
        "ExternalWorkflowExecutionSignaled",
    ]
