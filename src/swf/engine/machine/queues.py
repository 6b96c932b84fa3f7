"""Tasks that wait to be handed out, and clocks that run. Both may hold what is past: ask before use."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from swf.engine.machine.clocks import Clock, Deadline

__all__ = ["Deadlines", "TaskQueue"]

T = TypeVar("T")


class TaskQueue(Generic[T]):
    """Tasks by their task list: the highest priority first, then the earliest."""

    def __init__(self) -> None:
        self._lists: dict[str, list[tuple[int, float, int, T]]] = {}
        self._order = 0

    def put(self, task_list: str, priority: str | None, at: float, task: T) -> None:
        """Add a task that was scheduled at this time."""
        self._order += 1
        heappush(self._lists.setdefault(task_list, []), (-int(priority or 0), at, self._order, task))

    def take(self, task_list: str | None = None) -> T | None:
        """Remove and return the first task of a list, or of all."""
        if task_list is None:
            task_list = min(self._lists, key=lambda name: self._lists[name][0], default=None)
        waiting = self._lists.get(task_list) if task_list is not None else None
        if task_list is None or waiting is None:
            return None
        task = heappop(waiting)[-1]
        if not waiting:
            del self._lists[task_list]
        return task


class Deadlines(Generic[T]):
    """The clocks of many, by when they expire; `now_at` tells when one does as things stand."""

    def __init__(self, now_at: Callable[[T, Clock, int], float | None]) -> None:
        self._now_at = now_at
        self._heaps: dict[Clock, list[tuple[float, int, T, int]]] = {}
        self._order = 0

    def put(self, whose: T, deadline: Deadline) -> None:
        """Add a clock."""
        self._order += 1
        heap = self._heaps.setdefault(deadline.clock, [])
        heappush(heap, (deadline.at, self._order, whose, deadline.event_id))

    def next(self, clocks: Collection[Clock]) -> tuple[float, Clock, T, int] | None:
        """Return the first of these kinds to expire: when, its kind, whose it is, and its event."""
        first: tuple[float, Clock, T, int] | None = None
        for clock in sorted(clocks):
            entry = self._first(clock)
            if entry is not None and (first is None or entry[0] < first[0]):
                at, _, whose, event_id = entry
                first = (at, clock, whose, event_id)
        return first

    def _first(self, clock: Clock) -> tuple[float, int, T, int] | None:
        heap = self._heaps.get(clock)
        while heap:
            at, order, whose, event_id = heap[0]
            now_at = self._now_at(whose, clock, event_id)
            if now_at == at:
                return heap[0]
            heappop(heap)
            if now_at is not None:  # a heartbeat has put it off
                heappush(heap, (now_at, order, whose, event_id))
        return None
