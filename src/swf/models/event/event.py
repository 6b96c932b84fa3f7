"""One event of a history, over the dict from the wire; nothing of it is read before it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from swf.models.event.kinds import KINDS, attributes_key
from swf.models.event.transitions import TRANSITIONS
from swf.protocol.wire import event_from_wire
from swf.utils import camel_to_underscore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swf.models.event.kinds import Member
    from swf.protocol import Event as ProtocolEvent

__all__ = ["Event"]

UNKNOWN = "unknown"


class Event:
    """An event, with the attributes of its type in snake_case: `activity_id`, `scheduled_event_id`.

    What the type has and the wire does not say is None. Structures are dicts as on the wire:
    `event.activity_type["name"]`. Asking for what events of this type never have is an `AttributeError`.

    An event of a type that this library does not know is an `Event` and of no family: its `type` is its whole
    name, its `state` is `unknown`, its attributes are there all the same.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_HistoryEvent.html
    """

    __slots__ = ("raw",)

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        """The event as boto3 has it."""

    @property
    def id(self) -> int:
        """Its place in the history, from 1."""
        event_id: int = self.raw["eventId"]
        return event_id

    @property
    def name(self) -> str:
        """Its type as SWF has it, as `ScheduleActivityTaskFailed`."""
        name: str = self.raw["eventType"]
        return name

    @property
    def type(self) -> str:
        """What it is about: `ActivityTask`, `DecisionTask`, `WorkflowExecution`, ..."""
        kind = KINDS.get(self.name)
        return self.name if kind is None else kind.family

    @property
    def state(self) -> str:
        """What became of that: the rest of its name, as `schedule_failed`."""
        kind = KINDS.get(self.name)
        return UNKNOWN if kind is None else kind.state

    @property
    def next_states(self) -> tuple[str, ...]:
        """What may become of that next; nothing when it is over, or of an unknown type."""
        return TRANSITIONS.get(self.type, {}).get(self.state, ())

    @property
    def timestamp(self) -> datetime:
        """When it happened; aware, in UTC where the wire has a number."""
        stamp = self.raw.get("eventTimestamp", 0.0)
        if isinstance(stamp, datetime):
            return stamp
        if isinstance(stamp, str):  # the AWS command line writes times as text
            return datetime.fromisoformat(stamp)
        return datetime.fromtimestamp(stamp, UTC)

    @property
    def input(self) -> str | None:
        """What was given to what it is about, as text; None for events that have no input."""
        return self.wire.get("input")

    @property
    def control(self) -> str | None:
        """What the decider noted for itself, as text; None for events that have no control."""
        return self.wire.get("control")

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes that the wire says, by their names in snake_case."""
        if (kind := KINDS.get(self.name)) is None:
            return {camel_to_underscore(key): value for key, value in self.wire.items()}
        wire = self.wire
        return {name: _read(wire, member) for name, member in kind.members.items() if member.key in wire}

    @property
    def wire(self) -> Mapping[str, Any]:
        """The attributes as they stand in `raw`, by SWF's own names."""
        kind = KINDS.get(self.name)
        wire: Mapping[str, Any] = self.raw.get(attributes_key(self.name) if kind is None else kind.key) or {}
        return wire

    def to_protocol(self) -> ProtocolEvent:
        """Return the event as `swf.protocol` has it: a frozen struct of its own class."""
        stamp = self.raw.get("eventTimestamp")
        return event_from_wire(
            {**self.raw, "eventTimestamp": self.timestamp} if isinstance(stamp, str) else self.raw
        )

    if not TYPE_CHECKING:  # what a checker may believe, the families declare

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_") or name == "raw":  # whoever copies an event asks before it has anything
                raise AttributeError(name)
            kind = KINDS.get(self.name)
            members = self.attributes if kind is None else kind.members
            if name not in members:
                has = ", ".join(members) or "none"
                raise AttributeError(f"{self.name} has no attribute {name!r}; its own are: {has}")
            return members[name] if kind is None else _read(self.wire, members[name])

    def __eq__(self, other: object) -> bool:
        return self.raw == other.raw if isinstance(other, Event) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.id, self.name))

    def __repr__(self) -> str:
        return f"<Event {self.id} {self.type} : {self.state} >"


def _read(wire: Mapping[str, Any], member: Member) -> Any:
    """Return the value of an attribute; a bare name where a structure belongs is put in one (`lenient`)."""
    value = wire.get(member.key, member.absent)
    return dict.fromkeys(member.parts, value) if member.parts and isinstance(value, str) else value
