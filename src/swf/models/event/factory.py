"""From the dict of an event to an object of its family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swf.exceptions import SWFError
from swf.models.event import families
from swf.models.event.event import Event
from swf.models.event.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EventFactory"]

_CLASSES: Final[dict[str, type[Event]]] = {
    name: getattr(families, f"{kind.family}Event") for name, kind in KINDS.items()
}


def EventFactory(raw: Mapping[str, Any]) -> Event:
    """Return the event that a dict says, as GetWorkflowExecutionHistory and PollForDecisionTask answer it.

    An event of an unknown type is a plain `Event`. Raises `SWFError` for what is no event at all.
    """
    try:
        kind, _ = raw["eventType"], raw["eventId"]
    except (KeyError, TypeError):
        raise SWFError(f"an event is a dict with eventId and eventType, this is none: {raw!r:.200}") from None
    return _CLASSES.get(kind, Event)(raw)
