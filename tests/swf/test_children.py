"""Child executions: started, refused, ended, and what becomes of them when their parent ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from one_domain import (
    Domain,
    activity,
    cancel,
    child,
    complete,
    continue_as_new,
    fail,
    kinds,
    last,
    marker,
)

from swf.engine.machine import Execution, Limits
from swf.protocol.shapes import TaskList, WorkflowExecution

if TYPE_CHECKING:
    from swf.protocol.decisions import Decision

CL = TaskList("cl")
RUNS = ("task_list", "execution_start_to_close_timeout", "task_start_to_close_timeout", "child_policy")


@pytest.fixture
def domain() -> Domain:
    return Domain()


def parent_and_child(
    domain: Domain, policy: str = "TERMINATE", **options: str
) -> tuple[Execution, Execution]:
    parent = domain.start("parent", child_policy=policy, **options)
    domain.decide(child("c", task_list=CL))
    return parent, domain.executions.execution("c")


def test_a_child_is_initiated_in_the_batch_and_starts_after_it(domain: Domain) -> None:
    parent = domain.start("parent", task_priority="7", tag_list=["parental"], lambda_role="role")

    domain.decide(child("c", input="i", control="k", tag_list=["t"]), marker())

    assert kinds(parent, 5) == [
        *("StartChildWorkflowExecutionInitiated", "MarkerRecorded"),
        *("ChildWorkflowExecutionStarted", "DecisionTaskScheduled"),
    ]
    initiated = last(parent, "StartChildWorkflowExecutionInitiated")
    assert (initiated.control, initiated.input, initiated.tag_list) == ("k", "i", ["t"])
    assert [getattr(initiated, name) for name in RUNS] == [TaskList("dl"), "1000", "100", "TERMINATE"]
    run = domain.executions.execution("c")
    started = last(parent, "ChildWorkflowExecutionStarted")
    assert started.workflow_execution == WorkflowExecution("c", run.run_id)
    assert started.initiated_event_id == 5
    assert parent.open_counts.child_workflow_executions == 1


def test_a_child_knows_its_parent_and_inherits_nothing_else(domain: Domain) -> None:
    parent = domain.start("parent", task_priority="7", tag_list=["t"], lambda_role="role", input="i")

    domain.decide(child("c"))

    born = last(domain.executions.execution("c"), "WorkflowExecutionStarted")
    assert born.parent_workflow_execution == WorkflowExecution("parent", parent.run_id)
    assert born.parent_initiated_event_id == 5
    assert (born.task_priority, born.tag_list, born.lambda_role, born.input) == (None, None, None, None)


@pytest.mark.parametrize(
    ("ends", "event", "members"),
    [
        (complete("r"), "ChildWorkflowExecutionCompleted", {"result": "r"}),
        (fail("why"), "ChildWorkflowExecutionFailed", {"reason": "why", "details": None}),
        (cancel(), "ChildWorkflowExecutionCanceled", {"details": None}),
    ],
)
def test_the_parent_hears_of_the_end_that_its_child_decides(
    domain: Domain, ends: Decision, event: str, members: dict[str, str]
) -> None:
    parent, run = parent_and_child(domain)

    domain.answer(domain.poll("cl"), ends)

    assert kinds(parent)[-1] == event, "the decision task of its start waits still"
    ended = last(parent, event)
    assert ended.workflow_execution == WorkflowExecution("c", run.run_id)
    assert (ended.initiated_event_id, ended.started_event_id) == (5, 6)
    assert {name: getattr(ended, name) for name in members} == members
    assert parent.open_counts.child_workflow_executions == 0


def test_the_end_of_a_child_asks_for_a_decision(domain: Domain) -> None:
    parent, _ = parent_and_child(domain)
    domain.answer(domain.poll("dl"))

    domain.answer(domain.poll("cl"), complete())

    assert kinds(parent)[-2:] == ["ChildWorkflowExecutionCompleted", "DecisionTaskScheduled"]


def test_the_parent_hears_that_its_child_was_terminated(domain: Domain) -> None:
    parent, run = parent_and_child(domain)

    domain.executions.terminate(run, domain.now, reason="r")

    assert last(parent, "ChildWorkflowExecutionTerminated").started_event_id == 6


def test_the_parent_hears_that_its_child_timed_out(domain: Domain) -> None:
    parent = domain.start("parent")
    domain.decide(child("c", execution_start_to_close_timeout="5"))

    domain.wait(5)

    assert last(parent, "ChildWorkflowExecutionTimedOut").timeout_type == "START_TO_CLOSE"


def test_a_child_whose_id_runs_already_is_refused_after_it_was_initiated(domain: Domain) -> None:
    domain.start("c", task_list="cl")
    parent = domain.start("parent")

    domain.answer(domain.poll("dl"), child("c", control="k"))

    assert kinds(parent, 5) == [
        *("StartChildWorkflowExecutionInitiated", "StartChildWorkflowExecutionFailed"),
        "DecisionTaskScheduled",
    ]
    refused = last(parent, "StartChildWorkflowExecutionFailed")
    assert (refused.cause, refused.initiated_event_id) == ("WORKFLOW_ALREADY_RUNNING", 5)
    assert (refused.control, refused.decision_task_completed_event_id) == ("k", 4)
    assert parent.open_counts.child_workflow_executions == 0


def test_a_child_is_refused_when_too_many_executions_are_open() -> None:
    domain = Domain(Limits(open_executions=1))
    parent = domain.start("parent")

    domain.decide(child("c"))

    refused = last(parent, "StartChildWorkflowExecutionFailed")
    assert (refused.cause, refused.initiated_event_id) == ("OPEN_WORKFLOWS_LIMIT_EXCEEDED", 5)


@pytest.mark.parametrize(
    ("decision", "cause"),
    [
        (child(version="none"), "WORKFLOW_TYPE_DOES_NOT_EXIST"),
        (child(version="old"), "WORKFLOW_TYPE_DEPRECATED"),
        (child(version="bare"), "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        (
            child(version="bare", execution_start_to_close_timeout="1"),
            "DEFAULT_TASK_LIST_UNDEFINED",
        ),
        (
            child(version="bare", execution_start_to_close_timeout="1", task_list=CL),
            "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED",
        ),
        (
            child(
                version="bare",
                execution_start_to_close_timeout="1",
                task_list=CL,
                task_start_to_close_timeout="1",
            ),
            "DEFAULT_CHILD_POLICY_UNDEFINED",
        ),
    ],
)
def test_a_child_that_cannot_be_is_never_initiated(domain: Domain, decision: Decision, cause: str) -> None:
    parent = domain.start("parent")

    domain.decide(decision)

    assert kinds(parent, 5) == ["StartChildWorkflowExecutionFailed", "DecisionTaskScheduled"]
    refused = last(parent, "StartChildWorkflowExecutionFailed")
    assert (refused.cause, refused.initiated_event_id) == (cause, 0)


def test_a_parent_that_closes_in_the_same_batch_gets_no_child(domain: Domain) -> None:
    parent = domain.start("parent")

    domain.decide(child("c"), complete())

    assert kinds(parent, 5) == ["StartChildWorkflowExecutionInitiated", "WorkflowExecutionCompleted"]
    assert domain.executions.open_run("c") is None
    assert parent.open_counts.child_workflow_executions == 1


# The child policy


def test_a_terminated_parent_terminates_its_children_and_theirs(domain: Domain) -> None:
    parent, run = parent_and_child(domain)
    domain.answer(domain.poll("cl"), child("grandchild"))
    grandchild = domain.executions.execution("grandchild")

    domain.executions.terminate(parent, domain.now, reason="r", details="d")

    ended = last(parent, "WorkflowExecutionTerminated")
    assert (ended.cause, ended.child_policy) == ("OPERATOR_INITIATED", "TERMINATE")
    assert (ended.reason, ended.details) == ("r", "d")
    assert kinds(parent)[-1] == "WorkflowExecutionTerminated"
    for descendant in (run, grandchild):
        assert last(descendant, "WorkflowExecutionTerminated").cause == "CHILD_POLICY_APPLIED"
    assert list(domain.executions.open_executions()) == []


def test_a_terminated_parent_requests_the_cancellation_of_its_children(domain: Domain) -> None:
    parent, run = parent_and_child(domain, "REQUEST_CANCEL")
    domain.answer(domain.poll("cl"))

    domain.executions.terminate(parent, domain.now)

    assert kinds(run)[-2:] == ["WorkflowExecutionCancelRequested", "DecisionTaskScheduled"]
    requested = last(run, "WorkflowExecutionCancelRequested")
    assert (requested.cause, requested.external_initiated_event_id) == ("CHILD_POLICY_APPLIED", 0)
    assert run.cancel_requested
    assert not run.closed


def test_a_terminated_parent_abandons_its_children(domain: Domain) -> None:
    parent, run = parent_and_child(domain, "ABANDON")
    length = len(run.events)

    domain.executions.terminate(parent, domain.now)

    assert len(run.events) == length


def test_who_terminates_may_choose_another_policy(domain: Domain) -> None:
    parent, run = parent_and_child(domain, "TERMINATE")

    domain.executions.terminate(parent, domain.now, child_policy="ABANDON")

    assert last(parent, "WorkflowExecutionTerminated").child_policy == "ABANDON"
    assert not run.closed


def test_a_parent_that_times_out_applies_its_policy(domain: Domain) -> None:
    _, run = parent_and_child(domain, execution_timeout="5")

    domain.wait(5)

    assert last(run, "WorkflowExecutionTerminated").cause == "CHILD_POLICY_APPLIED"


def test_a_parent_at_the_end_of_its_history_applies_its_policy() -> None:
    domain = Domain(Limits(events=8))
    parent, run = parent_and_child(domain)

    domain.executions.signal(parent, "s", None, domain.now)

    assert last(parent, "WorkflowExecutionTerminated").cause == "EVENT_LIMIT_EXCEEDED"
    assert run.closed


@pytest.mark.parametrize("ends", [complete(), fail(), cancel(), continue_as_new()])
def test_a_parent_that_ends_by_itself_leaves_its_children_alone(domain: Domain, ends: Decision) -> None:
    parent, run = parent_and_child(domain)

    domain.answer(domain.poll("dl"), ends)
    domain.answer(domain.poll("cl"), complete())

    assert parent.closed
    assert run.close_status == "COMPLETED"
    assert kinds(parent)[-1].startswith("WorkflowExecution"), "it hears of nothing any more"


def test_a_child_that_was_over_before_is_left_as_it_was(domain: Domain) -> None:
    parent, run = parent_and_child(domain)
    domain.answer(domain.poll("cl"), complete())
    namesake = domain.start("c")

    domain.executions.terminate(parent, domain.now)

    assert run.close_status == "COMPLETED"
    assert not namesake.closed


def test_a_namesake_of_a_child_that_never_started_is_left_alone() -> None:
    domain = Domain(Limits(events=6))
    namesake = domain.start("c", task_list="other")
    parent = domain.start("parent")

    domain.answer(domain.poll("dl"), child("c"), marker())

    assert kinds(parent, 5) == ["StartChildWorkflowExecutionInitiated", "WorkflowExecutionTerminated"]
    assert not namesake.closed


# Children that continue as new


def test_a_child_that_continues_as_new_is_one_child(domain: Domain) -> None:
    parent, run = parent_and_child(domain)

    domain.answer(domain.poll("cl"), continue_as_new(task_list="cl"))
    between = kinds(parent, 6), parent.open_counts.child_workflow_executions
    domain.answer(domain.poll("cl"), complete("r"))

    assert between == (["ChildWorkflowExecutionStarted", "DecisionTaskScheduled"], 1)
    assert kinds(parent, 8) == ["ChildWorkflowExecutionCompleted"]
    ended = last(parent, "ChildWorkflowExecutionCompleted")
    assert ended.workflow_execution.workflow_id == "c"
    assert ended.workflow_execution.run_id != run.run_id
    assert (ended.initiated_event_id, ended.started_event_id) == (5, 6)


def test_the_policy_reaches_the_run_that_goes_on(domain: Domain) -> None:
    parent, run = parent_and_child(domain)
    domain.answer(domain.poll("cl"), continue_as_new(task_list="cl"))
    next_run = domain.executions.execution("c")

    domain.executions.terminate(parent, domain.now)

    assert (run.close_status, next_run.close_status) == ("CONTINUED_AS_NEW", "TERMINATED")


def test_what_a_child_leaves_open_is_no_matter_to_its_parent(domain: Domain) -> None:
    parent, run = parent_and_child(domain)

    domain.answer(domain.poll("cl"), activity(), complete())

    assert run.open_counts.activity_tasks == 1
    assert domain.no_work()
    assert parent.open_counts.child_workflow_executions == 0
