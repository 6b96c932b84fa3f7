"""Local runs: the same semantics as everywhere, nothing stored."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from simpleflow import Workflow, activity, local
from simpleflow.exceptions import TaskException, WorkflowFailed
from simpleflow.local import Executor, Stuck
from simpleflow.retry import RetryPolicy
from simpleflow.swf.task import NonPythonicActivityTask


@activity.with_attributes(version="1")
def whole(value: set[int]) -> set[int]:
    return value | {3}


@activity.with_attributes(version="1", raises_on_failure=True, retry=RetryPolicy(3, initial_interval=5))
def fails(tries: str) -> None:
    raise KeyError(tries)


class Base(Workflow):
    name = "local"
    version = "1"
    task_list = "d"


class Typed(Base):
    def run(self) -> Any:
        return sorted(self.submit(whole, {1, 2}).result)


def test_values_come_back_as_annotated() -> None:
    assert local.run(Typed) == [1, 2, 3]


class Failing(Base):
    def run(self) -> None:
        self.submit(fails, "x").result  # noqa: B018  # reading waits


def test_a_failed_run_raises_its_failure_with_the_tasks_within() -> None:
    with pytest.raises(WorkflowFailed) as caught:
        Executor(Failing, skip_time=True).run()

    assert isinstance(caught.value.cause, TaskException)
    assert "activity-test_local.fails" in str(caught.value)


class Sleeping(Base):
    def run(self) -> Any:
        began = self.now()
        self.sleep(30 * 86_400)
        return (self.now() - began).days


def test_a_month_passes_at_once_when_time_is_skipped() -> None:
    assert Executor(Sleeping, skip_time=True).run() == 30


class Waiting(Base):
    def run(self) -> None:
        self.submit(self.wait_signal("never")).result  # noqa: B018  # reading waits


def test_a_run_that_nothing_can_bring_on_ends_and_says_what_it_waits_for() -> None:
    with pytest.raises(Stuck, match="the signal 'never'"):
        local.run(Waiting)


class Calling(Base):
    def run(self) -> Any:
        return whole({1})


def test_calling_an_activity_in_a_run_names_submit() -> None:
    with pytest.raises(WorkflowFailed, match=r"self\.submit\(whole"):
        local.run(Calling)
    assert whole({1}) == {1, 3}


MEET = threading.Barrier(2, timeout=20)


@activity.with_attributes(version="1")
def meet() -> bool:
    MEET.wait()
    return True


class Meeting(Base):
    def run(self) -> Any:
        return [each.result for each in [self.submit(meet), self.submit(meet)]]


def test_workers_are_threads_that_run_side_by_side() -> None:
    assert Executor(Meeting, nb_workers=2).run() == [True, True]


CALLS: list[str] = []


class Hooked(Base):
    def run(self, fail: bool) -> None:
        if fail:
            self.fail("asked", "why")

    def before_replay(self, history: Any) -> None:
        CALLS.append("before_replay")

    def after_replay(self, history: Any) -> None:
        CALLS.append("after_replay")

    def on_completed(self, history: Any) -> None:
        CALLS.append("on_completed")

    def on_failure(self, history: Any, reason: str, details: Any = None) -> None:
        CALLS.append(f"on_failure {reason} {details}")

    def after_closed(self, history: Any) -> None:
        CALLS.append("after_closed")


def test_hooks_are_called_once_and_in_order() -> None:
    CALLS.clear()
    local.run(Hooked, False)
    assert CALLS == ["before_replay", "after_replay", "on_completed", "after_closed"]

    CALLS.clear()
    with pytest.raises(WorkflowFailed, match="Workflow execution failed: asked"):
        local.run(Hooked, True)
    assert CALLS == ["before_replay", "on_failure asked why", "after_closed"]


class Failure(Base):
    def run(self) -> Any:
        return self.submit(NonPythonicActivityTask(whole, 1, value=2))


def test_a_task_that_is_not_ours_takes_either_args_or_kwargs() -> None:
    with pytest.raises(WorkflowFailed, match="doesn't support both"):
        local.run(Failure)


class Adding(Base):
    def run(self, x: int) -> int:
        return x + 1


def test_an_executor_can_run_again_and_its_history_ends_with_the_run() -> None:
    executor = Executor(Adding)
    with pytest.raises(RuntimeError, match="nothing has run yet"):
        _ = executor.history
    assert executor.run({"args": [1]}) == 2
    assert executor.run({"kwargs": {"x": 5}}) == 6
    assert executor.history.workflow["state"] == "completed"

    stuck = Executor(Waiting)
    for _ in range(2):
        with pytest.raises(Stuck):
            stuck.run()


class Outside(Base):
    def run(self) -> None: ...


def test_outside_of_a_run_nothing_can_be_submitted() -> None:
    executor = Executor(Outside)
    with pytest.raises(RuntimeError, match="no run in progress"):
        executor.submit(whole, {1})
    with pytest.raises(RuntimeError, match="no run in progress"):
        executor.get_run_context()
