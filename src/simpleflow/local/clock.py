"""The time of a local run: the machine's, and ahead of it where waiting is skipped."""

from __future__ import annotations

import time

__all__ = ["Clock"]


class Clock:
    """Real time; with `skip`, waiting moves the clock instead of the world."""

    def __init__(self, skip: bool) -> None:
        self._skip = skip
        self._ahead = 0.0

    def now(self) -> float:
        """Return the time, in seconds since the epoch."""
        return time.time() + self._ahead

    def wait_until(self, moment: float) -> None:
        """Wait until then."""
        left = moment - self.now()
        if left <= 0:
            return
        if self._skip:
            self._ahead += left
        else:
            time.sleep(left)
