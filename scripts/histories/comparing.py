"""Whether the engine's event is the recorded one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from outcome import Differs
from recording import attributes_of

from swf.protocol.wire import to_wire

if TYPE_CHECKING:
    from swf.protocol.events import Event

__all__ = ["compare"]

_ASIDE = {"runId", "newExecutionRunId", "continuedExecutionRunId", "identity"}
_SINCE_2023 = {"scheduleToStartTimeout": "NONE"}
"""What recordings of DecisionTaskScheduled lack that are older."""


def compare(event: Event, recorded: Event, raw: dict[str, Any], *, exact: bool) -> None:
    """Raise `Differs` at the first difference; without `exact` only types and references are compared."""
    if event.event_id != raw["eventId"] or type(event) is not type(recorded):
        raise Differs(
            raw["eventId"], f"recorded is {raw['eventType']}, the engine says {type(event).__name__}"
        )
    said = attributes_of(to_wire(event))
    told = attributes_of(raw)
    if exact:
        _compare_all(event, said, told)
    else:
        _compare_references(event, said, told)


def _compare_all(event: Event, said: dict[str, Any], told: dict[str, Any]) -> None:
    if type(event).__name__ == "DecisionTaskScheduled":
        told = _SINCE_2023 | told
    documented = {member.encode_name for member in msgspec.structs.fields(type(event.attributes))}
    for name in sorted((said.keys() | told.keys()) & documented - _ASIDE):
        mine, theirs = _without_runs(said.get(name)), _without_runs(told.get(name))
        if mine != theirs:
            raise Differs(event.event_id, f"{name} is recorded as {theirs!r}, the engine says {mine!r}")


def _compare_references(event: Event, said: dict[str, Any], told: dict[str, Any]) -> None:
    for name, theirs in told.items():
        if name.endswith("EventId") and said.get(name) != theirs:
            raise Differs(
                event.event_id, f"{name} is recorded as {theirs!r}, the engine says {said.get(name)!r}"
            )


def _without_runs(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if name not in _ASIDE}
    return value if value != [] else None
