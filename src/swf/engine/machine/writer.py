"""Writes the events of one transaction: one timestamp, dense ids, and the decision task that is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from swf.engine.machine import effects as fx
from swf.engine.machine.kinds import CLOSING
from swf.protocol import events as e
from swf.protocol.enums import WorkflowExecutionTerminatedCause

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine.execution import Execution
    from swf.engine.machine.limits import Limits

__all__ = ["HistoryFull", "Writer"]

A = TypeVar("A")
E = TypeVar("E", bound=e.Event)


class HistoryFull(Exception):
    """The history has reached its limit: the execution is closed, and the rest of the transaction void."""


class Writer:
    """Appends events to an execution, all at one time, and gathers what they ask for elsewhere.

    In a history time never runs back, whatever the clock of this machine does.
    """

    __slots__ = ("effects", "limits", "now", "state")

    def __init__(self, state: Execution, now: float, limits: Limits) -> None:
        self.state = state
        self.now = max(now, state.events[-1].event_timestamp) if state.events else now
        self.limits = limits
        self.effects: list[fx.Effect] = []

    def add(self, kind: Callable[[int, float, A], E], attributes: A) -> E:
        """Append an event and return it. Raises `HistoryFull` when it would be one too many."""
        state = self.state
        event_id = len(state.events) + 1
        if event_id >= self.limits.events and kind not in CLOSING:
            self._terminate()
            raise HistoryFull
        event = kind(event_id, self.now, attributes)
        state.record(event)
        return event

    def close(self, kind: Callable[[int, float, A], E], attributes: A) -> E:
        """Append the event that ends the execution."""
        event = self.add(kind, attributes)
        self.effects.append(fx.Closed(event))
        return event

    def schedule_decision(self) -> None:
        """Append DecisionTaskScheduled if one is due."""
        state = self.state
        if not state.due or state.started is None:
            return
        a = state.started.attributes
        task_list, timeout = state.sticky or (a.task_list, None)
        self.add(
            e.DecisionTaskScheduled,
            e.DecisionTaskScheduledAttributes(
                task_list=task_list,
                task_priority=a.task_priority,
                start_to_close_timeout=a.task_start_to_close_timeout,
                schedule_to_start_timeout=timeout or "NONE",
            ),
        )

    def _terminate(self) -> None:
        assert self.state.started is not None
        self.close(
            e.WorkflowExecutionTerminated,
            e.WorkflowExecutionTerminatedAttributes(
                child_policy=self.state.started.attributes.child_policy,
                cause=WorkflowExecutionTerminatedCause.EVENT_LIMIT_EXCEEDED,
            ),
        )
