"""How a process is told to stop: SIGTERM or SIGINT asks it to, a second one insists.

Only the main thread of a process can listen to signals, and only one listener at a time does.
"""

from __future__ import annotations

import contextlib
import enum
import logging
import os
import select
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

__all__ = [
    "ONE_BREATH_SECONDS",
    "STOP_SIGNALS",
    "StopSignals",
    "Urgency",
    "reset_signal_handlers",
    "stopping",
]

logger = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

# `timeout`, systemd and others signal a process and, in the same breath, its group: that is one request.
ONE_BREATH_SECONDS = 0.25


class Urgency(enum.IntEnum):
    """How fast to stop."""

    NONE = 0
    GRACEFUL = 1
    """What runs may be finished; nothing new is begun."""
    NOW = 2
    """What runs is given up."""


class StopSignals:
    """Listen to the signals that say stop, instead of dying of them.

    Something to wait for: `fileno()` is readable when one has come, and `read()` says how urgent it is by
    now. Nothing is missed between a look and a wait, as it is with handlers. `level` is that of the line that
    the log has for each.
    """

    def __init__(self, level: int = logging.INFO) -> None:
        self._level = level
        self.urgency = Urgency.NONE
        self._latest = 0.0

    def __enter__(self) -> StopSignals:
        self._inbox, self._outbox = socket.socketpair()
        self._inbox.setblocking(False)
        self._outbox.setblocking(False)
        self._old_wakeup = signal.set_wakeup_fd(self._outbox.fileno(), warn_on_full_buffer=False)
        self._old_handlers = {number: signal.signal(number, _note) for number in STOP_SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_wakeup)
        self._inbox.close()
        self._outbox.close()

    def fileno(self) -> int:
        """Return what becomes readable with a signal."""
        return self._inbox.fileno()

    def read(self) -> Urgency:
        """Take in the signals that came, and return how urgent it is by now."""
        try:
            came = self._inbox.recv(4096)
        except BlockingIOError:
            return self.urgency
        for number in came:
            if number in STOP_SIGNALS:
                self._count(signal.Signals(number))
        return self.urgency

    def _count(self, number: signal.Signals) -> None:
        now = time.monotonic()
        if self.urgency is not Urgency.NONE and now - self._latest < ONE_BREATH_SECONDS:
            return
        self._latest = now
        self.urgency = Urgency(min(self.urgency + 1, Urgency.NOW))
        logger.log(self._level, "process: caught signal signal=%s pid=%d", number.name, os.getpid())


def _note(number: int, frame: FrameType | None) -> None:
    """Do nothing: that a handler is there makes the signal arrive at the socket."""


@contextlib.contextmanager
def stopping(stop: Callable[[], object], stop_now: Callable[[], object]) -> Iterator[None]:
    """Run until told to stop: call `stop` at the first SIGTERM or SIGINT, `stop_now` at the second.

    Both are called on a thread of their own, so they may take locks and interrupt what the main thread waits
    for; each is called once at most. The handlers of before are back at the end.
    """
    with StopSignals(logging.DEBUG) as signals:  # who supervises this process has told already
        ended, end = socket.socketpair()
        listener = threading.Thread(
            target=_listen, args=(signals, ended, [stop, stop_now]), name="signals", daemon=True
        )
        listener.start()
        try:
            yield
        finally:
            end.close()
            listener.join()
            ended.close()


def _listen(signals: StopSignals, ended: socket.socket, calls: list[Callable[[], object]]) -> None:
    poll = select.poll()
    poll.register(signals, select.POLLIN)
    poll.register(ended, select.POLLIN)
    done = Urgency.NONE
    while ended.fileno() not in (fd for fd, _ in poll.poll()):
        urgency = signals.read()
        for call in calls[done:urgency]:
            try:
                call()
            except Exception:  # whatever it is, the next signal must still be heard
                logger.exception("stopping failed")
        done = urgency


def reset_signal_handlers() -> None:
    """Let SIGTERM and SIGINT end the process: for a child that was forked where they are listened to."""
    signal.set_wakeup_fd(-1)
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
