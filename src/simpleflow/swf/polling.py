"""Polling: one task after another until told to stop, through outages of the engine.

Deciders and workers poll alike; what a task is, and what is done with it, is theirs.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from typing import TYPE_CHECKING, Any

from swf.exceptions import (
    EngineUnreachable,
    Fault,
    InternalFailure,
    LimitExceeded,
    SWFError,
    Throttling,
    UnknownResource,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import msgspec

    from swf.protocol.client import Client

__all__ = ["Poller"]

logger = logging.getLogger(__name__)

_PASSING = (EngineUnreachable, InternalFailure, LimitExceeded, Throttling)
"""What goes by: the same may be asked again later. A poll is over a limit while too many others wait."""
_TOGETHER_SECONDS = 0.005
"""How long the tasks may take, all in all, that are taken together."""
_LAST_SECONDS = 10.0
"""How long an engine that is away is waited for after the stop, with an answer that it has not heard."""


def _pauses(longest: float = 10.0) -> Iterator[float]:
    """Yield how many seconds to wait before each further try: twice as long each time, and at random."""
    bound = 0.1
    while True:
        yield random.uniform(bound / 2, bound)
        bound = min(bound * 2, longest)


class Poller:
    """Polls with one client; `stop` ends it from another thread or a signal handler.

    Where the engine is in this process, up to `most` tasks are taken together, and answered together, as long
    as they are done quickly: a task in hand is one that nobody else can take.
    """

    def __init__(self, client: Client, most: int = 1) -> None:
        self.client = client
        self._most = most
        self._takes = 1
        self._stopped = threading.Event()
        self._hurried = threading.Event()
        self._last_try = float("inf")
        self._pending: list[tuple[msgspec.Struct, Callable[[SWFError], None]]] = []

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Bring no more tasks than those that may just be arriving."""
        self._last_try = min(self._last_try, time.monotonic() + _LAST_SECONDS)
        self._stopped.set()
        self.client.stop_polling()

    def stop_now(self) -> None:
        """Stop, and try no answer more than once from now on."""
        self._hurried.set()
        self.stop()

    def tasks(self, poll: msgspec.Struct) -> Iterator[Any]:
        """Yield each task that `poll` brings. While the engine is away, it is asked again and again."""
        waits: Iterator[float] | None = None
        while not self.stopped:
            try:
                tasks = self._next(poll)
            except _PASSING as error:
                waits = waits or _pauses()
                pause = next(waits)
                logger.warning("polling again in %.1f seconds: %s", pause, error)
                self._stopped.wait(pause)
                continue
            waits = None
            yield from self._together([task for task in tasks if task.task_token])
        self.flush()

    def _together(self, tasks: list[Any]) -> Iterator[Any]:
        """Yield tasks that came together, and look how many may come together the next time.

        Answers do not wait until all of slow tasks are done. What is left after the stop is done too: nobody
        else can take it before its time is out.
        """
        began = time.monotonic()
        for done, task in enumerate(tasks, 1):
            yield task
            taken = time.monotonic() - began
            if taken > _TOGETHER_SECONDS and done < len(tasks):
                self.flush()
            fit = int(_TOGETHER_SECONDS * done / max(taken, 1e-6))
            self._takes = max(1, min(self._most, 2 * len(tasks), fit))

    def flush(self) -> None:
        """Send the answers that would have gone out with the next poll."""
        for answer, refused in self._taken():
            self.tell(answer, refused)

    def answer(self, answer: msgspec.Struct, refused: Callable[[SWFError], None]) -> None:
        """Let this answer go out with the next poll; `refused` is called when it is not taken."""
        self._pending.append((answer, refused))

    def _taken(self) -> list[tuple[msgspec.Struct, Callable[[SWFError], None]]]:
        pending, self._pending = self._pending, []
        return pending

    def _next(self, poll: msgspec.Struct) -> list[Any]:
        pending = self._taken()
        try:
            faults, tasks = self.client.tell_and_poll([answer for answer, _ in pending], poll, self._takes)
        except SWFError:
            for answer, refused in pending:
                self._tell(answer, refused, maybe_heard=True)
            raise
        for (answer, refused), fault in zip(pending, faults, strict=True):
            if isinstance(fault, _PASSING):
                self.tell(answer, refused)
            elif fault is not None:
                refused(fault)
        return tasks

    def tell(self, answer: msgspec.Struct, refused: Callable[[SWFError], None]) -> None:
        """Send an answer now, and again while the engine is away; `refused` is called when it is not taken.

        That an answer of which nobody knows whether it was heard is sent again does no harm: the second one
        is refused as `UnknownResource`, which is no refusal then.
        """
        self._tell(answer, refused, maybe_heard=False)

    def _tell(
        self, answer: msgspec.Struct, refused: Callable[[SWFError], None], *, maybe_heard: bool
    ) -> None:
        for pause in _pauses():
            try:
                self.client.ask(answer)
                return
            except _PASSING as error:
                if self._hurried.is_set() or time.monotonic() > self._last_try:
                    refused(error)
                    return
                logger.warning("answering again in %.1f seconds: %s", pause, error)
                maybe_heard |= isinstance(error, InternalFailure) or getattr(error, "maybe_done", False)
                self._hurried.wait(pause)
            except Fault as fault:
                if not (maybe_heard and isinstance(fault, UnknownResource)):
                    refused(fault)
                return
