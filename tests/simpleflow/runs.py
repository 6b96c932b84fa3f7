"""What the tests of local runs share: small activities, and a way to run without waiting for timers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow import Workflow, activity
from simpleflow.local import Executor

if TYPE_CHECKING:
    from simpleflow.history import History

__all__ = ["Base", "boom", "history_of", "inc", "kinds_in", "outcome"]


@activity.with_attributes(version="1")
def inc(x: int) -> int:
    return x + 1


@activity.with_attributes(version="1")
def boom(message: str = "broken") -> None:
    raise ValueError(message)


class Base(Workflow):
    name = "local"
    version = "1"
    task_list = "decisions"


def outcome(workflow: type[Workflow], *args: Any, **kwargs: Any) -> Any:
    """Run a workflow, timers skipped, and return its result."""
    return Executor(workflow, skip_time=True).run({"args": args, "kwargs": kwargs})


def history_of(workflow: type[Workflow], *args: Any) -> History:
    """Run a workflow, timers skipped, and return its history."""
    executor = Executor(workflow, skip_time=True)
    executor.run({"args": args})
    return executor.history


def kinds_in(history: History, *kinds: str) -> list[str]:
    """Return the types of the events of these kinds, in order."""
    names = [type(event).__name__ for event in history.events]
    return [name for name in names if name in kinds]
