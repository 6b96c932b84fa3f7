"""How long everything in an execution took, by its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from simpleflow.history import History, Record

__all__ = ["Timing", "WorkflowStats"]

_ENDS = frozenset({"completed", "failed", "timed_out", "canceled", "terminated"})


class Timing(NamedTuple):
    """When a task was scheduled, and its latest attempt started and ended."""

    id: str
    last_state: str
    scheduled: datetime | None
    start: datetime | None
    end: datetime | None
    seconds: float | None
    """How long it ran."""


class WorkflowStats:
    """What a history says of time."""

    def __init__(self, history: History) -> None:
        self._history = history

    def total_time(self) -> float:
        """Return how many seconds passed from the first event to the last."""
        events = self._history.events
        # To the millisecond, which is how exact the service is: no noise of floats.
        return round(events[-1].event_timestamp - events[0].event_timestamp, 3) if events else 0.0

    def get_timings(self) -> list[Timing]:
        """Return the timing of each activity, then of each child workflow."""
        history = self._history
        return [*map(_timing, [*history.activities.values(), *history.child_workflows.values()])]

    def get_timings_with_percentage(self) -> list[tuple[object, ...] | None]:
        """Return each timing with its share of the total time in percent; None for what has not ended."""
        total = self.total_time()
        return [
            None if timing.seconds is None else (*timing, share(timing.seconds, total))
            for timing in self.get_timings()
        ]


def share(seconds: float, total: float) -> float:
    """Return what part of the total that is, in percent."""
    return seconds / total * 100 if total else 0.0


def _timing(record: Record) -> Timing:
    state = record["state"]
    scheduled = record.get("scheduled_timestamp") or record.get("initiated_event_timestamp")
    start = record.get("started_timestamp")
    if start is not None and scheduled is not None and start < scheduled:
        start = None  # an attempt before the one that is scheduled
    end = record[f"{state}_timestamp"] if start is not None and state in _ENDS else None
    seconds = None if start is None or end is None else (end - start).total_seconds()
    return Timing(record["id"], state, scheduled, start, end, seconds)
