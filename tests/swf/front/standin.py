"""A stand-in for the engine, of which the front needs little: it answers, parks polls, and keeps count."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from swf.exceptions import UnknownResource
from swf.protocol import answers as r

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swf.engine.call import Call

__all__ = ["StandIn"]

EMPTY = r.ActivityTask(started_event_id=0)


class _Clock:
    def time(self) -> float:
        return time.time()


class StandIn:
    """What the front asks of an engine. Tests look at what it was asked, and hand out tasks themselves."""

    def __init__(self, poll_seconds: float = 59.5) -> None:
        self.clock = _Clock()
        self.path = None
        self.poll_seconds = poll_seconds
        self.batches: list[list[str]] = []
        self.parked: list[Call] = []
        self.given_up: list[Call] = []
        self.announced: list[str | None] = []
        self.ticks = 0
        self.next_deadline: float | None = None
        self.breaks = False
        self._slow = 0.0
        self._watcher: Callable[[], None] = lambda: None
        self._changed = threading.Condition()

    def perform(self, calls: Sequence[Call]) -> None:
        self.batches.append([call.operation for call in calls])
        slow, self._slow = self._slow, 0.0
        if slow:
            time.sleep(slow)
        if self.breaks:
            raise RuntimeError("a defect")
        for call in calls:
            request: Any = call.request
            if call.operation.startswith("PollFor"):
                with self._changed:
                    self.parked.append(call)
                    self._changed.notify_all()
            elif call.operation == "DescribeDomain":
                call.done(UnknownResource(f"Unknown domain: {request.name}"))
            elif call.operation == "CountPendingActivityTasks":
                call.done(r.PendingTaskCount(count=7, truncated=False))
            else:
                call.done(None)

    def give_up(self, call: Call) -> None:
        with self._changed:
            if call in self.parked:
                self.parked.remove(call)
                self.given_up.append(call)
                self._changed.notify_all()

    def expire(self, call: Call) -> None:
        with self._changed:
            if call not in self.parked:
                return
            self.parked.remove(call)
        call.done(EMPTY)

    def try_to_tick(self, seconds: float = 0.0) -> bool:
        self.ticks += 1
        self.next_deadline = None
        return True

    def watch(self, callback: Callable[[], None]) -> None:
        self._watcher = callback

    def unwatch(self, callback: Callable[[], None]) -> None:
        self._watcher = lambda: None

    def announce(self, address: str | None) -> None:
        self.announced.append(address)

    # For tests

    def move_deadline(self, at: float) -> None:
        self.next_deadline = at
        self._watcher()

    def wait_until(self, done: Callable[[StandIn], bool], seconds: float = 5.0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: done(self), seconds)

    def hold(self, seconds: float) -> None:
        """Let the next batch take so long."""
        self._slow = seconds

    def hand_over(self, call: Call) -> None:
        self.parked.remove(call)
        call.done(r.ActivityTask(started_event_id=3, activity_id="a"))
