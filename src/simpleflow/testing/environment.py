"""The environment of a test: an engine in memory, one thread that does everything, time that it moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from simpleflow.activity import Activity
from simpleflow.client import Client, Execution
from simpleflow.testing.stubs import NOT_SET, Raises, Stub
from simpleflow.testing.world import World
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from typing import Self

    from simpleflow.activity import Executable
    from simpleflow.submits import AsyncRun, Run

__all__ = ["Environment", "environment"]

P = ParamSpec("P")
R = TypeVar("R")

_BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)


def environment(
    *, start: datetime = _BEGINNING, cold: bool = False, domain: str = "testing"
) -> AbstractContextManager[Environment]:
    """Return an `Environment`, to be entered: an engine in memory where time passes only when a test says so.

    It begins at `start`, which is aware. The same test makes the same history, ids and all. With `cold` every
    decision is made from the first event on, as if deciders died after each: code that is not deterministic
    raises `Nondeterminism`.
    """
    return Environment(World(domain, start.timestamp(), cold=cold))


class Environment:
    """Runs workflows in the thread of a test; see `environment`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.client: Client = _Client(world)
        """What the program under test is given: its `result` and `wait` let time go on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._world.close()

    # Executions

    @overload
    def run(self, workflow: type[AsyncRun[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    @overload
    def run(self, workflow: type[Run[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    def run(self, workflow: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Start a workflow, let time go on until it is closed, and return its result.

        Raises what `Execution.result` raises, with the exception that failed it as its `cause`; `Stuck` when
        it waits for what cannot come; what its code cannot decide, `Nondeterminism` say.
        """
        return self.start(workflow, *args, **kwargs).result()

    @overload
    def start(self, workflow: type[AsyncRun[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> Execution[R]: ...
    @overload
    def start(self, workflow: type[Run[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> Execution[R]: ...
    def start(self, workflow: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Start a workflow as `Client.start` does. It goes on when time does: `advance`, `result`, `wait`."""
        if isinstance(workflow, type) and issubclass(workflow, Workflow):
            self._world.cast.started(workflow)
            if getattr(workflow, "workflow_id", None) is None:
                own_id = f"{workflow.name}-{workflow.version}-{self._world.uuid4()}"
                workflow = workflow.with_options(workflow_id=own_id)
        return self.client.start(workflow, *args, **kwargs)

    # Stubs

    @overload
    def stub(
        self,
        target: Activity[P, R],
        *,
        returning: R = ...,
        raising: Raises | Sequence[Raises | None] | None = None,
        calling: Callable[P, object] | None = None,
    ) -> Stub: ...
    @overload
    def stub(
        self,
        target: Callable[P, Executable[R]],
        *,
        returning: R = ...,
        raising: Raises | Sequence[Raises | None] | None = None,
        calling: Callable[P, object] | None = None,
    ) -> Stub: ...
    @overload
    def stub(
        self,
        target: type[Workflow],
        *,
        returning: Any = ...,
        raising: Raises | Sequence[Raises | None] | None = None,
        calling: Callable[..., object] | None = None,
    ) -> Stub: ...
    def stub(
        self,
        target: Any,
        *,
        returning: Any = NOT_SET,
        raising: Any = None,
        calling: Any = None,
    ) -> Stub:
        """Let something else stand for an activity, or for a workflow wherever it is started.

        `returning` is its result, `calling` a function that is called with its arguments. `raising` comes
        first: an exception, or for an activity how it times out (`START_TO_CLOSE`, `SCHEDULE_TO_CLOSE`,
        `SCHEDULE_TO_START`, `HEARTBEAT`, as its own timeouts let it), for every attempt; or a list with an
        item an attempt, None for one that goes well. With none of them the activity itself is performed. What
        it was called with is in `calls` of what is returned.

        Raises `ValueError` or `TypeError` for what cannot be a stub.
        """
        if isinstance(target, Activity):
            made = Stub(target.name, returning, raising, calling)
        elif isinstance(target, type) and issubclass(target, Workflow):
            made = Stub(target.__name__, returning, raising, calling)
            if made.times_out(1):
                raise ValueError(f"{made.name} is a workflow: it times out as its execution_timeout says")
        else:
            raise TypeError(f"an activity or a workflow class can have a stub, not {target!r}")
        self._world.cast.add(target, made)
        return made

    # Time

    def now(self) -> datetime:
        """Return what time it is here, aware and in UTC."""
        return datetime.fromtimestamp(self._world.time(), UTC)

    def advance(
        self,
        duration: timedelta | float = 0.0,
        *,
        days: float = 0.0,
        hours: float = 0.0,
        minutes: float = 0.0,
        seconds: float = 0.0,
    ) -> None:
        """Let so much time go by, and happen what happens in it; a number is of seconds.

        Without a duration what can be done now is done. From within an activity or its stub, it is the time
        that the activity takes. Raises `ValueError` for a negative duration.
        """
        more = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        length = _seconds(duration) + more.total_seconds()
        if length < 0:
            raise ValueError(f"time does not go back: {length} seconds")
        self._world.advance(length)

    def after(
        self, delay: timedelta | float, action: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call something when so much time has gone by, a signal or a cancellation say.

        A number is of seconds.
        """
        self._world.after(_seconds(delay), lambda: action(*args, **kwargs))


class _Client(Client):
    """A client whose waiting is what makes time go on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reach(world.client, world.domain, world)

    def cause_of(self, run_id: str) -> BaseException | None:
        return self._world.flows.failure(run_id)


def _seconds(duration: timedelta | float) -> float:
    return duration.total_seconds() if isinstance(duration, timedelta) else duration
