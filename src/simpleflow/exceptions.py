"""What can go wrong, grouped by who must act: the author of a workflow, its operator, or us.

An exception says what it knows by its attributes, and survives pickling. `failure_of` and `TaskFailed` are
the two ends of how one travels from a worker to a decider: as a reason and details.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, TypeVar

from simpleflow.constants import MAX_DETAILS_LENGTH, MAX_REASON_LENGTH
from simpleflow.utils import format_exc, format_exc_type, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpleflow.client import Execution

__all__ = [
    "ActivityDied",
    "AggregateException",
    "CodecError",
    "DispatchError",
    "ExecutionAlreadyRunning",
    "ExecutionBlocked",
    "ExecutionClosed",
    "ExecutionError",
    "ExecutionNotFound",
    "ExecutionTimeoutError",
    "Nondeterminism",
    "SimpleflowError",
    "Stuck",
    "TaskCanceled",
    "TaskException",
    "TaskFailed",
    "TaskTerminated",
    "TimeoutError",
    "WorkflowCanceled",
    "WorkflowException",
    "WorkflowFailed",
    "WorkflowNotCompleted",
    "WorkflowTerminated",
    "WorkflowTimedOut",
    "failure_of",
]

T = TypeVar("T")


class ExecutionBlocked(Exception):
    """The run cannot go on before something that it waits for is known.

    Not an error: raise it to wait for the next decision task. It stands beside the tree, so that a handler
    of `SimpleflowError` does not swallow it.
    """


class SimpleflowError(Exception):
    """Something went wrong in simpleflow."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "").partition("\n")[0]


# For the author of a workflow: what became of a task


class TaskFailed(SimpleflowError):
    """A task failed: `reason` says why in one line, `details` in full.

    What a worker writes into `details` (see `failure_of`) is read by `error`, `error_type`, `message` and
    `traceback`; each is None when it is not there.
    """

    def __init__(self, name: str, reason: str | None, details: str | None = None) -> None:
        super().__init__(name, reason, details)
        self.name = name
        self.reason = reason
        self.details = details

    def __repr__(self) -> str:
        return f'{type(self).__name__} ({self.name}, "{self.reason}")'

    @property
    def error(self) -> str | None:
        """The name of the exception's class: `SoldOut`."""
        return self._told("error", str)

    @property
    def error_type(self) -> str | None:
        """The dotted name of the exception's class, bare for Python's own: `shop.SoldOut`, `KeyError`."""
        return self._told("error_type", str)

    @property
    def message(self) -> str | None:
        """The exception's text."""
        return self._told("message", str)

    @property
    def traceback(self) -> list[str] | None:
        """The lines of its traceback."""
        return self._told("traceback", list)

    @property
    def heartbeat(self) -> str | None:
        """What the attempt told by its last heartbeat, as JSON."""
        return self._told("heartbeat", str)

    def _told(self, key: str, kind: type[T]) -> T | None:
        try:
            told = json.loads(self.details or "null")
        except ValueError:
            return None
        value = told.get(key) if isinstance(told, dict) else None
        return value if isinstance(value, kind) else None


class TimeoutError(SimpleflowError):
    """A task took longer than it may: `timeout_type` says which of its timeouts, `timeout_value` how long."""

    def __init__(
        self, timeout_type: str = "unknown timeout", timeout_value: int | float | str | None = None
    ) -> None:
        super().__init__(timeout_type, timeout_value)
        self.timeout_type = timeout_type
        self.timeout_value = timeout_value

    def __str__(self) -> str:
        after = "" if self.timeout_value is None else f" after {self.timeout_value} seconds"
        return f"{self.timeout_type}{after}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.timeout_type})"


class TaskCanceled(SimpleflowError):
    """The task was canceled."""

    def __init__(self, details: str | None = None) -> None:
        super().__init__(*(() if details is None else (details,)))
        self.details = details


class TaskTerminated(SimpleflowError):
    """The task was terminated."""

    def __init__(self) -> None:
        super().__init__()


class TaskException(SimpleflowError):
    """A task with `raises_on_failure` failed: `task`, and the `exception` that says how."""

    def __init__(self, task: Any, exception: BaseException | None = None) -> None:
        super().__init__(task, exception)
        self.task = task
        self.exception = exception

    def __str__(self) -> str:
        return f"{getattr(self.task, 'name', self.task)}: {self.exception!r}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self.task, 'name', self.task)}, {self.exception!r})"

    @property
    def payload(self) -> Any:
        """What is behind the task: the `Activity`, or the `Workflow` class."""
        return getattr(self.task, "payload", None)


class WorkflowException(SimpleflowError):
    """A child workflow with `raises_on_failure` failed: `workflow`, and the `exception` that says how."""

    def __init__(self, workflow: Any, exception: BaseException | None = None) -> None:
        super().__init__(workflow, exception)
        self.workflow = workflow
        self.exception = exception

    def __str__(self) -> str:
        return f"{getattr(self.workflow, 'name', self.workflow)}: {self.exception!r}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self.workflow, 'name', self.workflow)}, {self.exception!r})"


class AggregateException(SimpleflowError):
    """Several tasks failed: `exceptions`, in order, None for those that did not."""

    def __init__(self, exceptions: list[BaseException | None]) -> None:
        super().__init__(exceptions)
        self.exceptions = exceptions

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.exceptions!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AggregateException):
            return NotImplemented
        return self.exceptions == other.exceptions

    def __hash__(self) -> int:
        return hash(AggregateException)  # `append` may make unequal ones equal, so all must hash alike

    def append(self, exception: BaseException | None) -> None:
        """Add one more."""
        self.exceptions.append(exception)

    def handle(self, predicate: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call `predicate(exception, *args, **kwargs)` for each; raise those that it does not say true of."""
        unhandled = [
            exception
            for exception in self.exceptions
            if exception is not None and not predicate(exception, *args, **kwargs)
        ]
        if unhandled:
            raise AggregateException([*unhandled])

    def flatten(self) -> AggregateException:
        """Return one with the same exceptions, without None and without nesting."""
        flat: list[BaseException | None] = []
        for exception in self.exceptions:
            if isinstance(exception, AggregateException):
                flat += exception.flatten().exceptions
            elif exception is not None:
                flat.append(exception)
        return AggregateException(flat)


class ExecutionError(SimpleflowError):
    """What was executed in another process failed."""


class ExecutionTimeoutError(ExecutionError):
    """What was executed in another process took longer than it may, and was stopped."""

    def __init__(self, command: str | Sequence[str], timeout_value: float) -> None:
        super().__init__(command, timeout_value)
        self.command = command
        self.timeout_value = timeout_value

    def __str__(self) -> str:
        return f"{type(self).__name__} after {self.timeout_value} seconds ({self.command})"

    __repr__ = __str__


class ActivityDied(SimpleflowError):
    """The process that performed an activity ended before the activity did."""


# For the author of a workflow: what in its code must change


class CodecError(SimpleflowError, ValueError):
    """A value cannot travel as it was written down: `path` says which part of it, `problem` what to do."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem, path)
        self.problem = problem
        self.path = path

    def __str__(self) -> str:
        path = self.path.removeprefix(".")
        if len(path) > 200:
            path = f"{path[:100]} ... {path[-50:]}"
        return f"{path}: {self.problem}" if path else self.problem

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[type[CodecError], tuple[str, str]]:
        return type(self), (self.problem, self.path)  # the path grows while the error rises


class Nondeterminism(SimpleflowError):
    """The code of a workflow no longer decides what its history records.

    `batch` and `event_id` say where in the history, `recorded` what is there, `asked` what the code asks for
    now, `where` the line of the submit.
    """

    def __init__(
        self,
        batch: int,
        event_id: int | None,
        recorded: str | None,
        asked: str | None,
        where: str | None = None,
    ) -> None:
        super().__init__(batch, event_id, recorded, asked, where)
        self.batch = batch
        self.event_id = event_id
        self.recorded = recorded
        self.asked = asked
        self.where = where

    def __str__(self) -> str:
        event = "" if self.event_id is None else f", event {self.event_id}"
        where = "" if self.where is None else f" at {self.where}"
        return (
            f"the code no longer matches the history (batch {self.batch}{event}): recorded is "
            f"{self.recorded or 'nothing'}, the code asks for {self.asked or 'nothing'}{where}; "
            "restore what the code did, and give new code another version; or start a new execution"
        )


# For who started a workflow: what became of the run


class WorkflowNotCompleted(SimpleflowError):
    """The workflow did not complete.

    `reason` and `details` are what its history says; `cause` is the exception that made it so, where known.
    """

    def __init__(
        self, reason: str | None = None, details: str | None = None, cause: BaseException | None = None
    ) -> None:
        super().__init__(reason, details, cause)
        self.reason = reason
        self.details = details
        self.cause = self.__cause__ = cause

    def __str__(self) -> str:
        return self.reason or (type(self).__doc__ or "").partition("\n")[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reason!r})"


class WorkflowFailed(WorkflowNotCompleted):
    """The workflow failed."""


class WorkflowTimedOut(WorkflowNotCompleted):
    """The workflow took longer than it may."""


class WorkflowCanceled(WorkflowNotCompleted):
    """The workflow was canceled."""


class WorkflowTerminated(WorkflowNotCompleted):
    """The workflow was terminated."""


class Stuck(SimpleflowError):
    """The run waits for something that cannot come any more."""


class ExecutionAlreadyRunning(SimpleflowError):
    """An execution of this workflow id is open: `execution` is that one, None once this was pickled."""

    def __init__(self, workflow_id: str, execution: Execution[Any] | None = None) -> None:
        super().__init__(workflow_id)
        self.workflow_id = workflow_id
        self.execution = execution

    def __str__(self) -> str:
        return f"an execution with the id {self.workflow_id!r} is running already"

    def __reduce__(self) -> tuple[type[ExecutionAlreadyRunning], tuple[str]]:
        return type(self), (self.workflow_id,)  # an execution is reached through a connection


class ExecutionClosed(SimpleflowError):
    """The execution has come to its end, as its `status` says: it takes no signal and no request any more."""

    def __init__(self, workflow_id: str, status: str) -> None:
        super().__init__(workflow_id, status)
        self.workflow_id = workflow_id
        self.status = status

    def __str__(self) -> str:
        return f"{self.workflow_id} is closed: {self.status}"


# For the operator: what is not there


class DispatchError(SimpleflowError):
    """What a task names is not here, or must not run here."""


class ExecutionNotFound(SimpleflowError):
    """There is no such execution: none of this id where no run id is given, neither open nor closed."""

    def __init__(self, workflow_id: str, run_id: str | None = None) -> None:
        super().__init__(workflow_id, run_id)
        self.workflow_id = workflow_id
        self.run_id = run_id

    def __str__(self) -> str:
        if self.run_id is None:
            return f"Workflow {self.workflow_id} not found"
        return f"Execution {self.workflow_id} {self.run_id} not found"


# How an exception travels


def failure_of(exception: BaseException, heartbeat: str | None = None) -> tuple[str, str]:
    """Return what SWF is told of an activity's failure: reason and details, both short enough for it.

    `heartbeat` is what the activity told last, for the next attempt to know.

    The reason is `ExcType: message`; the details are JSON that `TaskFailed` reads, or, for an
    `ExecutionError`, its text. Where the details are too long, the traceback loses its middle first.
    """
    # Only who fails needs it, and it takes long to import.
    from simpleflow.tracebacks import traceback_lines

    reason = format_exc(exception)[:MAX_REASON_LENGTH]
    if type(exception) is ExecutionError:
        return reason, str(exception)[:MAX_DETAILS_LENGTH]
    names = type(exception).__name__, format_exc_type(type(exception))
    return reason, _details(*names, text_of(exception), traceback_lines(exception), heartbeat)


def _details(error: str, error_type: str, message: str, lines: list[str], heartbeat: str | None) -> str:
    def text(kept: int, characters: int) -> str:
        told: dict[str, Any] = {
            "error": error,
            "error_type": error_type,
            "message": message[:characters],
            "traceback": _without_middle(lines, kept),
        }
        if heartbeat is not None:
            told["heartbeat"] = heartbeat
        return json.dumps(told, separators=(",", ":"), sort_keys=True)

    kept = _most_that_fits(len(lines), lambda kept: text(kept, len(message)))
    characters = _most_that_fits(len(message), lambda characters: text(kept, characters))
    return text(kept, characters)


def _without_middle(lines: list[str], kept: int) -> list[str]:
    left_out = len(lines) - kept
    if not left_out:
        return lines
    head = kept // 2
    return [*lines[:head], f"... {left_out} left out ...\n", *lines[head + left_out :]]


def _most_that_fits(size: int, text: Callable[[int], str]) -> int:
    """Return the greatest number up to `size` whose text fits into details, 0 when none does."""
    if len(text(size)) <= MAX_DETAILS_LENGTH:
        return size
    # `bisect` wants what fits before what does not; a text grows with its number.
    return max(bisect_left(range(size), True, key=lambda n: len(text(n)) > MAX_DETAILS_LENGTH) - 1, 0)
