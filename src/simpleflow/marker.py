"""Markers: notes that a workflow leaves in its own history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Marker"]


@dataclass(frozen=True)
class Marker:
    """A marker that was recorded: its name, and its details as they were given."""

    name: str
    details: Any = None

    def __repr__(self) -> str:
        return f"<Marker {self.name!r} details={self.details!r}>"
