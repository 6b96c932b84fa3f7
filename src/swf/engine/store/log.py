"""The write-ahead log of a file on its way to the disk: a sync is for all that was written before it."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Log"]


class Log:
    """How many of a file's commits are on the disk. Threads may share it.

    SQLite writes a commit to the log and does not wait for the disk; to sync the log then is all that
    `synchronous = FULL` does more (https://www.sqlite.org/pragma.html#pragma_synchronous). Done here, it
    keeps nobody from writing the next commit meanwhile.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()  # a signal handler may interrupt a sync, and sync
        self._file = -1
        self.written = 1
        """The number of the last commit. What stood in the log before counts as one."""
        self.synced = 0
        """The number of the last commit that is on the disk."""
        self.failed: OSError | None = None
        """Why the disk may lack commits that no further sync would bring there."""

    def attach(self) -> None:
        """Open the log of the connection that has just been opened."""
        self.detach()
        with self._lock:
            self._file = os.open(f"{self._path}-wal", os.O_RDONLY | os.O_CLOEXEC)
        _sync_folder(self._path.parent)

    def detach(self) -> None:
        """Let go of it, before its connection is closed."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def sync(self, commit: int) -> None:
        """Return when this commit is on the disk, and all before it. Raises `OSError`.

        Once that has failed it fails until `mended`: what could not be written may be taken for written by
        the next sync (https://lwn.net/Articles/752063/).
        """
        with self._lock:
            if self.synced >= commit:
                return
            if self.failed is not None:
                raise self.failed
            written = self.written
            try:
                _sync(self._file)
            except OSError as error:
                self.failed = error
                raise
            self.synced = max(self.synced, written)

    def mended(self) -> None:
        """Note that all commits have come to the file itself, and to the disk."""
        with self._lock:
            self.synced, self.failed = self.written, None


def _sync(file: int) -> None:
    getattr(os, "fdatasync", os.fsync)(file)  # a Mac has the latter only


def _sync_folder(folder: Path) -> None:
    """Bring the names of new files to the disk, where the file system can: SQLite asks for no more."""
    with contextlib.suppress(OSError):
        file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(file)
        finally:
            os.close(file)
