"""Stubs: what stands for an activity or a child workflow in a test, and remembers how it was called."""

from __future__ import annotations

import copy
import functools
import inspect
import types
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simpleflow.activity import Activity, NotSet, current
from simpleflow.exceptions import TimeoutError
from simpleflow.testing.timeouts import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simpleflow.workflow import Workflow

__all__ = ["NOT_SET", "Call", "Raises", "Stub", "StubbedActivity", "stubbed_workflow"]

NOT_SET: Final[Any] = NotSet("Return value")

Raises = BaseException | type[BaseException] | str
"""An exception, or the name of a timeout: `START_TO_CLOSE`, ..."""


class Call(NamedTuple):
    """The arguments of one attempt."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Stub:
    """What stands for an activity or a child: first what it raises, then what it returns or calls.

    A sequence in `raising` has an item an attempt, None for one that does not raise; when it is over, nothing
    is raised any more. Where nothing is said, the activity itself is performed.
    """

    def __init__(
        self,
        name: str,
        returning: Any = NOT_SET,
        raising: Raises | Sequence[Raises | None] | None = None,
        calling: Callable[..., Any] | None = None,
    ) -> None:
        if returning is not NOT_SET and calling is not None:
            raise ValueError(f"the stub of {name} either returns a value or calls a function")
        self.name = name
        self.calls: list[Call] = []
        """How it was called, attempt by attempt."""
        self._returning = returning
        self._calling = calling
        self._each = _is_one(raising)
        given: Any = [raising] if self._each else raising or ()
        self._raising: list[Raises | None] = list(given)
        for each in self._raising:
            _check(name, each)

    def __repr__(self) -> str:
        return f"<Stub of {self.name}, called {len(self.calls)} times>"

    def times_out(self, attempt: int) -> str | None:
        """Return how an attempt times out, None where it does not; the first attempt is 1."""
        raises = self._raises(attempt)
        kind = raises.timeout_type if isinstance(raises, TimeoutError) else raises
        return kind if isinstance(kind, str) else None

    def answer(self, attempt: int, otherwise: Callable[[], Any], call: Callable[[Any], Any]) -> Any:
        """Return or raise what it does; `call` calls its function, `otherwise` what it stands for."""
        raises = self._raises(attempt)
        if isinstance(raises, BaseException):
            raise raises.with_traceback(None)
        if isinstance(raises, type):
            raise raises
        if self._calling is not None:
            return call(self._calling)
        return otherwise() if self._returning is NOT_SET else self._returning

    def _raises(self, attempt: int) -> Raises | None:
        index = 0 if self._each else attempt - 1
        return self._raising[index] if index < len(self._raising) else None


def _is_one(raising: object) -> bool:
    return isinstance(raising, (BaseException, str, type))


def _check(name: str, raises: object) -> None:
    kind = raises.timeout_type if isinstance(raises, TimeoutError) else raises
    if isinstance(kind, str):
        if kind not in KINDS:
            raise ValueError(f"the stub of {name} cannot time out as {kind!r}: there are {', '.join(KINDS)}")
    elif not (
        kind is None
        or isinstance(kind, BaseException)
        or (isinstance(kind, type) and issubclass(kind, BaseException))
    ):
        raise TypeError(f"the stub of {name} raises exceptions, or how to time out, not {raises!r}")


class StubbedActivity(Activity[Any, Any]):
    """An activity as it is on the wire, whose stub is performed instead. It is not registered."""

    def __init__(
        self, activity: Activity[Any, Any], stub: Stub, attempts: Mapping[tuple[str, str], int]
    ) -> None:
        self.__dict__.update(vars(activity))
        self._activity = activity
        self._stub = stub
        self._attempts = attempts

    def perform(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        self._stub.calls.append(Call(tuple(args), dict(kwargs)))
        context = current()
        return self._stub.answer(
            self._attempts[context["run_id"], context["activity_id"]],
            lambda: self._activity.perform(args, kwargs),
            lambda function: _with(self._activity, function).perform(args, kwargs),
        )


def _with(activity: Activity[Any, Any], function: Callable[..., Any]) -> Activity[Any, Any]:
    """Return an activity that performs a function, a coroutine to its end."""
    variant = copy.copy(activity)
    variant._callable = function
    return variant


def stubbed_workflow(workflow: type[Workflow], stub: Stub) -> type[Workflow]:
    """Return a class whose `run` is the stub, and which is the workflow in all else."""
    attempts: dict[tuple[str, str], int] = {}

    def answer(self: Workflow, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        context = self.get_run_context()
        run = (context["workflow_id"], context["run_id"])
        if run not in attempts:  # else it is executed again
            attempts[run] = 1 + sum(workflow_id == run[0] for workflow_id, _ in attempts)
            stub.calls.append(Call(args, kwargs))
        return stub.answer(
            attempts[run],
            lambda: workflow.run(self, *args, **kwargs),
            lambda function: function(*args, **kwargs),
        )

    @functools.wraps(workflow.run)
    def run(self: Workflow, *args: Any, **kwargs: Any) -> Any:
        return answer(self, args, kwargs)

    @functools.wraps(workflow.run)
    async def run_straight(self: Workflow, *args: Any, **kwargs: Any) -> Any:
        made = answer(self, args, kwargs)
        return await made if inspect.isawaitable(made) else made

    body = {
        "__module__": workflow.__module__,
        "__qualname__": workflow.__qualname__,
        "run": run_straight if inspect.iscoroutinefunction(workflow.run) else run,
    }
    return types.new_class(workflow.__name__, (workflow,), exec_body=lambda space: space.update(body))
