"""Call again what failed, in this process. For tasks there is `simpleflow.retry`."""

from __future__ import annotations

import functools
import logging
import time
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["constant", "exponential", "with_delay"]

P = ParamSpec("P")
R = TypeVar("R")

Exceptions = type[BaseException] | tuple[type[BaseException], ...]

logger = logging.getLogger(__name__)


def constant(value: float) -> Callable[[int], float]:
    """Return a delay that is always `value` seconds."""
    return lambda n: value


def exponential(n: int) -> float:
    """Be a delay of 2^n seconds: 1 before the first retry, then 2, 4, ..."""
    return float(2**n)


def with_delay(
    nb_times: int = 1,
    delay: float | Callable[[int], float] = constant(1),  # noqa: B008 (it keeps no state)
    on_exceptions: Exceptions = Exception,
    except_on: Exceptions | None = None,
    log_with: Callable[..., Any] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function try again, `nb_times` at most, when it raises `on_exceptions` but not `except_on`.

    `delay` is seconds, or a function that says them for the n-th retry, from 0. `log_with` is called like
    `logger.warning` before each wait. When no retry is left, the exception rises.
    """
    wait_before = delay if callable(delay) else constant(delay)
    log = log_with or logger.info

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def retried(*args: P.args, **kwargs: P.kwargs) -> R:
            for n in range(nb_times):
                try:
                    return function(*args, **kwargs)
                except on_exceptions as error:
                    if except_on is not None and isinstance(error, except_on):
                        raise
                    seconds = wait_before(n)
                    log("%s: retry %d of %d in %s seconds: %r", function, n + 1, nb_times, seconds, error)
                    time.sleep(seconds)
            return function(*args, **kwargs)

        return retried

    return decorate
