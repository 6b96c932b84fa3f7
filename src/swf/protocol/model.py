"""How the service model describes operations: the two words that `operations` is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Operation", "Shape"]


@dataclass(frozen=True)
class Shape:
    """What may stand in a place.

    `minimum` and `maximum` bound the characters of a string, the elements of a list, or a number. `members`
    and `element` name the shapes of what is inside; the elements of a list of events are in `events`.
    """

    kind: Literal["structure", "list", "string", "integer", "long", "boolean", "timestamp"]
    minimum: int | None = None
    maximum: int | None = None
    enum: tuple[str, ...] = ()
    element: str | None = None
    required: tuple[str, ...] = ()
    members: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """What an operation takes, what it answers (None: nothing), and the faults that the model lists."""

    input: str
    output: str | None
    faults: tuple[str, ...]
