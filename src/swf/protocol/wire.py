"""From the JSON of Amazon SWF to typed events and decisions, and back.

A type of event that Amazon invents after us is an `UnknownEvent`, never a crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import msgspec

from swf.protocol.decisions import Decision
from swf.protocol.events import Event
from swf.protocol.lenient import mended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "UnknownEvent",
    "decision_from_wire",
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
_RAW_EVENTS = msgspec.json.Decoder(list[dict[str, Any]])
_HISTORY = msgspec.json.Decoder(_History)
_RAW_HISTORY = msgspec.json.Decoder(_RawHistory)
_DECISIONS = msgspec.json.Decoder(list[Decision])
_ENCODER = msgspec.json.Encoder()
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in get_args(Event)}


def decode_events(data: bytes | str) -> list[Event]:
    """Return the events of a JSON list, as GetWorkflowExecutionHistory has it under `events`."""
    try:
        return _EVENTS.decode(data)
    except msgspec.ValidationError:  # an event that the model does not know, or that lost something
        return [event_from_wire(raw) for raw in _RAW_EVENTS.decode(data)]


def decode_history(data: bytes | str) -> list[Event]:
    """Return the events of a JSON object that has them under `events`: an answer of SWF, or a recording."""
    try:
        return _HISTORY.decode(data).events
    except msgspec.ValidationError:
        return [event_from_wire(raw) for raw in _RAW_HISTORY.decode(data).events]


def event_from_wire(raw: Mapping[str, Any]) -> Event:
    """Return the event that a wire dict says; its timestamp may be a number or a datetime.

    An event that lacks required members is taken with them put back (`lenient`).
    """
    stamp = raw.get("eventTimestamp", 0.0)
    raw = {**raw, "eventTimestamp": stamp.timestamp() if hasattr(stamp, "timestamp") else stamp}
    kind = raw["eventType"]
    if (known := _KINDS.get(kind)) is None:
        attributes = raw.get(f"{kind[0].lower()}{kind[1:]}EventAttributes", {})
        unknown = UnknownEvent(raw["eventId"], float(raw["eventTimestamp"]), kind, attributes)
        return unknown  # type: ignore[return-value]  # no handler knows its type: it passes everywhere unseen
    event: Event
    try:
        event = msgspec.convert(raw, known)  # one type of 54: msgspec is slow to find it among all
    except msgspec.ValidationError:
        event = msgspec.convert(mended(raw), known)
    return event


def encode_events(events: Sequence[Event | UnknownEvent]) -> bytes:
    """Return the JSON list of the events."""
    anything: Sequence[Any] = events
    return _ENCODER.encode([to_wire(each) if isinstance(each, UnknownEvent) else each for each in anything])


def decode_decisions(data: bytes | str) -> list[Decision]:
    """Return the decisions of a JSON list."""
    return _DECISIONS.decode(data)


def decision_from_wire(raw: Mapping[str, Any]) -> Decision:
    """Return the decision that a wire dict says."""
    decision: Decision = msgspec.convert(raw, Decision)
    return decision


def encode_decisions(decisions: Sequence[Decision]) -> bytes:
    """Return the JSON list of the decisions."""
    return _ENCODER.encode(decisions)


def to_wire(message: Event | Decision | UnknownEvent) -> dict[str, Any]:
    """Return the plain dict of an event or decision, with SWF's names."""
    if isinstance(message, UnknownEvent):
        kind = message.event_type
        return {
            "eventType": kind,
            "eventId": message.event_id,
            "eventTimestamp": message.event_timestamp,
            f"{kind[0].lower()}{kind[1:]}EventAttributes": message.attributes,
        }
    wire: dict[str, Any] = msgspec.to_builtins(message)
    return wire
