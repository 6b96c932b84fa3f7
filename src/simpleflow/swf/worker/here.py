"""Performing attempts in this thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpleflow.exceptions import TaskCanceled
from simpleflow.swf.worker.attempt import Attempt, End, Outcome, performed

if TYPE_CHECKING:
    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader
    from simpleflow.swf.worker.heartbeats import Heartbeats

__all__ = ["Here"]


class Here:
    """Performs in the thread that asks. An activity ends early only if it asks for its heartbeat."""

    def __init__(self, loader: Loader, middlewares: Middlewares, heartbeats: Heartbeats) -> None:
        self._loader = loader
        self._middlewares = middlewares
        self._heartbeats = heartbeats
        self._end: End | None = None

    def prepare(self) -> None:
        """Forget the attempt before."""
        if self._end != "stopped":
            self._end = None

    def perform(self, attempt: Attempt) -> Outcome:
        """Perform an attempt."""
        outcome = performed(attempt, self._loader, self._middlewares, self._beat, self._heartbeats.timeout_is)
        return outcome.after(self._end)

    def end(self, why: End) -> None:
        """Let the attempt end."""
        if self._end != "lost":
            self._end = why

    def close(self) -> None:
        """Nothing is held."""

    def _beat(self, details: str | None) -> None:
        self._heartbeats.tell(details)
        if self._end is not None:
            raise TaskCanceled
