"""The clocks of an execution: which run, and when each expires. All of it follows from the state.

A clock is named by its kind and by the event that it belongs to; whoever keeps an index of deadlines asks
`deadline` before believing it, so that nothing need be taken out of an index.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from swf.engine.machine.folds import scheduled_by
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swf.engine.machine.execution import Execution
    from swf.engine.machine.folds import OpenActivity
    from swf.protocol.events import Event

__all__ = ["ALL_CLOCKS", "UNATTENDED", "Clock", "Deadline", "deadline", "due", "running", "started_by"]


class Clock(IntEnum):
    """The kinds of clocks. At the same instant the first of them expires first: the narrower cause."""

    EXECUTION = 0
    """Event: WorkflowExecutionStarted. It comes first because it ends all others."""
    HEARTBEAT = 1
    """Event of this and of the next three: ActivityTaskScheduled."""
    START_TO_CLOSE = 2
    SCHEDULE_TO_START = 3
    SCHEDULE_TO_CLOSE = 4
    DECISION_START_TO_CLOSE = 5
    """Event: DecisionTaskStarted."""
    DECISION_SCHEDULE_TO_START = 6
    """Event: DecisionTaskScheduled."""
    TIMER = 7
    """Event: TimerStarted."""


ALL_CLOCKS = frozenset(Clock)
UNATTENDED = frozenset({Clock.EXECUTION, Clock.TIMER})
"""The clocks that expire by themselves where whoever takes tasks is in this process, and cannot vanish."""


class Deadline(NamedTuple):
    """When a clock expires. Deadlines order as they expire."""

    at: float
    clock: Clock
    event_id: int


def deadline(state: Execution, clock: Clock, event_id: int) -> float | None:
    """Return when a clock expires as things stand, None when it does not run."""
    return None if state.closed else _AT[clock](state, event_id)


def started_by(state: Execution, event: Event) -> Sequence[Deadline]:
    """Return the clocks that run because of this event, if it is new or what it opened is open."""
    clocks = _STARTED_BY.get(type(event))
    if clocks is None or state.close_status is not None:
        return ()
    event_id = event.event_id
    if type(event) is e.ActivityTaskStarted:
        event_id = event.attributes.scheduled_event_id
    elif type(event) in _FREES_THE_WAITING:
        if (waiting := state.deliverable) is None:
            return ()
        event_id = waiting.event_id
    return [
        Deadline(at, clock, event_id) for clock in clocks if (at := _AT[clock](state, event_id)) is not None
    ]


def running(state: Execution) -> Iterator[Deadline]:
    """Yield all clocks that run, in no order."""
    open_events: list[Event | None] = [state.started, state.decision_started, state.decision_scheduled]
    for task in state.activities.values():
        open_events += (task.scheduled, task.started)
    open_events += state.timers.values()
    for event in open_events:
        if event is not None:
            yield from started_by(state, event)


def due(state: Execution, now: float) -> list[Deadline]:
    """Return the clocks that have expired, in the order in which they did."""
    return sorted(each for each in running(state) if each.at <= now)


def _after(start: float, timeout: str | None) -> float | None:
    """Return a time in whole milliseconds: floats that are equal when they should be."""
    return None if not timeout or timeout == "NONE" else round(start + float(timeout), 3)


# When each expires


def _execution(state: Execution, event_id: int) -> float | None:
    if state.started is None:
        return None
    timeout = state.started.attributes.execution_start_to_close_timeout
    return _after(state.started.event_timestamp, timeout)


def _decision_start_to_close(state: Execution, event_id: int) -> float | None:
    started = state.decision_started
    if started is None or started.event_id != event_id:
        return None
    timeout = scheduled_by(state, started).attributes.start_to_close_timeout
    return _after(started.event_timestamp, timeout)


def _decision_schedule_to_start(state: Execution, event_id: int) -> float | None:
    """Behind a started one it cannot be started: its clock runs from when that ends."""
    scheduled = state.deliverable
    if scheduled is None or scheduled.event_id != event_id:
        return None
    return _after(state.waiting_since, scheduled.attributes.schedule_to_start_timeout)


def _timer(state: Execution, event_id: int) -> float | None:
    started = state.events[event_id - 1] if 0 < event_id < state.next_id else None
    if type(started) is not e.TimerStarted or state.timers.get(started.attributes.timer_id) is not started:
        return None
    return _after(started.event_timestamp, started.attributes.start_to_fire_timeout)


def _schedule_to_close(task: OpenActivity) -> float | None:
    return _after(task.scheduled.event_timestamp, task.scheduled.attributes.schedule_to_close_timeout)


def _schedule_to_start(task: OpenActivity) -> float | None:
    if task.started is not None:
        return None
    return _after(task.scheduled.event_timestamp, task.scheduled.attributes.schedule_to_start_timeout)


def _start_to_close(task: OpenActivity) -> float | None:
    if task.started is None:
        return None
    return _after(task.started.event_timestamp, task.scheduled.attributes.start_to_close_timeout)


def _heartbeat(task: OpenActivity) -> float | None:
    if task.started is None:
        return None
    return _after(task.heartbeat_at, task.scheduled.attributes.heartbeat_timeout)


def _of_open(at: Callable[[OpenActivity], float | None]) -> Callable[[Execution, int], float | None]:
    def of_open(state: Execution, event_id: int) -> float | None:
        task = state.activities.get(event_id)
        return None if task is None else at(task)

    return of_open


_AT: dict[Clock, Callable[[Execution, int], float | None]] = {
    Clock.EXECUTION: _execution,
    Clock.HEARTBEAT: _of_open(_heartbeat),
    Clock.START_TO_CLOSE: _of_open(_start_to_close),
    Clock.SCHEDULE_TO_START: _of_open(_schedule_to_start),
    Clock.SCHEDULE_TO_CLOSE: _of_open(_schedule_to_close),
    Clock.DECISION_START_TO_CLOSE: _decision_start_to_close,
    Clock.DECISION_SCHEDULE_TO_START: _decision_schedule_to_start,
    Clock.TIMER: _timer,
}

_FREES_THE_WAITING = {e.DecisionTaskCompleted, e.DecisionTaskTimedOut}
_STARTED_BY: dict[type, tuple[Clock, ...]] = {
    e.WorkflowExecutionStarted: (Clock.EXECUTION,),
    e.DecisionTaskScheduled: (Clock.DECISION_SCHEDULE_TO_START,),
    e.DecisionTaskStarted: (Clock.DECISION_START_TO_CLOSE,),
    e.DecisionTaskCompleted: (Clock.DECISION_SCHEDULE_TO_START,),
    e.DecisionTaskTimedOut: (Clock.DECISION_SCHEDULE_TO_START,),
    e.ActivityTaskScheduled: (Clock.SCHEDULE_TO_START, Clock.SCHEDULE_TO_CLOSE),
    e.ActivityTaskStarted: (Clock.HEARTBEAT, Clock.START_TO_CLOSE),
    e.TimerStarted: (Clock.TIMER,),
}
