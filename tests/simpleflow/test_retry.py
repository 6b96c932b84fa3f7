from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpleflow.exceptions import TaskFailed, TimeoutError
from simpleflow.retry import RetryPolicy


class ShopError(Exception):
    class Closed(Exception):
        pass


class SoldOut(ShopError):
    pass


def waits(policy: RetryPolicy, attempts: int = 6) -> list[int]:
    return [policy.wait_before(n, run_id="r", task_id="t") for n in range(1, attempts + 1)]


def failed(error_type: str) -> TaskFailed:
    return TaskFailed("a-1", "bad", f'{{"error_type":"{error_type}"}}')


# How often


def test_attempts_are_counted_with_the_first() -> None:
    policy = RetryPolicy(3)
    assert [policy.allows(made) for made in (1, 2, 3, 4)] == [True, True, False, False]


@pytest.mark.parametrize(("retry", "attempts"), [(None, 1), (0, 1), (2, 3)])
def test_a_number_means_more_attempts_at_once(retry: int | None, attempts: int) -> None:
    policy = RetryPolicy.of(retry)
    assert policy.max_attempts == attempts
    assert waits(policy) == [0] * 6
    assert policy is RetryPolicy.of(retry)


def test_a_policy_stands_for_itself() -> None:
    policy = RetryPolicy(5)
    assert RetryPolicy.of(policy) is policy


@pytest.mark.parametrize("retry", [-1, 1.5, True, "2"])
def test_what_is_no_retry_is_refused(retry: Any) -> None:
    with pytest.raises(ValueError, match="allowed is a whole number, from 0; a RetryPolicy; or None"):
        RetryPolicy.of(retry)


# When


def test_waits_grow_up_to_the_longest() -> None:
    assert waits(RetryPolicy(jitter=0, initial_interval=2, backoff=3, max_interval=50)) == [
        0,
        2,
        6,
        18,
        50,
        50,
    ]


def test_waits_may_be_timedeltas_and_are_rounded_up() -> None:
    policy = RetryPolicy(
        jitter=0, initial_interval=timedelta(milliseconds=1500), backoff=1, max_interval=timedelta(minutes=1)
    )
    assert waits(policy, 3) == [0, 2, 2]


def test_without_a_longest_wait_none_is_longer_than_an_execution_lives() -> None:
    policy = RetryPolicy(jitter=0, max_interval=None, backoff=1e300)
    assert waits(policy, 4) == [0, 1, 366 * 24 * 3600, 366 * 24 * 3600]


@given(
    st.floats(0, 1e6),
    st.floats(1, 10),
    st.floats(0, 1e6),
    st.floats(0, 1),
    st.integers(1, 1000),
    st.text(),
    st.text(),
)
def test_jitter_only_shortens_and_by_no_more_than_its_fraction(
    initial: float, backoff: float, most: float, jitter: float, attempt: int, run_id: str, task_id: str
) -> None:
    policy = RetryPolicy(initial_interval=initial, backoff=backoff, max_interval=most, jitter=jitter)
    exact = dataclasses.replace(policy, jitter=0)
    wait = policy.wait_before(attempt, run_id=run_id, task_id=task_id)
    longest = exact.wait_before(attempt, run_id=run_id, task_id=task_id)
    assert int((longest - 1) * (1 - jitter)) <= wait <= longest
    assert wait == policy.wait_before(attempt, run_id=run_id, task_id=task_id)


def test_jitter_spreads_the_tasks_of_a_run() -> None:
    policy = RetryPolicy(initial_interval=1000, max_interval=None, jitter=1)
    drawn = [policy.wait_before(2, run_id="r", task_id=f"t-{n}") for n in range(200)]
    assert min(drawn) < 100
    assert max(drawn) > 900
    assert 400 < sum(drawn) / len(drawn) < 600


def test_jitter_is_the_same_in_another_process() -> None:
    code = (
        "from simpleflow.retry import RetryPolicy;"
        "print(RetryPolicy(initial_interval=200, jitter=1).wait_before(2, run_id='r', task_id='t'))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert int(printed) == RetryPolicy(initial_interval=200, jitter=1).wait_before(2, run_id="r", task_id="t")


# Which failures


@pytest.mark.parametrize(
    ("non_retryable", "error_type", "exception", "final"),
    [
        ((), "KeyError", None, False),
        ((KeyError,), "KeyError", None, True),
        ((KeyError,), "ValueError", None, False),
        ((LookupError,), "KeyError", None, True),
        (("LookupError",), "KeyError", None, True),
        (("builtins.KeyError",), "KeyError", None, True),
        ((ShopError,), f"{__name__}.SoldOut", None, True),
        ((SoldOut,), f"{__name__}.ShopError", None, False),
        ((ShopError.Closed,), f"{__name__}.ShopError.Closed", None, True),
        (("elsewhere.Error",), "elsewhere.Error", None, True),
        (("elsewhere.Error",), "elsewhere.OtherError", None, False),
        ((ShopError,), "elsewhere.SoldOut", None, False),
        ((ShopError,), None, SoldOut(), True),
        ((ShopError,), None, KeyError(), False),
        ((KeyError,), None, None, False),
        ((TimeoutError,), None, TimeoutError("HEARTBEAT"), True),
        (("simpleflow.exceptions.TimeoutError",), None, TimeoutError("HEARTBEAT"), True),
        ((TimeoutError,), "TimeoutError", failed("TimeoutError"), False),
        ((OSError,), "TimeoutError", failed("TimeoutError"), True),
        ((TaskFailed,), "KeyError", failed("KeyError"), True),
        ((KeyError,), "no.such..name", None, False),
        ((KeyError,), "", None, False),
        ((KeyError,), f"{__name__}.waits", None, False),
    ],
)
def test_a_failure_is_final_by_its_class_or_a_base_of_it(
    non_retryable: tuple[type[BaseException] | str, ...],
    error_type: str | None,
    exception: BaseException | None,
    final: bool,
) -> None:
    policy = RetryPolicy(non_retryable=non_retryable)
    assert policy.retryable(error_type, exception) is not final


def test_nothing_is_imported_to_judge_a_failure() -> None:
    sys.modules.pop("this", None)
    assert RetryPolicy(non_retryable=(KeyError,)).retryable("this.Error", None)
    assert "this" not in sys.modules


# Written down


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_attempts": 0}, "max_attempts=0: allowed is a whole number, from 1"),
        ({"max_attempts": 2.5}, "max_attempts=2.5: allowed is a whole number"),
        ({"initial_interval": -1}, "initial_interval=-1: allowed is seconds or a timedelta, from 0"),
        ({"initial_interval": timedelta(seconds=-1)}, "allowed is seconds or a timedelta"),
        ({"initial_interval": None}, "initial_interval=None"),
        ({"backoff": 0.5}, "backoff=0.5: allowed is a number, from 1"),
        ({"max_interval": "1"}, "max_interval='1': allowed is seconds or a timedelta, from 0; or None"),
        ({"jitter": 1.5}, "jitter=1.5: allowed is a fraction, from 0 to 1"),
        ({"jitter": float("nan")}, "jitter=nan"),
        ({"non_retryable": "KeyError"}, "allowed is a tuple of exception classes and of their dotted names"),
        ({"non_retryable": (int,)}, "allowed is a tuple of exception classes"),
    ],
)
def test_an_impossible_option_is_refused_when_written_down(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RetryPolicy(**options)


def test_policies_are_values() -> None:
    policy = RetryPolicy(2, non_retryable=(SoldOut, "a.B"))
    assert policy == RetryPolicy(2, non_retryable=(SoldOut, "a.B"))
    assert hash(policy) == hash(pickle.loads(pickle.dumps(policy)))
