"""How much of everything one execution may have."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """SWF's limits of one execution (swf-engine §3.17)."""

    open_activities: int = 1_000
    open_timers: int = 1_000
    open_children: int = 1_000
    events: int = 25_000
