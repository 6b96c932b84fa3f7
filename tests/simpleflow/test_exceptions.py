from __future__ import annotations

import json
import pickle
import traceback
from types import SimpleNamespace
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpleflow import exceptions
from simpleflow.constants import MAX_DETAILS_LENGTH, MAX_REASON_LENGTH
from simpleflow.exceptions import (
    AggregateException,
    CodecError,
    ExecutionBlocked,
    ExecutionError,
    ExecutionTimeoutError,
    Nondeterminism,
    SimpleflowError,
    TaskCanceled,
    TaskException,
    TaskFailed,
    TaskTerminated,
    TimeoutError,
    WorkflowCanceled,
    WorkflowException,
    WorkflowFailed,
    WorkflowNotCompleted,
    WorkflowTerminated,
    WorkflowTimedOut,
    failure_of,
)

TASK = SimpleNamespace(name="activity-shop.buy", payload="the activity")


class SoldOut(Exception):
    pass


class Mute(Exception):
    def __str__(self) -> NoReturn:
        raise SoldOut


def raised(exception: Exception, depth: int = 0) -> Exception:
    try:
        fail(exception, depth)
    except Exception as caught:
        return caught
    raise AssertionError


def fail(exception: Exception, depth: int) -> None:
    # Alternating, since Python itself folds a line that repeats.
    if depth:
        (fail_again if depth % 2 else fail)(exception, depth - 1)
    raise exception


def fail_again(exception: Exception, depth: int) -> None:
    fail(exception, depth)


# Their forms


@pytest.mark.parametrize(
    ("exception", "text", "representation"),
    [
        (TaskFailed("a-1", "bad"), "('a-1', 'bad', None)", 'TaskFailed (a-1, "bad")'),
        (TimeoutError("HEARTBEAT", 5), "HEARTBEAT after 5 seconds", "TimeoutError(HEARTBEAT)"),
        (TimeoutError(), "unknown timeout", "TimeoutError(unknown timeout)"),
        (TaskCanceled(), "The task was canceled.", "TaskCanceled()"),
        (TaskCanceled("enough"), "enough", "TaskCanceled('enough')"),
        (TaskTerminated(), "The task was terminated.", "TaskTerminated()"),
        (
            TaskException(TASK, TimeoutError("HEARTBEAT")),
            "activity-shop.buy: TimeoutError(HEARTBEAT)",
            "TaskException(activity-shop.buy, TimeoutError(HEARTBEAT))",
        ),
        (
            WorkflowException(TASK, TaskTerminated()),
            "activity-shop.buy: TaskTerminated()",
            "WorkflowException(activity-shop.buy, TaskTerminated())",
        ),
        (
            AggregateException([TaskCanceled(), None]),
            "[TaskCanceled(), None]",
            "AggregateException([TaskCanceled(), None])",
        ),
        (ExecutionError("text"), "text", "ExecutionError('text')"),
        (
            ExecutionTimeoutError(["ls", "-l"], 3),
            "ExecutionTimeoutError after 3 seconds (['ls', '-l'])",
            "ExecutionTimeoutError after 3 seconds (['ls', '-l'])",
        ),
        (CodecError("a set has no order", "args[0]"), "args[0]: a set has no order", None),
        (CodecError("not JSON"), "not JSON", "CodecError('not JSON')"),
        (WorkflowFailed("it broke", "why"), "it broke", "WorkflowFailed('it broke')"),
        (WorkflowTimedOut(), "The workflow took longer than it may.", "WorkflowTimedOut(None)"),
        (WorkflowCanceled(), "The workflow was canceled.", None),
        (WorkflowTerminated("by hand", cause=TaskCanceled()), "by hand", None),
        (SimpleflowError(), "Something went wrong in simpleflow.", "SimpleflowError()"),
        (ExecutionBlocked(), "", "ExecutionBlocked()"),
        (
            Nondeterminism(2, 7, "activity-a", "timer-b", "shop.py:12"),
            (
                "the code no longer matches the history (batch 2, event 7): recorded is activity-a, "
                "the code asks for timer-b at shop.py:12; restore what the code did, and give new code "
                "another version; or start a new execution"
            ),
            None,
        ),
        (
            Nondeterminism(2, None, "activity-a", None),
            (
                "the code no longer matches the history (batch 2): recorded is activity-a, "
                "the code asks for nothing; restore what the code did, and give new code another version; or "
                "start a new execution"
            ),
            "Nondeterminism(2, None, 'activity-a', None, None)",
        ),
    ],
)
def test_exceptions_say_what_they_know_and_survive_pickling(
    exception: Exception, text: str, representation: str | None
) -> None:
    assert str(exception) == text
    assert representation is None or repr(exception) == representation
    copy = pickle.loads(pickle.dumps(exception))
    assert type(copy) is type(exception)
    assert (str(copy), repr(copy), vars(copy).keys()) == (
        str(exception),
        repr(exception),
        vars(exception).keys(),
    )


def test_all_but_blocking_have_one_root() -> None:
    others = [
        error
        for name in exceptions.__all__
        if isinstance(error := getattr(exceptions, name), type) and not issubclass(error, SimpleflowError)
    ]
    assert others == [ExecutionBlocked]


def test_the_failure_of_a_task_names_its_payload() -> None:
    assert TaskException(TASK, TaskTerminated()).payload == "the activity"
    assert TaskException(object(), TaskTerminated()).payload is None


def test_the_failure_of_a_workflow_is_chained_to_its_cause() -> None:
    cause = TaskFailed("a-1", "bad")
    with pytest.raises(WorkflowNotCompleted) as caught:
        raise WorkflowFailed("it broke", cause=cause)
    assert caught.value.cause is caught.value.__cause__ is cause
    assert "direct cause" in "".join(traceback.format_exception(caught.value))


def test_a_path_grows_while_the_error_rises_and_survives_pickling() -> None:
    error = CodecError("bad", "[0]")
    error.path = f".items{error.path}"
    assert str(pickle.loads(pickle.dumps(error))) == "items[0]: bad"


# Several at once


def test_an_aggregate_holds_exceptions_in_order() -> None:
    canceled, terminated = TaskCanceled(), TaskTerminated()
    aggregate = AggregateException([canceled, None])
    assert aggregate != AggregateException([canceled])
    aggregate.append(terminated)
    assert aggregate == AggregateException([canceled, None, terminated])
    assert hash(aggregate) == hash(AggregateException([]))
    assert aggregate != [canceled, None, terminated]


def test_an_aggregate_is_flattened() -> None:
    canceled, terminated = TaskCanceled(), TaskTerminated()
    nested = AggregateException(
        [None, canceled, AggregateException([AggregateException([terminated, None])])]
    )
    assert nested.flatten() == AggregateException([canceled, terminated])


def test_an_aggregate_raises_what_was_not_handled() -> None:
    canceled, terminated = TaskCanceled(), TaskTerminated()
    aggregate = AggregateException([canceled, None, terminated])
    with pytest.raises(AggregateException) as caught:
        aggregate.handle(isinstance, TaskCanceled)
    assert caught.value == AggregateException([terminated])

    aggregate.handle(isinstance, (TaskCanceled, TaskTerminated))


# How they travel


def test_a_failure_is_read_back_from_its_reason_and_details() -> None:
    failure = TaskFailed("a-1", *failure_of(raised(SoldOut("no apples"))))
    assert failure.reason == "SoldOut: no apples"
    assert failure.error == "SoldOut"
    assert failure.error_type == f"{__name__}.SoldOut"
    assert failure.message == "no apples"
    lines = failure.traceback
    assert lines is not None
    assert lines[0] == "Traceback (most recent call last):\n"
    assert lines[-1] == f"{__name__}.SoldOut: no apples\n"


def test_an_error_type_of_python_itself_is_bare() -> None:
    failure = TaskFailed("a-1", *failure_of(KeyError()))
    assert (failure.reason, failure.error_type, failure.message) == ("KeyError", "KeyError", "")


@pytest.mark.parametrize("details", [None, "", "text", "[1]", '{"error":5,"traceback":"x"}'])
def test_details_of_others_tell_nothing(details: str | None) -> None:
    failure = TaskFailed("a-1", "bad", details)
    assert (failure.error, failure.error_type, failure.message, failure.traceback) == (None, None, None, None)


def test_what_was_executed_elsewhere_brings_its_own_details() -> None:
    text = '{"error":"SoldOut","message":"no apples","traceback":[]}'
    assert failure_of(ExecutionError(text)) == ("ExecutionError: " + text, text)
    assert TaskFailed("a-1", *failure_of(ExecutionError(text))).message == "no apples"


def test_an_exception_that_cannot_say_itself_is_reported() -> None:
    failure = TaskFailed("a-1", *failure_of(raised(Mute())))
    assert failure.reason == "Mute: <no text: its __str__ raised SoldOut>"


def test_a_long_message_is_cut_in_the_reason_only() -> None:
    failure = TaskFailed("a-1", *failure_of(SoldOut("x" * 1000)))
    assert failure.reason is not None
    assert len(failure.reason) == MAX_REASON_LENGTH
    assert failure.message == "x" * 1000


def test_a_long_traceback_loses_its_middle() -> None:
    reason, details = failure_of(raised(SoldOut("no apples"), depth=400))
    failure = TaskFailed("a-1", reason, details)
    assert MAX_DETAILS_LENGTH - 1000 < len(details) <= MAX_DETAILS_LENGTH
    lines = failure.traceback
    assert lines is not None
    assert lines[0].startswith("Traceback")
    assert lines[-1] == f"{__name__}.SoldOut: no apples\n"
    assert any("left out" in line for line in lines)
    assert failure.message == "no apples"


@given(st.text(max_size=20), st.integers(0, 50_000), st.integers(0, 3))
def test_any_failure_fits(text: str, times: int, depth: int) -> None:
    exception = raised(SoldOut(text * (times // 20)), depth)
    reason, details = failure_of(exception)
    assert len(reason) <= MAX_REASON_LENGTH
    assert len(details) <= MAX_DETAILS_LENGTH
    told = json.loads(details)
    assert str(exception).startswith(told["message"])
    assert told["error"] == "SoldOut"
