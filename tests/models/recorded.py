"""The histories recorded from Amazon, as tests of the object layer want them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["AT_FAULT", "HISTORIES", "events_of", "fault_of"]

HISTORIES = sorted((Path(__file__).parent.parent / "data" / "histories").glob("**/*.json"))
AT_FAULT = {"036": 11, "059": 6, "060": 7, "068": 11, "docs": 2}
"""Those that no execution can have had: the first letters of the file, and the event."""


def events_of(path: Path) -> list[dict[str, Any]]:
    """Return the dicts of the events of a file."""
    events: list[dict[str, Any]] = json.loads(path.read_text())["events"]
    return events


def fault_of(path: Path) -> int | None:
    """Return the event at fault, None for a history that is whole."""
    return next((event_id for start, event_id in AT_FAULT.items() if path.name.startswith(start)), None)
