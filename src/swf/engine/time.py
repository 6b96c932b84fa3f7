"""What time it is: by this machine, or as a test says."""

from __future__ import annotations

import threading
import time
from typing import Protocol

__all__ = ["SystemClock", "TimeSource", "VirtualClock"]


class TimeSource(Protocol):
    """Tells the time."""

    def time(self) -> float:
        """Return the time now, in seconds since the epoch."""


class SystemClock:
    """The time of this machine."""

    def time(self) -> float:
        """Return the time now, in seconds since the epoch."""
        return time.time()


class VirtualClock:
    """A time that stands still until it is moved: by `advance`, or by an engine in which nothing can run."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()

    def time(self) -> float:
        """Return the time now, in seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time go on. Raises `ValueError` for a negative duration."""
        if seconds < 0:
            raise ValueError(f"time does not go back: {seconds} seconds")
        with self._lock:
            self._now += seconds

    def reach(self, at: float) -> None:
        """Let it be this time, if it is not later already."""
        with self._lock:
            self._now = max(self._now, at)
