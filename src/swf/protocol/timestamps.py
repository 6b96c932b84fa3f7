"""Times as boto3 has them, aware datetimes, and as the wire has them, seconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from swf.protocol.operations import SHAPES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["to_datetimes", "to_seconds"]


def to_seconds(time_filter: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a filter of times with each datetime in it as seconds; naive ones are local, as in boto3."""
    if time_filter is None:
        return None
    return {
        name: value.timestamp() if isinstance(value, datetime) else value
        for name, value in time_filter.items()
    }


def to_datetimes(shape: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of this shape with its times as datetimes; it is changed in place."""
    for member, inner in _TIMES[shape]:
        if (value := answer.get(member)) is None:
            continue
        if inner is None:
            answer[member] = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, list):
            for each in value:
                to_datetimes(inner, each)
        else:
            to_datetimes(inner, value)
    return answer


def _times(shape: str, times: dict[str, list[tuple[str, str | None]]]) -> bool:
    """Say whether a structure has times in it, having noted the members that are times or lead to some."""
    times[shape] = []
    for member, of in SHAPES[shape].members.items():
        inner = SHAPES[of].element or of
        if inner == "Timestamp":
            times[shape].append((member, None))
        elif inner == "HistoryEvent" or (SHAPES[inner].kind == "structure" and _times(inner, times)):
            times[shape].append((member, inner))
    return bool(times[shape])


_TIMES: dict[str, list[tuple[str, str | None]]] = {"HistoryEvent": [("eventTimestamp", None)]}
for _shape in [name for name, shape in SHAPES.items() if shape.kind == "structure"]:
    _times(_shape, _TIMES)
