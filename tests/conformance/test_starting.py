"""Starting executions, and steering them from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER
from conformance.words import WORKFLOW, attributes, cancel, complete, kinds, last, refused, seconds, within
from swf.engine import Limits

if TYPE_CHECKING:
    from conformance.region import Region


@pytest.mark.edge(4)
def test_a_run_id_looks_like_amazons(region: Region) -> None:
    run_id = region.start()

    assert len(run_id) == 46
    assert run_id.endswith("=")
    assert region.start("x") != run_id


@pytest.mark.edge(26)
def test_a_start_schedules_a_decision_in_the_same_instant(region: Region) -> None:
    region.start()

    started, scheduled = region.history()
    assert kinds([started, scheduled]) == ["WorkflowExecutionStarted", "DecisionTaskScheduled"]
    assert attributes(started) == {
        "childPolicy": "TERMINATE",
        "executionStartToCloseTimeout": "1000",
        "taskStartToCloseTimeout": "100",
        "taskList": {"name": "dl"},
        "workflowType": WORKFLOW,
        "parentInitiatedEventId": 0,
    }
    assert attributes(scheduled) == {
        "taskList": {"name": "dl"},
        "startToCloseTimeout": "100",
        "scheduleToStartTimeout": "NONE",
    }
    assert seconds(started) == seconds(scheduled) == region.now()


def test_what_a_start_gives_wins_over_the_type(region: Region) -> None:
    given: dict[str, Any] = {
        "taskList": {"name": "own"},
        "taskPriority": "7",
        "input": "in",
        "executionStartToCloseTimeout": "50",
        "tagList": ["a", "b", "a"],
        "taskStartToCloseTimeout": "5",
        "childPolicy": "ABANDON",
        "lambdaRole": "role",
    }
    region.start(**given)

    started, scheduled = region.history()
    described = region.describe()
    configuration = {name: given[name] for name in given if name not in ("input", "tagList")}

    assert attributes(started) == given | {"workflowType": WORKFLOW, "parentInitiatedEventId": 0}
    assert attributes(scheduled) == {
        "taskList": {"name": "own"},
        "taskPriority": "7",
        "startToCloseTimeout": "5",
        "scheduleToStartTimeout": "NONE",
    }
    assert described["executionConfiguration"] == configuration
    assert described["executionInfo"]["tagList"] == ["a", "b", "a"]


def test_priority_and_role_come_from_the_type_too(region: Region) -> None:
    region.client.register_workflow_type(
        domain="d", name="W", version="2", defaultTaskPriority="3", defaultLambdaRole="role"
    )
    region.start(
        version="2",
        taskList={"name": "dl"},
        executionStartToCloseTimeout="9",
        taskStartToCloseTimeout="9",
        childPolicy="ABANDON",
    )

    started = last(region.history(), "WorkflowExecutionStarted")
    assert (started["taskPriority"], started["lambdaRole"]) == ("3", "role")
    assert region.poll()["workflowType"] == {"name": "W", "version": "2"}


def test_an_open_execution_is_described(region: Region) -> None:
    run_id = region.start()

    described = region.describe()
    started = described["executionInfo"].pop("startTimestamp")
    assert started.timestamp() == region.now()
    assert described == {
        "executionConfiguration": {
            "childPolicy": "TERMINATE",
            "executionStartToCloseTimeout": "1000",
            "taskList": {"name": "dl"},
            "taskStartToCloseTimeout": "100",
        },
        "executionInfo": {
            "cancelRequested": False,
            "execution": {"runId": run_id, "workflowId": "w"},
            "executionStatus": "OPEN",
            "workflowType": WORKFLOW,
        },
        "openCounts": {
            "openActivityTasks": 0,
            "openChildWorkflowExecutions": 0,
            "openDecisionTasks": 1,
            "openLambdaFunctions": 0,
            "openTimers": 0,
        },
    }


@pytest.mark.edge(22)
def test_defaults_that_are_missing_are_named_one_by_one(region: Region) -> None:
    given: dict[str, Any] = {}
    for name, value in (
        ("executionStartToCloseTimeout", "10"),
        ("taskList", {"name": "dl"}),
        ("taskStartToCloseTimeout", "10"),
        ("childPolicy", "ABANDON"),
    ):
        with refused("DefaultUndefinedFault", name):
            region.start(version="bare", **given)
        given[name] = value

    assert region.start(version="bare", **given)


@pytest.mark.edge(23)
def test_an_id_has_one_open_run(region: Region) -> None:
    region.client.register_workflow_type(domain="d", name="Other", version="1")
    other: dict[str, Any] = {
        "workflowType": {"name": "Other", "version": "1"},
        "taskList": {"name": "dl"},
        "executionStartToCloseTimeout": "9",
        "taskStartToCloseTimeout": "9",
        "childPolicy": "ABANDON",
    }
    first = region.start()

    with refused("WorkflowExecutionAlreadyStartedFault", "Already Started"):
        region.start(**other)
    region.decide(complete())
    assert region.start(**other) != first


def test_starts_are_checked_in_their_order(region: Region) -> None:
    region.start()
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.start(domain="nope", version="nope")
    with refused("UnknownResourceFault", "Unknown type: WorkflowType=[name=W, version=nope]"):
        region.start(version="nope")
    with refused("DefaultUndefinedFault"):
        region.start(version="bare")
    region.client.deprecate_workflow_type(domain="d", workflowType={"name": "W", "version": "bare"})
    with refused("TypeDeprecatedFault", "WorkflowType=[name=W, version=bare]"):
        region.start(version="bare")


@pytest.mark.edge(24)
def test_an_execution_has_an_end_and_a_decision_need_not(region: Region) -> None:
    for timeout in ("NONE", "31536001", "-1", "1.5", "x"):
        with refused("ValidationException"):
            region.start(executionStartToCloseTimeout=timeout)
    region.start(taskStartToCloseTimeout="NONE", executionStartToCloseTimeout="31536000")

    assert last(region.history(), "DecisionTaskScheduled")["startToCloseTimeout"] == "NONE"
    region.poll()
    region.advance(31_535_000)
    assert kinds(region.history(), 3) == ["DecisionTaskStarted"]
    region.advance(1_000)
    assert kinds(region.history(), 4) == ["WorkflowExecutionTimedOut"]


@pytest.mark.edge(25)
def test_five_tags_at_most_and_none_leaves_no_trace(region: Region) -> None:
    with refused("ValidationException"):
        region.start(tagList=["t"] * 6)
    region.start()
    region.start("tagged", tagList=["t"] * 5)
    region.start("empty", tagList=[])

    for workflow_id in ("w", "empty"):
        assert "tagList" not in last(region.history(workflow_id), "WorkflowExecutionStarted")
        assert "tagList" not in region.info(workflow_id)
    assert region.info("tagged")["tagList"] == ["t"] * 5


@pytest.mark.parametrize(
    "given",
    [
        {"taskPriority": "2147483648"},
        {"taskPriority": "-2147483649"},
        {"taskPriority": "1.0"},
        {"taskStartToCloseTimeout": "NEVER"},
        {"taskList": {"name": "arn"}},
        {"taskList": {"name": "dl "}},
        {"workflowId": "a:b"},
    ],
    ids=str,
)
def test_values_of_a_start_are_looked_at(region: Region, given: dict[str, Any]) -> None:
    with refused("ValidationException"):
        region.start(**given)
    assert region.runs() == []


@pytest.mark.engine(limits=Limits(open_executions=2))
def test_a_domain_has_so_many_open_executions(region: Region) -> None:
    region.start("one")
    region.start("two")

    with refused("LimitExceededFault"):
        region.start("three")
    region.terminate("one")
    assert region.start("three")


def test_a_domain_is_looked_up_before_values_are_weighed(region: Region) -> None:
    """First what every request must be, then the domain, then what makes sense, then the rest."""
    with refused("ValidationException", within("1 validation error detected", "taskStartToCloseTimeout")):
        region.start(domain="nope", taskStartToCloseTimeout="1" * 9)
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.start("a:b", domain="nope")
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.client.list_open_workflow_executions(
            domain="nope", startTimeFilter=EVER, nextPageToken="garbage"
        )
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.client.list_closed_workflow_executions(domain="nope")
    with refused("ValidationException"):
        region.start("a:b", version="nope")


# Signals, cancel requests, terminations


@pytest.mark.edge(87)
def test_a_signal_from_outside_names_no_execution(region: Region) -> None:
    run_id = region.start()

    given = {"domain": "d", "workflowId": "w", "runId": run_id, "signalName": "s", "input": "i"}
    assert region.client.signal_workflow_execution(**given) == {}
    region.signal(name="bare", runId="")

    first, second = (attributes(event) for event in region.history()[2:])
    assert first == {"signalName": "s", "input": "i", "externalInitiatedEventId": 0}
    assert second == {"signalName": "bare", "externalInitiatedEventId": 0}


def test_a_cancel_request_is_noted_each_time(region: Region) -> None:
    run_id = region.start()

    given = {"domain": "d", "workflowId": "w", "runId": run_id}
    assert region.client.request_cancel_workflow_execution(**given) == {}
    region.request_cancel()

    assert kinds(region.history(), 3) == ["WorkflowExecutionCancelRequested"] * 2
    assert attributes(region.history()[2]) == {"externalInitiatedEventId": 0}
    assert region.info()["cancelRequested"] is True


def test_a_termination_says_what_it_was_given(region: Region) -> None:
    run_id = region.start()

    given = {"reason": "r", "details": "d", "childPolicy": "ABANDON", "runId": run_id}
    assert region.client.terminate_workflow_execution(domain="d", workflowId="w", **given) == {}

    assert last(region.history(), "WorkflowExecutionTerminated") == {
        "reason": "r",
        "details": "d",
        "childPolicy": "ABANDON",
        "cause": "OPERATOR_INITIATED",
    }
    assert region.info()["closeStatus"] == "TERMINATED"


def test_a_bare_termination_says_little(region: Region) -> None:
    region.start()
    region.terminate()

    assert last(region.history(), "WorkflowExecutionTerminated") == {
        "childPolicy": "TERMINATE",
        "cause": "OPERATOR_INITIATED",
    }


@pytest.mark.edge(96)
@pytest.mark.parametrize("operation", ["signal", "request_cancel", "terminate"])
def test_a_closed_run_hears_nothing_more(region: Region, operation: str) -> None:
    run_id = region.start()
    region.decide(complete())
    steer = getattr(region, operation)

    with refused(
        "UnknownResourceFault", f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run_id}]"
    ):
        steer(runId=run_id)
    with refused("UnknownResourceFault", "Unknown execution, workflowId = w"):
        steer()
    with refused("UnknownResourceFault", "Unknown execution, workflowId = never"):
        steer("never")
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        getattr(region.client, f"{operation}_workflow_execution")(
            domain="nope", workflowId="w", **({"signalName": "s"} if operation == "signal" else {})
        )


def test_an_old_run_is_not_the_open_one(region: Region) -> None:
    old = region.start()
    region.decide(complete())
    new = region.start()

    with refused("UnknownResourceFault", f"Unknown execution: WorkflowExecution=[workflowId=w, runId={old}]"):
        region.signal(runId=old)
    region.signal(runId=new)
    assert kinds(region.history("w", new), 3) == ["WorkflowExecutionSignaled"]


# Execution level


@pytest.mark.edge(93)
def test_a_decider_may_complete_what_was_to_be_canceled(region: Region) -> None:
    region.start()
    region.request_cancel()
    region.decide(complete("all the same"))

    assert region.info()["closeStatus"] == "COMPLETED"
    assert region.info()["cancelRequested"] is False


@pytest.mark.edge(94)
def test_a_decider_may_cancel_unasked(region: Region) -> None:
    region.start()
    region.decide(cancel("why not"))

    assert last(region.history(), "WorkflowExecutionCanceled") == {
        "details": "why not",
        "decisionTaskCompletedEventId": 4,
    }
    assert region.info()["closeStatus"] == "CANCELED"


@pytest.mark.edge(95)
def test_a_decision_of_a_terminated_execution_is_refused(region: Region) -> None:
    run_id = region.start()
    task = region.poll()
    region.terminate()

    with refused(
        "UnknownResourceFault", f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run_id}]"
    ):
        region.answer(task, complete())
    assert kinds(region.history(), 4) == ["WorkflowExecutionTerminated"]
