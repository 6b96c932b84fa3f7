"""Executions that go on as another run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import (
    WORKFLOW,
    activity,
    attributes,
    complete,
    continue_as_new,
    kinds,
    last,
    signal_other,
    timer,
)

if TYPE_CHECKING:
    from conformance.region import Region

FAILED = "ContinueAsNewWorkflowExecutionFailed"


@pytest.mark.edge(88)
def test_the_next_run_starts_in_the_same_transaction(region: Region) -> None:
    old = region.start(tagList=["t"], input="i")
    region.advance(3)
    region.decide(continue_as_new())

    new = region.execution()["runId"]
    started, scheduled = region.history("w", new)
    assert last(region.history("w", old), "WorkflowExecutionContinuedAsNew") == {
        "newExecutionRunId": new,
        "workflowType": WORKFLOW,
        "taskList": {"name": "dl"},
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "1000",
        "taskStartToCloseTimeout": "100",
        "decisionTaskCompletedEventId": 4,
    }
    assert region.info("w", old)["closeStatus"] == "CONTINUED_AS_NEW"
    assert (started["eventId"], scheduled["eventId"]) == (1, 2)
    assert attributes(started) == {
        "continuedExecutionRunId": old,
        "parentInitiatedEventId": 0,
        "workflowType": WORKFLOW,
        "taskList": {"name": "dl"},
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "1000",
        "taskStartToCloseTimeout": "100",
    }
    assert started["eventTimestamp"] == region.info("w", old)["closeTimestamp"]


def test_the_next_run_gets_what_the_decision_gives(region: Region) -> None:
    region.client.register_workflow_type(domain="d", name="W", version="2")
    given: dict[str, Any] = {
        "input": "i",
        "executionStartToCloseTimeout": "50",
        "taskList": {"name": "own"},
        "taskPriority": "5",
        "taskStartToCloseTimeout": "5",
        "childPolicy": "ABANDON",
        "tagList": ["t"],
        "lambdaRole": "role",
    }
    old = region.start()
    region.decide(continue_as_new(workflowTypeVersion="2", **given))

    new = region.execution()["runId"]
    task = {"workflowType": {"name": "W", "version": "2"}}
    assert last(region.history("w", old), "WorkflowExecutionContinuedAsNew") == given | task | {
        "newExecutionRunId": new,
        "decisionTaskCompletedEventId": 4,
    }
    assert last(region.history(), "WorkflowExecutionStarted") == given | task | {
        "continuedExecutionRunId": old,
        "parentInitiatedEventId": 0,
    }
    assert region.poll("own")["workflowExecution"]["runId"] == new


@pytest.mark.edge(89)
def test_values_come_from_the_type_and_not_from_the_run(region: Region) -> None:
    given: dict[str, Any] = {
        "executionStartToCloseTimeout": "50",
        "taskList": {"name": "dl"},
        "taskStartToCloseTimeout": "5",
        "childPolicy": "ABANDON",
    }
    region.start(version="bare", **given)
    known: dict[str, Any] = {}
    for name, cause in (
        ("executionStartToCloseTimeout", "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("taskList", "DEFAULT_TASK_LIST_UNDEFINED"),
        ("taskStartToCloseTimeout", "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("childPolicy", "DEFAULT_CHILD_POLICY_UNDEFINED"),
    ):
        task = region.decide(continue_as_new(**known))
        assert kinds(region.history())[-2:] == [FAILED, "DecisionTaskScheduled"]
        assert last(region.history(), FAILED) == {
            "cause": cause,
            "decisionTaskCompletedEventId": task["startedEventId"] + 1,
        }
        known[name] = given[name]
    region.decide(continue_as_new(**known))

    assert len(region.runs()) == 2


def test_a_version_that_there_is_not_or_not_any_more(region: Region) -> None:
    region.start()
    region.decide(continue_as_new(workflowTypeVersion="nope"))
    unknown = last(region.history(), FAILED)["cause"]
    region.client.deprecate_workflow_type(domain="d", workflowType=WORKFLOW)
    region.decide(continue_as_new())

    assert unknown == "WORKFLOW_TYPE_DOES_NOT_EXIST"
    assert last(region.history(), FAILED)["cause"] == "WORKFLOW_TYPE_DEPRECATED"
    region.decide(complete())


@pytest.mark.edge(90)
def test_a_signal_meanwhile_comes_first(region: Region) -> None:
    region.start()
    task = region.poll()
    region.signal()
    region.answer(task, continue_as_new(workflowTypeVersion="nope"))

    assert kinds(region.history(), 6) == ["DecisionTaskCompleted", FAILED]
    assert last(region.history(), FAILED)["cause"] == "UNHANDLED_DECISION"


def test_what_was_open_stays_behind(region: Region) -> None:
    old = region.start()
    region.decide(activity(), timer(seconds="5"))
    region.signal()
    region.decide(continue_as_new())
    region.advance(10)

    assert kinds(region.history()) == ["WorkflowExecutionStarted", "DecisionTaskScheduled"]
    assert region.counts("w", old)["openActivityTasks"] == 1
    assert region.counts()["openActivityTasks"] == 0
    assert region.nothing_to_do()


def test_a_signal_to_itself_reaches_the_next_run(region: Region) -> None:
    old = region.start()
    region.decide(signal_other("w"), continue_as_new())

    assert kinds(region.history("w", old))[-1] == "WorkflowExecutionContinuedAsNew"
    assert kinds(region.history()) == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
        "WorkflowExecutionSignaled",
    ]
    signaled = last(region.history(), "WorkflowExecutionSignaled")
    assert signaled["externalWorkflowExecution"] == {"workflowId": "w", "runId": old}


def test_the_next_run_has_its_own_time(region: Region) -> None:
    region.start(executionStartToCloseTimeout="50")
    region.advance(40)
    region.decide(continue_as_new(executionStartToCloseTimeout="50"))
    region.advance(40)
    assert region.info()["executionStatus"] == "OPEN"
    region.advance(10)

    assert region.info()["closeStatus"] == "TIMED_OUT"
