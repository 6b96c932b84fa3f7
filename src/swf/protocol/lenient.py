"""Puts back what a history lost on its way to us: zeros, timestamps, a shape where a bare name stands.

For histories that came by way of other libraries; what Amazon SWF sends needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from swf.protocol import events

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["mended"]


def mended(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the wire dict of an event of a known type with each required member that it lacks."""
    kind = raw["eventType"]
    key = f"{kind[0].lower()}{kind[1:]}EventAttributes"
    attributes = dict(raw.get(key, {}))
    for member in msgspec.structs.fields(getattr(events, f"{kind}Attributes")):
        value, shape = attributes.get(member.encode_name), _struct_in(member.type)
        if value is None and member.required:
            value = 0 if member.type is int else ""
        if isinstance(value, str) and shape is not None:
            value = {inner.encode_name: value for inner in msgspec.structs.fields(shape)}
        if value is not None:
            attributes[member.encode_name] = value
    return {"eventTimestamp": 0.0, **raw, key: attributes}


def _struct_in(annotation: Any) -> type[msgspec.Struct] | None:
    for each in getattr(annotation, "__args__", (annotation,)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            return each
    return None
