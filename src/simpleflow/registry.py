"""The activities that this process knows by name: the one global of the package."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simpleflow.activity import Activity

__all__ = ["Registry", "registry"]


class Registry:
    """Activities by label, then by name; a later definition of a name replaces the earlier."""

    def __init__(self) -> None:
        self._activities: dict[str | None, dict[str, Activity[Any, Any]]] = defaultdict(dict)

    def __getitem__(self, label: str | None) -> dict[str, Activity[Any, Any]]:
        return self._activities[label]

    def register(self, activity: Activity[Any, Any], label: str | None = None) -> None:
        """Make `activity` known by its name."""
        self._activities[label][activity.name] = activity


registry = Registry()
