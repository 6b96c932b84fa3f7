"""Brings to the disk what nobody waits for, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

from swf.engine.store import StoreFailed

if TYPE_CHECKING:
    from swf.engine.store import Store

__all__ = ["Syncer"]

log = logging.getLogger(__name__)


_GATHER_SECONDS = 0.001
"""How long commits gather, as nobody waits for them: each sync takes the interpreter away from others."""


class Syncer:
    """Syncs the commits of a store soon after they are made. The thread begins with the first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._called: SimpleQueue[bool] = SimpleQueue()
        self._comes = False
        """Whether a sync is about to begin."""
        self._thread: threading.Thread | None = None

    def follow(self) -> None:
        """There is a commit that is not on the disk."""
        if self._comes:
            return
        self._comes = True
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="swf-sync", daemon=True)
            self._thread.start()
        self._called.put(True)

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._called.put(False)
            self._thread.join()

    def _run(self) -> None:
        while self._called.get():
            time.sleep(_GATHER_SECONDS)
            self._comes = False
            try:
                self._store.sync(self._store.written)
            except StoreFailed as error:
                log.error("what was written may not outlive a loss of power: %s", error)
