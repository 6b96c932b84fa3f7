"""Drives the engine's state machine with the commands that a recorded history implies, and compares."""

from __future__ import annotations

import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answers import Answer
from comparing import compare
from outcome import Differs, NotPlayable

from swf.engine.machine import Clock, Execution, Limits, apply
from swf.engine.machine import commands as c
from swf.engine.machine.clocks import deadline
from swf.engine.machine.kinds import DECIDED
from swf.exceptions import BrokenHistory, Fault
from swf.protocol import events as e
from swf.protocol.enums import WorkflowExecutionTerminatedCause

if TYPE_CHECKING:
    from collections.abc import Callable

    from recording import Recording

    from swf.protocol.events import Event

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "swf"))
from scheduling import faults  # the rule stands with the tests of the state machine

__all__ = ["play"]


def play(recording: Recording) -> None:
    """Play a history to its end. Raises `NotPlayable` or `Differs`."""
    for event_id, problem in faults(recording.events):
        raise NotPlayable(event_id, f"breaks the rule of decision tasks: {problem}")
    state = Execution("w", "r")
    while (at := len(state.events)) < len(recording.events):
        before = at
        _next(state, recording.events)
        for event, recorded, raw in zip(
            state.events[before:], recording.events[before:], recording.raw[before:], strict=False
        ):
            compare(event, recorded, raw, exact=recording.exact)
        if len(state.events) > len(recording.events):
            extra = state.events[len(recording.events)]
            if not _is_cut_off(recording.events):
                raise Differs(extra.event_id, f"the engine adds {type(extra).__name__}, the recording ends")
            return
        if len(state.events) == before:
            raise Differs(at + 1, f"nothing that was asked leads to {_name(recording.events[at])}")


def _is_cut_off(events: list[Event]) -> bool:
    """Tell whether a recording ends before its execution: what follows at once may be missing."""
    return not _name(events[-1]).startswith("WorkflowExecution")


def _next(state: Execution, events: list[Event]) -> None:
    """Do what the next recorded event says has been asked."""
    recorded: Any = events[len(state.events)]
    limits = Limits(lambda_backend=True)
    types: Any = Answer()
    if type(recorded) is e.DecisionTaskCompleted:
        answer = types = Answer.of(_batch(recorded, events), state)
        limits = answer.limits
        command: Any = _complete(state, recorded, answer)
        _refuse_unexplained(state, events, recorded)
    elif (implied := _COMMANDS.get(type(recorded))) is None:
        raise Differs(recorded.event_id, f"{_name(recorded)} stands where nothing can bring it about")
    else:
        command = implied(state, recorded)
        if getattr(recorded.attributes, "cause", None) == "EVENT_LIMIT_EXCEEDED":
            limits = Limits(lambda_backend=True, events=recorded.event_id)
    now = max(recorded.event_timestamp, state.events[-1].event_timestamp if state.events else 0.0)
    if isinstance(command, c.ExpireClock):
        at = deadline(state, command.clock, command.event_id)
        if at is None:
            raise Differs(recorded.event_id, f"no clock runs that leads to {_name(recorded)}")
        now = max(now, at)
    try:
        apply(state, command, now, types, limits)
    except Fault as fault:
        raise Differs(
            recorded.event_id, f"the engine refuses what leads to {_name(recorded)}: {fault}"
        ) from None
    except BrokenHistory as broken:
        raise Differs(recorded.event_id, f"the engine itself stumbles: {broken}") from None


def _batch(completed: Any, events: list[Event]) -> list[Event]:
    """Return the events that the decisions of a completed decision task wrote."""
    return list(takewhile(_is_decided, events[completed.event_id :]))


def _is_decided(event: Any) -> bool:
    outcome = type(event) is e.StartChildWorkflowExecutionFailed and event.attributes.initiated_event_id
    return type(event) in DECIDED and not outcome


def _complete(state: Execution, recorded: Any, answer: Answer) -> c.CompleteDecisionTask:
    a, started = recorded.attributes, state.decision_started
    if started is None:
        raise Differs(recorded.event_id, "no decision task is started")
    return c.CompleteDecisionTask(
        started.attributes.scheduled_event_id,
        started.event_id,
        answer.decisions,
        a.execution_context,
        a.task_list,
        a.task_list_schedule_to_start_timeout,
        answer.new_run_id,
    )


def _refuse_unexplained(state: Execution, events: list[Event], completed: Any) -> None:
    """An id that is in use, when nothing uses it, cannot be played."""
    used = {
        "activity_id": set(state.activity_ids),
        "timer_id": set(state.timers),
        "id": set(state.lambda_ids),
    }
    for event in _batch(completed, events):
        kind: Any = type(event)
        a: Any = event.attributes
        name = _ID_OF.get(kind, "")
        if kind in _OPENS:
            used[name].add(getattr(a, name))
        elif kind is e.TimerCanceled:
            used[name].discard(a.timer_id)
        elif name and a.cause.endswith("ALREADY_IN_USE") and getattr(a, name) not in used[name]:
            raise NotPlayable(event.event_id, "says that an id is in use which nothing uses")


_OPENS = {e.ActivityTaskScheduled, e.TimerStarted, e.LambdaFunctionScheduled}
_ID_OF = {
    e.ActivityTaskScheduled: "activity_id",
    e.ScheduleActivityTaskFailed: "activity_id",
    e.TimerStarted: "timer_id",
    e.TimerCanceled: "timer_id",
    e.StartTimerFailed: "timer_id",
    e.LambdaFunctionScheduled: "id",
    e.ScheduleLambdaFunctionFailed: "id",
}


def _name(event: Event) -> str:
    return type(event).__name__


# What each event says has been asked


def _start(state: Execution, r: e.WorkflowExecutionStarted) -> c.Start:
    return c.Start(r.attributes)


def _signal(state: Execution, r: e.WorkflowExecutionSignaled) -> c.Signal:
    a = r.attributes
    return c.Signal(a.signal_name, a.input, a.external_workflow_execution, a.external_initiated_event_id or 0)


def _request_cancel(state: Execution, r: e.WorkflowExecutionCancelRequested) -> c.RequestCancel:
    a = r.attributes
    cause: Any = a.cause
    return c.RequestCancel(cause, a.external_workflow_execution, a.external_initiated_event_id or 0)


def _terminate(state: Execution, r: e.WorkflowExecutionTerminated) -> c.Terminate | c.Signal:
    a = r.attributes
    if a.cause == "EVENT_LIMIT_EXCEEDED":
        return c.Signal("one too many")
    cause: Any = a.cause or WorkflowExecutionTerminatedCause.OPERATOR_INITIATED
    return c.Terminate(cause, a.reason, a.details, a.child_policy or None)


def _expire_execution(state: Execution, r: e.WorkflowExecutionTimedOut) -> c.ExpireClock:
    return c.ExpireClock(Clock.EXECUTION, 1)


def _start_decision(state: Execution, r: e.DecisionTaskStarted) -> c.StartDecisionTask:
    return c.StartDecisionTask(r.attributes.scheduled_event_id, r.attributes.identity)


def _expire_decision(state: Execution, r: e.DecisionTaskTimedOut) -> c.ExpireClock:
    a = r.attributes
    if a.timeout_type == "SCHEDULE_TO_START":
        return c.ExpireClock(Clock.DECISION_SCHEDULE_TO_START, a.scheduled_event_id)
    return c.ExpireClock(Clock.DECISION_START_TO_CLOSE, a.started_event_id)


def _start_activity(state: Execution, r: e.ActivityTaskStarted) -> c.StartActivityTask:
    return c.StartActivityTask(r.attributes.scheduled_event_id, r.attributes.identity)


def _complete_activity(state: Execution, r: e.ActivityTaskCompleted) -> c.CompleteActivityTask:
    a = r.attributes
    return c.CompleteActivityTask(a.scheduled_event_id, a.started_event_id, a.result)


def _fail_activity(state: Execution, r: e.ActivityTaskFailed) -> c.FailActivityTask:
    a = r.attributes
    return c.FailActivityTask(a.scheduled_event_id, a.started_event_id, a.reason, a.details)


def _expire_activity(state: Execution, r: e.ActivityTaskTimedOut) -> c.ExpireClock | c.TimeOutActivityTask:
    a = r.attributes
    task = state.activities.get(a.scheduled_event_id)
    if task is not None and a.details is not None:  # a heartbeat said so, which leaves no event
        task.heartbeat_details = a.details
    if a.timeout_type in ("SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE"):
        return c.ExpireClock(Clock[a.timeout_type], a.scheduled_event_id)
    kind: Any = a.timeout_type
    return c.TimeOutActivityTask(a.scheduled_event_id, a.started_event_id, kind)


def _cancel_activity(
    state: Execution, r: e.ActivityTaskCanceled
) -> c.CancelActivityTask | c.CancelUnstartedActivityTask:
    a = r.attributes
    if not a.started_event_id:
        return c.CancelUnstartedActivityTask(a.scheduled_event_id)
    return c.CancelActivityTask(a.scheduled_event_id, a.started_event_id, a.details)


def _fire(state: Execution, r: e.TimerFired) -> c.ExpireClock:
    return c.ExpireClock(Clock.TIMER, r.attributes.started_event_id)


def _start_child(state: Execution, r: e.ChildWorkflowExecutionStarted) -> c.RecordChildStart:
    return c.RecordChildStart(r.attributes.initiated_event_id, r.attributes.workflow_execution.run_id)


def _refuse_child(state: Execution, r: e.StartChildWorkflowExecutionFailed) -> c.RefuseChild:
    cause: Any = r.attributes.cause
    return c.RefuseChild(r.attributes.initiated_event_id, cause)


def _close_child(state: Execution, r: Any) -> c.CloseChild:
    """The child's own last event has the same result, reason, details or type of timeout."""
    end = getattr(e, f"W{_name(r).removeprefix('ChildW')}")
    made = getattr(e, f"{end.__name__}Attributes")
    given = {
        name: getattr(r.attributes, name) for name in made.__struct_fields__ if hasattr(r.attributes, name)
    }
    given |= {
        name: value
        for name, value in (("decision_task_completed_event_id", 1), ("child_policy", "TERMINATE"))
        if name in made.__struct_fields__
    }
    return c.CloseChild(
        r.attributes.initiated_event_id, r.attributes.workflow_execution.run_id, end(1, 0.0, made(**given))
    )


def _deliver(state: Execution, r: Any) -> c.RecordDelivery:
    return c.RecordDelivery(r.attributes.initiated_event_id, r.attributes.workflow_execution.run_id)


def _refuse_delivery(state: Execution, r: Any) -> c.RefuseDelivery:
    return c.RefuseDelivery(r.attributes.initiated_event_id)


def _refuse_lambda(state: Execution, r: e.StartLambdaFunctionFailed) -> c.RefuseLambda:
    return c.RefuseLambda(r.attributes.scheduled_event_id or 0)


def _start_lambda(state: Execution, r: e.LambdaFunctionStarted) -> c.StartLambda:
    return c.StartLambda(r.attributes.scheduled_event_id)


def _end_lambda(state: Execution, r: Any) -> c.EndLambda:
    a = r.attributes
    names = {"result", "reason", "details", "timeout_type"} & set(a.__struct_fields__)
    return c.EndLambda(a.scheduled_event_id, type(r), {name: getattr(a, name) for name in names})


_COMMANDS: dict[type, Callable[[Execution, Any], Any]] = {
    e.WorkflowExecutionStarted: _start,
    e.WorkflowExecutionSignaled: _signal,
    e.WorkflowExecutionCancelRequested: _request_cancel,
    e.WorkflowExecutionTerminated: _terminate,
    e.WorkflowExecutionTimedOut: _expire_execution,
    e.DecisionTaskStarted: _start_decision,
    e.DecisionTaskTimedOut: _expire_decision,
    e.ActivityTaskStarted: _start_activity,
    e.ActivityTaskCompleted: _complete_activity,
    e.ActivityTaskFailed: _fail_activity,
    e.ActivityTaskTimedOut: _expire_activity,
    e.ActivityTaskCanceled: _cancel_activity,
    e.TimerFired: _fire,
    e.ChildWorkflowExecutionStarted: _start_child,
    e.StartChildWorkflowExecutionFailed: _refuse_child,
    e.ChildWorkflowExecutionCompleted: _close_child,
    e.ChildWorkflowExecutionFailed: _close_child,
    e.ChildWorkflowExecutionCanceled: _close_child,
    e.ChildWorkflowExecutionTerminated: _close_child,
    e.ChildWorkflowExecutionTimedOut: _close_child,
    e.ExternalWorkflowExecutionSignaled: _deliver,
    e.ExternalWorkflowExecutionCancelRequested: _deliver,
    e.SignalExternalWorkflowExecutionFailed: _refuse_delivery,
    e.RequestCancelExternalWorkflowExecutionFailed: _refuse_delivery,
    e.StartLambdaFunctionFailed: _refuse_lambda,
    e.LambdaFunctionStarted: _start_lambda,
    e.LambdaFunctionCompleted: _end_lambda,
    e.LambdaFunctionFailed: _end_lambda,
    e.LambdaFunctionTimedOut: _end_lambda,
}
