"""Executions that look at themselves: after each change, everything that always holds is checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from scheduling import CLOSES, faults, misplaced

from swf.engine.machine import Execution, Executions, OpenCounts, apply

if TYPE_CHECKING:
    from swf.engine.machine import Limits
    from swf.engine.machine.commands import Command

__all__ = ["CheckedExecutions", "check", "overdue"]

_ENDS = {
    "ActivityTaskScheduled": {
        f"ActivityTask{end}" for end in ("Completed", "Failed", "TimedOut", "Canceled")
    },
    "StartChildWorkflowExecutionInitiated": {
        *(f"Child{end}" for end in CLOSES - {"WorkflowExecutionContinuedAsNew"}),
        "StartChildWorkflowExecutionFailed",
    },
    "LambdaFunctionScheduled": {"StartLambdaFunctionFailed"},
    "TimerStarted": {"TimerFired", "TimerCanceled"},
    "DecisionTaskScheduled": {"DecisionTaskCompleted", "DecisionTaskTimedOut"},
}
"""What opens something, and what ends it."""
_NAMES = {
    "ActivityTaskScheduled": "scheduled_event_id",
    "StartChildWorkflowExecutionInitiated": "initiated_event_id",
    "LambdaFunctionScheduled": "scheduled_event_id",
    "TimerStarted": "started_event_id",
    "DecisionTaskScheduled": "scheduled_event_id",
}
"""How an end names what it ends."""


class CheckedExecutions(Executions):
    """Carries out each command twice, on the execution and on one made from its history: all is the same."""

    def apply(self, state: Execution, command: Command, now: float) -> None:
        length, was_closed = len(state.events), state.closed
        twin, heartbeats = _loaded(state), _heartbeats(state)
        answer = _answer(twin, command, now, self)
        try:
            super().apply(state, command, now)
        except Exception as refusal:  # whatever it is, it is raised again
            self._compare(state, twin, answer, repr(refusal))
            assert _heartbeats(state) == heartbeats, "what is refused changes nothing"
            assert len(state.events) == length
            raise
        self._compare(state, twin, answer, repr(state.events[length:]))
        assert not was_closed
        check(state, length)
        assert _within(state, self.limits)

    def _compare(self, state: Execution, twin: Execution, expected: str, answer: str) -> None:
        assert answer == expected
        assert twin == state
        assert _heartbeats(twin) == _heartbeats(state)


def _answer(state: Execution, command: Command, now: float, world: Executions) -> str:
    try:
        return repr(apply(state, command, now, world.types, world.limits).events)
    except Exception as refusal:  # whatever it is, it is compared
        return repr(refusal)


def _loaded(state: Execution) -> Execution:
    """The execution as its history and its heartbeats have it."""
    twin = Execution(state.workflow_id, state.run_id)
    if state.events:
        twin = Execution.load(state.workflow_id, state.run_id, state.events)
    assert twin == state
    for scheduled_id, task in state.activities.items():
        twin.activities[scheduled_id].heartbeat_at = task.heartbeat_at
        twin.activities[scheduled_id].heartbeat_details = task.heartbeat_details
    return twin


def _heartbeats(state: Execution) -> dict[int, tuple[float, str | None]]:
    return {key: (task.heartbeat_at, task.heartbeat_details) for key, task in state.activities.items()}


def check(state: Execution, length: int) -> None:
    """Check what always holds of an execution whose last transaction began after this many events."""
    events = state.events
    assert [event.event_id for event in events] == list(range(1, len(events) + 1))
    assert len({event.event_timestamp for event in events[length:]}) <= 1, "one transaction, one time"
    if 0 < length < len(events):
        assert events[length - 1].event_timestamp <= events[length].event_timestamp
    assert [name for name in map(_name, events[:-1]) if name in CLOSES] == [], "nothing comes after the end"
    assert (_name(events[-1]) in CLOSES) == state.closed
    assert [*faults(events), *misplaced(events)] == []
    assert state.open_counts == _counted(state)
    asked = any(_name(event) == "WorkflowExecutionCancelRequested" for event in events)
    assert state.cancel_requested == (asked and not state.closed)
    tasks, functions = state.activities.items(), state.lambdas.items()
    assert state.activity_ids == {task.scheduled.attributes.activity_id: key for key, task in tasks}
    assert state.lambda_ids == {each.scheduled.attributes.id: key for key, each in functions}


def _within(state: Execution, limits: Limits) -> bool:
    counts = state.open_counts
    return (
        len(state.events) <= limits.events
        and counts.activity_tasks <= limits.open_activities
        and counts.timers <= limits.open_timers
        and counts.child_workflow_executions <= limits.open_children
        and counts.lambda_functions <= limits.open_lambdas
    )


def overdue(state: Execution, now: float) -> list[float]:
    """Return when clocks have expired that nobody has looked at."""
    runs: list[tuple[float, str | None]] = []
    if (born := state.started) is not None:
        runs.append((born.event_timestamp, born.attributes.execution_start_to_close_timeout))
    runs += [(each.event_timestamp, each.attributes.start_to_fire_timeout) for each in state.timers.values()]
    for task in state.activities.values():
        a, scheduled_at = task.scheduled.attributes, task.scheduled.event_timestamp
        runs.append((scheduled_at, a.schedule_to_close_timeout))
        if task.started is None:
            runs.append((scheduled_at, a.schedule_to_start_timeout))
        else:
            runs.append((task.started.event_timestamp, a.start_to_close_timeout))
            runs.append((task.heartbeat_at, a.heartbeat_timeout))
    if (handed_out := state.decision_started) is not None:
        scheduled = _any(state.events[handed_out.attributes.scheduled_event_id - 1])
        runs.append((handed_out.event_timestamp, scheduled.attributes.start_to_close_timeout))
    ends = [since + float(timeout) for since, timeout in runs if timeout and timeout != "NONE"]
    return [at for at in ends if at <= now]


def _counted(state: Execution) -> OpenCounts:
    """What is open, counted from the history; each is ended once at most, and by its own end."""
    opened: dict[str, set[int]] = {kind: set() for kind in _ENDS}
    for event in state.events:
        name: str = _name(event)
        if name in opened:
            opened[name].add(event.event_id)
        for kind, ends in _ENDS.items():
            if name in ends and (named := getattr(event.attributes, _NAMES[kind])):
                opened[kind].remove(named)
    names = Counter(map(_name, state.events))
    handed_out = names["DecisionTaskStarted"] - sum(
        1
        for event in state.events
        if _name(event) in _ENDS["DecisionTaskScheduled"] and _any(event).attributes.started_event_id
    )
    assert handed_out in (0, 1)
    assert len(opened["DecisionTaskScheduled"]) - handed_out in (0, 1)
    return OpenCounts(
        activity_tasks=len(opened["ActivityTaskScheduled"]),
        child_workflow_executions=len(opened["StartChildWorkflowExecutionInitiated"]),
        decision_tasks=int(bool(opened["DecisionTaskScheduled"]) and not state.closed),
        lambda_functions=len(opened["LambdaFunctionScheduled"]),
        timers=len(opened["TimerStarted"]),
    )


def _name(event: Any) -> str:
    return type(event).__name__


def _any(event: Any) -> Any:
    return event
