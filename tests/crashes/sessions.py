"""The processes of a session: what a command has begun, whatever it calls itself by now."""

from __future__ import annotations

import contextlib
from pathlib import Path

__all__ = ["living"]


def living(*sessions: int) -> list[int]:
    """Return the processes that live in these sessions; zombies do not."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, _, _, session = (each / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) in sessions and state not in "ZX":
                found.append(int(each.name))
    return found
