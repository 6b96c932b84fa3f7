"""How to wait for an execution: SWF cannot tell when one ends, it is looked at again and again."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["RealTime", "Waiting"]


class Waiting(Protocol):
    """Lets time pass between two looks."""

    def time(self) -> float:
        """Return a time in seconds, of whatever beginning."""

    def pause(self, looked: int, left: float | None) -> None:
        """Let some time pass after so many looks, `left` seconds at most."""


class RealTime:
    """Sleeps, from a millisecond up to `longest` seconds."""

    def __init__(self, longest: float = 0.25) -> None:
        self._longest = longest

    def time(self) -> float:
        """Return the time of a clock that never goes back."""
        return time.monotonic()

    def pause(self, looked: int, left: float | None) -> None:
        """Sleep a twentieth of what was slept so far: so late is the news at most."""
        seconds = min(0.001 * 1.05 ** min(looked, 500), self._longest)
        time.sleep(seconds if left is None else min(seconds, left))
