"""Polling: one task after another until told to stop, through outages of the engine.

Deciders and workers poll alike; what a task is, and what is done with it, is theirs.
"""

from __future__ import annotations

import logging
import random
import threading
from typing import TYPE_CHECKING, Any

from swf.exceptions import EngineUnreachable, Fault, SWFError, Throttling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import msgspec

    from swf.protocol.client import Client

__all__ = ["Poller"]

logger = logging.getLogger(__name__)

_PASSING = (EngineUnreachable, Throttling)
"""What goes by: the same may be asked again later."""


def _pauses(longest: float = 10.0) -> Iterator[float]:
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
        self._pending: tuple[msgspec.Struct, Callable[[SWFError], None]] | None = None

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
        waits = _pauses()
        while not self.stopped:
            try:
                task = self._next(poll)
            except _PASSING as error:
                pause = next(waits)
                logger.warning("polling again in %.1f seconds: %s", pause, error)
                self._stopped.wait(pause)
                continue
            waits = _pauses()
            if task.task_token:
                yield task
        self.flush()

    def flush(self) -> None:
        """Send the answer that would have gone out with the next poll."""
        if self._pending is not None:
            self.tell(*self._taken())

    def answer(self, answer: msgspec.Struct, refused: Callable[[SWFError], None]) -> None:
        """Let this answer go out with the next poll; `refused` is called when it is not taken."""
        self._pending = (answer, refused)

    def _taken(self) -> tuple[msgspec.Struct, Callable[[SWFError], None]]:
        assert self._pending is not None
        pending, self._pending = self._pending, None
        return pending

    def _next(self, poll: msgspec.Struct) -> Any:
        if self._pending is None:
            return self.client.ask(poll)
        answer, refused = self._taken()
        try:
            fault, task = self.client.tell_and_poll(answer, poll)
        except _PASSING:
            self.tell(answer, refused)
            raise
        if isinstance(fault, Throttling):
            self.tell(answer, refused)
        elif fault is not None:
            refused(fault)
        return task

    def tell(self, answer: msgspec.Struct, refused: Callable[[SWFError], None]) -> None:
        """Send an answer now, and again while the engine is away; `refused` is called when it is not taken.

        That an answer of which nobody knows whether it was heard is sent again does no harm: the second one
        is refused as `UnknownResource`.
        """
        for pause in _pauses():
            try:
                self.client.ask(answer)
                return
            except _PASSING as error:
                logger.warning("answering again in %.1f seconds: %s", pause, error)
                if self._stopped.wait(pause) and isinstance(error, EngineUnreachable):
                    refused(error)
                    return
            except Fault as fault:
                refused(fault)
                return
