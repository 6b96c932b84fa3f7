"""Timers, markers, and functions that nobody runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import (
    attributes,
    cancel_timer,
    complete,
    function,
    kinds,
    last,
    marker,
    refused,
    seconds,
    timer,
)

if TYPE_CHECKING:
    from conformance.region import Region


# Timers


@pytest.mark.edge(69)
def test_a_timer_of_no_time_fires_after_its_batch(region: Region) -> None:
    region.start()
    task = region.poll()
    region.answer(task, timer(seconds="0"), marker())
    region.advance(0)

    assert kinds(region.history(), 5) == [
        "TimerStarted",
        "MarkerRecorded",
        "TimerFired",
        "DecisionTaskScheduled",
    ]


def test_a_timer_fires_when_its_time_has_come(region: Region) -> None:
    region.start()
    region.decide(timer(seconds="10", control="c"))
    assert region.counts()["openTimers"] == 1
    region.advance(9.5)
    early = kinds(region.history(), 6)
    region.advance(0.5)

    events = region.history()
    assert early == []
    assert attributes(events[4]) == {
        "timerId": "t",
        "startToFireTimeout": "10",
        "control": "c",
        "decisionTaskCompletedEventId": 4,
    }
    assert kinds(events, 6) == ["TimerFired", "DecisionTaskScheduled"]
    assert attributes(events[5]) == {"timerId": "t", "startedEventId": 5}
    assert seconds(events[5]) - seconds(events[4]) >= 10
    assert region.counts()["openTimers"] == 0


def test_timers_fire_in_the_order_of_their_times(region: Region) -> None:
    region.start()
    region.decide(timer("late", "9"), timer("early", "3"), timer("middle", "5"))
    region.advance(100)

    fired = [attributes(e)["timerId"] for e in region.history() if e["eventType"] == "TimerFired"]
    assert fired == ["early", "middle", "late"]
    assert kinds(region.history()).count("DecisionTaskScheduled") == 2


@pytest.mark.edge(70)
def test_an_id_names_one_open_timer(region: Region) -> None:
    region.start()
    region.decide(timer(), timer())

    assert kinds(region.history(), 5) == ["TimerStarted", "StartTimerFailed", "DecisionTaskScheduled"]
    assert last(region.history(), "StartTimerFailed") == {
        "timerId": "t",
        "cause": "TIMER_ID_ALREADY_IN_USE",
        "decisionTaskCompletedEventId": 4,
    }
    region.advance(10)
    region.decide(timer())
    assert kinds(region.history())[-1] == "TimerStarted"
    region.signal()
    region.decide(cancel_timer(), timer())
    assert kinds(region.history())[-2:] == ["TimerCanceled", "TimerStarted"]


@pytest.mark.edge(71)
def test_a_timer_that_is_not_open_cannot_be_canceled(region: Region) -> None:
    region.start()
    region.decide(cancel_timer("nope"))

    assert kinds(region.history(), 5) == ["CancelTimerFailed", "DecisionTaskScheduled"]
    assert last(region.history(), "CancelTimerFailed") == {
        "timerId": "nope",
        "cause": "TIMER_ID_UNKNOWN",
        "decisionTaskCompletedEventId": 4,
    }


def test_a_timer_that_fired_meanwhile_cannot_be_canceled(region: Region) -> None:
    region.start()
    region.decide(timer(seconds="5"))
    region.signal()
    task = region.poll()
    region.advance(5)
    region.answer(task, cancel_timer(), complete())

    assert kinds(region.history(), 9) == [
        "TimerFired",
        "DecisionTaskScheduled",
        "DecisionTaskCompleted",
        "CancelTimerFailed",
        "CompleteWorkflowExecutionFailed",
    ]


@pytest.mark.edge(72, 73)
def test_a_timer_is_canceled_with_one_l(region: Region) -> None:
    region.start()
    region.decide(timer())
    region.signal()
    region.decide(cancel_timer(), complete())

    events = region.history()
    assert kinds(events, 10) == ["TimerCanceled", "WorkflowExecutionCompleted"]
    assert events[9]["timerCanceledEventAttributes"] == {
        "timerId": "t",
        "startedEventId": 5,
        "decisionTaskCompletedEventId": 9,
    }
    region.advance(100)
    assert len(region.history()) == 11


def test_a_timer_started_and_canceled_in_one_batch(region: Region) -> None:
    region.start()
    region.decide(timer(seconds="0"), cancel_timer())
    region.advance(100)

    assert kinds(region.history(), 5) == ["TimerStarted", "TimerCanceled"]


def test_a_timer_of_a_closed_execution_does_not_fire(region: Region) -> None:
    region.start()
    region.decide(timer(seconds="0"), complete())
    region.advance(100)

    assert kinds(region.history(), 5) == ["TimerStarted", "WorkflowExecutionCompleted"]
    assert region.counts()["openTimers"] == 1


@pytest.mark.parametrize("length", ["NONE", "-1", "31536001", "1.5", "x", ""])
def test_a_timer_has_a_time_up_to_a_year(region: Region, length: str) -> None:
    region.start()
    task = region.poll()
    with refused("ValidationException"):
        region.answer(task, timer(seconds=length))
    region.answer(task, timer(seconds="31536000"))

    assert last(region.history(), "TimerStarted")["startToFireTimeout"] == "31536000"


# Markers


@pytest.mark.edge(75)
def test_markers_of_one_name_are_recorded_each(region: Region) -> None:
    region.start()
    region.decide(marker("m", "1"), marker("m", "2"), marker("m"))

    assert kinds(region.history(), 5) == ["MarkerRecorded"] * 3
    task = {"markerName": "m", "decisionTaskCompletedEventId": 4}
    assert [attributes(event) for event in region.history()[4:]] == [
        task | {"details": "1"},
        task | {"details": "2"},
        task,
    ]
    assert region.nothing_to_decide()


# Functions


@pytest.mark.edge(74)
def test_a_function_without_a_role_cannot_be_started(region: Region) -> None:
    region.start()
    region.decide(function(input="i", control="c", startToCloseTimeout="900"), function("bare"))

    events = region.history()
    assert kinds(events, 5) == [
        "LambdaFunctionScheduled",
        "LambdaFunctionScheduled",
        "StartLambdaFunctionFailed",
        "DecisionTaskScheduled",
        "StartLambdaFunctionFailed",
    ]
    assert attributes(events[4]) == {
        "id": "f",
        "name": "F",
        "input": "i",
        "control": "c",
        "startToCloseTimeout": "900",
        "decisionTaskCompletedEventId": 4,
    }
    assert attributes(events[6]) == {
        "scheduledEventId": 5,
        "cause": "ASSUME_ROLE_FAILED",
        "message": "No IAM role is attached to the current workflow execution.",
    }


def test_a_function_with_a_role_finds_no_service(region: Region) -> None:
    region.start(lambdaRole="role")
    region.decide(function())

    assert kinds(region.history(), 5) == ["ScheduleLambdaFunctionFailed", "DecisionTaskScheduled"]
    assert last(region.history(), "ScheduleLambdaFunctionFailed") == {
        "id": "f",
        "name": "F",
        "cause": "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION",
        "decisionTaskCompletedEventId": 4,
    }


def test_an_id_names_one_open_function(region: Region) -> None:
    region.start()
    region.decide(function(), function())

    assert kinds(region.history(), 5)[:3] == [
        "LambdaFunctionScheduled",
        "ScheduleLambdaFunctionFailed",
        "DecisionTaskScheduled",
    ]
    assert last(region.history(), "ScheduleLambdaFunctionFailed")["cause"] == "ID_ALREADY_IN_USE"


def test_a_function_of_a_closed_execution_fails_no_more(region: Region) -> None:
    region.start()
    region.decide(function(), complete())

    assert kinds(region.history(), 5) == ["LambdaFunctionScheduled", "WorkflowExecutionCompleted"]


@pytest.mark.parametrize("given", [{"startToCloseTimeout": "901"}, {"startToCloseTimeout": "0"}], ids=str)
def test_a_function_takes_a_quarter_of_an_hour_at_most(region: Region, given: dict[str, Any]) -> None:
    region.start()
    task = region.poll()

    with refused("ValidationException"):
        region.answer(task, function(**given))
    region.answer(task)
