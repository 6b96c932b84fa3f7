"""What a failure does: retries, `raises_on_failure`, `on_task_failure`, and what the caller of a run gets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from runs import Base, boom, history_of, inc, outcome

from simpleflow import activity, local, task
from simpleflow.exceptions import (
    CodecError,
    SimpleflowError,
    TaskException,
    TaskFailed,
    WorkflowException,
    WorkflowFailed,
    WorkflowNotCompleted,
)
from simpleflow.local import Executor
from simpleflow.retry import RetryPolicy

TRIES: list[int] = []


class OutOfStock(Exception):
    """Final: trying again does not help."""


@activity.with_attributes(version="1")
def flaky(succeeds_at: int) -> int:
    TRIES.append(1)
    if len(TRIES) < succeeds_at:
        raise OSError(f"try {len(TRIES)}")
    return len(TRIES)


@activity.with_attributes(version="1")
def sold_out() -> None:
    TRIES.append(1)
    raise OutOfStock("no apples")


class Trying(Base):
    def run(self, retry: int, succeeds_at: int) -> Any:
        future = self.submit(flaky.with_options(retry=retry), succeeds_at)
        return [future.result, repr(future.exception)]


def test_a_number_of_retries_is_made_at_once() -> None:
    TRIES.clear()
    assert outcome(Trying, 2, 3) == [3, "None"]
    TRIES.clear()
    result, failure = outcome(Trying, 1, 3)
    assert result is None
    assert "OSError: try 2" in failure


class BackingOff(Base):
    def run(self) -> float:
        began = self.now()
        policy = RetryPolicy(4, initial_interval=10, backoff=3, max_interval=40, jitter=0)
        self.submit(flaky.with_options(retry=policy), 4).wait()
        return (self.now() - began).total_seconds()


def test_the_waits_of_a_policy_grow_up_to_the_longest() -> None:
    TRIES.clear()
    assert 10 + 30 + 40 <= outcome(BackingOff) < 81
    assert len(TRIES) == 4


@pytest.mark.parametrize("final", [OutOfStock, f"{__name__}.OutOfStock", Exception])
def test_a_failure_that_is_not_retryable_is_final(final: Any) -> None:
    class Final(Base):
        def run(self) -> Any:
            policy = RetryPolicy(5, initial_interval=1, non_retryable=(final,))
            return repr(self.submit(sold_out.with_options(retry=policy)).exception)

    TRIES.clear()
    assert "OutOfStock: no apples" in outcome(Final)
    assert len(TRIES) == 1


class Backup(Base):
    def run(self) -> Any:
        try:
            self.submit(boom.with_options(raises_on_failure=True)).wait()
        except TaskException as error:
            told = getattr(error.exception, "message", None)
            return [told, self.submit(inc, 1).result]


def test_a_failure_that_raises_is_caught_where_it_was_submitted() -> None:
    assert outcome(Backup) == ["broken", 2]


class NoneForDependants(Base):
    def run(self) -> Any:
        return self.submit(is_none, self.submit(boom)).result


@activity.with_attributes(version="1")
def is_none(value: Any) -> bool:
    return value is None


def test_a_failure_that_does_not_raise_is_none_for_what_depends_on_it() -> None:
    assert outcome(NoneForDependants) is True


class Deciding(Base):
    """Does to each failure what the failing activity's message says."""

    def run(self, what: str) -> Any:
        future = self.submit(boom.with_options(retry=1, raises_on_failure=True), what)
        return [future.result, future.cancelled, repr(future.exception)]

    def on_task_failure(self, failure_context: task.TaskFailureContext) -> task.TaskFailureContext | None:
        context = failure_context
        assert context.payload.name == context.task_name == "runs.boom"
        assert context.task_error == "ValueError"
        assert context.task_error_type is ValueError
        assert isinstance(context.details, dict)
        match context.task_message:
            case "ignore":
                assert context.future is not None
                context.future.set_finished("instead")
                return context.decide_ignore()
            case "cancel":
                return context.decide_cancel()
            case "abort":
                return context.decide_abort()
            case "later":
                context.a_task.args = ["ignore"]
                return context.decide_retry(retry_wait_timeout=3600)
            case "handled":
                return context.decide_handled(context.a_task, self.submit(inc, 41))
        return None


@pytest.mark.parametrize(
    ("what", "result"),
    [
        ("ignore", ["instead", False, "None"]),
        ("cancel", [None, True, "TaskCanceled()"]),
        ("later", ["instead", False, "None"]),
        ("handled", [42, False, "None"]),
    ],
)
def test_on_task_failure_decides(what: str, result: Any) -> None:
    assert outcome(Deciding, what) == result


@pytest.mark.parametrize(("what", "attempts"), [("abort", 1), ("default", 2)])
def test_on_task_failure_aborts_or_leaves_the_default(what: str, attempts: int) -> None:
    executor = Executor(Deciding)
    with pytest.raises(WorkflowFailed, match=r"Workflow execution error in activity-runs\.boom"):
        executor.run({"args": [what]})
    failed = [e for e in executor.history.events if type(e).__name__ == "ActivityTaskFailed"]
    assert len(failed) == attempts


class FailingChild(Base):
    name = "child"

    def run(self) -> None:
        self.fail("told to", {"a": 1})


class Parent(Base):
    def run(self) -> Any:
        return self.submit(FailingChild).result


class PatientParent(Base):
    def run(self) -> Any:
        future = self.submit(FailingChild.with_options(raises_on_failure=False, retry=1))
        return [repr(future.exception), future.result]


def test_a_childs_failure_aborts_its_parent_unless_it_may_not() -> None:
    with pytest.raises(WorkflowFailed, match="Workflow execution error in workflow-child") as caught:
        outcome(Parent)
    assert isinstance(caught.value.cause, WorkflowException)
    failure, result = outcome(PatientParent)
    assert "Workflow execution failed: told to" in failure
    assert result is None
    assert len(history_of(PatientParent).child_workflows) == 1


def test_local_run_raises_a_typed_failure_that_holds_the_tasks() -> None:
    class Raising(Base):
        def run(self) -> None:
            self.submit(boom.with_options(raises_on_failure=True)).wait()

    with pytest.raises(WorkflowNotCompleted) as caught:
        local.run(Raising)

    failed = caught.value
    assert isinstance(failed, (WorkflowFailed, SimpleflowError))
    assert failed.reason == 'Workflow execution error in activity-runs.boom: "ValueError: broken"'
    assert isinstance(failed.cause, TaskException)
    assert isinstance(failed.cause.exception, TaskFailed)
    assert failed.cause.exception.error_type == "ValueError"
    lines = failed.cause.exception.traceback or []
    assert "runs.py" in lines[1]
    assert "simpleflow/perform.py" not in "".join(lines)


def test_an_exception_of_runs_own_is_the_cause_itself() -> None:
    class Wrong(Base):
        def run(self) -> None:
            raise KeyError("x")

    with pytest.raises(WorkflowFailed, match=r"Cannot replay the workflow: KeyError\('x'\)") as caught:
        local.run(Wrong)
    assert isinstance(caught.value.__cause__, KeyError)


def test_what_run_raises_is_told_with_its_own_frames_only() -> None:
    class Rethrowing(Base):
        def run(self) -> None:
            try:
                _ = self.submit(boom.with_options(raises_on_failure=True)).result
            except TaskException as error:
                raise KeyError("x") from error

    with pytest.raises(WorkflowFailed) as caught:
        local.run(Rethrowing)
    details = caught.value.details or ""
    assert details.count("in run\n") == details.count(", line ") == 2
    assert "The above exception was the direct cause" in details


def test_arguments_that_run_does_not_take_are_refused_before_it_starts() -> None:
    with pytest.raises(TypeError, match=r"Trying\.run\(\) missing 2 required arguments"):
        local.run(Trying)
    with pytest.raises(CodecError, match=r"args\[0\]"):
        local.run(Trying, object(), 1)


class Unwritable(Base):
    def run(self) -> Any:
        return repr(self.submit(gives_a_set).exception)


@activity.with_attributes(version="1")
def gives_a_set() -> Any:
    return {1, 2}


def test_a_result_that_cannot_travel_fails_the_activity_at_once() -> None:
    assert "CodecError: result: a set has no order" in outcome(Unwritable)


class Exiting(Base):
    def run(self) -> Any:
        return repr(self.submit(exits).exception)


@activity.with_attributes(version="1")
def exits() -> None:
    raise SystemExit(3)


def test_an_activity_that_exits_has_failed() -> None:
    assert "SystemExit(3)" in outcome(Exiting)


class GivingUp(Base):
    def run(self, error: str) -> Any:
        return repr(self.submit(gives_up, error).exception)


class OwnEnd(BaseException):
    pass


@activity.with_attributes(version="1")
def gives_up(error: str) -> None:
    raise {"canceled": asyncio.CancelledError, "closed": GeneratorExit, "own": OwnEnd}[error]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("error", "told"), [("canceled", "CancelledError()"), ("closed", "GeneratorExit()"), ("own", "OwnEnd()")]
)
def test_whatever_else_an_activity_raises_is_its_failure(workers: int, error: str, told: str) -> None:
    executor = Executor(GivingUp, nb_workers=workers)
    assert f"RuntimeError: {told}" in executor.run({"args": [error]})


@activity.with_attributes(version="1")
def interrupts() -> None:
    raise KeyboardInterrupt


class Interrupted(Base):
    def run(self) -> Any:
        return repr(self.submit(interrupts).exception)


def test_a_ctrl_c_ends_the_run_and_not_the_activity_alone() -> None:
    with pytest.raises(KeyboardInterrupt):
        outcome(Interrupted)


def test_in_a_thread_there_is_no_ctrl_c() -> None:
    assert "RuntimeError: KeyboardInterrupt()" in Executor(Interrupted, nb_workers=2).run()
