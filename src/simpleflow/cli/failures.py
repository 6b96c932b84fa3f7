"""How a failure is told: the chain of its causes, each with the user's own part of its traceback."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import click

from simpleflow.exceptions import SimpleflowError, TaskFailed, WorkflowNotCompleted
from simpleflow.tracebacks import traceback_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["tell"]


def tell(error: BaseException) -> None:
    """Print a failure on stderr: what became of the run, what was raised in it, what its tasks told."""
    cause = error.__cause__ if isinstance(error, SimpleflowError) else error
    if cause is not error:
        _print("".join(traceback.format_exception_only(error)))
    if cause is not None:
        _print("".join(traceback_lines(cause)))
    elif isinstance(error, WorkflowNotCompleted) and error.details:
        told = TaskFailed(
            "", error.reason, error.details
        ).traceback  # an activity's, where that failed the run
        _print("".join(map(str, told)) if told else error.details)
    for failure in _tasks_within(cause):
        _print(f"{failure.name} failed: {failure.reason}")
        _print("".join(map(str, failure.traceback or ())))


def _print(text: str) -> None:
    if text := text.rstrip():
        click.echo(text, err=True)


def _tasks_within(error: BaseException | None) -> Iterator[TaskFailed]:
    """Yield the failures of tasks that an exception came from, the nearest first."""
    seen: set[int] = set()
    left: list[Any] = [error]
    while left:
        each = left.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, TaskFailed):
            yield each
        left += [getattr(each, "exception", None), *(getattr(each, "exceptions", None) or ())]
        left += [each.__cause__, each.__context__]
