"""A process that ends what a worker's child leaves behind, when the worker is killed and cannot."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

from simpleflow.swf.process.child import Child
from simpleflow.swf.process.titles import set_title

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Guard"]

_PR_SET_PDEATHSIG = 1
_BURIAL_SECONDS = 1.0


class Guard:
    """Watches over one process group at a time, from a process of its own.

    The child itself dies with its worker (the kernel sees to that); what it began would live on. The guard
    holds one end of a pipe, the worker alone the other: when that is gone, the group is killed.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._child: Child | None = None
        self._out = -1
        self._group: int | None = None

    @property
    def fds(self) -> Sequence[int]:
        """What no other process may hold, or the end of this one would not be seen."""
        return [self._out] if self._out >= 0 else []

    def ended(self) -> bool:
        """Tell whether there is no such process: somebody has killed it, or it was not begun."""
        return self._child is None or self._child.ended()

    def start(self) -> None:
        """Begin the process, unless it lives."""
        if not self.ended():
            return
        self.close()
        self._group = None
        ours, self._out = os.pipe()
        self._child = Child(lambda: self._live(ours), self._title)
        self._child.start()
        os.close(ours)

    def watch(self, group: int | None) -> None:
        """Watch over this group from now on, or over none."""
        if group == self._group:
            return
        self._group = group
        with contextlib.suppress(OSError):  # somebody has killed it: `start` mends that
            os.write(self._out, b"%d\n" % (group or 0))

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            os.close(self._out)
            self._out = -1
            if self._child.wait(_BURIAL_SECONDS) is None:
                self._child.kill()
            self._child = None

    def _live(self, pipe: int) -> None:
        _outlive_the_parent()
        os.closerange(3, pipe)  # it needs nothing else, and nobody shall wait for what it holds
        os.closerange(pipe + 1, os.sysconf("SC_OPEN_MAX"))
        set_title(self._title, "guarding")
        last = b"0"
        while said := os.read(pipe, 4096):
            last = said.split()[-1]
        if group := int(last):
            with contextlib.suppress(OSError):  # nobody is left
                os.killpg(group, signal.SIGKILL)


def _outlive_the_parent() -> None:
    """Take back that this process dies with its parent: it has something to do then, and ends by itself."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, 0, 0, 0, 0)
