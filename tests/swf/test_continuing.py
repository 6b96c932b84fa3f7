"""Executions that continue as new."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from one_domain import Domain, activity, continue_as_new, kinds, last, timer

from swf.engine.machine import Defaults
from swf.protocol.shapes import TaskList, WorkflowType

if TYPE_CHECKING:
    from swf.protocol.decisions import Decision


@pytest.fixture
def domain() -> Domain:
    return Domain()


def test_the_next_run_has_the_same_id_and_a_history_of_its_own(domain: Domain) -> None:
    first = domain.start(tag_list=["old"], input="old", task_priority="3")

    domain.decide(timer(), continue_as_new(tags=["new"]))

    run = domain.executions.execution("w")
    ended = last(first, "WorkflowExecutionContinuedAsNew")
    assert first.close_status == "CONTINUED_AS_NEW"
    assert (ended.new_execution_run_id, ended.workflow_type) == (run.run_id, WorkflowType("W", "1"))
    assert (ended.input, ended.tag_list, ended.decision_task_completed_event_id) == ("again", ["new"], 4)
    assert kinds(run) == ["WorkflowExecutionStarted", "DecisionTaskScheduled"]
    born = last(run, "WorkflowExecutionStarted")
    assert born.continued_execution_run_id == first.run_id
    assert (born.input, born.tag_list, born.task_priority) == ("again", ["new"], None)
    assert (born.parent_initiated_event_id, born.parent_workflow_execution) == (0, None)
    assert {event.event_timestamp for event in run.events} == {domain.now}


def test_what_the_old_run_left_open_is_gone(domain: Domain) -> None:
    first = domain.start()

    domain.decide(timer(seconds="1"), activity(), continue_as_new())
    domain.wait(1)

    assert domain.no_work()
    assert kinds(first)[-1] == "WorkflowExecutionContinuedAsNew"
    assert len(domain.executions.execution("w").events) == 2


def test_the_next_run_has_its_whole_time(domain: Domain) -> None:
    domain.start(execution_timeout="5")
    domain.wait(4)
    domain.decide(continue_as_new())

    domain.wait(999)
    run = domain.executions.execution("w")
    domain.wait(1)

    assert run.close_status == "TIMED_OUT"


def test_what_is_not_given_comes_from_the_type_and_not_from_the_run(domain: Domain) -> None:
    first = domain.start(task_list="mine", decision_timeout="7", child_policy="ABANDON", lambda_role="role")

    domain.decide(continue_as_new())

    ended = last(first, "WorkflowExecutionContinuedAsNew")
    assert (ended.task_list, ended.task_start_to_close_timeout) == (TaskList("dl"), "100")
    assert (ended.child_policy, ended.lambda_role) == ("TERMINATE", None)


def test_a_value_that_only_the_run_had_is_missing(domain: Domain) -> None:
    execution = domain.start(
        version="bare", task_list="mine", execution_timeout="5", decision_timeout="5", child_policy="ABANDON"
    )

    domain.decide(continue_as_new())

    assert kinds(execution, 5) == ["ContinueAsNewWorkflowExecutionFailed", "DecisionTaskScheduled"]
    refused = last(execution, "ContinueAsNewWorkflowExecutionFailed")
    assert refused.cause == "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED"


@pytest.mark.parametrize(
    ("lacking", "cause"),
    [
        ("task_list", "DEFAULT_TASK_LIST_UNDEFINED"),
        ("task_start_to_close", "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED"),
        ("child_policy", "DEFAULT_CHILD_POLICY_UNDEFINED"),
    ],
)
def test_each_value_that_the_type_lacks_has_its_cause(domain: Domain, lacking: str, cause: str) -> None:
    full = dataclasses.asdict(domain.types.workflows["W", "1"])
    domain.types.workflows["W", "2"] = Defaults(**{**full, lacking: None})
    execution = domain.start()

    domain.decide(continue_as_new("2"))

    assert last(execution, "ContinueAsNewWorkflowExecutionFailed").cause == cause


@pytest.mark.parametrize(
    ("decision", "cause"),
    [
        (continue_as_new("none"), "WORKFLOW_TYPE_DOES_NOT_EXIST"),
        (continue_as_new("old"), "WORKFLOW_TYPE_DEPRECATED"),
    ],
)
def test_a_version_that_cannot_be_is_refused(domain: Domain, decision: Decision, cause: str) -> None:
    execution = domain.start()

    domain.decide(decision)

    assert kinds(execution, 5) == ["ContinueAsNewWorkflowExecutionFailed", "DecisionTaskScheduled"]
    assert last(execution, "ContinueAsNewWorkflowExecutionFailed").cause == cause


def test_another_version_may_go_on(domain: Domain) -> None:
    domain.types.workflows["W", "2"] = domain.types.workflows["W", "1"]
    domain.start()

    domain.decide(continue_as_new("2"))

    born = last(domain.executions.execution("w"), "WorkflowExecutionStarted")
    assert born.workflow_type == WorkflowType("W", "2")


def test_nothing_goes_on_over_what_is_unseen(domain: Domain) -> None:
    execution = domain.start()
    task = domain.poll()
    domain.executions.signal(execution, "s", None, domain.now)

    domain.answer(task, continue_as_new("none"))

    assert kinds(execution, 6) == ["DecisionTaskCompleted", "ContinueAsNewWorkflowExecutionFailed"]
    refused = last(execution, "ContinueAsNewWorkflowExecutionFailed")
    assert refused.cause == "UNHANDLED_DECISION", "it is looked at before the type"
    assert domain.poll().scheduled_event_id == 5
