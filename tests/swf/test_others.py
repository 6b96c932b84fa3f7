"""Signals and cancel requests, from outside and from one execution to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from one_domain import Domain, cancel_other, complete, continue_as_new, kinds, last, signal_other

from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from swf.protocol.decisions import Decision


@pytest.fixture
def domain() -> Domain:
    return Domain()


def test_a_signal_reaches_another_execution_and_its_source_hears_so(domain: Domain) -> None:
    source = domain.start("source")
    target = domain.start("target", task_list="other")
    domain.answer(domain.poll("other"))

    domain.answer(domain.poll("dl"), signal_other("target"))

    assert kinds(source, 5) == [
        *("SignalExternalWorkflowExecutionInitiated", "ExternalWorkflowExecutionSignaled"),
        "DecisionTaskScheduled",
    ]
    initiated = last(source, "SignalExternalWorkflowExecutionInitiated")
    assert (initiated.workflow_id, initiated.run_id) == ("target", None)
    assert (initiated.signal_name, initiated.input, initiated.control) == ("s", "i", "k")
    signaled = last(source, "ExternalWorkflowExecutionSignaled")
    assert signaled.workflow_execution == WorkflowExecution("target", target.run_id)
    assert signaled.initiated_event_id == 5
    assert kinds(target, 5) == ["WorkflowExecutionSignaled", "DecisionTaskScheduled"]
    heard = last(target, "WorkflowExecutionSignaled")
    assert (heard.signal_name, heard.input, heard.external_initiated_event_id) == ("s", "i", 5)
    assert heard.external_workflow_execution == WorkflowExecution("source", source.run_id)


def test_a_cancel_request_reaches_another_execution_and_its_source_hears_so(domain: Domain) -> None:
    source = domain.start("source")
    target = domain.start("target", task_list="other")
    domain.answer(domain.poll("other"))

    domain.answer(domain.poll("dl"), cancel_other("target", target.run_id))

    assert kinds(source, 5) == [
        *("RequestCancelExternalWorkflowExecutionInitiated", "ExternalWorkflowExecutionCancelRequested"),
        "DecisionTaskScheduled",
    ]
    assert last(source, "ExternalWorkflowExecutionCancelRequested").initiated_event_id == 5
    assert kinds(target, 5) == ["WorkflowExecutionCancelRequested", "DecisionTaskScheduled"]
    heard = last(target, "WorkflowExecutionCancelRequested")
    assert (heard.external_initiated_event_id, heard.cause) == (5, None)
    assert heard.external_workflow_execution == WorkflowExecution("source", source.run_id)
    assert (target.cancel_requested, source.cancel_requested) == (True, False)


@pytest.mark.parametrize(
    ("decision", "refusal"),
    [
        (signal_other("nobody", "r"), "SignalExternalWorkflowExecutionFailed"),
        (cancel_other("nobody", "r"), "RequestCancelExternalWorkflowExecutionFailed"),
    ],
)
def test_what_finds_no_open_run_is_refused(domain: Domain, decision: Decision, refusal: str) -> None:
    source = domain.start("source")

    domain.decide(decision)

    assert kinds(source, 6) == [refusal, "DecisionTaskScheduled"]
    refused = last(source, refusal)
    assert refused.cause == "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION"
    assert (refused.workflow_id, refused.run_id, refused.control) == ("nobody", "r", "k")
    assert (refused.initiated_event_id, refused.decision_task_completed_event_id) == (5, 4)


def test_a_run_that_is_closed_or_another_is_not_found(domain: Domain) -> None:
    past = domain.start("target")
    domain.executions.terminate(past, domain.now)
    source = domain.start("source")
    domain.decide(signal_other("target"))
    domain.start("target", task_list="other")

    domain.decide(signal_other("target", past.run_id))

    assert kinds(source).count("SignalExternalWorkflowExecutionFailed") == 2


def test_what_several_decisions_ask_of_others_comes_in_their_order(domain: Domain) -> None:
    source = domain.start("source")
    target = domain.start("target", task_list="other")

    domain.answer(domain.poll("dl"), cancel_other("target"), signal_other("target"), signal_other("nobody"))

    assert kinds(target, 3) == ["WorkflowExecutionCancelRequested", "WorkflowExecutionSignaled"]
    assert kinds(source, 8) == [
        *("ExternalWorkflowExecutionCancelRequested", "DecisionTaskScheduled"),
        *("ExternalWorkflowExecutionSignaled", "SignalExternalWorkflowExecutionFailed"),
    ]


def test_a_source_that_closes_in_the_same_batch_delivers_and_hears_nothing(domain: Domain) -> None:
    source = domain.start("source")
    target = domain.start("target", task_list="other")

    domain.answer(domain.poll("dl"), signal_other("target"), signal_other("nobody"), complete())

    assert kinds(source, 5) == [
        *("SignalExternalWorkflowExecutionInitiated", "SignalExternalWorkflowExecutionInitiated"),
        "WorkflowExecutionCompleted",
    ]
    assert kinds(target, 3) == ["WorkflowExecutionSignaled"]


def test_an_execution_may_signal_itself(domain: Domain) -> None:
    execution = domain.start("w")

    domain.decide(signal_other("w"))

    assert kinds(execution, 6) == [
        *("WorkflowExecutionSignaled", "DecisionTaskScheduled"),
        "ExternalWorkflowExecutionSignaled",
    ]


def test_a_signal_to_oneself_before_continuing_reaches_the_run_that_goes_on(domain: Domain) -> None:
    first = domain.start("w")

    domain.decide(signal_other("w"), continue_as_new())

    assert kinds(first, 5) == [
        *("SignalExternalWorkflowExecutionInitiated", "WorkflowExecutionContinuedAsNew")
    ]
    assert kinds(domain.executions.execution("w"), 3) == ["WorkflowExecutionSignaled"]


def test_each_request_for_cancellation_is_an_event_and_none_closes(domain: Domain) -> None:
    execution = domain.start()

    domain.executions.request_cancel(execution, domain.now)
    domain.executions.request_cancel(execution, domain.now)

    assert kinds(execution, 3) == ["WorkflowExecutionCancelRequested"] * 2
    requested = last(execution, "WorkflowExecutionCancelRequested")
    assert (requested.external_initiated_event_id, requested.external_workflow_execution) == (0, None)
    assert requested.cause is None
    assert execution.cancel_requested
    assert not execution.closed
