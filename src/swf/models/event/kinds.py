"""What the 54 types of events are called, and what each of them has.

All of it follows from the names and shapes in `swf.protocol.events`, which come from the service model.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, get_args

import msgspec

from swf.protocol import events
from swf.utils import camel_to_underscore

__all__ = ["KINDS", "Kind", "Member", "attributes_key"]

FAMILIES: Final = (
    *("ActivityTask", "DecisionTask", "ChildWorkflowExecution", "ExternalWorkflowExecution"),
    *("WorkflowExecution", "Marker", "Timer", "LambdaFunction"),
)
"""The longer names before those that they contain."""
_CUT: Final = {"ExternalWorkflowExecution": "ExternalWorkflow"}
"""What the state leaves out of the name, where it is not the whole family."""
_CLASH: Final = {"id", "name"}
"""What a Lambda function has, and every event too: the function's are `function_id` and `function_name`."""


class Member(NamedTuple):
    """One attribute of a type of events."""

    key: str
    """Its name on the wire."""
    absent: Any
    """What it is when the wire does not say."""
    parts: tuple[str, ...]
    """The keys of the structure that it is; empty for texts and numbers."""


class Kind(NamedTuple):
    """One type of events."""

    family: str
    state: str
    key: str
    """Where the wire has its attributes."""
    members: dict[str, Member]


def attributes_key(event_type: str) -> str:
    """Return where the wire has the attributes of an event of a type."""
    return f"{event_type[0].lower()}{event_type[1:]}EventAttributes"


def _kind(event_type: str) -> Kind:
    family = next(each for each in FAMILIES if each in event_type)
    state = camel_to_underscore(event_type.replace(_CUT.get(family, family), ""))
    fields = msgspec.structs.fields(getattr(events, f"{event_type}Attributes"))
    members = {
        f"function_{each.name}" if each.name in _CLASH else each.name: _member(each) for each in fields
    }
    return Kind(family, state, attributes_key(event_type), members)


def _member(field: msgspec.structs.FieldInfo) -> Member:
    """Say what a history may have lost as `swf.protocol.lenient` does: numbers are 0, texts are empty."""
    inside = [each for each in get_args(field.type) or (field.type,) if isinstance(each, type)]
    parts = next((each.__struct_encode_fields__ for each in inside if issubclass(each, msgspec.Struct)), ())
    absent = {int: 0, str: ""}.get(field.type) if field.required else None
    return Member(field.encode_name, absent, parts)


KINDS: Final[dict[str, Kind]] = {each.__name__: _kind(each.__name__) for each in get_args(events.Event)}
"""By the name of the type."""
