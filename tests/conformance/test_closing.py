"""How executions end, what that leaves behind, and how long it is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER
from conformance.words import (
    WORKFLOW,
    activity,
    cancel,
    cancel_activity,
    child,
    complete,
    function,
    kinds,
    last,
    marker,
    refused,
    timer,
)
from swf.engine import Limits

if TYPE_CHECKING:
    from conformance.region import Region

DAY = 86_400


@pytest.mark.edge(92)
def test_a_canceled_execution_remembers_what_was_open(region: Region) -> None:
    region.start()
    region.decide(activity(), activity("b"))
    region.work()
    region.request_cancel()
    assert region.info()["cancelRequested"] is True
    region.decide(cancel())

    assert region.info()["closeStatus"] == "CANCELED"
    assert region.info()["cancelRequested"] is False
    assert region.counts() == {
        "openActivityTasks": 2,
        "openTimers": 0,
        "openChildWorkflowExecutions": 0,
        "openLambdaFunctions": 0,
        "openDecisionTasks": 0,
    }
    assert region.nothing_to_do()


@pytest.mark.edge(97)
def test_an_execution_that_takes_too_long_ends_with_one_event(region: Region) -> None:
    region.start(executionStartToCloseTimeout="1")
    region.decide(activity())
    region.signal()
    region.advance(1)

    events = region.history()
    assert kinds(events, 8) == ["WorkflowExecutionTimedOut"]
    assert last(events, "WorkflowExecutionTimedOut") == {
        "timeoutType": "START_TO_CLOSE",
        "childPolicy": "TERMINATE",
    }
    assert region.info()["closeStatus"] == "TIMED_OUT"
    assert region.nothing_to_decide()
    assert region.nothing_to_do()


def test_an_execution_times_out_during_its_decision(region: Region) -> None:
    run_id = region.start(executionStartToCloseTimeout="1")
    task = region.poll()
    region.advance(1)

    with refused(
        "UnknownResourceFault", f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run_id}]"
    ):
        region.answer(task, complete())
    assert kinds(region.history(), 4) == ["WorkflowExecutionTimedOut"]


def test_a_closed_execution_is_described(region: Region) -> None:
    run_id = region.start(tagList=["t"])
    region.advance(5)
    region.decide(complete(), executionContext="x")

    described = region.describe("w", run_id)
    info = described["executionInfo"]
    lasted = info.pop("closeTimestamp") - info.pop("startTimestamp")
    assert info == {
        "cancelRequested": False,
        "closeStatus": "COMPLETED",
        "execution": {"workflowId": "w", "runId": run_id},
        "executionStatus": "CLOSED",
        "tagList": ["t"],
        "workflowType": WORKFLOW,
    }
    assert lasted.total_seconds() == 5
    assert described["latestExecutionContext"] == "x"


# Limits


@pytest.mark.edge(99)
@pytest.mark.engine(limits=Limits(events=10))
@pytest.mark.parametrize("how", ["signals", "decisions"])
def test_a_history_has_so_many_events(region: Region, how: str) -> None:
    region.start()
    if how == "signals":
        for _ in range(8):
            region.signal()
    else:
        region.decide(*[marker()] * 20)

    events = region.history()
    assert len(events) == 10
    assert events[-1]["workflowExecutionTerminatedEventAttributes"] == {
        "cause": "EVENT_LIMIT_EXCEEDED",
        "childPolicy": "TERMINATE",
    }
    assert region.info()["closeStatus"] == "TERMINATED"
    with refused("UnknownResourceFault"):
        region.signal()


@pytest.mark.engine(limits=Limits(events=6))
def test_a_history_may_be_full_when_a_task_is_to_be_handed_out(region: Region) -> None:
    region.start()
    region.decide(activity())

    assert region.nothing_to_do()
    assert kinds(region.history(), 5) == ["ActivityTaskScheduled", "WorkflowExecutionTerminated"]


@pytest.mark.engine(limits=Limits(events=3))
def test_a_history_may_be_full_before_the_first_decision(region: Region) -> None:
    region.start("full")
    region.start("next")

    assert region.nothing_to_decide()
    for workflow_id in ("full", "next"):
        assert last(region.history(workflow_id), "WorkflowExecutionTerminated")["cause"] == (
            "EVENT_LIMIT_EXCEEDED"
        )


@pytest.mark.engine(limits=Limits(open_activities=2))
def test_so_many_activities_are_open(region: Region) -> None:
    region.start()
    region.decide(activity("a"), activity("b"), activity("c"))

    assert last(region.history(), "ScheduleActivityTaskFailed")["cause"] == "OPEN_ACTIVITIES_LIMIT_EXCEEDED"
    assert region.counts()["openActivityTasks"] == 2
    region.decide(cancel_activity("a"))
    region.decide(activity("c"))
    assert kinds(region.history())[-1] == "ActivityTaskScheduled"


@pytest.mark.engine(limits=Limits(open_timers=1))
def test_so_many_timers_are_open(region: Region) -> None:
    region.start()
    region.decide(timer("a"), timer("b"))

    assert last(region.history(), "StartTimerFailed")["cause"] == "OPEN_TIMERS_LIMIT_EXCEEDED"


@pytest.mark.engine(limits=Limits(open_children=1, open_lambdas=1, open_executions=3))
def test_so_many_children_and_functions_are_open(region: Region) -> None:
    own: dict[str, Any] = {"taskList": {"name": "cl"}}
    region.start()
    region.decide(child("a", **own), child("b", **own), function("f"), function("g"))

    failed = last(region.history(), "StartChildWorkflowExecutionFailed")
    assert (failed["cause"], failed["initiatedEventId"]) == ("OPEN_CHILDREN_LIMIT_EXCEEDED", 0)
    assert (
        last(region.history(), "ScheduleLambdaFunctionFailed")["cause"]
        == "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED"
    )


@pytest.mark.engine(limits=Limits(open_executions=2))
def test_a_child_may_be_one_execution_too_many(region: Region) -> None:
    region.start("x", taskList={"name": "xl"})
    region.start()
    region.decide(child())

    assert kinds(region.history(), 5) == [
        "StartChildWorkflowExecutionInitiated",
        "StartChildWorkflowExecutionFailed",
        "DecisionTaskScheduled",
    ]
    failed = last(region.history(), "StartChildWorkflowExecutionFailed")
    assert (failed["cause"], failed["initiatedEventId"]) == ("OPEN_WORKFLOWS_LIMIT_EXCEEDED", 5)


# Retention


@pytest.fixture
def brief(region: Region) -> Region:
    """Domains `zero` and `none`, which remember nothing."""
    for name, days in (("zero", "0"), ("none", "NONE")):
        region.inside.register_domain(name=name, workflowExecutionRetentionPeriodInDays=days)
        region.inside.register_workflow_type(
            domain=name,
            name="W",
            version="1",
            defaultTaskList={"name": "dl"},
            defaultExecutionStartToCloseTimeout="9",
            defaultTaskStartToCloseTimeout="9",
            defaultChildPolicy="ABANDON",
        )
    return region


@pytest.mark.edge(98)
@pytest.mark.parametrize("domain", ["zero", "none"])
def test_a_domain_may_forget_at_once(brief: Region, domain: str) -> None:
    run_id = brief.start(domain=domain)
    task = brief.client.poll_for_decision_task(domain=domain, taskList={"name": "dl"})
    brief.answer(task, complete())
    execution = {"workflowId": "w", "runId": run_id}
    message = f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run_id}]"

    with refused("UnknownResourceFault", message):
        brief.client.describe_workflow_execution(domain=domain, execution=execution)
    with refused("UnknownResourceFault", message):
        brief.client.get_workflow_execution_history(domain=domain, execution=execution)
    closed = brief.client.list_closed_workflow_executions(domain=domain, startTimeFilter=EVER)
    assert closed["executionInfos"] == []
    assert brief.start(domain=domain) != run_id


def test_a_closed_run_is_remembered_for_its_days(region: Region) -> None:
    run_id = region.start()
    region.start("open", executionStartToCloseTimeout="31536000")
    region.decide(complete())
    region.advance(7 * DAY - 1)
    assert region.info("w", run_id)["closeStatus"] == "COMPLETED"
    region.advance(2)

    with refused(
        "UnknownResourceFault", f"Unknown execution: WorkflowExecution=[workflowId=w, runId={run_id}]"
    ):
        region.describe("w", run_id)
    assert [run["workflowId"] for run in region.runs()] == ["open"]
    assert region.client.count_closed_workflow_executions(domain="d", startTimeFilter=EVER)["count"] == 0
