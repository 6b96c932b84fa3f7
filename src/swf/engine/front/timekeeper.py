"""Rings when the engine's next clock expires: timers and timeouts go by the time of this machine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from swf.engine.front.contract import ServedEngine

__all__ = ["Timekeeper"]

_LONGEST = 5.0
"""Seconds of sleep at most: the time of day may be set, or the machine wake from sleep."""
_TIDY_SECONDS = 60.0
"""How often the engine may look for what it need not keep, when no clock wakes it."""
_AFTER_FAILURE = 1.0
_AT_ONCE = 0.02
"""Seconds that requests may wait for what is due: an engine that was away may find very much of it."""


class Timekeeper:
    """Wakes an engine when something is due."""

    def __init__(self, engine: ServedEngine, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
        self._thread = threading.get_ident()
        self._handle: asyncio.TimerHandle | None = None
        self._stopped = False
        self._ticked = loop.time()

    def start(self) -> None:
        """Begin, and follow the engine's next deadline from now on."""
        self._engine.watch(self._moved)
        self._arm()

    def stop(self) -> None:
        """Ring no more."""
        if self._stopped:
            return
        self._stopped = True
        self._engine.unwatch(self._moved)
        if self._handle is not None:
            self._handle.cancel()

    def _moved(self) -> None:
        if self._stopped:
            return
        if threading.get_ident() == self._thread:
            self._arm()
            return
        try:
            self._loop.call_soon_threadsafe(self._arm)
        except RuntimeError:  # the loop has ended in this instant
            if not self._stopped:
                raise

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if not self._stopped:
            self._handle = self._loop.call_later(min(max(self._left(), 0.0), _LONGEST), self._ring)

    def _left(self) -> float:
        """Return how many seconds are left until something is to be done."""
        tidy = self._ticked + _TIDY_SECONDS - self._loop.time()
        deadline = self._engine.next_deadline
        return tidy if deadline is None else min(tidy, deadline - self._engine.clock.time())

    def _ring(self) -> None:
        if self._left() > 0:
            self._arm()
            return
        self._ticked = self._loop.time()
        if self._engine.try_to_tick(_AT_ONCE):
            self._arm()
            return
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_later(_AFTER_FAILURE, self._ring)
