"""Heartbeats of the attempt that runs: sent from a thread of their own, whatever the activity does."""

from __future__ import annotations

import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Literal

from swf.exceptions import SWFError, UnknownResource
from swf.protocol.requests import RecordActivityTaskHeartbeatInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.protocol.answers import ActivityTaskStatus
    from swf.protocol.client import Client

__all__ = ["End", "Heartbeats"]

logger = logging.getLogger(__name__)

End = Literal["canceled", "lost"]
"""Why an attempt shall end: its cancellation was asked for, or nobody waits for its outcome any more."""

_SOONEST = 0.5
"""Seconds between two heartbeats at least, however often an activity tells something new."""
_NEVER = math.inf


class Heartbeats:
    """Sends the heartbeats of one attempt after another.

    Every `seconds` (0: never), or every third of the attempt's heartbeat timeout where that is shorter; what
    the activity tells is sent soon. The engine's answer may be that the attempt shall end.
    """

    def __init__(self, client: Client, seconds: float) -> None:
        self._client = client
        self._seconds = seconds or _NEVER
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._token: str | None = None
        self._details: str | None = None
        self._interval = _NEVER
        self._due = _NEVER
        self._sent = 0.0
        self._wakes_at = _NEVER
        self._end: Callable[[End], None] = _ignore
        self._over = False

    def begin(self, token: str, end: Callable[[End], None]) -> None:
        """An attempt begins; `end` is called, in another thread, when it shall end."""
        with self._changed:
            self._token, self._end, self._details = token, end, None
            self._sent = time.monotonic()
            self._set_interval(self._seconds)

    def timeout_is(self, seconds: float | None) -> None:
        """The attempt has this heartbeat timeout."""
        if seconds is not None and self._seconds != _NEVER:
            with self._changed:
                self._set_interval(min(self._seconds, seconds / 3))

    def tell(self, details: str | None) -> None:
        """The activity gave a sign of life, with what it tells."""
        with self._changed:
            if details is not None:
                self._details = details
            self._move(self._sent + _SOONEST)

    def finish(self) -> None:
        """The attempt is over."""
        with self._changed:
            self._token, self._end = None, _ignore

    def close(self) -> None:
        """Send no more."""
        with self._changed:
            self._over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _set_interval(self, seconds: float) -> None:
        self._interval = seconds
        self._due = _NEVER
        self._move(self._sent + seconds)

    def _move(self, due: float) -> None:
        self._due = min(self._due, due)
        if self._due < self._wakes_at:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="simpleflow-heartbeats", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._over:
                self._wakes_at = self._due
                wait = self._due - time.monotonic()
                if wait > 0:
                    self._changed.wait(None if wait == _NEVER else wait)
                elif self._token is not None:
                    self._beat(self._token)
                else:
                    self._due = _NEVER

    def _beat(self, token: str) -> None:
        details, end = self._details, self._end
        self._sent = time.monotonic()
        self._due = self._sent + self._interval
        self._changed.release()
        try:
            asked = self._ask(token, details)
        finally:
            self._changed.acquire()
        if asked is not None and self._token == token:
            self._due = _NEVER if asked == "lost" else self._due
            end(asked)

    def _ask(self, token: str, details: str | None) -> End | None:
        try:
            status: ActivityTaskStatus = self._client.ask(RecordActivityTaskHeartbeatInput(token, details))
        except UnknownResource:
            return "lost"
        except SWFError as error:  # an outage, throttling: the next heartbeat may arrive
            logger.warning("a heartbeat was not taken: %s", error)
            return None
        return "canceled" if status.cancel_requested else None


def _ignore(end: End) -> None:
    pass
