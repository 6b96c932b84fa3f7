"""Decisions that Amazon SWF throttled: asked for again after a pause, each as it was.

They failed because the account asked for too much at once (causes `..._RATE_EXCEEDED`), so nothing is wrong
with them. One timer of the run is the pause for all: a timer for each would be throttled itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simpleflow.dataflow.kinds.timers import PAUSE_TIMER, start_timer
from swf.protocol import decisions as d
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Hashable

    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event

__all__ = ["MAY_BE_THROTTLED", "Held", "Throttled"]

_SHORTEST, _LONGEST = 1, 60
"""Seconds of a pause: twice as many each time, as long as it goes on."""

_GO_ABROAD = frozenset(
    {
        e.StartChildWorkflowExecutionInitiated,
        e.SignalExternalWorkflowExecutionInitiated,
        e.RequestCancelExternalWorkflowExecutionInitiated,
    }
)
"""What may still fail after it was recorded."""
MAY_BE_THROTTLED = _GO_ABROAD | {
    e.ScheduleActivityTaskFailed,
    e.StartTimerFailed,
    e.StartChildWorkflowExecutionFailed,
}
"""The events that record a decision which is asked for again if it was throttled, or may yet be."""


class Held:
    """A decision that is to be asked for again, in the queue like a node."""

    closes = False

    def __init__(self, run: Dataflow, decision: Decision, subject: Any, site: Hashable) -> None:
        self._run = run
        self._decision = decision
        self._site = site
        self.subject = subject
        self.counts_as_activity = type(decision) is d.ScheduleActivityTask
        self.outlives_run = type(decision) in (
            d.SignalExternalWorkflowExecution,
            d.RequestCancelExternalWorkflowExecution,
        )

    def has_room(self, run: Dataflow) -> bool:
        return run.has_room_for_activity()

    def enqueue(self) -> None:
        """Wait for the next answer: it did not fit into this one."""
        self._run.throttled.put_back(self)

    def decide(self) -> Decision:
        self._run.activities_asked += self.counts_as_activity
        self._run.expect(self._decision, self.subject, self._site)
        return self._decision


class _Pause(Held):
    """The timer that is waited for."""

    def enqueue(self) -> None:
        """Nothing is lost: whoever asks what is due is told of it again."""

    def decide(self) -> Decision:
        self._run.throttled.state = "pausing"
        return super().decide()


class Throttled:
    """What was throttled in a run, and the pause before it is asked for again."""

    def __init__(self) -> None:
        self.state = "clear"
        """`clear`; `throttled`, and a pause is due; `pausing`; `ready` to ask for it all again."""
        self._held: list[Held] = []
        self._abroad: dict[int, Held] = {}
        self._seconds = _SHORTEST
        self._since = -math.inf

    @property
    def waits(self) -> bool:
        """Whether it is too early to ask for more."""
        return self.state in ("throttled", "pausing")

    # What the history says

    def recorded(self, event: Any, held: Held) -> bool:
        """Take note of an event that records a decision; tell whether that was throttled, and is held."""
        if type(event) in _GO_ABROAD:
            self._abroad[event.event_id] = held
            return False
        return held.subject is not self and self._throttled(event, held)

    def came_back(self, event: Any) -> bool:
        """Take note of what became of a decision abroad; tell whether it was throttled, and is held."""
        held = self._abroad.pop(event.attributes.initiated_event_id, None)
        return held is not None and self._throttled(event, held)

    def _throttled(self, event: Any, held: Held) -> bool:
        throttled = str(getattr(event.attributes, "cause", "")).endswith("_RATE_EXCEEDED")
        if throttled:
            self._held.append(held)
            self.pause()
        return throttled

    def pause(self) -> None:
        """Ask for nothing for a while."""
        if self.state != "pausing":
            self.state = "throttled"

    def over(self) -> None:
        """The pause is over."""
        self.state = "ready"

    def decided(self, event: Event, run: Dataflow) -> None:
        """Without a timer there is no pause."""
        if type(event) is e.StartTimerFailed:
            self.over()

    # What is asked for

    def due(self, run: Dataflow) -> list[Any]:
        """Return what is to be asked for now: all that is held, or the pause before it."""
        if self.state == "throttled":
            return [_Pause(run, start_timer(PAUSE_TIMER, self._next_pause(run.times[-1])), self, None)]
        if self.state != "ready":
            return []
        self.state = "clear"
        due, self._held = self._held, []
        return due

    def due_at_the_end(self) -> list[Any]:
        """Return what is to be asked for when the run ends: what does not need it any more."""
        due = [each for each in self._held if each.outlives_run]
        self._held = [each for each in self._held if not each.outlives_run]
        return due

    def put_back(self, held: Held) -> None:
        """Hold what did not fit into the answer."""
        self._held.append(held)
        if not self.waits:
            self.state = "ready"

    def forget(self, record: Any) -> bool:
        """Give up what is held for a task; tell whether something was."""
        kept = [
            each for each in self._held if record not in (each.subject, getattr(each.subject, "record", None))
        ]
        found = len(kept) < len(self._held)
        self._held = kept
        return found

    def _next_pause(self, now: float) -> int:
        goes_on = now - self._since < 2 * _LONGEST
        self._seconds = min(2 * self._seconds, _LONGEST) if goes_on else _SHORTEST
        self._since = now
        return self._seconds
