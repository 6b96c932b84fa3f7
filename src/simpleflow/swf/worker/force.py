"""How a child process is made to end what it performs."""

from __future__ import annotations

import contextlib
import logging
import math
import signal
import time
from typing import TYPE_CHECKING, Any

from simpleflow.swf.worker.performer import END
from simpleflow.swf.worker.trees import signal_tree

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from simpleflow.swf.process.child import Child

__all__ = ["Force"]

logger = logging.getLogger(__name__)

_HURRY_SECONDS = 0.3


class Force:
    """What is done to a child that shall end: it is asked, then terminated, then killed.

    `patience` is how many seconds it has after each step, less in a hurry.
    """

    def __init__(self, child: Child, pipe: Connection[Any, Any], patience: float) -> None:
        self._child = child
        self._pipe = pipe
        self._patience = patience
        self._next = math.inf
        self._asked = False
        self._hurried = False
        self._signals = [signal.SIGTERM, signal.SIGKILL]

    def seconds(self) -> float | None:
        """Return how long nothing is to be done; None for ever."""
        return None if self._next == math.inf else self._next - time.monotonic()

    def use(self, *, hurry: bool) -> None:
        """Take the next step when it is time, sooner in a hurry."""
        now = time.monotonic()
        if not self._asked:
            self._asked = True
            self._next = now + self._patience
            with contextlib.suppress(OSError):  # it is dead
                self._pipe.send_bytes(END)
        if hurry and not self._hurried:
            self._hurried = True
            self._patience = min(self._patience, _HURRY_SECONDS)
            self._next = now
        if now >= self._next:
            number = self._signals.pop(0) if len(self._signals) > 1 else signal.SIGKILL
            logger.info("process: sending %s to pid=%d", number.name, self._child.pid)
            if not self._child.ended():
                signal_tree(self._child.pid, number)
            self._next = now + self._patience
