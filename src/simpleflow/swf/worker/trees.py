"""A process and all that it began, as far as it can be known."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

__all__ = ["descendants", "signal_tree"]


def signal_tree(pid: int, number: int) -> None:
    """Send a signal to a process that leads a group, to the group, and to what it began outside of that."""
    outside = descendants(pid)
    with contextlib.suppress(OSError):  # it ended in this instant
        os.killpg(pid, number)
    for each in outside:
        with contextlib.suppress(OSError):
            if os.getpgid(each) != pid:
                os.kill(each, number)


def descendants(pid: int) -> list[int]:
    """Return the children of a process, and theirs; none where the system does not tell (proc(5))."""
    found: list[int] = []
    left = [pid]
    while left:
        for children in Path(f"/proc/{left.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it ended in this instant
                left += (those := [int(each) for each in children.read_text().split()])
                found += those
    return found
