"""How executions end: by a decision, from outside, by their clock, by the length of their history."""

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
    function,
    kinds,
    last,
    marker,
    signal_other,
    timer,
)

from swf.engine.machine import Execution, Executions, Limits
from swf.exceptions import ExecutionAlreadyStarted, UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.protocol import events as e
    from swf.protocol.decisions import Decision

ENDS = [
    (complete("r"), "Complete", "WorkflowExecutionCompleted", "COMPLETED"),
    (fail("why"), "Fail", "WorkflowExecutionFailed", "FAILED"),
    (cancel(), "Cancel", "WorkflowExecutionCanceled", "CANCELED"),
    (continue_as_new(), "ContinueAsNew", "WorkflowExecutionContinuedAsNew", "CONTINUED_AS_NEW"),
]


@pytest.fixture
def domain() -> Domain:
    return Domain()


@pytest.mark.parametrize(("ends", "_", "event", "status"), ENDS)
def test_what_is_open_does_not_keep_an_execution_from_ending(
    domain: Domain, ends: Decision, _: str, event: str, status: str
) -> None:
    execution = domain.start()
    domain.decide(activity("started"))
    domain.work()
    domain.executions.signal(execution, "go", None, domain.now)

    domain.decide(timer(), activity(), child(), ends)

    assert kinds(execution)[-1] == event
    assert execution.close_status == status
    counts = execution.open_counts
    assert (counts.activity_tasks, counts.timers, counts.child_workflow_executions) == (2, 1, 1)
    assert counts.decision_tasks == 0
    assert domain.no_work()


@pytest.mark.parametrize(("ends", "name", "event", "_"), ENDS)
def test_what_is_unseen_keeps_an_execution_from_ending(
    domain: Domain, ends: Decision, name: str, event: str, _: str
) -> None:
    execution = domain.start()
    task = domain.poll()
    domain.executions.signal(execution, "s", None, domain.now)

    domain.answer(task, marker(), ends)

    refusal = f"{name}WorkflowExecutionFailed"
    assert kinds(execution, 6) == ["DecisionTaskCompleted", "MarkerRecorded", refusal]
    refused = last(execution, refusal)
    assert (refused.cause, refused.decision_task_completed_event_id) == ("UNHANDLED_DECISION", 6)
    assert domain.poll().scheduled_event_id == 5
    assert event not in kinds(execution)


def test_a_decision_that_was_refused_in_the_same_batch_does_not(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(activity(version="none"), complete())

    assert kinds(execution, 5) == ["ScheduleActivityTaskFailed", "WorkflowExecutionCompleted"]


@pytest.mark.parametrize("ends", [complete(), cancel()])
def test_a_request_for_cancellation_leaves_the_end_to_the_decider(domain: Domain, ends: Decision) -> None:
    execution = domain.start()
    domain.decide(activity())
    domain.executions.request_cancel(execution, domain.now)
    requested = execution.cancel_requested

    domain.decide(ends)

    assert requested
    assert execution.close_status in ("COMPLETED", "CANCELED")
    assert not execution.cancel_requested, "so Amazon says it of closed ones"
    assert execution.open_counts.activity_tasks == 1


def test_a_cancellation_needs_no_request(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(cancel())

    assert execution.close_status == "CANCELED"


def test_results_and_reasons_are_kept(domain: Domain) -> None:
    done, failed = domain.start("done"), domain.start("failed")

    domain.decide(complete(""))
    domain.decide(fail("why"))

    assert last(done, "WorkflowExecutionCompleted").result == ""
    assert last(failed, "WorkflowExecutionFailed").reason == "why"
    assert last(failed, "WorkflowExecutionFailed").details is None


def test_an_id_is_free_at_once_and_not_before(domain: Domain) -> None:
    first = domain.start()
    with pytest.raises(ExecutionAlreadyStarted):
        domain.start()
    domain.decide(complete())

    second = domain.start()

    assert second.run_id != first.run_id
    assert domain.executions.execution("w") is second
    assert domain.executions.execution("w", first.run_id) is first


def test_an_execution_that_ends_offers_no_tasks() -> None:
    offered: list[str] = []

    class Offers(Executions):
        def offer_activity(self, state: Execution, scheduled: e.ActivityTaskScheduled) -> None:
            offered.append(scheduled.attributes.activity_id)
            super().offer_activity(state, scheduled)

    domain = Domain(kind=Offers)
    domain.start("goes on")
    domain.start("ends")

    domain.decide(activity("wanted"))
    domain.decide(activity("unwanted"), complete())

    assert offered == ["wanted"]


def test_a_closed_execution_takes_nothing_and_is_named(domain: Domain) -> None:
    execution = domain.start()
    domain.executions.terminate(execution, domain.now)
    length = len(execution.events)

    asks: list[Callable[[], None]] = [
        lambda: domain.executions.signal(execution, "s", None, domain.now),
        lambda: domain.executions.request_cancel(execution, domain.now),
        lambda: domain.executions.terminate(execution, domain.now),
    ]
    for ask in asks:
        with pytest.raises(UnknownResource, match=r"WorkflowExecution=\[workflowId=w, runId=run-1\]"):
            ask()
    with pytest.raises(UnknownResource, match="Unknown execution, workflowId = w"):
        domain.executions.execution("w")
    assert len(execution.events) == length


def test_termination_does_not_wait_for_a_decision(domain: Domain) -> None:
    execution = domain.start()
    domain.poll()

    domain.executions.terminate(execution, domain.now)

    assert kinds(execution, 4) == ["WorkflowExecutionTerminated"]
    assert execution.open_counts.decision_tasks == 0


@pytest.mark.parametrize("ends_by", ["word", "clock"])
def test_what_is_unseen_does_not_keep_it_from_being_ended(domain: Domain, ends_by: str) -> None:
    execution = domain.start(execution_timeout="5")
    task = domain.poll()
    domain.executions.signal(execution, "s", None, domain.now)
    domain.answer(task, marker())

    if ends_by == "word":
        domain.executions.terminate(execution, domain.now)
    else:
        domain.wait(5)

    assert kinds(execution, 6)[:2] == ["DecisionTaskCompleted", "MarkerRecorded"]
    assert execution.close_status == ("TERMINATED" if ends_by == "word" else "TIMED_OUT")
    assert Execution.load("w", "run-1", execution.events) == execution


def test_an_execution_whose_time_is_over_gets_that_event_alone(domain: Domain) -> None:
    execution = domain.start(execution_timeout="1", child_policy="ABANDON")
    domain.decide(activity(start_to_close_timeout="1", schedule_to_start_timeout="1"), timer(seconds="1"))
    domain.executions.signal(execution, "s", None, domain.now)
    length = len(execution.events)

    domain.wait(1)

    assert kinds(execution, length + 1) == ["WorkflowExecutionTimedOut"]
    timed_out = last(execution, "WorkflowExecutionTimedOut")
    assert (timed_out.timeout_type, timed_out.child_policy) == ("START_TO_CLOSE", "ABANDON")
    assert domain.nothing_to_decide()
    assert domain.no_work()


def test_the_clocks_of_a_closed_execution_stand_still(domain: Domain) -> None:
    execution = domain.start(decision_timeout="1")
    domain.decide(activity(start_to_close_timeout="1"), timer(seconds="1"), complete())
    length = len(execution.events)

    domain.wait(1_000_000)

    assert len(execution.events) == length


# The length of the history


def test_a_history_that_is_full_ends_the_execution() -> None:
    domain = Domain(Limits(events=10))
    execution = domain.start()
    for _ in range(20):
        if not execution.closed:
            domain.executions.signal(execution, "s", None, domain.now)

    assert len(execution.events) == 10
    ended = last(execution, "WorkflowExecutionTerminated")
    assert (ended.cause, ended.child_policy, ended.reason) == ("EVENT_LIMIT_EXCEEDED", "TERMINATE", None)


def test_an_end_that_still_fits_is_the_end() -> None:
    domain = Domain(Limits(events=5))
    execution = domain.start()

    domain.decide(complete("r"))

    assert execution.close_status == "COMPLETED"
    assert len(execution.events) == 5


def test_the_rest_of_a_batch_is_void_when_the_history_is_full() -> None:
    domain = Domain(Limits(events=7))
    execution = domain.start()

    domain.decide(activity(), timer(), child("c"), complete())

    assert kinds(execution, 5) == ["ActivityTaskScheduled", "TimerStarted", "WorkflowExecutionTerminated"]
    assert domain.no_work()
    assert domain.executions.open_run("c") is None


def test_a_task_that_there_is_no_room_to_start_is_not_handed_out() -> None:
    domain = Domain(Limits(events=3))
    execution = domain.start()

    assert domain.nothing_to_decide()

    assert kinds(execution, 3) == ["WorkflowExecutionTerminated"]


def test_a_full_history_ends_an_execution_over_what_is_unseen() -> None:
    domain = Domain(Limits(events=7))
    execution = domain.start()
    task = domain.poll()
    domain.executions.signal(execution, "s", None, domain.now)

    domain.answer(task, marker())

    assert kinds(execution, 6) == ["DecisionTaskCompleted", "WorkflowExecutionTerminated"]


def test_limits_leave_room_for_a_start_and_an_end() -> None:
    with pytest.raises(ValueError, match="2"):
        Limits(events=1)


# How much may be open


@pytest.mark.parametrize(
    ("limits", "decisions", "refusal", "cause"),
    [
        (
            Limits(open_timers=1),
            (timer("a"), timer("b")),
            "StartTimerFailed",
            "OPEN_TIMERS_LIMIT_EXCEEDED",
        ),
        (
            Limits(open_children=1),
            (child("a"), child("b")),
            "StartChildWorkflowExecutionFailed",
            "OPEN_CHILDREN_LIMIT_EXCEEDED",
        ),
        (
            Limits(open_lambdas=1),
            (function("a"), function("b")),
            "ScheduleLambdaFunctionFailed",
            "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED",
        ),
        (
            Limits(open_activities=1),
            (activity("a"), activity("b")),
            "ScheduleActivityTaskFailed",
            "OPEN_ACTIVITIES_LIMIT_EXCEEDED",
        ),
    ],
)
def test_what_is_one_too_many_is_refused(
    limits: Limits, decisions: tuple[Decision, ...], refusal: str, cause: str
) -> None:
    domain = Domain(limits)
    execution = domain.start()

    domain.decide(*decisions)

    assert kinds(execution, 5)[1] == refusal
    assert last(execution, refusal).cause == cause
    assert execution.deliverable is not None


def test_what_is_over_makes_room() -> None:
    domain = Domain(Limits(open_timers=1))
    execution = domain.start()
    domain.decide(timer("a", "0"))
    domain.wait(0)

    domain.decide(timer("b"))

    assert "StartTimerFailed" not in kinds(execution)


# The time of events


def test_one_answer_is_one_moment_and_its_outcomes_come_after(domain: Domain) -> None:
    execution = domain.start()
    domain.now += 1

    domain.decide(marker(), signal_other("w"), timer())

    batch = [event.event_timestamp for event in execution.events[3:]]
    assert batch == [domain.now] * len(batch)


def test_time_never_runs_back_in_a_history(domain: Domain) -> None:
    execution = domain.start()
    started = domain.now
    domain.now -= 60

    domain.executions.signal(execution, "s", None, domain.now)

    assert execution.events[-1].event_timestamp == started
