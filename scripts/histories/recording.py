"""A recorded history: its events, how far they can be trusted, and whether it can be played at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from outcome import NotPlayable

from swf.protocol import events
from swf.protocol.wire import event_from_wire

if TYPE_CHECKING:
    from pathlib import Path

    from swf.protocol.events import Event

__all__ = ["Recording", "attributes_of"]

_WITHOUT_CONDITION = ("OPERATION_NOT_PERMITTED", "_RATE_EXCEEDED")
"""Ends of the causes that follow from nothing that a history holds."""
_ELSEWHERE = {"externalInitiatedEventId", "parentInitiatedEventId"}
"""References into the history of another execution."""


@dataclass(frozen=True)
class Recording:
    """The events as they stand in the file, and as the engine reads them."""

    raw: list[dict[str, Any]]
    events: list[Event]
    exact: bool
    """Whether attributes are as the service wrote them; derived ones have lost some."""

    @classmethod
    def read(cls, file: Path) -> Recording | None:
        """Return what is in a file, None when it is no history. Raises `NotPlayable`, `ValueError`."""
        content = json.loads(file.read_text())
        raw = content if isinstance(content, list) else content.get("events")
        if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
            return None
        if not raw:
            raise NotPlayable(0, "is empty")
        raw = [_with_numbers(each) for each in sorted(raw, key=lambda each: int(each.get("eventId", 0)))]
        exact = not (isinstance(content, dict) and content.get("source_class") == "derived")
        _refuse_unplayable(raw)
        read = [event_from_wire(each if exact else _without_expressions(each)) for each in raw]
        return cls(raw, read, exact)


def attributes_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of an event as they stand in the file."""
    kind = str(raw["eventType"])
    found: dict[str, Any] = raw.get(f"{kind[0].lower()}{kind[1:]}EventAttributes") or {}
    return found


def _refuse_unplayable(raw: list[dict[str, Any]]) -> None:
    for place, each in enumerate(raw, 1):
        event_id, a = each.get("eventId"), attributes_of(each)
        if event_id != place:
            start = "does not start at event 1" if place == 1 else f"follows event {place - 1}"
            raise NotPlayable(int(event_id or 0), start)
        if not hasattr(events, str(each.get("eventType"))):
            raise NotPlayable(place, f"{each.get('eventType')} is no type of event")
        cause = str(a.get("cause", ""))
        if cause.startswith("$"):
            raise NotPlayable(place, f"its cause is an expression, {cause}")
        if cause.endswith(_WITHOUT_CONDITION):
            raise NotPlayable(place, f"nothing that is recorded explains {cause}")
        for name, value in a.items():
            is_reference = name.endswith("EventId") and name not in _ELSEWHERE
            if is_reference and isinstance(value, int) and value >= place:
                raise NotPlayable(place, f"{name} refers forward, to event {value}")


def _with_numbers(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an event whose time is a number; the AWS command line prints text."""
    stamp = raw.get("eventTimestamp")
    if not isinstance(stamp, str):
        return raw
    return {**raw, "eventTimestamp": datetime.fromisoformat(stamp).timestamp()}


def _without_expressions(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an event whose durations and priorities can be read."""
    kind = raw["eventType"]
    key = f"{kind[0].lower()}{kind[1:]}EventAttributes"
    made = dict(attributes_of(raw))
    for name, value in list(made.items()):
        if name.endswith("imeout") and not str(value).isdigit() and value != "NONE":
            made[name] = "100"
        elif name == "taskPriority" and not str(value).lstrip("-").isdigit():
            del made[name]
    return {**raw, key: made}
