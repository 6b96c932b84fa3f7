"""The time of a local run: the machine's, and ahead of it where waiting is skipped. It never goes back.

It goes by milliseconds, as all times of SWF do: a timer's deadline is rounded to one, and must not be early.
"""

from __future__ import annotations

import math
import time

__all__ = ["Clock"]


class Clock:
    """Real time; with `skip`, waiting moves the clock instead of the world."""

    def __init__(self, skip: bool) -> None:
        self._skip = skip
        self._ahead = time.time() - time.monotonic()

    def now(self) -> float:
        """Return the time, in seconds since the epoch."""
        return math.floor(self._exact() * 1000 + 0.01) / 1000

    def wait_until(self, moment: float) -> None:
        """Wait until then."""
        left = moment - self._exact()
        if left <= 0:
            return
        if self._skip:
            self._ahead += left
        else:
            time.sleep(left)

    def _exact(self) -> float:
        return time.monotonic() + self._ahead
