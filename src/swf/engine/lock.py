"""The lock beside a file: one process at a time has it, and says in it who it is and where it is reached."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from typing import TYPE_CHECKING, Any

from swf.exceptions import EngineInUse
from swf.places import lock_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileLock"]


class FileLock:
    """Holds a file for this process until it is released, or the process ends in whatever way.

    A child process that is forked does not hold it. The lock's own file stays: to remove it would let two
    processes hold two files of one name.
    """

    def __init__(self, file: Path) -> None:
        """Take the lock. Raises `EngineInUse` when another engine has it."""
        self._path = lock_of(file)
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            said = self._read()
            os.close(self._fd)
            raise EngineInUse(str(file), said.get("pid"), said.get("address")) from None
        os.register_at_fork(after_in_child=self._leave)
        try:
            self.announce(None)
        except OSError:  # a full disk
            self._leave()
            raise

    def announce(self, address: str | None) -> None:
        """Say where the holder is reached."""
        if self._fd >= 0:
            text = json.dumps({"pid": os.getpid(), "address": address}).encode()
            os.pwrite(self._fd, text, 0)
            os.ftruncate(self._fd, len(text))

    def release(self) -> None:
        """Let another process have the file."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            self._leave()

    def _leave(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            with contextlib.suppress(OSError):
                os.close(fd)

    def _read(self) -> dict[str, Any]:
        try:
            said = json.loads(os.pread(self._fd, 4096, 0))
        except ValueError:  # it is being written
            return {}
        return said if isinstance(said, dict) else {}
