"""Children: started, closed, and what becomes of them when their parent closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import (
    WORKFLOW,
    attributes,
    cancel,
    child,
    complete,
    continue_as_new,
    fail,
    kinds,
    last,
    marker,
)

if TYPE_CHECKING:
    from conformance.region import Region

OWN: dict[str, Any] = {"taskList": {"name": "cl"}}
"""Children decide in a list of their own, so that polls tell them from their parent."""


def begin(region: Region, **given: Any) -> str:
    """Start parent `w` and its child `c`; return the child's run id."""
    region.start(**given)
    region.decide(child(**OWN))
    return region.execution("c")["runId"]


@pytest.mark.edge(76)
def test_a_child_is_initiated_and_then_started(region: Region) -> None:
    parent = region.start()
    region.decide(child(**OWN))

    events = region.history()
    run_id = region.execution("c")["runId"]
    assert kinds(events, 5) == [
        "StartChildWorkflowExecutionInitiated",
        "ChildWorkflowExecutionStarted",
        "DecisionTaskScheduled",
    ]
    assert attributes(events[4]) == {
        "workflowId": "c",
        "workflowType": WORKFLOW,
        "taskList": {"name": "cl"},
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "1000",
        "taskStartToCloseTimeout": "100",
        "decisionTaskCompletedEventId": 4,
    }
    assert attributes(events[5]) == {
        "initiatedEventId": 5,
        "workflowExecution": {"workflowId": "c", "runId": run_id},
        "workflowType": WORKFLOW,
    }
    started = last(region.history("c"), "WorkflowExecutionStarted")
    assert started["parentWorkflowExecution"] == {"workflowId": "w", "runId": parent}
    assert started["parentInitiatedEventId"] == 5
    assert region.info("c")["parent"] == {"workflowId": "w", "runId": parent}
    assert region.counts()["openChildWorkflowExecutions"] == 1


def test_a_child_gets_what_the_decision_gives(region: Region) -> None:
    given: dict[str, Any] = {
        "input": "i",
        "executionStartToCloseTimeout": "50",
        "taskList": {"name": "cl"},
        "taskPriority": "5",
        "taskStartToCloseTimeout": "5",
        "childPolicy": "ABANDON",
        "tagList": ["t"],
        "lambdaRole": "role",
    }
    region.start(tagList=["parent's"], taskPriority="9", input="parent's", lambdaRole="parent's")
    region.decide(child(control="c", **given), child("plain"))

    initiated = attributes(region.history()[4])
    started = last(region.history("c"), "WorkflowExecutionStarted")
    plain = last(region.history("plain"), "WorkflowExecutionStarted")
    task = {"workflowType": WORKFLOW, "workflowId": "c", "decisionTaskCompletedEventId": 4}
    assert initiated == given | task | {"control": "c"}
    assert {name: started[name] for name in given} == given
    assert not plain.keys() & {"tagList", "taskPriority", "input", "lambdaRole"}


@pytest.mark.edge(77)
@pytest.mark.parametrize(
    ("closing", "event", "told"),
    [
        (complete("r"), "ChildWorkflowExecutionCompleted", {"result": "r"}),
        (complete(), "ChildWorkflowExecutionCompleted", {}),
        (fail("r", "d"), "ChildWorkflowExecutionFailed", {"reason": "r", "details": "d"}),
        (cancel("d"), "ChildWorkflowExecutionCanceled", {"details": "d"}),
    ],
    ids=["completed", "bare", "failed", "canceled"],
)
def test_a_parent_hears_how_its_child_closed(
    region: Region, closing: dict[str, Any], event: str, told: dict[str, str]
) -> None:
    run_id = begin(region)
    region.decide()
    region.decide(closing, task_list="cl")

    assert kinds(region.history(), 10) == [event, "DecisionTaskScheduled"]
    assert last(region.history(), event) == told | {
        "workflowExecution": {"workflowId": "c", "runId": run_id},
        "workflowType": WORKFLOW,
        "initiatedEventId": 5,
        "startedEventId": 6,
    }
    assert region.counts()["openChildWorkflowExecutions"] == 0


def test_a_parent_hears_that_its_child_was_terminated_or_timed_out(region: Region) -> None:
    region.start()
    region.decide(child(**OWN), child("slow", executionStartToCloseTimeout="5"))
    region.terminate("c")
    region.advance(5)

    terminated = last(region.history(), "ChildWorkflowExecutionTerminated")
    timed_out = last(region.history(), "ChildWorkflowExecutionTimedOut")
    assert terminated.keys() == {"workflowExecution", "workflowType", "initiatedEventId", "startedEventId"}
    assert timed_out.keys() == {*terminated, "timeoutType"}
    assert timed_out["timeoutType"] == "START_TO_CLOSE"
    assert timed_out["workflowExecution"]["workflowId"] == "slow"


@pytest.mark.edge(78)
def test_a_child_whose_id_runs_already(region: Region) -> None:
    region.start("c")
    region.start(taskList={"name": "pl"})
    region.decide(child(control="k"), task_list="pl")

    assert kinds(region.history(), 5) == [
        "StartChildWorkflowExecutionInitiated",
        "StartChildWorkflowExecutionFailed",
        "DecisionTaskScheduled",
    ]
    assert last(region.history(), "StartChildWorkflowExecutionFailed") == {
        "workflowId": "c",
        "workflowType": WORKFLOW,
        "cause": "WORKFLOW_ALREADY_RUNNING",
        "initiatedEventId": 5,
        "decisionTaskCompletedEventId": 4,
        "control": "k",
    }
    assert region.counts()["openChildWorkflowExecutions"] == 0


@pytest.mark.edge(79)
def test_a_child_of_an_unknown_type(region: Region) -> None:
    region.start()
    region.decide(child(version="nope", control="k"), child("bare", "nope"))

    assert kinds(region.history(), 5) == [
        "StartChildWorkflowExecutionFailed",
        "StartChildWorkflowExecutionFailed",
        "DecisionTaskScheduled",
    ]
    assert attributes(region.history()[4]) == {
        "workflowId": "c",
        "workflowType": {"name": "W", "version": "nope"},
        "cause": "WORKFLOW_TYPE_DOES_NOT_EXIST",
        "initiatedEventId": 0,
        "decisionTaskCompletedEventId": 4,
        "control": "k",
    }


def test_a_child_of_a_deprecated_type(region: Region) -> None:
    region.start()
    region.client.deprecate_workflow_type(domain="d", workflowType=WORKFLOW)
    region.decide(child())

    assert last(region.history(), "StartChildWorkflowExecutionFailed")["cause"] == "WORKFLOW_TYPE_DEPRECATED"


def test_what_a_child_lacks_is_named_in_order(region: Region) -> None:
    region.start()
    given: dict[str, Any] = {}
    for name, value, cause in (
        ("executionStartToCloseTimeout", "9", "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("taskList", {"name": "cl"}, "DEFAULT_TASK_LIST_UNDEFINED"),
        ("taskStartToCloseTimeout", "9", "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("childPolicy", "ABANDON", "DEFAULT_CHILD_POLICY_UNDEFINED"),
    ):
        region.decide(child(version="bare", **given))
        assert last(region.history(), "StartChildWorkflowExecutionFailed")["cause"] == cause
        given[name] = value
    region.decide(child(version="bare", **given))

    assert kinds(region.history())[-2] == "ChildWorkflowExecutionStarted"


@pytest.mark.edge(80)
def test_a_parent_that_closes_at_once_starts_no_child(region: Region) -> None:
    region.start()
    region.decide(child(), complete())

    assert kinds(region.history(), 5) == [
        "StartChildWorkflowExecutionInitiated",
        "WorkflowExecutionCompleted",
    ]
    assert [run["workflowId"] for run in region.runs()] == ["w"]


def test_the_ids_of_children_are_free_again(region: Region) -> None:
    first = begin(region)
    region.decide(task_list="cl")
    region.terminate("c")
    region.decide(child(**OWN))

    assert region.execution("c")["runId"] != first
    assert kinds(region.history()).count("ChildWorkflowExecutionStarted") == 2


# Policies


@pytest.mark.edge(81)
def test_termination_goes_down_the_family(region: Region) -> None:
    begin(region)
    region.decide(child("grandchild", taskList={"name": "gl"}), task_list="cl")
    region.terminate()

    assert last(region.history(), "WorkflowExecutionTerminated")["cause"] == "OPERATOR_INITIATED"
    assert kinds(region.history())[-1] == "WorkflowExecutionTerminated"
    for workflow_id in ("c", "grandchild"):
        assert last(region.history(workflow_id), "WorkflowExecutionTerminated") == {
            "cause": "CHILD_POLICY_APPLIED",
            "childPolicy": "TERMINATE",
        }
    assert "ChildWorkflowExecutionTerminated" not in kinds(region.history("c"))


@pytest.mark.edge(82)
def test_a_policy_may_request_or_abandon(region: Region) -> None:
    begin(region, childPolicy="REQUEST_CANCEL")
    region.decide(task_list="cl")
    region.start("x", childPolicy="ABANDON", taskList={"name": "xl"})
    region.decide(child("y"), task_list="xl")
    region.terminate("w")
    region.terminate("x")

    events = region.history("c")
    assert kinds(events, 5) == ["WorkflowExecutionCancelRequested", "DecisionTaskScheduled"]
    requested = last(events, "WorkflowExecutionCancelRequested")
    assert (requested["cause"], requested["externalInitiatedEventId"]) == ("CHILD_POLICY_APPLIED", 0)
    assert region.info("c")["cancelRequested"] is True
    assert last(region.history(), "WorkflowExecutionTerminated")["childPolicy"] == "REQUEST_CANCEL"
    assert kinds(region.history("y")) == ["WorkflowExecutionStarted", "DecisionTaskScheduled"]


def test_a_termination_may_bring_its_own_policy(region: Region) -> None:
    begin(region)
    region.terminate(childPolicy="ABANDON")

    assert last(region.history(), "WorkflowExecutionTerminated")["childPolicy"] == "ABANDON"
    assert region.info("c")["executionStatus"] == "OPEN"


@pytest.mark.edge(83)
@pytest.mark.parametrize("closing", [complete(), fail(), cancel(), continue_as_new()], ids=str)
def test_children_outlive_a_parent_that_closes_itself(region: Region, closing: dict[str, Any]) -> None:
    begin(region)
    region.decide(closing)

    assert region.info("c")["executionStatus"] == "OPEN"
    region.decide(marker(), complete(), task_list="cl")
    assert region.info("c")["closeStatus"] == "COMPLETED"


@pytest.mark.edge(84)
def test_children_are_terminated_when_their_parent_times_out(region: Region) -> None:
    begin(region, executionStartToCloseTimeout="5")
    region.advance(5)

    assert last(region.history(), "WorkflowExecutionTimedOut") == {
        "timeoutType": "START_TO_CLOSE",
        "childPolicy": "TERMINATE",
    }
    assert last(region.history("c"), "WorkflowExecutionTerminated")["cause"] == "CHILD_POLICY_APPLIED"


def test_a_closed_parent_hears_nothing_of_its_child(region: Region) -> None:
    parent = region.start()
    region.decide(child(**OWN))
    region.decide(complete())
    before = region.history("w", parent)
    region.decide(complete(), task_list="cl")

    assert region.history("w", parent) == before


@pytest.mark.edge(91)
def test_a_child_that_goes_on_as_another_run_is_one_child(region: Region) -> None:
    first = begin(region)
    parent = region.execution("w")
    region.decide(task_list="dl")
    region.decide(continue_as_new(**OWN), task_list="cl")
    assert region.counts()["openChildWorkflowExecutions"] == 1
    second = region.execution("c")["runId"]
    started = last(region.history("c"), "WorkflowExecutionStarted")
    region.decide(complete("r"), task_list="cl")

    assert second != first
    assert started["parentWorkflowExecution"] == parent
    assert started["parentInitiatedEventId"] == 5
    assert kinds(region.history()).count("ChildWorkflowExecutionStarted") == 1
    assert kinds(region.history()).count("ChildWorkflowExecutionCompleted") == 1
    closed = last(region.history(), "ChildWorkflowExecutionCompleted")
    assert closed["workflowExecution"] == {"workflowId": "c", "runId": second}
    assert (closed["initiatedEventId"], closed["startedEventId"], closed["result"]) == (5, 6, "r")


def test_a_child_that_went_on_is_terminated_with_its_parent(region: Region) -> None:
    begin(region)
    region.decide(continue_as_new(**OWN), task_list="cl")
    region.terminate()

    assert region.info("c")["closeStatus"] == "TERMINATED"
