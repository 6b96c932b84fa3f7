"""Time-outs of local runs: there is no queue to wait in, and nobody vanishes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from runs import Base, outcome

from simpleflow import activity
from simpleflow.exceptions import TimeoutError, WorkflowTimedOut
from simpleflow.local import Executor

MOMENT = 1.05


@activity.with_attributes(version="1", start_to_close_timeout=1, schedule_to_close_timeout=None)
def slow(text: str) -> str:
    time.sleep(MOMENT)
    return text


@activity.with_attributes(version="1", schedule_to_start_timeout=1)
def quick(text: str) -> str:
    return text


class Slow(Base):
    def run(self) -> Any:
        future = self.submit(slow, "x")
        assert isinstance(future.exception, TimeoutError)
        return [future.exception.timeout_type, future.exception.timeout_value, future.result, future.state]


def test_an_activity_that_outlives_its_start_to_close_is_timed_out_when_it_returns() -> None:
    assert outcome(Slow) == ["START_TO_CLOSE", "1", None, "FINISHED"]


class SlowInAll(Base):
    def run(self) -> Any:
        patient = slow.with_options(start_to_close_timeout=None, schedule_to_close_timeout="1")
        failure = self.submit(patient, "x").exception
        assert isinstance(failure, TimeoutError)
        return failure.timeout_type


def test_an_activity_that_outlives_its_schedule_to_close_is_timed_out_too() -> None:
    assert outcome(SlowInAll) == "SCHEDULE_TO_CLOSE"


class Queueing(Base):
    def run(self) -> Any:
        first = self.submit(slow.with_options(start_to_close_timeout="NONE"), "first")
        second = self.submit(quick, "second")
        return [first.result, second.result]


def test_schedule_to_start_never_expires_however_long_others_run() -> None:
    assert outcome(Queueing) == ["first", "second"]


class Tried(Base):
    def run(self) -> Any:
        return repr(self.submit(slow.with_options(retry=1), "x").exception)


def test_a_time_out_is_retried_like_a_failure() -> None:
    executor = Executor(Tried)
    assert executor.run() == "TimeoutError(START_TO_CLOSE)"
    timed_out = [e for e in executor.history.events if type(e).__name__ == "ActivityTaskTimedOut"]
    assert len(timed_out) == 2


class Endless(Base):
    execution_timeout = 2

    def run(self) -> None:
        self.sleep(10)


def test_an_execution_that_outlives_its_time_out_is_timed_out() -> None:
    with pytest.raises(WorkflowTimedOut, match="START_TO_CLOSE"):
        outcome(Endless)


class Parent(Base):
    def run(self) -> Any:
        failure = self.submit(Endless.with_options(raises_on_failure=False)).exception
        assert isinstance(failure, TimeoutError)
        return failure.timeout_type


def test_a_child_that_outlives_its_time_out_is_a_time_out_of_its_parent() -> None:
    assert outcome(Parent) == "START_TO_CLOSE"
