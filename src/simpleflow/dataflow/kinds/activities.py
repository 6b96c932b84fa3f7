"""Activities: their ids and decision, and how their events move them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from simpleflow.activity import PRIORITY_NOT_SET
from simpleflow.codec import shape_of
from simpleflow.dataflow.kinds.attempts import Attempts, AttemptsNode
from simpleflow.exceptions import TaskException, TaskFailed, TimeoutError
from simpleflow.perform import HEARTBEAT
from simpleflow.task import NonPythonicActivityTask
from swf.protocol import decisions, events
from swf.protocol.shapes import ActivityType, TaskList

if TYPE_CHECKING:
    from simpleflow.codec import CallShape
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event


class ActivityRecord(Attempts):
    """What the history knows of an activity."""

    __slots__ = ("timeouts",)

    def decided(self, event: Event, run: Dataflow) -> None:
        if type(event) is events.ScheduleActivityTaskFailed:
            self.refused(run, event.attributes.cause)
        elif type(event) is events.ActivityTaskScheduled:
            self.state = "scheduled"
            self.timeouts = event.attributes
            run.scheduled[event.event_id] = self
            run.open_activities += 1


class ActivityNode(AttemptsNode):
    """A submit of an activity."""

    counts_as_activity = True
    exception_kind = TaskException

    def __init__(self, task: Any, scope: Any, future: Any = None) -> None:
        task = _snapshot(task)
        super().__init__(task, scope, future)
        shape = shape_of(self.payload.callable)
        if not isinstance(task, NonPythonicActivityTask):
            shape.check(task.args, task.kwargs)
        self.shape = shape
        self.task_priority = self._priority()

    shape: CallShape

    def encoded(self, args: Any, kwargs: Any) -> str:
        if isinstance(self.task, NonPythonicActivityTask):
            return self.pass_.run.encode(kwargs or list(args), "input")
        return self.shape.encode_input(tuple(args), kwargs, self.payload.meta or None)

    def own_id(self) -> str | None:
        get_task_id = getattr(self.payload.callable, "get_task_id", None)
        if get_task_id is not None:
            return self.full_id(get_task_id(self.pass_.workflow, *self.args, **self.kwargs))
        if self.payload.idempotent:
            plain = self.shape.encode_input(tuple(self.args), self.kwargs)
            return self.full_id(hashlib.md5(plain.encode()).hexdigest())
        return None

    def numbered_id(self, run: Dataflow) -> str:
        return self.full_id(str(run.number(self.name)))

    def new_record(self, run: Dataflow) -> Attempts:
        return ActivityRecord(self, self.id or self.numbered_id(run))

    def has_room(self, run: Dataflow) -> bool:
        return self.wait_seconds is not None or run.has_room_for_activity()

    def _priority(self) -> str | None:
        for level in (self.task.priority, self.payload.task_priority, self.pass_.workflow.task_priority):
            if level is not PRIORITY_NOT_SET:
                return None if level is None else str(int(level))
        return None

    def options(self) -> dict[str, Any]:
        activity = self.payload
        return super().options() | {
            "task_list": activity.task_list,
            "task_priority": self.task_priority,
            "heartbeat_timeout": activity.task_heartbeat_timeout,
            "schedule_to_close_timeout": activity.task_schedule_to_close_timeout,
            "schedule_to_start_timeout": activity.task_schedule_to_start_timeout,
            "start_to_close_timeout": activity.task_start_to_close_timeout,
        }

    def schedule(self, record: Attempts) -> Decision:
        activity = self.payload
        self.pass_.run.activities_asked += 1
        task_list = self.pass_.run.task_list or activity.task_list
        return decisions.ScheduleActivityTask(
            decisions.ScheduleActivityTaskAttributes(
                activity_type=ActivityType(
                    name=self.name.removeprefix("activity-"), version=activity.version or ""
                ),
                activity_id=record.id,
                input=self.input if record.details is None else _with_details(self.input, record.details),
                task_list=TaskList(name=task_list) if task_list else None,
                task_priority=self.task_priority,
                heartbeat_timeout=_seconds(activity.task_heartbeat_timeout),
                schedule_to_close_timeout=_seconds(activity.task_schedule_to_close_timeout),
                schedule_to_start_timeout=_seconds(activity.task_schedule_to_start_timeout),
                start_to_close_timeout=_seconds(activity.task_start_to_close_timeout),
            )
        )

    def request_cancel(self) -> None:
        record = self.record
        assert record is not None
        self.pass_.run.request_cancel_task(self, record)


def _with_details(text: str, details: str) -> str:
    value = json.loads(text)
    if not isinstance(value, dict) or not isinstance(value.get("meta", {}), dict):
        return text  # of another language: its input is its own
    value["meta"] = {**value.get("meta", {}), HEARTBEAT: details}
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _snapshot(task: Any) -> Any:
    """Return the task with the options of its activity as they are now."""
    made = object.__new__(type(task))
    made.__dict__.update(task.__dict__)
    made.__dict__.setdefault("priority", PRIORITY_NOT_SET)
    made.activity = object.__new__(type(task.activity))
    made.activity.__dict__.update(task.activity.__dict__)
    return made


def _seconds(timeout: int | str | None) -> str | None:
    return str(timeout) if timeout else None


def _started(run: Dataflow, event: events.ActivityTaskStarted) -> None:
    record = run.scheduled.get(event.attributes.scheduled_event_id)
    if record is not None:
        record.state = "started"
        if record.node is not None:
            record.node.pass_.moved(record.node)


def _closed(run: Dataflow, scheduled_id: int) -> Any:
    record = run.scheduled.pop(scheduled_id, None)
    if record is not None:
        run.open_activities -= 1
    return record


def _completed(run: Dataflow, event: events.ActivityTaskCompleted) -> None:
    if (record := _closed(run, event.attributes.scheduled_event_id)) is not None:
        record.completed(run.batch, event.attributes.result)


def _failed(run: Dataflow, event: events.ActivityTaskFailed) -> None:
    if (record := _closed(run, event.attributes.scheduled_event_id)) is not None:
        reason = event.attributes.reason or ""
        failure = TaskFailed(record.id, reason, event.attributes.details)
        record.details = failure.heartbeat or record.details
        record.failed(run.batch, failure)


def _timed_out(run: Dataflow, event: events.ActivityTaskTimedOut) -> None:
    if (record := _closed(run, event.attributes.scheduled_event_id)) is not None:
        kind = event.attributes.timeout_type
        value = {
            "START_TO_CLOSE": record.timeouts.start_to_close_timeout,
            "SCHEDULE_TO_CLOSE": record.timeouts.schedule_to_close_timeout,
            "SCHEDULE_TO_START": record.timeouts.schedule_to_start_timeout,
            "HEARTBEAT": record.timeouts.heartbeat_timeout,
        }.get(kind)
        record.details = event.attributes.details or record.details
        record.failed(run.batch, TimeoutError(kind, value))


def _canceled(run: Dataflow, event: events.ActivityTaskCanceled) -> None:
    if (record := _closed(run, event.attributes.scheduled_event_id)) is not None:
        record.canceled(run.batch, event.attributes.details)


def _adopt(run: Dataflow, event: Any) -> Any:
    task_id = event.attributes.activity_id
    return run.by_id.setdefault(task_id, ActivityRecord(None, task_id))


def _adopt_request(run: Dataflow, event: events.ActivityTaskCancelRequested) -> None:
    if (record := run.by_id.get(event.attributes.activity_id)) is not None:
        record.cancel_requested = True


ADOPTED: dict[type, Any] = {
    events.ActivityTaskScheduled: _adopt,
    events.ScheduleActivityTaskFailed: _adopt,
    events.ActivityTaskCancelRequested: _adopt_request,
}

EVENTS: dict[type, Any] = {
    events.ActivityTaskStarted: _started,
    events.ActivityTaskCompleted: _completed,
    events.ActivityTaskFailed: _failed,
    events.ActivityTaskTimedOut: _timed_out,
    events.ActivityTaskCanceled: _canceled,
}
