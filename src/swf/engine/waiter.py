"""Where the answer to a call arrives, for a thread that waits for it."""

from __future__ import annotations

import contextlib
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import msgspec

    from swf.exceptions import Fault

__all__ = ["Waiter"]


class Waiter:
    """Where the answer to a call arrives, in whatever thread."""

    __slots__ = ("_arrived", "answered", "outcome")

    def __init__(self) -> None:
        self._arrived: SimpleQueue[None] = SimpleQueue()
        self.answered = False
        self.outcome: msgspec.Struct | Fault | None = None

    def done(self, outcome: msgspec.Struct | Fault | None) -> None:
        """Take the answer."""
        self.outcome = outcome
        self.answered = True
        self._arrived.put(None)

    def poke(self) -> None:
        """Wake who waits, to look what time it is."""
        self._arrived.put(None)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until something arrives, or so long at most."""
        with contextlib.suppress(Empty):
            self._arrived.get(timeout=seconds if seconds is None else max(seconds, 0.0))
