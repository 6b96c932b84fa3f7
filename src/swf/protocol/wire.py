"""From the JSON of Amazon SWF to typed events and decisions, and back.

A type of event that Amazon invents after us is an `UnknownEvent`, never a crash.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from swf.protocol import events as _events
from swf.protocol.decisions import Decision
from swf.protocol.events import Event

__all__ = [
    "UnknownEvent",
    "decode_decisions",
    "decode_events",
    "decode_history",
    "encode_decisions",
    "encode_events",
    "event_from_wire",
    "to_wire",
]


class UnknownEvent(msgspec.Struct, frozen=True):
    """An event of a type that the service model of today lacks."""

    event_id: int
    event_timestamp: float
    event_type: str
    attributes: dict[str, Any]


class _History(msgspec.Struct):
    events: list[Event]


class _RawHistory(msgspec.Struct):
    events: list[dict[str, Any]]


_EVENTS = msgspec.json.Decoder(list[Event])
_HISTORY = msgspec.json.Decoder(_History)
_DECISIONS = msgspec.json.Decoder(list[Decision])
_ENCODER = msgspec.json.Encoder()
_KNOWN = {kind.__name__ for kind in get_args(Event)}


def decode_events(data: bytes | str) -> list[Event]:
    """Return the events of a JSON list, as GetWorkflowExecutionHistory has it under `events`."""
    try:
        return _EVENTS.decode(data)
    except msgspec.ValidationError:
        return [event_from_wire(raw) for raw in msgspec.json.decode(data, type=list[dict[str, Any]])]


def decode_history(data: bytes | str) -> list[Event]:
    """Return the events of a JSON object that has them under `events`: an answer of SWF, or a recording."""
    try:
        return _HISTORY.decode(data).events
    except msgspec.ValidationError:
        return [event_from_wire(raw) for raw in msgspec.json.decode(data, type=_RawHistory).events]


def event_from_wire(raw: dict[str, Any]) -> Event:
    """Return the event that a wire dict says; zeros that were dropped from it are put back.

    Recordings by way of other libraries lack the ids that are 0 and may hold a bare name for a shape.
    """
    kind = raw["eventType"]
    key = f"{kind[0].lower()}{kind[1:]}EventAttributes"
    stamp = _seconds(raw.get("eventTimestamp", 0.0))
    if kind not in _KNOWN:
        unknown = UnknownEvent(raw["eventId"], stamp, kind, raw.get(key, {}))
        return unknown  # type: ignore[return-value]  # no handler knows its type: it passes everywhere unseen
    attributes = dict(raw.get(key, {}))
    shape = getattr(_events, f"{kind}Attributes")
    for spec in msgspec.structs.fields(shape):
        if spec.encode_name not in attributes and spec.required:
            if spec.type is int:
                attributes[spec.encode_name] = 0
            elif spec.type is str:
                attributes[spec.encode_name] = ""
        value = attributes.get(spec.encode_name)
        nested = _struct_in(spec.type)
        if isinstance(value, str) and nested is not None:
            names = [member.encode_name for member in msgspec.structs.fields(nested)]
            attributes[spec.encode_name] = dict.fromkeys(names, value)
    event: Event = msgspec.convert({**raw, "eventTimestamp": stamp, key: attributes}, Event, strict=False)
    return event


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    for each in getattr(kind, "__args__", (kind,)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            return each
    return None


def _seconds(stamp: Any) -> float:
    return stamp.timestamp() if hasattr(stamp, "timestamp") else float(stamp)


def encode_events(events: list[Event]) -> bytes:
    """Return the JSON list of the events."""
    return _ENCODER.encode(events)


def decode_decisions(data: bytes | str) -> list[Decision]:
    """Return the decisions of a JSON list."""
    return _DECISIONS.decode(data)


def encode_decisions(decisions: list[Decision]) -> bytes:
    """Return the JSON list of the decisions."""
    return _ENCODER.encode(decisions)


def to_wire(message: Event | Decision) -> dict[str, Any]:
    """Return the plain dict of an event or decision, with SWF's names."""
    wire: dict[str, Any] = msgspec.to_builtins(message)
    return wire
