"""When a task that failed is tried again. Pure: it knows neither clocks nor what a task is."""

from __future__ import annotations

import functools
import math
import sys
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta

from simpleflow.utils import format_exc_type

__all__ = ["RetryPolicy"]

_LONGEST = 366 * 24 * 3600  # seconds; no execution lives longer


@dataclass(frozen=True)
class RetryPolicy:
    """How often a task is tried, how long to wait before it is tried again, and which failures are final.

    `max_attempts` counts the first attempt. Before the second, `initial_interval` is waited for; before each
    further one `backoff` times longer, but no longer than `max_interval`. Intervals are seconds, or
    timedeltas. `jitter` shortens each wait at random, by up to that fraction of it, so that tasks that failed
    together are not tried again together. `non_retryable` holds exception classes, or their dotted names: a
    failure of such a class, or of a subclass that this process has loaded, is final;
    `simpleflow.exceptions.TimeoutError` stands for time-outs.
    """

    max_attempts: int = 3
    _: KW_ONLY
    initial_interval: float | timedelta = 1.0
    backoff: float = 2.0
    max_interval: float | timedelta | None = 300.0
    jitter: float = 0.1
    non_retryable: tuple[type[BaseException] | str, ...] = ()

    def __post_init__(self) -> None:
        span = "seconds or a timedelta, from 0"
        self._demand("max_attempts", "a whole number, from 1", _is_count(self.max_attempts))
        self._demand("initial_interval", span, _is_span(self.initial_interval))
        self._demand("backoff", "a number, from 1", _is_number(self.backoff, least=1))
        self._demand(
            "max_interval", f"{span}; or None", self.max_interval is None or _is_span(self.max_interval)
        )
        self._demand("jitter", "a fraction, from 0 to 1", _is_number(self.jitter, most=1))
        self._demand(
            "non_retryable",
            "a tuple of exception classes and of their dotted names",
            _are_errors(self.non_retryable),
        )

    def _demand(self, option: str, allowed: str, fulfilled: bool) -> None:
        if not fulfilled:
            raise ValueError(f"{option}={getattr(self, option)!r}: allowed is {allowed}")

    @classmethod
    def of(cls, retry: int | RetryPolicy | None) -> RetryPolicy:
        """Return the policy that an option `retry` stands for.

        A number means so many more attempts, each at once; None means none.
        """
        if isinstance(retry, RetryPolicy):
            return retry
        extra = 0 if retry is None else retry
        if not _is_count(extra, least=0):
            raise ValueError(f"retry={retry!r}: allowed is a whole number, from 0; a RetryPolicy; or None")
        return _at_once(extra)

    def allows(self, attempts_made: int) -> bool:
        """Tell whether one more attempt may be made after so many."""
        return attempts_made < self.max_attempts

    def wait_before(self, attempt: int, *, run_id: str, task_id: str) -> int:
        """Return the seconds to wait before the n-th attempt, the first being 1, rounded up.

        The same run, task and attempt always give the same, in any process.
        """
        initial, most = _seconds(self.initial_interval), _seconds(self.max_interval)
        if attempt <= 1 or initial == 0:
            return 0
        try:
            wait = min(initial * self.backoff ** (attempt - 2), most)
        except OverflowError:
            wait = most
        return math.ceil(wait * (1 - self.jitter * _chance(run_id, task_id, attempt)))

    def retryable(self, error_type: str | None, exception: BaseException | None = None) -> bool:
        """Tell whether a failure may be tried again, whatever the number of attempts.

        `error_type` is the dotted name of what a worker reports, bare for Python's own; `exception` what the
        run sees. One of them may be None.
        """
        if not self.non_retryable:
            return True
        kinds = [type(exception)] if exception is not None else []
        names = {error_type}
        if error_type is not None and (kind := _loaded(error_type)):
            kinds.append(kind)
        names.update(format_exc_type(base) for kind in kinds for base in kind.__mro__)
        return names.isdisjoint(map(_name, self.non_retryable))


@functools.cache
def _at_once(retries: int) -> RetryPolicy:
    return RetryPolicy(max_attempts=retries + 1, initial_interval=0, jitter=0)


def _seconds(span: float | timedelta | None) -> float:
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    return _LONGEST if seconds is None else min(seconds, _LONGEST)


def _chance(*parts: object) -> float:
    """Return a number from 0 up to 1, drawn once and for all for these parts."""
    from hashlib import blake2b  # takes a while to load, and most tasks succeed

    digest = blake2b("\n".join(map(str, parts)).encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48


# Failures and their names


def _name(error: type[BaseException] | str) -> str:
    return error.removeprefix("builtins.") if isinstance(error, str) else format_exc_type(error)


def _loaded(name: str) -> type[BaseException] | None:
    """Return the exception class of a dotted name, if its module is loaded; nothing is imported for it."""
    parts = name.split(".")
    for length in range(len(parts) - 1, -1, -1):
        found: object = sys.modules.get(".".join(parts[:length]) or "builtins")
        for part in parts[length:]:
            found = getattr(found, "__dict__", {}).get(part)
        if isinstance(found, type) and issubclass(found, BaseException):
            return found
    return None


# What is allowed


def _is_number(value: object, least: float = 0, most: float = math.inf) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_count(value: object, least: int = 1) -> bool:
    return isinstance(value, int) and _is_number(value, least)


def _is_span(value: object) -> bool:
    return value >= timedelta(0) if isinstance(value, timedelta) else _is_number(value)


def _are_errors(values: object) -> bool:
    return isinstance(values, tuple) and all(
        isinstance(value, str) or (isinstance(value, type) and issubclass(value, BaseException))
        for value in values
    )
