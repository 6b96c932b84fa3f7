"""A crew in threads of this process."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.swf.crew.duties import Duties
    from swf.protocol.client import Client

__all__ = ["Threads"]

logger = logging.getLogger(__name__)


class Threads:
    """Deciders and `workers` threads for each task list of activities, until it is left.

    `connect` makes a client: each thread has its own, whose polls can be ended. What runs is finished when
    the crew stops.
    """

    def __init__(self, duties: Duties, connect: Callable[[], Client], workers: int = 2) -> None:
        self._clients: list[Client] = []
        duties = replace(duties, lanes=1)  # in the process of the engine no answer is waited for
        self._members = [duties.decider(self._client(connect)) for _ in range(duties.deciders)] + [
            duties.worker(task_list, self._client(connect))
            for task_list in duties.activity_lists
            for _ in range(workers)
        ]
        self._threads = [
            threading.Thread(target=member.run, name=f"simpleflow-{type(member).__name__.lower()}")
            for member in self._members
        ]

    def _client(self, connect: Callable[[], Client]) -> Client:
        self._clients.append(connect())
        return self._clients[-1]

    def __enter__(self) -> Threads:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        for member in self._members:
            member.stop()
        for thread in self._threads:
            thread.join()
        for client in self._clients:
            client.close()
