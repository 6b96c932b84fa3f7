"""How an attempt is brought to time out in one way and no other: when it is taken, and whether it beats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "Plan", "plan"]

KINDS: Final = ("HEARTBEAT", "START_TO_CLOSE", "SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE")
"""The ways in which an attempt can time out; of those due at the same instant, the first is what it is."""
_SOON = 0.001


@dataclass(frozen=True)
class Plan:
    """What is done with an attempt: it is never answered."""

    taken_after: float = 0.0
    """Seconds that it is left on its task list; infinite where it is never taken."""
    beats_every: float | None = None
    """Seconds between its heartbeats."""


def plan(name: str, kind: str, timeouts: Mapping[str, float]) -> Plan:
    """Return how an attempt times out as `kind`; `timeouts` are in seconds, infinite where there is none.

    Raises `ValueError` where its timeouts never let it.
    """
    taken = 0.0
    if kind == "SCHEDULE_TO_START":
        taken = math.inf
    elif kind == "SCHEDULE_TO_CLOSE":  # it starts so late that starting to close would take longer
        taken = max(0.0, timeouts["SCHEDULE_TO_CLOSE"] - timeouts["START_TO_CLOSE"] + _SOON)
    beats = kind != "HEARTBEAT"
    ends = {
        "HEARTBEAT": math.inf if beats else timeouts["HEARTBEAT"],
        "START_TO_CLOSE": taken + timeouts["START_TO_CLOSE"],
        "SCHEDULE_TO_START": math.inf
        if taken < timeouts["SCHEDULE_TO_START"]
        else timeouts["SCHEDULE_TO_START"],
        "SCHEDULE_TO_CLOSE": timeouts["SCHEDULE_TO_CLOSE"],
    }
    first = min(KINDS, key=lambda each: (ends[each], KINDS.index(each)))
    if first != kind or ends[kind] == math.inf:
        said = ", ".join(f"{each} {_said(timeouts[each])}" for each in KINDS)
        raise ValueError(f"{name} cannot time out as {kind} with these timeouts: {said}")
    every = timeouts["HEARTBEAT"] - _SOON
    return Plan(taken, every if beats and every != math.inf else None)


def _said(seconds: float) -> str:
    return "NONE" if seconds == math.inf else f"{seconds:g}"
