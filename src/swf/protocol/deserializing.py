"""Whether a body has the form that an operation takes: the first check of the service, in its words (S1-S3).

The words are those of Coral, Amazon's framework, as others have recorded them of services of SWF's age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from swf.exceptions import Serialization
from swf.protocol.enums import DecisionType
from swf.protocol.operations import SHAPES

__all__ = ["deserialized", "parsed"]

_NUMBER = "com.amazon.coral.value.json.numbers.TruncatingBigNumber"
_LARGEST = 2**31 - 1
_DECISION_TYPES = frozenset(DecisionType)
_LIST = "Start of list found where not expected"
_MAP = "Start of structure or map found where not expected."


def parsed(body: bytes) -> Any:
    """Return the value that a body says in JSON; null counts as `{}`."""
    try:
        said = msgspec.json.decode(body)
    except RecursionError:
        raise Serialization("The request is nested too deeply") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise Serialization(f"The request is not JSON: {error}") from None
    return {} if said is None else said


def deserialized(shape: str, said: Any) -> Any:
    """Return what is said as a value of a shape: without nulls and unknown members, numbers truncated."""
    match SHAPES[shape].kind:
        case "structure":
            return _structure(shape, said)
        case "list":
            return _list(shape, said)
        case "string" if isinstance(said, str):
            return said
        case "boolean" if isinstance(said, bool):
            return said
        case "integer" if _is_number(said):
            return max(-_LARGEST - 1, min(int(said), _LARGEST))
        case "timestamp" if _is_number(said) and abs(said) < 1e300:
            return float(said)
    raise Serialization(_mismatch(SHAPES[shape].kind, said))


def _structure(name: str, said: Any) -> dict[str, Any]:
    if not isinstance(said, Mapping):
        raise Serialization(_LIST if _is_list(said) else "Expected null")
    members = SHAPES[name].members
    value = {
        member: deserialized(members[member], inner)
        for member, inner in said.items()
        if inner is not None and member in members
    }
    if name == "Decision" and value.get("decisionType") in _DECISION_TYPES:
        kind: str = value["decisionType"]
        # Absent attributes count as empty ones, whose required members are then found wanting.
        value.setdefault(f"{kind[0].lower()}{kind[1:]}DecisionAttributes", {})
    return value


def _list(name: str, said: Any) -> list[Any]:
    if not _is_list(said):
        raise Serialization(_MAP if isinstance(said, Mapping) else "Expected list or null")
    element = SHAPES[name].element
    assert element is not None
    return [None if each is None else deserialized(element, each) for each in said]


def _mismatch(kind: str, said: Any) -> str:
    if isinstance(said, Mapping):
        return _MAP
    if _is_list(said):
        return _LIST
    if kind == "boolean" and isinstance(said, str):
        return f"'{said.upper()}' can not be converted to an Boolean"
    target = "milliseconds since epoch" if kind == "timestamp" else f"an {kind.capitalize()}"
    return f"class {_class(said)} can not be converted to {target}"


def _class(said: Any) -> str:
    if isinstance(said, bool):
        return "java.lang.Boolean"
    if isinstance(said, str):
        return "java.lang.String"
    return _NUMBER if isinstance(said, int | float) else type(said).__name__


def _is_number(said: Any) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool) and said == said


def _is_list(said: Any) -> bool:
    return isinstance(said, Sequence) and not isinstance(said, str | bytes)
