"""Activities: functions and classes that a workflow submits, with the options they run under."""

from __future__ import annotations

import copy
import inspect
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, Protocol, TypeVar, overload

from simpleflow.context import Current, DoNotComplete, activity_context, running_workflow
from simpleflow.registry import registry
from simpleflow.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

__all__ = ["PRIORITY_NOT_SET", "Activity", "DoNotComplete", "NotSet", "current", "with_attributes"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

DEFAULT_TASK_LIST = "default"
DEFAULT_VERSION = "default"
DEFAULT_TIMEOUT = "300"


class NotSet:
    """The type of an option that was not given, where None means something else."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<{self._name} Not Set>"


PRIORITY_NOT_SET: Final = NotSet("Priority")
_UNCHANGED: Final = NotSet("Option")


class Executable(Protocol[R_co]):
    """What a class must have to be an activity: `execute`, whose value is the result."""

    def execute(self) -> R_co: ...


_OPTIONS = {
    "name": "_name",
    "version": "version",
    "task_list": "task_list",
    "retry": "retry",
    "raises_on_failure": "raises_on_failure",
    "start_to_close_timeout": "task_start_to_close_timeout",
    "schedule_to_close_timeout": "task_schedule_to_close_timeout",
    "schedule_to_start_timeout": "task_schedule_to_start_timeout",
    "heartbeat_timeout": "task_heartbeat_timeout",
    "task_priority": "task_priority",
    "idempotent": "idempotent",
    "meta": "meta",
}
"""The options of `with_options`, and the attribute each is kept in."""


class Activity(Generic[P, R]):
    """A callable made available to workflows, and its options.

    Time-outs are seconds, as int or text; None leaves one to the registered activity type. `retry` is a
    number of further attempts, made at once, or a `RetryPolicy`. What is assigned to an attribute holds
    from the next submit on. Calling an activity runs the function itself, as a unit test wants it; inside
    a workflow's `run` it raises and names `self.submit`.
    """

    def __init__(
        self,
        callable: Callable[P, Any],
        name: str | None = None,
        version: str | None = None,
        task_list: str | None = None,
        retry: int | RetryPolicy = 0,
        raises_on_failure: bool = False,
        start_to_close_timeout: int | str | None = None,
        schedule_to_close_timeout: int | str | None = None,
        schedule_to_start_timeout: int | str | None = None,
        heartbeat_timeout: int | str | None = None,
        task_priority: int | str | NotSet | None = PRIORITY_NOT_SET,
        idempotent: bool | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        _check(
            {
                "retry": retry,
                "start_to_close_timeout": start_to_close_timeout,
                "schedule_to_close_timeout": schedule_to_close_timeout,
                "schedule_to_start_timeout": schedule_to_start_timeout,
                "heartbeat_timeout": heartbeat_timeout,
                "task_priority": task_priority,
            }
        )
        self._callable = callable
        self._name = name
        self.version = version
        self.task_list = task_list
        self.retry = retry
        self.raises_on_failure = raises_on_failure
        self.task_start_to_close_timeout = start_to_close_timeout
        self.task_schedule_to_close_timeout = schedule_to_close_timeout
        self.task_schedule_to_start_timeout = schedule_to_start_timeout
        self.task_heartbeat_timeout = heartbeat_timeout
        self.task_priority = task_priority
        self.idempotent = idempotent
        self.meta = dict(meta or {})
        self.register()

    def __repr__(self) -> str:
        return f"Activity(name={self.name}, version={self.version}, task_list={self.task_list})"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the function itself, here and now: a coroutine to its end, a class instantiated and executed.

        Raises `RuntimeError` inside a workflow's `run`.
        """
        if running_workflow.get() is not None:
            called = self.name.rpartition(".")[2]
            raise RuntimeError(
                f"{self.name} was called inside run: submit it instead, self.submit({called}, ...)"
            )
        result: R = self.perform(args, kwargs)
        return result

    def perform(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call the function, in the context of `activity_context`; as `__call__` does."""
        if getattr(self._callable, "add_context_in_kwargs", False):
            kwargs = {**kwargs, "context": self.context}
        made: Any = self._callable(*args, **kwargs)
        if not self.is_class:
            return _awaited(made)
        made.context = self.context
        result = _awaited(made.execute())
        if hasattr(made, "post_execute"):
            _awaited(made.post_execute())
        return result

    @property
    def callable(self) -> Callable[P, Any]:
        """The function or class itself."""
        return self._callable

    @property
    def is_class(self) -> bool:
        """Whether it is a class that is instantiated and executed."""
        return hasattr(self._callable, "execute")

    @property
    def name(self) -> str:
        """The name of its activity type: as given, else `<module>.<name of the callable>`."""
        if self._name is not None:
            return self._name
        made = self._callable
        own = getattr(made, "name", None) or getattr(made, "__name__", None) or type(made).__name__
        return f"{made.__module__}.{own}"

    @property
    def context(self) -> Current | None:
        """The context of the activity that executes here; None outside of one."""
        return activity_context.get()

    def with_options(self, **options: Any) -> Activity[P, R]:
        """Return a variant with other options: the names are those of `with_attributes`.

        Raises `TypeError` for an unknown option, naming the known ones.
        """
        if unknown := options.keys() - _OPTIONS.keys():
            raise TypeError(f"unknown options {sorted(unknown)} of {self.name}; there are {sorted(_OPTIONS)}")
        _check(options)
        variant = copy.copy(self)
        for option, value in options.items():
            setattr(variant, _OPTIONS[option], value)
        variant.meta = dict(variant.meta or {})
        if options.get("heartbeat_timeout"):  # the worker knows the activity's own only
            variant.meta["heartbeat_timeout"] = options["heartbeat_timeout"]
        return variant

    def propagate_attribute(self, attr: str, val: Any) -> None:
        """Assign an attribute; kept for code that calls it on any submittable."""
        setattr(self, attr, val)

    def register(self) -> None:
        """Make this activity known by its name."""
        registry.register(self)


def current() -> Current:
    """Return the attempt that executes here: which it is, its `heartbeat(details)`, the last one's `details`.

    Raises `RuntimeError` outside of an activity.
    """
    if (attempt := activity_context.get()) is None:
        raise RuntimeError("no activity executes here: current() works inside of one")
    return attempt


def _awaited(value: Any) -> Any:
    if not inspect.iscoroutine(value):
        return value
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(value)
    value.close()
    raise RuntimeError("an async activity runs a loop of its own: in async code, await its .callable(...)")


# What is allowed


def _check(options: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a value that an option cannot have, naming what it can."""
    for option, value in options.items():
        if option == "retry":
            RetryPolicy.of(value)
        elif option.endswith("_timeout"):
            _demand(option, value, "whole seconds, NONE, or None", not value or _is_timeout(value))
        elif option == "task_priority":
            allowed = value is None or value is PRIORITY_NOT_SET or _is_whole(value)
            _demand(option, value, "a whole number, None, or PRIORITY_NOT_SET", allowed)


def _demand(option: str, value: object, allowed: str, fulfilled: bool) -> None:
    if not fulfilled:
        raise ValueError(f"{option}={value!r}: allowed is {allowed}")


def _is_timeout(value: object) -> bool:
    return value == "NONE" or (_is_whole(value) and int(str(value)) >= 0)


def _is_whole(value: object) -> bool:
    if not isinstance(value, (int, str)) or isinstance(value, bool):
        return False
    try:
        int(value)
    except ValueError:
        return False
    return True


class Decorator(Protocol):
    """What `with_attributes(...)` returns: makes an `Activity` of a class or a function, `async` or not."""

    @overload
    def __call__(self, callable: Callable[P, Executable[R]], /) -> Activity[P, R]: ...
    @overload
    def __call__(self, callable: Callable[P, Coroutine[Any, Any, R]], /) -> Activity[P, R]: ...
    @overload
    def __call__(self, callable: Callable[P, R], /) -> Activity[P, R]: ...


def with_attributes(
    name: str | None = None,
    version: str | None = DEFAULT_VERSION,
    task_list: str | None = DEFAULT_TASK_LIST,
    task_priority: int | str | NotSet | None = PRIORITY_NOT_SET,
    retry: int | RetryPolicy = 0,
    raises_on_failure: bool = False,
    start_to_close_timeout: int | str | None = DEFAULT_TIMEOUT,
    schedule_to_close_timeout: int | str | None = DEFAULT_TIMEOUT,
    schedule_to_start_timeout: int | str | None = DEFAULT_TIMEOUT,
    heartbeat_timeout: int | str | None = DEFAULT_TIMEOUT,
    idempotent: bool | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Decorator:
    """Make an `Activity` of the decorated function or class.

    Time-outs are seconds. `raises_on_failure`: whether a failure that no retry mends raises in the workflow.
    `idempotent`: whether equal arguments mean the same task, run once per workflow run. `meta`: sent to the
    worker beside the arguments.
    """

    def decorate(callable: Any) -> Any:
        return Activity(
            callable,
            name=name,
            version=version,
            task_list=task_list,
            retry=retry,
            raises_on_failure=raises_on_failure,
            start_to_close_timeout=start_to_close_timeout,
            schedule_to_close_timeout=schedule_to_close_timeout,
            schedule_to_start_timeout=schedule_to_start_timeout,
            heartbeat_timeout=heartbeat_timeout,
            task_priority=task_priority,
            idempotent=idempotent,
            meta=meta,
        )

    return decorate
