"""Timers, markers, and Lambda functions, of which there are none here."""

from __future__ import annotations

import pytest
from one_domain import Domain, cancel_timer, complete, function, kinds, last, marker, timer

from swf.protocol import to_wire


@pytest.fixture
def domain() -> Domain:
    return Domain()


def test_a_timer_of_no_seconds_fires_after_its_batch(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer(seconds="0"), marker())
    in_batch = kinds(execution, 5)

    domain.wait(0)

    assert in_batch == ["TimerStarted", "MarkerRecorded"]
    assert kinds(execution, 7) == ["TimerFired", "DecisionTaskScheduled"]
    fired = last(execution, "TimerFired")
    assert (fired.timer_id, fired.started_event_id) == ("t", 5)


def test_a_timer_fires_once_and_not_before_its_time(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer(seconds="10"))

    domain.wait(9.9)
    before = kinds(execution, 6)
    domain.wait(0.1)
    domain.wait(10)

    assert before == []
    assert kinds(execution, 6) == ["TimerFired", "DecisionTaskScheduled"]


def test_a_timer_that_is_overdue_fires_at_the_time_it_is_noticed(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer("late", "2"), timer("early", "1"))

    domain.wait(100)

    assert kinds(execution, 7) == ["TimerFired", "DecisionTaskScheduled", "TimerFired"]
    fired = [event for event in execution.events if type(event).__name__ == "TimerFired"]
    assert [to_wire(event)["timerFiredEventAttributes"]["timerId"] for event in fired] == ["early", "late"]
    assert {event.event_timestamp for event in fired} == {domain.now}


def test_an_id_is_in_use_until_its_timer_has_fired(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer(seconds="1"), timer(seconds="1"))
    refused = last(execution, "StartTimerFailed")
    refusal = kinds(execution, 5)
    domain.wait(1)

    domain.decide(timer())

    assert refusal == ["TimerStarted", "StartTimerFailed", "DecisionTaskScheduled"]
    assert (refused.timer_id, refused.cause) == ("t", "TIMER_ID_ALREADY_IN_USE")
    assert kinds(execution)[-1] == "TimerStarted"


def test_an_id_is_free_once_its_timer_is_canceled(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(timer(), cancel_timer(), timer())
    domain.wait(10)

    assert kinds(execution, 5) == [
        *("TimerStarted", "TimerCanceled", "TimerStarted"),
        *("TimerFired", "DecisionTaskScheduled"),
    ]
    assert last(execution, "TimerFired").started_event_id == 7


def test_a_cancellation_names_its_timer_and_asks_for_no_decision(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer())
    domain.executions.signal(execution, "go", None, domain.now)

    domain.decide(cancel_timer())

    assert kinds(execution)[-2:] == ["DecisionTaskCompleted", "TimerCanceled"]
    canceled = last(execution, "TimerCanceled")
    assert (canceled.timer_id, canceled.started_event_id) == ("t", 5)
    assert canceled.decision_task_completed_event_id == len(execution.events) - 1
    wire = to_wire(execution.events[-1])
    assert (wire["eventType"], "timerCanceledEventAttributes" in wire) == ("TimerCanceled", True)
    assert domain.executions.next_timer() is None


def test_a_cancellation_of_an_unknown_timer_is_refused(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(cancel_timer("x"))

    assert kinds(execution, 5) == ["CancelTimerFailed", "DecisionTaskScheduled"]
    refused = last(execution, "CancelTimerFailed")
    assert (refused.timer_id, refused.cause) == ("x", "TIMER_ID_UNKNOWN")


def test_a_timer_that_fired_during_the_decision_cannot_be_canceled(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer(seconds="1"))
    domain.executions.signal(execution, "go", None, domain.now)
    task = domain.poll()
    domain.wait(1)

    domain.answer(task, cancel_timer(), complete())

    assert kinds(execution)[-4:] == [
        *("DecisionTaskScheduled", "DecisionTaskCompleted"),
        *("CancelTimerFailed", "CompleteWorkflowExecutionFailed"),
    ]
    assert last(execution, "CancelTimerFailed").cause == "TIMER_ID_UNKNOWN"


def test_a_timer_can_be_canceled_in_the_batch_that_closes(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer())
    domain.executions.signal(execution, "go", None, domain.now)

    domain.decide(cancel_timer(), complete())

    assert kinds(execution)[-2:] == ["TimerCanceled", "WorkflowExecutionCompleted"]


def test_markers_of_one_name_are_recorded_in_order(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(marker("m", "first"), marker("m", ""), marker("m"))

    recorded = [to_wire(event)["markerRecordedEventAttributes"] for event in execution.events[4:]]
    assert [each.get("details") for each in recorded] == ["first", "", None]
    assert {each["decisionTaskCompletedEventId"] for each in recorded} == {4}
    assert domain.nothing_to_decide()


def test_a_lambda_function_cannot_start_without_a_role(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(function())

    assert kinds(execution, 5) == [
        *("LambdaFunctionScheduled", "StartLambdaFunctionFailed", "DecisionTaskScheduled")
    ]
    refused = last(execution, "StartLambdaFunctionFailed")
    assert (refused.scheduled_event_id, refused.cause) == (5, "ASSUME_ROLE_FAILED")
    assert refused.message == "No IAM role is attached to the current workflow execution."
    assert execution.open_counts.lambda_functions == 0


def test_a_lambda_function_is_not_available_with_a_role(domain: Domain) -> None:
    execution = domain.start(lambda_role="role")

    domain.decide(function())

    assert kinds(execution, 5) == ["ScheduleLambdaFunctionFailed", "DecisionTaskScheduled"]
    refused = last(execution, "ScheduleLambdaFunctionFailed")
    assert (refused.id, refused.name, refused.cause) == ("f", "F", "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION")


def test_the_id_of_a_lambda_function_is_in_use_while_it_is_open(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(function(), function())

    assert kinds(execution, 5) == [
        *("LambdaFunctionScheduled", "ScheduleLambdaFunctionFailed"),
        *("DecisionTaskScheduled", "StartLambdaFunctionFailed"),
    ]
    assert last(execution, "ScheduleLambdaFunctionFailed").cause == "ID_ALREADY_IN_USE"

    domain.decide(function())

    assert kinds(execution)[-3] == "LambdaFunctionScheduled", "it has failed: its id is free"


def test_a_close_in_the_same_batch_leaves_the_lambda_function_scheduled(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(function(), complete())

    assert kinds(execution, 5) == ["LambdaFunctionScheduled", "WorkflowExecutionCompleted"]
    assert execution.open_counts.lambda_functions == 1
