"""What each command does to an execution. Nothing is recorded before the command is known to be good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from swf.engine.machine import commands as c
from swf.engine.machine import effects as fx
from swf.engine.machine.clocks import Clock, deadline
from swf.engine.machine.closing import CLOSING_DECISIONS
from swf.engine.machine.decisions import Batch, decide
from swf.engine.machine.outcomes import OUTCOMES
from swf.engine.machine.writer import HistoryFull, Writer
from swf.exceptions import InvalidRequest, UnknownResource
from swf.protocol import events as e
from swf.protocol.enums import (
    ActivityTaskTimeoutType,
    DecisionTaskTimeoutType,
    WorkflowExecutionTimeoutType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swf.engine.machine.execution import Execution
    from swf.engine.machine.folds import OpenActivity
    from swf.engine.machine.limits import Limits
    from swf.engine.machine.types import Types

__all__ = ["Applied", "apply", "unknown_execution"]


class Applied(Struct, frozen=True):
    """What a command has done: the events that it appended, and what these ask for elsewhere, in order."""

    events: Sequence[e.Event]
    effects: Sequence[fx.Effect]


def apply(state: Execution, command: c.Command, now: float, types: Types, limits: Limits) -> Applied:
    """Carry out a command, in one transaction of this time.

    Raises `UnknownResource` when the execution or the task is not open any more, `InvalidRequest` for
    decisions that contradict themselves; then nothing has changed.
    """
    if state.closed:
        raise unknown_execution(state.workflow_id, state.run_id)
    first, deliverable = len(state.events), state.deliverable
    writer = Writer(state, now, limits)
    try:
        if type(command) is c.CompleteDecisionTask:
            _complete_decision(writer, command, types)
        else:
            _HANDLERS[type(command)](writer, command)
        writer.schedule_decision()
    except HistoryFull:
        pass
    waiting = state.deliverable
    if waiting is not None and waiting is not deliverable:
        writer.effects.append(fx.DecisionTaskAvailable(waiting))
    return Applied(state.events[first:], writer.effects)


def unknown_execution(workflow_id: str, run_id: str) -> UnknownResource:
    """Return the refusal that names a run."""
    return UnknownResource(f"Unknown execution: WorkflowExecution=[workflowId={workflow_id}, runId={run_id}]")


# Clients


def _start(writer: Writer, command: c.Start) -> None:
    writer.add(e.WorkflowExecutionStarted, command.attributes)


def _signal(writer: Writer, command: c.Signal) -> None:
    writer.add(
        e.WorkflowExecutionSignaled,
        e.WorkflowExecutionSignaledAttributes(
            signal_name=command.signal_name,
            input=command.input,
            external_workflow_execution=command.source,
            external_initiated_event_id=command.initiated_event_id,
        ),
    )


def _request_cancel(writer: Writer, command: c.RequestCancel) -> None:
    writer.add(
        e.WorkflowExecutionCancelRequested,
        e.WorkflowExecutionCancelRequestedAttributes(
            external_workflow_execution=command.source,
            external_initiated_event_id=command.initiated_event_id,
            cause=command.cause,
        ),
    )


def _terminate(writer: Writer, command: c.Terminate) -> None:
    writer.close(
        e.WorkflowExecutionTerminated,
        e.WorkflowExecutionTerminatedAttributes(
            child_policy=command.child_policy or _child_policy(writer.state),
            reason=command.reason,
            details=command.details,
            cause=command.cause,
        ),
    )


def _child_policy(state: Execution) -> str:
    assert state.started is not None
    return state.started.attributes.child_policy


# Deciders


def _start_decision(writer: Writer, command: c.StartDecisionTask) -> None:
    waiting = writer.state.deliverable
    if waiting is None or waiting.event_id != command.scheduled_event_id:
        raise _unknown_decision_task(command.scheduled_event_id)
    writer.add(
        e.DecisionTaskStarted,
        e.DecisionTaskStartedAttributes(
            scheduled_event_id=command.scheduled_event_id, identity=command.identity
        ),
    )


def _complete_decision(writer: Writer, command: c.CompleteDecisionTask, types: Types) -> None:
    started = writer.state.decision_started
    if (
        started is None
        or started.event_id != command.started_event_id
        or started.attributes.scheduled_event_id != command.scheduled_event_id
    ):
        raise _unknown_decision_task(command.scheduled_event_id)
    if any(type(decision) in CLOSING_DECISIONS for decision in command.decisions[:-1]):
        raise InvalidRequest("Close must be last decision in list")
    if command.schedule_to_start_timeout is not None and command.task_list is None:
        raise InvalidRequest("taskListScheduleToStartTimeout needs a taskList")
    completed = writer.add(
        e.DecisionTaskCompleted,
        e.DecisionTaskCompletedAttributes(
            scheduled_event_id=command.scheduled_event_id,
            started_event_id=command.started_event_id,
            execution_context=command.execution_context,
            task_list=command.task_list,
            task_list_schedule_to_start_timeout=command.schedule_to_start_timeout,
        ),
    )
    batch = Batch(writer, completed.event_id, types, command.new_run_id)
    for decision in command.decisions:
        decide(batch, decision)


def _unknown_decision_task(scheduled_event_id: int) -> UnknownResource:
    return UnknownResource(f"Unknown decision task, scheduledEventId = {scheduled_event_id}")


# Workers


def _start_activity(writer: Writer, command: c.StartActivityTask) -> None:
    scheduled_event_id = command.scheduled_event_id
    task = writer.state.activities.get(scheduled_event_id)
    if task is None or task.started is not None:
        raise _unknown_activity_task(scheduled_event_id)
    writer.add(
        e.ActivityTaskStarted,
        e.ActivityTaskStartedAttributes(scheduled_event_id=scheduled_event_id, identity=command.identity),
    )


def _started_activity(state: Execution, scheduled_event_id: int, started_event_id: int) -> OpenActivity:
    task = state.activities.get(scheduled_event_id)
    if task is None or not started_event_id or task.started_id != started_event_id:
        raise _unknown_activity_task(scheduled_event_id)
    return task


def _unknown_activity_task(scheduled_event_id: int) -> UnknownResource:
    return UnknownResource(f"Unknown activity, scheduledEventId = {scheduled_event_id}")


def _heartbeat(writer: Writer, command: c.RecordHeartbeat) -> None:
    task = _started_activity(writer.state, command.scheduled_event_id, command.started_event_id)
    task.heartbeat_at = writer.now
    if command.details is not None:
        task.heartbeat_details = command.details


def _complete_activity(writer: Writer, command: c.CompleteActivityTask) -> None:
    _started_activity(writer.state, command.scheduled_event_id, command.started_event_id)
    writer.add(
        e.ActivityTaskCompleted,
        e.ActivityTaskCompletedAttributes(
            scheduled_event_id=command.scheduled_event_id,
            started_event_id=command.started_event_id,
            result=command.result,
        ),
    )


def _fail_activity(writer: Writer, command: c.FailActivityTask) -> None:
    _started_activity(writer.state, command.scheduled_event_id, command.started_event_id)
    writer.add(
        e.ActivityTaskFailed,
        e.ActivityTaskFailedAttributes(
            scheduled_event_id=command.scheduled_event_id,
            started_event_id=command.started_event_id,
            reason=command.reason,
            details=command.details,
        ),
    )


def _cancel_activity(writer: Writer, command: c.CancelActivityTask) -> None:
    """Takes it even when no cancellation was requested."""
    task = _started_activity(writer.state, command.scheduled_event_id, command.started_event_id)
    writer.add(
        e.ActivityTaskCanceled,
        e.ActivityTaskCanceledAttributes(
            scheduled_event_id=command.scheduled_event_id,
            started_event_id=command.started_event_id,
            details=command.details,
            latest_cancel_requested_event_id=task.cancel_requested_id or None,
        ),
    )


def _cancel_unstarted(writer: Writer, command: c.CancelUnstartedActivityTask) -> None:
    scheduled_event_id = command.scheduled_event_id
    task = writer.state.activities.get(scheduled_event_id)
    if task is None or task.started is not None:
        raise _unknown_activity_task(scheduled_event_id)
    writer.add(
        e.ActivityTaskCanceled,
        e.ActivityTaskCanceledAttributes(
            scheduled_event_id=scheduled_event_id,
            started_event_id=0,
            latest_cancel_requested_event_id=task.cancel_requested_id or None,
        ),
    )


# Clocks


def _expire(writer: Writer, command: c.ExpireClock) -> None:
    at = deadline(writer.state, command.clock, command.event_id)
    if at is not None and at <= writer.now:
        _EXPIRE[command.clock](writer, command.event_id)


def _expire_execution(writer: Writer, event_id: int) -> None:
    writer.close(
        e.WorkflowExecutionTimedOut,
        e.WorkflowExecutionTimedOutAttributes(
            timeout_type=WorkflowExecutionTimeoutType.START_TO_CLOSE,
            child_policy=_child_policy(writer.state),
        ),
    )


def _expire_timer(writer: Writer, event_id: int) -> None:
    started = writer.state.events[event_id - 1]
    assert type(started) is e.TimerStarted
    writer.add(
        e.TimerFired,
        e.TimerFiredAttributes(timer_id=started.attributes.timer_id, started_event_id=event_id),
    )


def _expire_started_decision(writer: Writer, event_id: int) -> None:
    started = writer.state.decision_started
    assert started is not None
    writer.add(
        e.DecisionTaskTimedOut,
        e.DecisionTaskTimedOutAttributes(
            timeout_type=DecisionTaskTimeoutType.START_TO_CLOSE,
            scheduled_event_id=started.attributes.scheduled_event_id,
            started_event_id=event_id,
        ),
    )


def _expire_waiting_decision(writer: Writer, event_id: int) -> None:
    writer.add(
        e.DecisionTaskTimedOut,
        e.DecisionTaskTimedOutAttributes(
            timeout_type=DecisionTaskTimeoutType.SCHEDULE_TO_START,
            scheduled_event_id=event_id,
            started_event_id=0,
        ),
    )


def _expire_activity(timeout_type: ActivityTaskTimeoutType) -> Callable[[Writer, int], None]:
    def expire(writer: Writer, event_id: int) -> None:
        task = writer.state.activities[event_id]
        writer.add(
            e.ActivityTaskTimedOut,
            e.ActivityTaskTimedOutAttributes(
                timeout_type=timeout_type,
                scheduled_event_id=event_id,
                started_event_id=task.started_id,
                details=task.heartbeat_details,
            ),
        )

    return expire


def _time_out_activity(writer: Writer, command: c.TimeOutActivityTask) -> None:
    _started_activity(writer.state, command.scheduled_event_id, command.started_event_id)
    _expire_activity(command.timeout_type)(writer, command.scheduled_event_id)


_EXPIRE: dict[Clock, Callable[[Writer, int], None]] = {
    Clock.EXECUTION: _expire_execution,
    Clock.HEARTBEAT: _expire_activity(ActivityTaskTimeoutType.HEARTBEAT),
    Clock.START_TO_CLOSE: _expire_activity(ActivityTaskTimeoutType.START_TO_CLOSE),
    Clock.SCHEDULE_TO_START: _expire_activity(ActivityTaskTimeoutType.SCHEDULE_TO_START),
    Clock.SCHEDULE_TO_CLOSE: _expire_activity(ActivityTaskTimeoutType.SCHEDULE_TO_CLOSE),
    Clock.DECISION_START_TO_CLOSE: _expire_started_decision,
    Clock.DECISION_SCHEDULE_TO_START: _expire_waiting_decision,
    Clock.TIMER: _expire_timer,
}

_HANDLERS: dict[type, Callable[[Writer, Any], None]] = {
    c.Start: _start,
    c.Signal: _signal,
    c.RequestCancel: _request_cancel,
    c.Terminate: _terminate,
    c.StartDecisionTask: _start_decision,
    c.StartActivityTask: _start_activity,
    c.RecordHeartbeat: _heartbeat,
    c.CompleteActivityTask: _complete_activity,
    c.FailActivityTask: _fail_activity,
    c.CancelActivityTask: _cancel_activity,
    c.CancelUnstartedActivityTask: _cancel_unstarted,
    c.ExpireClock: _expire,
    c.TimeOutActivityTask: _time_out_activity,
    **OUTCOMES,
}
