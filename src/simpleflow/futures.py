"""Futures: values that may not be known yet, and the edges of the dataflow.

A future knows its state and who waits for it. It does not know what a task, a run or SWF is: what is bound
to it (its `source`) does.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast, overload

from simpleflow.exceptions import ExecutionBlocked, TaskCanceled

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = [
    "ALL_COMPLETED",
    "CANCELLED",
    "CANCELLED_AND_NOTIFIED",
    "FINISHED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "PENDING",
    "RUNNING",
    "Future",
    "get_result_or_raise",
    "use",
    "wait",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PENDING = "PENDING"
RUNNING = "RUNNING"
CANCELLED = "CANCELLED"
CANCELLED_AND_NOTIFIED = "CANCELLED_AND_NOTIFIED"
FINISHED = "FINISHED"

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"
_AS_COMPLETED = "_AS_COMPLETED"

_DONE = frozenset({CANCELLED, CANCELLED_AND_NOTIFIED, FINISHED})


class Source(Protocol):
    """What stands behind a future in a run: it can suspend the run, and must know what the run has seen."""

    def wait(self, future: Future[Any]) -> None:
        """Return when `future` is done; where nothing can be waited for, raise `ExecutionBlocked`."""

    def seen(self, future: Future[Any], closely: bool) -> None:
        """Take note that the run looked whether `future` is done or, `closely`, at its very state."""

    def cancel(self, future: Future[Any]) -> bool:
        """Ask for the cancellation of what `future` stands for; its state moves when that is known."""

    def raise_failure(self, future: Future[Any]) -> None:
        """Raise the failure of `future` where it is awaited, if it is one that raises."""


class Future(Generic[T_co]):
    """The outcome of something that was submitted: unknown at first, then known for good.

    All is read by properties. In a run, reading `result` or `exception` of what is not done waits for it;
    elsewhere it raises `ExecutionBlocked`. A task that failed has an `exception` and the result None.
    """

    _state: str
    _result: Any
    _exception: BaseException | None

    def __init__(self) -> None:
        self._state = PENDING
        self._result = None
        self._exception = None
        self._source: Source | None = None
        self._watchers: list[Callable[[Future[Any]], None]] | None = None

    def __repr__(self) -> str:
        text = f"<{type(self).__name__} at {id(self):#x} state={self.state.lower()}"
        if self._state in _DONE and self._exception is not None:
            text += f" exception={self._exception!r}"
        return text + ">"

    def __await__(self) -> Generator[Future[Any], None, T_co]:
        """Wait in an `async def run`; raises the failure of a task that has `raises_on_failure`."""
        if self._state not in _DONE:
            yield self
        self._settle()
        if self._source is not None:
            self._source.raise_failure(self)
        return cast("T_co", self._result)

    # What a reader sees

    def _look(self, closely: bool = False) -> str:
        if self._source is not None:
            self._source.seen(self, closely)
        return self._state

    @property
    def state(self) -> str:
        """One of `PENDING`, `RUNNING`, `CANCELLED`, `FINISHED`."""
        return self._look(closely=True)

    @property
    def pending(self) -> bool:
        """Whether it is not started yet, be it scheduled or not."""
        return self._look(closely=True) == PENDING

    @property
    def running(self) -> bool:
        """Whether a worker (or the child) has started it."""
        return self._look(closely=True) == RUNNING

    @property
    def finished(self) -> bool:
        """Whether it completed, failed or timed out."""
        return self._look() == FINISHED

    @property
    def cancelled(self) -> bool:
        """Whether it was canceled."""
        return self._look() == CANCELLED

    @property
    def done(self) -> bool:
        """Whether its outcome is known."""
        return self._look() in _DONE

    @property
    def result(self) -> T_co:
        """The value, waited for; None when the task failed or was canceled."""
        self._settle()
        return cast("T_co", self._result)

    @property
    def exception(self) -> BaseException | None:
        """The failure, waited for; None when there is none, a `TaskCanceled` when it was canceled."""
        self._settle()
        if self._exception is None and self._state == CANCELLED:
            return TaskCanceled()
        return self._exception

    def wait(self) -> None:
        """Wait until it is done; outside a run, raise `ExecutionBlocked`."""
        if self._source is None:
            raise ExecutionBlocked
        self._source.wait(self)

    def cancel(self) -> bool:
        """Cancel it: False when it is done already, else True.

        What is not scheduled yet is canceled at once and never scheduled. What is scheduled is asked to
        stop; its state becomes `CANCELLED` when the history says so, and a completion that wins stays one.
        """
        if self._state in _DONE:
            return False
        if self._source is not None:
            return self._source.cancel(self)
        self.set_cancelled()
        return True

    def _settle(self) -> None:
        if self._source is not None:
            self._source.wait(self)
        elif self._state not in _DONE:
            raise ExecutionBlocked

    # What its source says

    def set_running(self) -> None:
        """Say that it has started."""
        self._state = RUNNING

    def set_finished(self, result: Any) -> None:
        """Say that it is done, with this result."""
        self._result = result
        self._finish(FINISHED)

    def set_exception(self, exception: BaseException | None) -> None:
        """Say that it failed; None takes a failure back."""
        self._exception = exception
        self._finish(FINISHED)

    def set_cancelled(self) -> None:
        """Say that it was canceled."""
        self._finish(CANCELLED)

    def _finish(self, state: str) -> None:
        self._state = state
        watchers, self._watchers = self._watchers, None
        for watcher in watchers or ():
            watcher(self)

    def _watch(self, watcher: Callable[[Future[Any]], None]) -> None:
        """Call `watcher` when it is done."""
        if self._watchers is None:
            self._watchers = []
        self._watchers.append(watcher)


def is_done(future: Future[Any]) -> bool:
    """Tell whether `future` is done without letting its source take note: for what is not user code."""
    return future._state in _DONE


@overload
def wait() -> list[Any]: ...
@overload
def wait(*futures: Future[T]) -> list[T]: ...
@overload
def wait(*futures: Future[Any]) -> list[Any]: ...
def wait(*futures: Future[Any]) -> list[Any]:
    """Wait for all the futures and return their results, in order.

    A failed or canceled one gives None. Outside a run, raises `ExecutionBlocked` if one is not done.
    """
    return [future.result for future in futures]


def use(future: Future[T]) -> T:
    """Return `future` itself, typed as its value: for arguments by keyword or inside a container.

    `self.submit(total, [use(a), use(b)])` type-checks where `[a, b]` cannot; both mean the same at run time.
    """
    return cast("T", future)


def get_result_or_raise(future: Future[T]) -> T:
    """Return `future.result`. Deprecated: read the property."""
    warnings.warn("Call to deprecated function get_result_or_raise.", DeprecationWarning, stacklevel=2)
    return future.result
