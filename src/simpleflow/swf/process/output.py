"""What the user's code prints, where nobody sees it line by line."""

from __future__ import annotations

import contextlib
import sys

__all__ = ["flush"]


def flush() -> None:
    """Let out what was printed: it comes before what follows from it, and is not lost with the process."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more, or it is closed
            stream.flush()
