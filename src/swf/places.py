"""Where engines are kept: the default file, the lock beside a file, and a name for it on the wire.

A ground floor beside `swf.exceptions`; opens nothing.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

__all__ = ["default_file", "identity", "lock_of"]


def default_file() -> Path:
    """Return the engine's file that is meant when none is named."""
    data = os.environ.get("XDG_DATA_HOME", "")
    home = Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    return home / "simpleflow" / "engine.db"


def lock_of(file: Path) -> Path:
    """Return the lock beside a file: whose it is has the file, and is written in it as JSON: pid, address."""
    return file.with_name(f"{file.name}.lock")


def identity(file: Path) -> str:
    """Return a name for the engine on a file that says nothing about the path."""
    return sha256(os.fsencode(file.resolve())).hexdigest()[:32]
