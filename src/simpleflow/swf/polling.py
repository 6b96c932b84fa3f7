"""Polling: one task after another until told to stop, through outages of the engine.

Deciders and workers poll alike; what a task is, and what is done with it, is theirs.
"""

from __future__ import annotations

import logging
import random
import threading
from typing import TYPE_CHECKING, Any

from swf.exceptions import EngineUnreachable, Throttling

if TYPE_CHECKING:
    from collections.abc import Iterator

    import msgspec

    from swf.protocol.client import Client

__all__ = ["Poller", "pauses"]

logger = logging.getLogger(__name__)

PASSING = (EngineUnreachable, Throttling)
"""What goes by: the same may be asked again later."""


def pauses(longest: float = 10.0) -> Iterator[float]:
    """Yield how many seconds to wait before each further try: twice as long each time, and at random."""
    bound = 0.1
    while True:
        yield random.uniform(bound / 2, bound)
        bound = min(bound * 2, longest)


class Poller:
    """Polls with one client; `stop` ends it from another thread or a signal handler."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Bring no more tasks than the one that may just be arriving."""
        self._stopped.set()
        self.client.stop_polling()

    def tasks(self, poll: msgspec.Struct) -> Iterator[Any]:
        """Yield each task that `poll` brings. While the engine is away, it is asked again and again."""
        waits = pauses()
        while not self.stopped:
            try:
                task = self.client.ask(poll)
            except PASSING as error:
                pause = next(waits)
                logger.warning("polling again in %.1f seconds: %s", pause, error)
                self._stopped.wait(pause)
                continue
            waits = pauses()
            if task.task_token:
                yield task

    def tell(self, answer: msgspec.Struct) -> None:
        """Send an answer, and again while the engine is away; raises its fault.

        That an answer of which nobody knows whether it was heard is sent again does no harm: the second one
        is refused as `UnknownResource`.
        """
        for pause in pauses():
            try:
                self.client.ask(answer)
                return
            except PASSING as error:
                logger.warning("answering again in %.1f seconds: %s", pause, error)
                if self._stopped.wait(pause) and isinstance(error, EngineUnreachable):
                    raise
