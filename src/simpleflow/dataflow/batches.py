"""The history cut into batches: what each decision task that was completed showed for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.protocol.events import DecisionTaskCompleted, DecisionTaskStarted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swf.protocol.events import Event

__all__ = ["batches"]


def batches(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Yield the batches of a history from its first event on; a decision task that timed out leaves no cut.

    What follows the last completed decision task is the last batch: with the decision task now to be
    answered, or with the end of the execution.
    """
    answered = {event.attributes.started_event_id for event in events if type(event) is DecisionTaskCompleted}
    start = 0
    for index, event in enumerate(events):
        if type(event) is DecisionTaskStarted and event.event_id in answered:
            yield events[start : index + 1]
            start = index + 1
    if start < len(events):
        yield events[start:]
