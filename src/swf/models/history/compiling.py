"""From the events of a history to the objects that they are about, or to what is wrong with it.

What may stand where in a history is said once, by the engine's state machine; it is asked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from swf.exceptions import BrokenHistory
from swf.models.event import CompiledEventFactory
from swf.models.event.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swf.engine.machine import Execution
    from swf.models.event import CompiledEvent, Event

__all__ = ["compiled"]

_BEGINS_WITH: Final = {
    "ActivityTask": "scheduledEventId",
    "DecisionTask": "scheduledEventId",
    "LambdaFunction": "scheduledEventId",
    "ChildWorkflowExecution": "initiatedEventId",
    "ExternalWorkflowExecution": "initiatedEventId",
    "Timer": "startedEventId",
}
"""The attribute that names the event with which the object began; without it, this is that event."""


def compiled(events: Iterable[Event]) -> list[CompiledEvent]:
    """Return the objects of an execution in the order in which they began, each in its final state.

    Raises `BrokenHistory`, naming the event at fault.
    """
    from swf.engine.machine import Execution  # it loads the whole engine: only who compiles a history pays

    state = Execution("", "")
    objects: dict[int, CompiledEvent] = {}
    for event in events:
        first = _first_event_id(event, state)
        _record(state, event)
        if first in objects:
            objects[first].transit(event)
        else:
            objects[first] = CompiledEventFactory(event)
    state.check_complete()
    return list(objects.values())


def _record(state: Execution, event: Event) -> None:
    try:
        recorded = event.to_protocol()
    except (msgspec.ValidationError, TypeError, ValueError, KeyError) as error:
        raise BrokenHistory(event.id, event.name, f"cannot be read: {error}") from error
    batch = state.batch
    if event.name == "DecisionTaskScheduled" and not state.due:
        state.due = _unknown_trigger(state)
    state.record(recorded)
    if event.name not in KINDS and "decisionTaskCompletedEventId" in event.wire:
        state.batch = batch  # a decision of a kind that is unknown here; others may follow in its batch


def _unknown_trigger(state: Execution) -> int:
    """Return the latest event if it is of an unknown type: it may be what a decision task is for."""
    latest = state.events[-1].event_id if state.events else 0
    return latest if latest and type(state.events[-1]).__name__ not in KINDS else 0


def _first_event_id(event: Event, state: Execution) -> int:
    """Return the id of the event with which the object began that an event is about."""
    if event.type == "WorkflowExecution":
        return 1
    if event.name == "DecisionTaskCompleted" and state.decision_started is not None:
        # Only one can be: what the event says of the ids is not asked, as the state machine does not.
        return state.decision_started.attributes.scheduled_event_id
    if event.name == "ActivityTaskCancelRequested":
        return state.activity_ids.get(event.wire.get("activityId", ""), event.id)
    named: int | None = event.wire.get(_BEGINS_WITH.get(event.type, ""))
    return named or event.id
