"""One call: what users give made what the wire takes, by the shapes of the service model."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from swf.protocol.operations import OPERATIONS, SHAPES
from swf.utils import camel_to_underscore

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.protocol.client import Client

__all__ = ["Answer", "Calling"]

Answer: TypeAlias = dict[str, Any]
"""What boto3 answers; empty where the operation answers nothing."""


class Calling:
    """Whoever asks through a client."""

    connection: Client
    """The client, with the methods of boto3's."""

    def _ask(self, operation: str, **members: Any) -> Answer:
        conversions = _conversions(operation)
        request = {
            name: conversions[name](name, value) if name in conversions else value
            for name, value in members.items()
            if value is not None
        }
        answer: Answer = getattr(self.connection, camel_to_underscore(operation))(**request)
        return answer


@cache
def _conversions(operation: str) -> dict[str, Callable[[str, Any], Any]]:
    """Return how members of a request are made of what users give, where they may give several things."""
    from swf.models.decision.values import CONVERSIONS  # whose package is made of what is made of this

    known = CONVERSIONS | dict.fromkeys(("LimitedData", "TerminateReason"), CONVERSIONS["Data"])
    known |= {"DurationInDays": CONVERSIONS["TaskPriority"]}
    shapes = SHAPES[OPERATIONS[operation].input].members
    return {member: _told(known[shape]) for member, shape in shapes.items() if shape in known}


def _told(convert: Callable[[Any], Any]) -> Callable[[str, Any], Any]:
    """Return the conversion, whose errors name the member."""

    def converted(member: str, value: Any) -> Any:
        try:
            return convert(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{member}: {error}") from None

    return converted
