"""Heartbeats of the attempt that runs: sent from a thread of their own, whatever the activity does."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from typing import TYPE_CHECKING

from swf.exceptions import SWFError, UnknownResource
from swf.protocol.requests import RecordActivityTaskHeartbeatInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simpleflow.swf.worker.attempt import End
    from swf.protocol.answers import ActivityTaskStatus
    from swf.protocol.client import Client

__all__ = ["Heartbeats"]

logger = logging.getLogger(__name__)

_SOONEST = 0.5
"""Seconds between two heartbeats at least, however often an activity tells something new."""
_UNTIL_KNOWN = 0.3
"""Seconds between two heartbeats until the heartbeat timeout is known: the shortest one is a second."""
_GOODBYE_SECONDS = 1.0
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
            self._due = _NEVER
            if self._seconds != _NEVER:
                self._set_interval(min(self._seconds, _UNTIL_KNOWN))

    def timeout_is(self, seconds: float | None) -> None:
        """The attempt has this heartbeat timeout, or none."""
        if self._seconds != _NEVER:
            with self._changed:
                self._set_interval(min(self._seconds, _NEVER if seconds is None else seconds / 3))

    def tell(self, details: str | None) -> None:
        """The activity gave a sign of life, with what it tells."""
        with self._changed:
            if details is not None:
                self._details = details
            self._move(min(self._due, self._sent + min(_SOONEST, self._interval)))

    def finish(self) -> None:
        """The attempt is over."""
        with self._changed:
            self._token, self._end = None, _ignore  # to wake the thread for nothing would cost more

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[None]:
        """Hold the thread still, but for an answer that it may wait for: a process is about to be forked."""
        with self._changed:
            yield

    def close(self) -> None:
        """Send no more."""
        with self._changed:
            self._over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_GOODBYE_SECONDS)  # it may wait for an engine that is away

    def _set_interval(self, seconds: float) -> None:
        self._interval = seconds
        self._move(self._sent + seconds)

    def _move(self, due: float) -> None:
        self._due = due
        if due < self._wakes_at:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="simpleflow-heartbeats", daemon=True)
                self._thread.start()
            self._wakes_at = due
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._over:
                now = time.monotonic()
                if (
                    now < self._wakes_at
                ):  # what is put off meanwhile is found out then: that wakes it less often
                    self._changed.wait(None if self._wakes_at == _NEVER else self._wakes_at - now)
                    continue
                if now >= self._due:
                    if self._token is not None:
                        self._beat(self._token)
                    else:
                        self._due = _NEVER
                self._wakes_at = self._due

    def _beat(self, token: str) -> None:
        details, end = self._details, self._end
        self._sent = time.monotonic()
        self._due = self._sent + self._interval
        failure: Exception | None = None
        self._changed.release()
        try:
            asked = self._ask(token, details)
        except Exception as error:  # an outage, throttling, whatever it is: the next heartbeat may arrive
            asked, failure = None, error
        finally:
            self._changed.acquire()
        if self._token != token:  # the attempt ended meanwhile, and was answered
            return
        if failure is not None:
            logger.warning(
                "a heartbeat was not taken: %s", failure, exc_info=not isinstance(failure, SWFError)
            )
        elif asked is not None:
            self._due = _NEVER if asked == "lost" else self._due
            end(asked)

    def _ask(self, token: str, details: str | None) -> End | None:
        try:
            status: ActivityTaskStatus = self._client.ask(RecordActivityTaskHeartbeatInput(token, details))
        except UnknownResource:
            return "lost"
        return "canceled" if status.cancel_requested else None


def _ignore(end: End) -> None:
    pass
