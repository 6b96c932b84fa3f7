"""One domain as the transaction in progress sees and changes it: its types, its open runs, its tasks."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections import deque
from typing import TYPE_CHECKING, Literal

import msgspec

from swf.engine.machine.apply import apply, unknown_execution
from swf.engine.machine.clocks import started_by
from swf.engine.machine.commands import Start
from swf.engine.machine.errands import carry_out
from swf.engine.service.runs import Run
from swf.engine.service.types import DomainTypes
from swf.engine.store import TaskRow
from swf.exceptions import UnknownResource
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.engine.machine.commands import Command
    from swf.engine.machine.effects import Effect
    from swf.engine.machine.execution import Execution
    from swf.engine.service.books import Books
    from swf.engine.store import DomainRow

__all__ = ["Domain", "new_run_id", "waiting_tasks"]


class Domain:
    """A domain: what `errands` calls a world."""

    def __init__(self, books: Books, row: DomainRow) -> None:
        self.books = books
        self.id = row.id
        self.name = row.name
        self.description = row.description
        self.status = row.status
        self.retention = row.retention
        self.tags: dict[str, str] = msgspec.json.decode(row.tags)
        self.types = DomainTypes(books.store, row.id)
        self._effects: deque[tuple[Run, Effect]] = deque()
        self._open: int | None = None
        """How many runs are open, once somebody has asked: to count them takes long when there are many."""

    @property
    def deprecated(self) -> bool:
        """Whether nothing new may be begun in it."""
        return self.status == "DEPRECATED"

    @property
    def keeps(self) -> float:
        """How long closed runs are kept, in seconds."""
        return 0.0 if self.retention == "NONE" else int(self.retention) * 86_400.0

    # Runs

    def open_run(self, workflow_id: str, run_id: str | None = None) -> Run | None:
        """Return the open run of an id, if it is this one."""
        row = self.books.store.open_run(self.id, workflow_id)
        return None if row is None or (run_id and row.run_id != run_id) else self.books.runs.get(row)

    def run(self, workflow_id: str, run_id: str) -> Run:
        """Return a run, open or closed. Raises `UnknownResource`."""
        row = self.books.store.run(self.id, workflow_id, run_id)
        run = self.books.runs.get(row) if row is not None else None
        if run is None or self.has_expired(run):
            raise unknown_execution(workflow_id, run_id)
        return run

    def has_expired(self, run: Run) -> bool:
        """Tell whether a run closed longer ago than it is kept."""
        return run.closed_at is not None and run.closed_at <= self.books.now - self.keeps

    def open_or_refuse(self, workflow_id: str, run_id: str | None) -> Run:
        """Return an open run, the one of its id when no run id is given. Raises `UnknownResource`."""
        if (run := self.open_run(workflow_id, run_id)) is not None:
            return run
        if run_id:
            raise unknown_execution(workflow_id, run_id)
        raise UnknownResource(f"Unknown execution, workflowId = {workflow_id}")

    def is_full(self) -> bool:
        """Tell whether no further execution may be open."""
        if self._open is None:
            self._open = self.books.store.count_open(self.id)
        return self._open >= self.books.limits.open_executions

    # Changes

    def do(self, run: Run, command: Command) -> None:
        """Change a run, and do what it then asks for. Raises what `apply` does, with nothing changed."""
        self.apply(run, command, self.books.now)
        self._settle()

    def start(self, workflow_id: str, attributes: e.WorkflowExecutionStartedAttributes) -> Run:
        """Start a run from outside, with attributes that are resolved; its id has no open run."""
        run = self.begin(workflow_id, self.books.new_run_id(), attributes, self.books.now)
        self._settle()
        return run

    def _settle(self) -> None:
        while self._effects:
            source, effect = self._effects.popleft()
            carry_out(self, source, effect, self.books.now)

    def apply(self, state: Execution, command: Command, now: float) -> None:
        """Change one run, and note what it asks for."""
        run = _stored(state)
        books = self.books
        waiting, was_requested = run.deliverable, run.cancel_requested
        books.runs.touch(run)
        applied = apply(run, command, now, self.types, books.limits)
        for event in applied.events:
            for expiry in started_by(run, event):
                run.bring_forward(expiry)
            if type(event) in _WITHDRAWING:
                self._withdraw(run, event)
        self._effects.extend((run, effect) for effect in applied.effects)
        if run.closed:
            self._close(run, waiting)
        elif run.cancel_requested and not was_requested:
            books.store.set_cancel_requested(run.id)

    def begin(
        self, workflow_id: str, run_id: str, attributes: e.WorkflowExecutionStartedAttributes, now: float
    ) -> Run:
        """Start a run with attributes that are resolved; its id has no open run."""
        parent = attributes.parent_workflow_execution
        row = self.books.store.insert_execution(
            domain=self.id,
            workflow_id=workflow_id,
            run_id=run_id,
            type_name=attributes.workflow_type.name,
            type_version=attributes.workflow_type.version,
            tags=msgspec.json.encode(attributes.tag_list).decode() if attributes.tag_list else None,
            parent_workflow_id=parent.workflow_id if parent else None,
            parent_run_id=parent.run_id if parent else None,
            started=now,
        )
        if self._open is not None:
            self._open += 1
        run = Run(workflow_id, run_id, id=row, domain=self.id)
        self.books.runs.add(run)
        self.apply(run, Start(attributes), now)
        return run

    def begin_child(
        self, workflow_id: str, attributes: e.WorkflowExecutionStartedAttributes, now: float
    ) -> Run:
        """Start a run with an id of its own."""
        return self.begin(workflow_id, self.books.new_run_id(), attributes, now)

    def _close(self, run: Run, waiting: e.DecisionTaskScheduled | None) -> None:
        store = self.books.store
        assert run.close_status is not None
        assert run.closed_at is not None
        if waiting is not None:
            self._remove(_decision_task(run, waiting))
        for task in run.activities.values():
            if task.started is None:
                self._remove(_activity_task(run, task.scheduled))
        for scheduled_event_id in run.heartbeats:
            store.delete_heartbeat(run.id, scheduled_event_id)
        store.close_execution(run.id, run.closed_at, run.close_status)
        if self._open is not None:
            self._open -= 1

    # Tasks

    def offer_decision(self, state: Execution, scheduled: e.DecisionTaskScheduled) -> None:
        """Let a decision task be handed out."""
        run = _stored(state)
        self.books.offers[run.id, scheduled.event_id] = _decision_task(run, scheduled)

    def offer_activity(self, state: Execution, scheduled: e.ActivityTaskScheduled) -> None:
        """Let an activity task be handed out."""
        run = _stored(state)
        self.books.offers[run.id, scheduled.event_id] = _activity_task(run, scheduled)

    def _withdraw(self, run: Run, event: e.Event) -> None:
        """Take a task out of its list that this event hands out or ends, and forget what came of it."""
        match event:
            case e.DecisionTaskStarted() | e.ActivityTaskStarted():
                self._remove(_task_of(run, event.attributes.scheduled_event_id))
            case e.DecisionTaskTimedOut() | e.ActivityTaskTimedOut() | e.ActivityTaskCanceled():
                if not event.attributes.started_event_id:
                    self._remove(_task_of(run, event.attributes.scheduled_event_id))
        if run.heartbeats and isinstance(event, _END_OF_ACTIVITY):
            scheduled_event_id = event.attributes.scheduled_event_id
            if scheduled_event_id in run.heartbeats:
                run.heartbeats.discard(scheduled_event_id)
                self.books.store.delete_heartbeat(run.id, scheduled_event_id)

    def _remove(self, task: TaskRow) -> None:
        if self.books.offers.pop((task.execution, task.event_id), None) is None:
            self.books.store.remove_task(task)


_END_OF_ACTIVITY = (
    e.ActivityTaskCompleted,
    e.ActivityTaskFailed,
    e.ActivityTaskTimedOut,
    e.ActivityTaskCanceled,
)


_WITHDRAWING = {e.DecisionTaskStarted, e.DecisionTaskTimedOut, e.ActivityTaskStarted, *_END_OF_ACTIVITY}


def waiting_tasks(run: Run) -> Iterator[TaskRow]:
    """Yield the tasks of a run that can be handed out."""
    if run.closed:
        return
    if (waiting := run.deliverable) is not None:
        yield _decision_task(run, waiting)
    for task in run.activities.values():
        if task.started is None:
            yield _activity_task(run, task.scheduled)


def new_run_id() -> str:
    """Return a run id of Amazon's shape: 46 characters that end in `=`."""
    return "23" + b64encode(secrets.token_bytes(32)).decode()


def _stored(state: Execution) -> Run:
    assert isinstance(state, Run)
    return state


def _task_of(run: Run, scheduled_event_id: int) -> TaskRow:
    scheduled = run.events[scheduled_event_id - 1]
    if type(scheduled) is e.ActivityTaskScheduled:
        return _activity_task(run, scheduled)
    assert type(scheduled) is e.DecisionTaskScheduled
    return _decision_task(run, scheduled)


def _decision_task(run: Run, scheduled: e.DecisionTaskScheduled) -> TaskRow:
    a = scheduled.attributes
    return _task("decision", run, a.task_list.name, a.task_priority, scheduled)


def _activity_task(run: Run, scheduled: e.ActivityTaskScheduled) -> TaskRow:
    a = scheduled.attributes
    return _task("activity", run, a.task_list.name, a.task_priority, scheduled)


def _task(
    kind: Literal["decision", "activity"],
    run: Run,
    task_list: str,
    priority: str | None,
    scheduled: e.DecisionTaskScheduled | e.ActivityTaskScheduled,
) -> TaskRow:
    return TaskRow(
        kind,
        run.domain,
        task_list,
        -int(priority or 0),
        scheduled.event_timestamp,
        run.id,
        scheduled.event_id,
    )
