"""What became of everything in an execution, read from its history: for hooks, commands and people.

A view and nothing more: it decides nothing, and knows neither runs nor futures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpleflow.history.records import Record, Records, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.protocol.events import Event

__all__ = ["History", "Record"]


class History:
    """A lazy view of the events of one execution, as dictionaries (*records*) with keys that users rely on.

    Nothing is read before it is asked for. Events that are appended to the sequence later are seen: the
    records and their containers grow. Events of other types than it has records for are passed over.

    The `state` of a record names the last event about it. Results, reasons, details and what markers hold are
    text as on the wire; inputs and controls are decoded; times are aware datetimes in UTC.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._records = Records()
        self._position = 0

    def parse(self) -> None:
        """Read the events that were not read yet; the properties do so by themselves."""
        while self._position < len(self._events):
            event = self._events[self._position]
            self._position += 1
            read(self._records, event)

    @property
    def _read(self) -> Records:
        self.parse()
        return self._records

    @property
    def events(self) -> Sequence[Event]:
        """The events, as they were given."""
        return self._events

    @property
    def swf_history(self) -> Sequence[Event]:
        """What it was made of."""
        return self._events

    @property
    def workflow(self) -> Record:
        """How the execution began, and how it ended."""
        return self._read.workflow

    @property
    def activities(self) -> dict[str, Record]:
        """Activities by id."""
        return self._read.activities

    @property
    def child_workflows(self) -> dict[str, Record]:
        """Child workflows by workflow id."""
        return self._read.child_workflows

    @property
    def external_workflows_signaling(self) -> dict[int, Record]:
        """Signals that were sent, by the id of the event that initiated each."""
        return self._read.external_workflows_signaling

    @property
    def signaled_workflows(self) -> dict[str, list[Record]]:
        """Signals that were sent and delivered, by the signal's name."""
        return self._read.signaled_workflows

    @property
    def signals(self) -> dict[str, Record]:
        """The latest signal received of each name."""
        return self._read.signals

    @property
    def signal_lists(self) -> dict[str, list[Record]]:
        """All signals received, by name."""
        return self._read.signal_lists

    def get_signal_events(self, name: str) -> list[Record]:
        """Return all signals received of one name."""
        return self.signal_lists.get(name, [])

    @property
    def markers(self) -> dict[str, list[Record]]:
        """Markers by name, refused ones included."""
        return self._read.markers

    @property
    def timers(self) -> dict[str, Record]:
        """Timers by id."""
        return self._read.timers

    @property
    def tasks(self) -> list[Record]:
        """Activities, child workflows and received signals, in order of first appearance."""
        return self._read.tasks

    @property
    def cancel_requested(self) -> Record | None:
        """The latest request to cancel this execution."""
        return self._read.cancel_requested

    @property
    def cancel_requested_id(self) -> int | None:
        """The event id of the latest request to cancel this execution."""
        request = self.cancel_requested
        return request["event_id"] if request is not None else None

    @property
    def cancel_failed(self) -> Record | None:
        """The latest refusal to let this execution end as canceled."""
        return self._read.cancel_failed

    @property
    def cancel_failed_decision_task_completed_event_id(self) -> int | None:
        """The id of the DecisionTaskCompleted whose decision to end as canceled was refused latest."""
        refusal = self.cancel_failed
        return refusal["decision_task_completed_event_id"] if refusal is not None else None

    @property
    def started_decision_id(self) -> int | None:
        """The event id of the latest DecisionTaskStarted."""
        return self._read.started_decision_id

    @property
    def completed_decision_id(self) -> int | None:
        """The event id of the latest DecisionTaskCompleted."""
        return self._read.completed_decision_id

    @property
    def last_event_id(self) -> int | None:
        """The id of the last event."""
        return self._events[-1].event_id if self._events else None

    @staticmethod
    def get_event_id(record: Record) -> int | None:
        """Return the id of the event that a record began with."""
        return next((record[key] for key in _FIRST_EVENTS if record.get(key)), None)


_FIRST_EVENTS = (
    "scheduled_id",
    "initiated_event_id",
    "event_id",
    "started_event_id",
    "cancel_failed_event_id",
)
