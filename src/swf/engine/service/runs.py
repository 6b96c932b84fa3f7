"""The runs that are in memory: brought there when they are asked for, dropped when they are idle."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from swf.engine.machine.clocks import running
from swf.engine.machine.execution import Execution
from swf.exceptions import SWFError
from swf.protocol.wire import decode_events, encode_events

if TYPE_CHECKING:
    from swf.engine.machine.clocks import Deadline
    from swf.engine.store import RunRow, Store

__all__ = ["BrokenRun", "Run", "Runs"]


class BrokenRun(SWFError):
    """A run's history cannot be read: something else than an engine has written to the file."""

    def __init__(self, row: RunRow, problem: Exception) -> None:
        super().__init__(f"{row.workflow_id} {row.run_id}: {problem}")


@dataclass(slots=True, eq=False)
class Run(Execution):
    """An execution that is stored: its row, and how much of it stands in the file."""

    id: int = 0
    domain: int = 0
    stored_events: int = 0
    deadline: float | None = None
    """None of its clocks expires before; it may be earlier than the first that runs."""
    stored_deadline: float | None = None
    heartbeats: set[int] = field(default_factory=set)
    """The scheduled events of the activity tasks that have a heartbeat in the file."""

    @property
    def closed_at(self) -> float | None:
        """When it came to its end."""
        return self.events[-1].event_timestamp if self.closed else None

    def bring_forward(self, deadline: Deadline) -> None:
        """Take a clock into account that runs now."""
        if self.deadline is None or deadline.at < self.deadline:
            self.deadline = deadline.at

    def find_deadline(self) -> None:
        """Look which clock is the first to expire as things stand."""
        self.deadline = min((each.at for each in running(self)), default=None)


class Runs:
    """The runs in memory: those used last, as many as there is room for."""

    def __init__(self, store: Store, room: int = 100_000) -> None:
        self._store = store
        self._room = room
        self._held: OrderedDict[int, Run] = OrderedDict()
        self._size = 0
        self._touched: dict[int, Run] = {}

    def get(self, row: RunRow) -> Run:
        """Return the run of a row, from memory or rebuilt from its history."""
        run = self._held.get(row.id)
        if run is not None:
            self._held.move_to_end(row.id)
            return run
        run = self.rebuilt(row)
        self._held[row.id] = run
        self._size += _weight(run)
        return run

    def find(self, run_id: int) -> Run | None:
        """Return a run by the number of its row, None when there is none."""
        if (run := self._held.get(run_id)) is not None:
            self._held.move_to_end(run_id)
            return run
        row = self._store.run_by_id(run_id)
        return self.get(row) if row is not None else None

    def held(self, run_id: int) -> Run | None:
        """Return a run if it is in memory."""
        return self._held.get(run_id)

    def rebuilt(self, row: RunRow) -> Run:
        """Return what follows from a run's history in the file. Raises `BrokenRun`."""
        run = Run(row.workflow_id, row.run_id, id=row.id, domain=row.domain)
        history = self._store.history(row.id)
        try:
            for event in decode_events(history):
                run.record(event)
        except Exception as problem:  # whatever stands there, it is no history
            raise BrokenRun(row, problem) from problem
        run.stored_events = len(run.events)
        run.deadline = run.stored_deadline = row.deadline
        for scheduled_event_id, at, details in self._store.heartbeats(row.id):
            run.heartbeats.add(scheduled_event_id)
            if (task := run.activities.get(scheduled_event_id)) is not None:
                task.heartbeat_at, task.heartbeat_details = at, details
        return run

    def add(self, run: Run) -> None:
        """Hold a run that has just begun."""
        self._held[run.id] = run
        self._size += _weight(run)
        self.touch(run)

    def touch(self, run: Run) -> None:
        """Note that the transaction in progress changes a run."""
        self._touched[run.id] = run

    def flush(self) -> float | None:
        """Write what is new of the runs that were touched; return the earliest deadline that moved."""
        earliest: float | None = None
        for run in self._touched.values():
            if (new := len(run.events) - run.stored_events) > 0:
                events = encode_events(run.events[run.stored_events :])[1:-1]
                self._store.append_history(run.id, run.stored_events + 1, events)
                run.stored_events += new
                self._size += new
            if run.closed:
                continue
            if run.deadline != run.stored_deadline:
                self._store.set_deadline(run.id, run.deadline)
                run.stored_deadline = run.deadline
                if run.deadline is not None and (earliest is None or run.deadline < earliest):
                    earliest = run.deadline
        return earliest

    def settle(self) -> None:
        """The transaction stands: make room."""
        self._touched.clear()
        while self._size > self._room and len(self._held) > 1:
            _, run = self._held.popitem(last=False)
            self._size -= _weight(run)

    def drop(self) -> None:
        """The transaction is undone: what was touched is rebuilt when it is next asked for."""
        for run_id in self._touched:
            self._held.pop(run_id, None)
        self._touched.clear()
        self._size = sum(map(_weight, self._held.values()))

    def forget(self, run_id: int) -> None:
        """Drop a run that is deleted."""
        self._touched.pop(run_id, None)
        if (run := self._held.pop(run_id, None)) is not None:
            self._size -= _weight(run)


def _weight(run: Run) -> int:
    """Return how much room a run takes, in events; that of the run itself comes to some sixteen."""
    return 16 + run.stored_events
