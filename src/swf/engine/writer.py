"""Writes the events of one transaction: one timestamp, dense ids, and the decision task that is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.protocol import events as e

if TYPE_CHECKING:
    from swf.engine.execution import Execution

__all__ = ["Writer"]


class Writer:
    """Appends events to an execution, all at one time."""

    def __init__(self, state: Execution, now: float) -> None:
        self.state = state
        self.now = now

    def add(self, kind: type, **attributes: Any) -> Any:
        """Append an event of this kind and return it."""
        made = getattr(e, f"{kind.__name__}Attributes")(**attributes)
        event = kind(self.state.next_id, self.now, made)
        self.state.record(event)
        return event

    def schedule_decision(self) -> None:
        """Append DecisionTaskScheduled if one is due."""
        state = self.state
        if not state.due or state.closed or state.started is None:
            return
        started = state.started.attributes
        self.add(
            e.DecisionTaskScheduled,
            task_list=started.task_list,
            task_priority=started.task_priority,
            start_to_close_timeout=started.task_start_to_close_timeout,
            schedule_to_start_timeout="NONE",
        )
