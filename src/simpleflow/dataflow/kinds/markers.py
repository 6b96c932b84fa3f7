"""Markers: recorded once for equal name and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow.codec import decode
from simpleflow.dataflow.node import Node, resolved
from simpleflow.dataflow.records import Record
from simpleflow.exceptions import TaskFailed
from simpleflow.marker import Marker
from swf.protocol import decisions, events

if TYPE_CHECKING:
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event


class MarkerRecord(Record):
    """A marker that was asked for, and what SWF said."""

    __slots__ = ("cause", "details", "name")

    def __init__(self, node: Node | None, name: str, details: str | None) -> None:
        super().__init__(node)
        self.name = name
        self.details = details
        self.cause: str | None = None

    def decided(self, event: Event, run: Dataflow) -> None:
        if type(event) is events.RecordMarkerFailed:
            self.cause = event.attributes.cause
        else:
            run.markers.append(Marker(self.name, _decoded(self.details)))
        self.moved(run.batch)


class MarkerNode(Node):
    """A marker."""

    outlives_run = True
    record: MarkerRecord | None

    def arguments(self) -> Any:
        return self.task.args

    def activate(self) -> None:
        run = self.pass_.run
        (details,) = resolved(self.task.args)
        self.details = None if details is None else run.encode(details, "details")
        self.key = (self.task.marker_name, self.details)
        leader = self.pass_.lead(("marker", self.key), self)
        if leader is not self:
            self.follow(leader)
            return
        self.record = run.recorded_markers.get(self.key)
        if self.record is None:
            self.enqueue()
        else:
            self.record.node = self
            self.look()

    def look(self) -> None:
        record = self.record
        if record is None or not record.batch:
            return
        if record.cause is not None:
            self.fail(TaskFailed(record.name, record.cause), batch=record.batch)
        else:
            self.finish(_decoded(record.details), batch=record.batch)

    def decide(self) -> Decision:
        record = self.record = MarkerRecord(self, self.task.marker_name, self.details)
        self.pass_.run.recorded_markers[self.key] = record
        return self.expect(
            decisions.RecordMarker(
                decisions.RecordMarkerAttributes(marker_name=record.name, details=record.details)
            ),
            record,
        )


def _decoded(details: str | None) -> Any:
    return None if details is None else decode(details)


def list_markers(run: Dataflow, all: bool) -> list[Marker]:
    """Return the markers recorded: the last of each name, or every one."""
    return list(run.markers) if all else list({marker.name: marker for marker in run.markers}.values())


def _adopt(run: Dataflow, event: Any) -> Any:
    name, details = event.attributes.marker_name, getattr(event.attributes, "details", None)
    return run.recorded_markers.setdefault((name, details), MarkerRecord(None, name, details))


ADOPTED: dict[type, Any] = {events.MarkerRecorded: _adopt}

EVENTS: dict[type, Any] = {}
