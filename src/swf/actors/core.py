"""Actors: what polls a task list of a domain until it is told to stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from swf.core import PROCESS, ConnectedSWFObject, own_client
from swf.exceptions import PollTimeout
from swf.models.domain import Domain

if TYPE_CHECKING:
    from typing import Self

    from swf.responses import Response

__all__ = ["Actor"]


class Actor(ConnectedSWFObject):
    """What polls a task list, one task after another.

    `start` is a loop; whoever has a loop of his own calls `poll` in it. It asks with the connection given,
    else with its domain's, else with one of its own to the engine of the process. `stop` ends the polls of
    all that share a connection. Raises `TypeError` for what is no domain.
    """

    def __init__(
        self,
        domain: Domain,
        task_list: str,
        region: str | None = None,
        connection: Any = None,
        boto3_client: Any = None,
    ) -> None:
        Domain.check(domain)
        super().__init__(region, connection, boto3_client)
        self._is_own = False
        if self.connection is PROCESS:
            self._is_own = domain.connection is PROCESS
            self.connection = self.boto3_client = own_client() if self._is_own else domain.connection
        self.domain = domain if self._is_own else replace(domain, connection=self.connection)
        self.task_list = task_list
        self._stopped = False

    def poll(self) -> Response:
        """Wait for a task, and return it. Raises `PollTimeout` when there is none."""
        raise NotImplementedError

    def handle(self, task: Any) -> None:
        """Do what a task asks for, and answer it."""
        raise NotImplementedError

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped

    def start(self) -> None:
        """Handle task after task, until `stop`. Raises what `poll` does, but for `PollTimeout`."""
        try:
            while not self._stopped:
                try:
                    task = self.poll()
                except PollTimeout:
                    continue
                self.handle(task)
        finally:
            self.close()

    def stop(self) -> None:
        """Take no more tasks, for good; what is being handled is finished.

        A poll under way ends at once, on Amazon SWF within a minute. May be called by a signal handler, and
        by another thread.
        """
        self._stopped = True
        self.connection.stop_polling()

    def close(self) -> None:
        """Let go of the connection, if it is its own."""
        if self._is_own:
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
