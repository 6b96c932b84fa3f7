"""What SWF bears in one answer and at one time."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

_REQUEST = 1_000_000
_ROOM_FOR_THE_REST = 37_000


@dataclass(frozen=True)
class Limits:
    """Limits of one execution: decisions in one answer, activities open at once, characters of decisions."""

    decisions: int = 100
    open_activities: int = 1_000
    request_size: int = _REQUEST - _ROOM_FOR_THE_REST

    @classmethod
    def of(cls, environment: dict[str, str]) -> Limits:
        """Return the limits that `SIMPLEFLOW_ENV=test` and `SWF_MAX_OPEN_ACTIVITY_COUNT` ask for."""
        small = environment.get("SIMPLEFLOW_ENV") == "test"
        limits = cls(10, 15, 82_000 - _ROOM_FOR_THE_REST) if small else cls()
        if asked := environment.get("SWF_MAX_OPEN_ACTIVITY_COUNT"):
            limits = cls(limits.decisions, int(asked), limits.request_size)
        return limits
