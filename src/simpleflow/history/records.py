"""From events to records: one reader for each type of event, one section for each family of tasks.

A reader finds the record that its event is about, or begins it, and notes what the event says. On a history
that is cut it must not fail: an event about what is not there is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from simpleflow.utils import json_loads_or_raw
from swf.protocol import events

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]


@dataclass(slots=True)
class Records:
    """All records of one execution, and by event id what tasks were scheduled or initiated with."""

    workflow: Record = field(default_factory=dict)
    activities: dict[str, Record] = field(default_factory=dict)
    child_workflows: dict[str, Record] = field(default_factory=dict)
    external_workflows_signaling: dict[int, Record] = field(default_factory=dict)
    signaled_workflows: dict[str, list[Record]] = field(default_factory=dict)
    signals: dict[str, Record] = field(default_factory=dict)
    signal_lists: dict[str, list[Record]] = field(default_factory=dict)
    markers: dict[str, list[Record]] = field(default_factory=dict)
    timers: dict[str, Record] = field(default_factory=dict)
    tasks: list[Record] = field(default_factory=list)
    cancel_requested: Record | None = None
    cancel_failed: Record | None = None
    started_decision_id: int | None = None
    completed_decision_id: int | None = None
    origins: dict[int, Any] = field(default_factory=dict)


def read(records: Records, event: events.Event) -> None:
    """Note what `event` says, if it is of a type that has a reader."""
    reader = _READERS.get(type(event))
    if reader is not None:
        reader(records, event)


def _told(event: Any, *names: str) -> Record:
    """Return these members of the event's attributes: inputs and controls decoded, else as on the wire."""
    return {name: _value(name, getattr(event.attributes, name)) for name in names}


def _value(name: str, value: Any) -> Any:
    return json_loads_or_raw(value) if name in ("input", "control") else msgspec.to_builtins(value)


def _time(event: Any) -> datetime:
    return datetime.fromtimestamp(event.event_timestamp, UTC)


def _move(record: Record, state: str, event: Any, *names: str) -> None:
    """Bring the record into a state, noting the event's id and time, and the named members."""
    record["state"] = state
    record[f"{state}_id"] = event.event_id
    record[f"{state}_timestamp"] = _time(event)
    record |= _told(event, *names)


def _fail(record: Record) -> None:
    """Count a failure: `retry` is the number of those before the latest."""
    record["retry"] = record.get("retry", -1) + 1


# The workflow itself


def _workflow(state: str, *names: str) -> Callable[[Records, Any], None]:
    def reader(records: Records, event: Any) -> None:
        _move(records.workflow, state, event, *names)

    return reader


def _cancel_requested(records: Records, event: events.WorkflowExecutionCancelRequested) -> None:
    records.cancel_requested = {
        "type": "cancel_requested",
        "event_id": event.event_id,
        "timestamp": _time(event),
        **_told(event, "cause"),
        **_sender(event),
    }


def _cancel_failed(records: Records, event: events.CancelWorkflowExecutionFailed) -> None:
    records.cancel_failed = {
        "type": "cancel_failed",
        "event_id": event.event_id,
        "timestamp": _time(event),
        **_told(event, "cause", "decision_task_completed_event_id"),
    }


def _sender(event: events.WorkflowExecutionCancelRequested | events.WorkflowExecutionSignaled) -> Record:
    execution = event.attributes.external_workflow_execution
    return {
        "external_initiated_event_id": event.attributes.external_initiated_event_id,
        "external_run_id": execution and execution.run_id,
        "external_workflow_id": execution and execution.workflow_id,
    }


def _decision_started(records: Records, event: events.DecisionTaskStarted) -> None:
    records.started_decision_id = event.event_id


def _decision_completed(records: Records, event: events.DecisionTaskCompleted) -> None:
    records.completed_decision_id = event.event_id


# Activities


def _named_activity(records: Records, attributes: Any) -> Record:
    """Find the activity that is scheduled, or begin it."""
    record = records.activities.get(attributes.activity_id)
    if record is None:
        record = {"type": "activity", "id": attributes.activity_id}
        records.activities[attributes.activity_id] = record
        records.tasks.append(record)
    record["name"] = attributes.activity_type.name
    record["version"] = attributes.activity_type.version
    return record


def _activity_scheduled(records: Records, event: events.ActivityTaskScheduled) -> None:
    record = _named_activity(records, event.attributes)
    _move(record, "scheduled", event, "input", "task_list", "control", "decision_task_completed_event_id")
    records.origins[event.event_id] = event.attributes


def _activity_schedule_failed(records: Records, event: events.ScheduleActivityTaskFailed) -> None:
    record = _named_activity(records, event.attributes)
    _move(record, "schedule_failed", event, "cause", "activity_type")


def _activity(state: str, *names: str, failure: bool = False) -> Callable[[Records, Any], None]:
    def reader(records: Records, event: Any) -> None:
        origin = records.origins.get(event.attributes.scheduled_event_id)
        if origin is None:
            return
        record = records.activities[origin.activity_id]
        _move(record, state, event, *names)
        if state == "timed_out":
            record["timeout_value"] = getattr(origin, f"{event.attributes.timeout_type.lower()}_timeout")
        if failure:
            _fail(record)

    return reader


def _activity_cancel_requested(records: Records, event: events.ActivityTaskCancelRequested) -> None:
    record = records.activities.get(event.attributes.activity_id)
    if record is not None:
        _move(record, "cancel_requested", event)
        record["cancel_decision_task_completed_event_id"] = event.attributes.decision_task_completed_event_id


# Child workflows


def _named_child(records: Records, workflow_id: str, event: Any) -> Record:
    """Find the child that an event of any kind is about, or begin it."""
    record = records.child_workflows.get(workflow_id)
    if record is None:
        record = {"type": "child_workflow", "id": workflow_id}
        records.child_workflows[workflow_id] = record
        records.tasks.append(record)
    record["name"] = event.attributes.workflow_type.name
    record["version"] = event.attributes.workflow_type.version
    return record


def _child_initiated(records: Records, event: events.StartChildWorkflowExecutionInitiated) -> None:
    record = _named_child(records, event.attributes.workflow_id, event)
    record |= {
        "state": "start_initiated",
        "initiated_event_id": event.event_id,
        "initiated_event_timestamp": _time(event),
        "raw_input": event.attributes.input,
        **_told(event, "input", "control", "child_policy", "tag_list", "task_list"),
        **_told(event, "decision_task_completed_event_id"),
    }
    records.origins[event.event_id] = event.attributes


def _child_start_failed(records: Records, event: events.StartChildWorkflowExecutionFailed) -> None:
    record = _named_child(records, event.attributes.workflow_id, event)
    _move(record, "start_failed", event, "cause", "control")
    _fail(record)


def _child_started(records: Records, event: events.ChildWorkflowExecutionStarted) -> None:
    execution = event.attributes.workflow_execution
    record = _named_child(records, execution.workflow_id, event)
    _move(record, "started", event)
    record["run_id"] = execution.run_id
    record["workflow_id"] = execution.workflow_id


def _child(state: str, *names: str, failure: bool = False) -> Callable[[Records, Any], None]:
    def reader(records: Records, event: Any) -> None:
        record = _named_child(records, event.attributes.workflow_execution.workflow_id, event)
        _move(record, state, event, *names)
        if state == "timed_out":
            origin = records.origins.get(event.attributes.initiated_event_id)
            record["timeout_value"] = origin and origin.execution_start_to_close_timeout
        if failure:
            _fail(record)

    return reader


# Signals, received and sent


def _signaled(records: Records, event: events.WorkflowExecutionSignaled) -> None:
    name = event.attributes.signal_name
    record = {
        "type": "signal",
        "name": name,
        "state": "signaled",
        "event_id": event.event_id,
        "timestamp": _time(event),
        **_told(event, "input"),
        **_sender(event),
    }
    records.signals[name] = record
    records.signal_lists.setdefault(name, []).append(record)
    records.tasks.append(record)


def _signal_initiated(records: Records, event: events.SignalExternalWorkflowExecutionInitiated) -> None:
    records.external_workflows_signaling[event.event_id] = {
        "type": "external_workflow",
        "id": event.attributes.workflow_id,
        "state": "signal_execution_initiated",
        "initiated_event_id": event.event_id,
        "initiated_event_timestamp": _time(event),
        **_told(event, "run_id", "signal_name", "input", "control"),
    }


def _signal_delivered(records: Records, event: events.ExternalWorkflowExecutionSignaled) -> None:
    record = records.external_workflows_signaling.get(event.attributes.initiated_event_id)
    if record is None:
        return
    record["state"] = "execution_signaled"
    record["workflow_id"] = event.attributes.workflow_execution.workflow_id
    record["signaled_event_id"] = event.event_id
    record["signaled_timestamp"] = _time(event)
    records.signaled_workflows.setdefault(record["signal_name"], []).append(record)


def _signal_failed(records: Records, event: events.SignalExternalWorkflowExecutionFailed) -> None:
    # A decision that was refused at once has initiated nothing: its record goes by this event.
    record = records.external_workflows_signaling.setdefault(
        event.attributes.initiated_event_id or event.event_id,
        {
            "type": "external_workflow",
            "id": event.attributes.workflow_id,
            "signal_name": None,
            **_told(event, "run_id", "control"),
        },
    )
    record["state"] = "signal_execution_failed"
    record["cause"] = event.attributes.cause
    record["signal_failed_timestamp"] = _time(event)


# Markers


def _marker_recorded(records: Records, event: events.MarkerRecorded) -> None:
    name = event.attributes.marker_name
    record = {
        "type": "marker",
        "name": name,
        "state": "recorded",
        "event_id": event.event_id,
        "timestamp": _time(event),
        **_told(event, "details"),
    }
    records.markers.setdefault(name, []).append(record)


def _marker_refused(records: Records, event: events.RecordMarkerFailed) -> None:
    name = event.attributes.marker_name
    record = {
        "type": "marker",
        "name": name,
        "state": "record_failed",
        "record_failed_event_id": event.event_id,
        "record_failed_event_timestamp": _time(event),
        **_told(event, "cause"),
    }
    records.markers.setdefault(name, []).append(record)


# Timers


def _timer(state: str, *names: str, canceling: bool = False) -> Callable[[Records, Any], None]:
    def reader(records: Records, event: Any) -> None:
        timer_id = event.attributes.timer_id
        record = records.timers.setdefault(timer_id, {"type": "timer", "id": timer_id})
        record["state"] = state
        record[f"{state}_event_id"] = event.event_id
        record[f"{state}_event_timestamp"] = _time(event)
        record |= _told(event, *names)
        if state == "started":
            record["start_to_fire_timeout"] = int(event.attributes.start_to_fire_timeout)
        if canceling:
            decided = event.attributes.decision_task_completed_event_id
            record["cancel_decision_task_completed_event_id"] = decided

    return reader


_READERS: dict[type[Any], Callable[[Records, Any], None]] = {
    events.WorkflowExecutionStarted: _workflow(
        "started",
        "child_policy",
        "task_list",
        "workflow_type",
        "continued_execution_run_id",
        "execution_start_to_close_timeout",
        "input",
        "lambda_role",
        "parent_initiated_event_id",
        "parent_workflow_execution",
        "tag_list",
        "task_priority",
        "task_start_to_close_timeout",
    ),
    events.WorkflowExecutionCompleted: _workflow("completed", "result"),
    events.WorkflowExecutionFailed: _workflow("failed", "reason", "details"),
    events.WorkflowExecutionCanceled: _workflow("canceled", "details"),
    events.WorkflowExecutionTerminated: _workflow("terminated", "cause", "reason", "details"),
    events.WorkflowExecutionTimedOut: _workflow("timed_out", "timeout_type"),
    events.WorkflowExecutionContinuedAsNew: _workflow("continued_as_new", "new_execution_run_id"),
    events.WorkflowExecutionCancelRequested: _cancel_requested,
    events.CancelWorkflowExecutionFailed: _cancel_failed,
    events.DecisionTaskStarted: _decision_started,
    events.DecisionTaskCompleted: _decision_completed,
    events.ActivityTaskScheduled: _activity_scheduled,
    events.ScheduleActivityTaskFailed: _activity_schedule_failed,
    events.ActivityTaskStarted: _activity("started", "identity"),
    events.ActivityTaskCompleted: _activity("completed", "result"),
    events.ActivityTaskFailed: _activity("failed", "reason", "details", failure=True),
    events.ActivityTaskTimedOut: _activity("timed_out", "timeout_type", failure=True),
    events.ActivityTaskCanceled: _activity("canceled", "details"),
    events.ActivityTaskCancelRequested: _activity_cancel_requested,
    events.StartChildWorkflowExecutionInitiated: _child_initiated,
    events.StartChildWorkflowExecutionFailed: _child_start_failed,
    events.ChildWorkflowExecutionStarted: _child_started,
    events.ChildWorkflowExecutionCompleted: _child("completed", "result"),
    events.ChildWorkflowExecutionFailed: _child("failed", "reason", "details", failure=True),
    events.ChildWorkflowExecutionTimedOut: _child("timed_out", "timeout_type", failure=True),
    events.ChildWorkflowExecutionCanceled: _child("canceled", "details", failure=True),
    events.ChildWorkflowExecutionTerminated: _child("terminated", failure=True),
    events.WorkflowExecutionSignaled: _signaled,
    events.SignalExternalWorkflowExecutionInitiated: _signal_initiated,
    events.ExternalWorkflowExecutionSignaled: _signal_delivered,
    events.SignalExternalWorkflowExecutionFailed: _signal_failed,
    events.MarkerRecorded: _marker_recorded,
    events.RecordMarkerFailed: _marker_refused,
    events.TimerStarted: _timer("started", "control", "decision_task_completed_event_id"),
    events.TimerFired: _timer("fired"),
    events.TimerCanceled: _timer("canceled", canceling=True),
    events.StartTimerFailed: _timer("start_failed", "cause"),
    events.CancelTimerFailed: _timer("cancel_failed", "cause", canceling=True),
}
