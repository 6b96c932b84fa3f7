"""Activities: functions and classes that a workflow submits, with the options they run under."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, Protocol, TypeVar, overload

from simpleflow.context import activity_context, running_workflow
from simpleflow.registry import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from simpleflow.retry import RetryPolicy

__all__ = ["PRIORITY_NOT_SET", "Activity", "NotSet", "with_attributes"]

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
        """Run the function itself, here and now; a class is instantiated and executed.

        Raises `RuntimeError` inside a workflow's `run`.
        """
        if running_workflow.get() is not None:
            raise RuntimeError(
                f"{self.name} was called inside run: "
                f"submit it instead, self.submit({self._callable.__name__}, ...)"
            )
        made = self._callable(*args, **kwargs)
        result: R = made.execute() if self.is_class else made
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
    def context(self) -> dict[str, Any] | None:
        """The context of the activity that executes here; None outside of one."""
        return activity_context.get()

    def with_options(self, **options: Any) -> Activity[P, R]:
        """Return a variant with other options: the names are those of `with_attributes`.

        Raises `TypeError` for an unknown option, naming the known ones.
        """
        if unknown := options.keys() - _OPTIONS.keys():
            raise TypeError(f"unknown options {sorted(unknown)} of {self.name}; there are {sorted(_OPTIONS)}")
        variant = copy.copy(self)
        variant.meta = dict(self.meta)
        for option, value in options.items():
            setattr(variant, _OPTIONS[option], value)
        return variant

    def propagate_attribute(self, attr: str, val: Any) -> None:
        """Assign an attribute; kept for code that calls it on any submittable."""
        setattr(self, attr, val)

    def register(self) -> None:
        """Make this activity known by its name."""
        registry.register(self)


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
