"""Histories by hand, for test suites: `History(MyWorkflow, input={"args": [1]}).add_activity_task(inc)`.

What is built is what the embedded engine would have recorded: its state machine is what records (`script`).
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Protocol

from swf.engine.machine import Clock
from swf.engine.machine import commands as c
from swf.models.decision.values import CONVERSIONS
from swf.models.history.script import Script
from swf.models.history.stage import TIMEOUT, deciding
from swf.protocol import decisions as d
from swf.protocol import events as e
from swf.protocol.enums import ScheduleActivityTaskFailedCause
from swf.protocol.shapes import ActivityType, TaskList, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from swf.engine.machine import Execution
    from swf.engine.machine.commands import Command
    from swf.engine.machine.decisions import Batch
    from swf.models.history.stage import Stage

__all__ = ["History"]

_ACTIVITY_ENDS: Final = {
    "completed": ("result",),
    "failed": ("reason", "details"),
    "timed_out": ("timeout_type",),
    "canceled": ("details",),
}
"""By state, what is told of it."""
_CHILD_ENDS: Final[dict[str, tuple[str, ...]]] = {
    "completed": ("result",),
    "failed": ("reason", "details"),
    "timed_out": (),
    "canceled": ("details",),
    "terminated": (),
}


class Typed(Protocol):
    """A workflow or an activity: its timeouts and task list are looked at too, where it has them."""

    @property
    def name(self) -> Any: ...
    @property
    def version(self) -> Any: ...


class History(Script):
    """The history of an execution; it begins with its start and its first decision task, started.

    `workflow` and activities are whatever has `name` and `version`; what they say of `task_list` and timeouts
    holds, 300 seconds are taken for each timeout that they do not say. Results and the details of markers are
    values, recorded as JSON; inputs, controls and the details of failures are too, unless they are texts.

    What the engine writes by itself need not be added: DecisionTaskCompleted before what was decided,
    DecisionTaskScheduled after what asks for a decision. `decision_id` names the decision task that decided
    something, by any event of it; without one it is the one at hand. It is completed when need be; one that
    was completed has then decided this too, and what came after it moves on. What cannot happen raises
    `BrokenHistory`. Time stands still but for timers and timeouts. Methods return the history itself.
    """

    def __init__(
        self, workflow: Typed, input: Any = None, tag_list: Sequence[str] | str | None = None
    ) -> None:
        self._task_list = _task_list_of(workflow, "default")
        super().__init__(
            e.WorkflowExecutionStartedAttributes(
                child_policy=getattr(workflow, "child_policy", None) or "TERMINATE",
                task_list=TaskList(self._task_list),
                workflow_type=_workflow_type(workflow),
                parent_initiated_event_id=0,
                input=_text({} if input is None else input),
                execution_start_to_close_timeout=_timeout(workflow, "execution_timeout") or TIMEOUT,
                task_start_to_close_timeout=_timeout(workflow, "decision_tasks_timeout") or TIMEOUT,
                tag_list=[tag_list] if isinstance(tag_list, str) else list(tag_list or ()) or None,
            )
        )

    # Activities

    def add_activity_task(
        self,
        activity: Typed,
        decision_id: int | None = None,
        last_state: str = "completed",
        activity_id: str | None = None,
        input: Any = None,
        control: Any = None,
        result: Any = None,
        reason: str | None = "REASON",
        details: Any = "DETAILS",
        activity_type: Mapping[str, str] | None = None,
        cause: str | None = None,
        timeout_type: str = "START_TO_CLOSE",
    ) -> Self:
        """Add an activity task up to a state: scheduled, started, or one in which it ends.

        It ends as completed, failed, timed_out or canceled; or begins and ends as schedule_failed, for a
        `cause`.
        """
        _choose(last_state, "schedule_failed", "scheduled", "started", *_ACTIVITY_ENDS)
        activity_id = activity_id or self._new_id("activity", activity, "activity_id")
        if last_state == "schedule_failed":
            return self.add_activity_task_schedule_failed(
                activity, decision_id, activity_id, activity_type, cause
            )
        self.add_activity_task_scheduled(activity, decision_id, activity_id, input, control)
        scheduled = self._now.activity_ids[activity_id]
        unstarted = last_state == "timed_out" and timeout_type == "SCHEDULE_TO_START"
        if last_state != "scheduled" and not unstarted:
            self.add_activity_task_started(scheduled)
        if last_state in _ACTIVITY_ENDS:
            given = {"result": result, "reason": reason, "details": details, "timeout_type": timeout_type}
            end = getattr(self, f"add_activity_task_{last_state}")
            end(scheduled, **{name: given[name] for name in _ACTIVITY_ENDS[last_state]})
        return self

    def add_activity_task_scheduled(
        self,
        activity: Typed,
        decision_id: int | None = None,
        activity_id: str | None = None,
        input: Any = None,
        control: Any = None,
    ) -> Self:
        """Let the decider schedule an activity; ids count by name, `activity-<name>-1`."""
        attributes = d.ScheduleActivityTaskAttributes(
            activity_type=_activity_type(activity),
            activity_id=activity_id or self._new_id("activity", activity, "activity_id"),
            task_list=TaskList(_task_list_of(activity, self._task_list)),
            input=_text({} if input is None else input),
            control=_text(control),
            schedule_to_close_timeout=_timeout(activity, "task_schedule_to_close_timeout"),
            schedule_to_start_timeout=_timeout(activity, "task_schedule_to_start_timeout"),
            start_to_close_timeout=_timeout(activity, "task_start_to_close_timeout"),
            heartbeat_timeout=_timeout(activity, "task_heartbeat_timeout"),
        )
        if attributes.activity_id in self._now.activity_ids:
            raise self._cannot("ActivityTaskScheduled", f"activity {attributes.activity_id!r} is open")
        return self._decide(deciding(d.ScheduleActivityTask(attributes)), decision_id)

    def add_activity_task_schedule_failed(
        self,
        activity: Typed,
        decision_id: int | None = None,
        activity_id: str | None = None,
        activity_type: Mapping[str, str] | None = None,
        cause: str | None = None,
    ) -> Self:
        """Let the decider schedule an activity that cannot be.

        The `cause` is one of SWF's ScheduleActivityTaskFailedCause, ACTIVITY_TYPE_DOES_NOT_EXIST by default.
        """
        kind = ActivityType(**activity_type) if activity_type else _activity_type(activity)
        name = activity_id or self._new_id("activity", activity, "activity_id")
        known = ScheduleActivityTaskFailedCause(cause or "ACTIVITY_TYPE_DOES_NOT_EXIST")

        def refused(batch: Batch) -> None:
            attributes = e.ScheduleActivityTaskFailedAttributes(kind, name, known, batch.completed_id)
            batch.writer.add(e.ScheduleActivityTaskFailed, attributes)

        return self._decide(refused, decision_id)

    def add_activity_task_started(self, scheduled: int | None = None, identity: str | None = None) -> Self:
        """Hand an activity task to a worker: the latest that is open, or the one that an event scheduled."""
        name = self._activity_id(scheduled)

        def step(stage: Stage) -> None:
            scheduled_id, _ = _activity_in(stage.execution, name)
            stage.apply(c.StartActivityTask(scheduled_id, identity))

        return self._do(step)

    def add_activity_task_completed(
        self, scheduled: int | None = None, started: int | None = None, result: Any = None
    ) -> Self:
        """Let the worker complete an activity task."""
        told = _json(result)
        return self._end_activity(
            scheduled, started, lambda task, begun: c.CompleteActivityTask(task, begun, told)
        )

    def add_activity_task_failed(
        self,
        scheduled: int | None = None,
        started: int | None = None,
        reason: str | None = "REASON",
        details: Any = "DETAILS",
    ) -> Self:
        """Let the worker fail an activity task."""
        told = _text(details)
        return self._end_activity(
            scheduled, started, lambda task, begun: c.FailActivityTask(task, begun, reason, told)
        )

    def add_activity_task_canceled(
        self, scheduled: int | None = None, started: int | None = None, details: Any = None
    ) -> Self:
        """Let the worker cancel an activity task."""
        told = _text(details)
        return self._end_activity(
            scheduled, started, lambda task, begun: c.CancelActivityTask(task, begun, told)
        )

    def add_activity_task_timed_out(
        self,
        scheduled: int | None = None,
        started: int | None = None,
        timeout_type: str = "START_TO_CLOSE",
    ) -> Self:
        """Let an activity task run out of a time.

        That is START_TO_CLOSE, HEARTBEAT, SCHEDULE_TO_START or SCHEDULE_TO_CLOSE.
        """
        name, clock = self._activity_id(scheduled), Clock[timeout_type]
        return self._do(lambda stage: stage.expire(clock, stage.execution.activity_ids[name]))

    # Children

    def add_child_workflow(
        self,
        workflow: Typed,
        last_state: str = "completed",
        workflow_id: str | None = None,
        task_list: str | None = None,
        input: Any = None,
        result: Any = None,
        control: Any = None,
        reason: str | None = "REASON",
        details: Any = "DETAILS",
        decision_id: int | None = None,
    ) -> Self:
        """Add a child up to a state: start_initiated, started, or one in which it ends.

        It ends as completed, failed, timed_out, canceled or terminated.
        """
        _choose(last_state, "start_initiated", "started", *_CHILD_ENDS)
        workflow_id = workflow_id or self._new_id("workflow", workflow, "workflow_id")
        self.add_child_workflow_start_initiated(workflow, workflow_id, task_list, input, control, decision_id)
        initiated = _child_in(self._now, workflow_id)
        if last_state != "start_initiated":
            self.add_child_workflow_started(initiated)
        if last_state in _CHILD_ENDS:
            given = {"result": result, "reason": reason, "details": details}
            end = getattr(self, f"add_child_workflow_{last_state}")
            end(initiated, **{name: given[name] for name in _CHILD_ENDS[last_state]})
        return self

    def add_child_workflow_start_initiated(
        self,
        workflow: Typed,
        workflow_id: str | None = None,
        task_list: str | None = None,
        input: Any = None,
        control: Any = None,
        decision_id: int | None = None,
    ) -> Self:
        """Let the decider start a child; ids count by name, `workflow-<name>-1`."""
        attributes = d.StartChildWorkflowExecutionAttributes(
            workflow_type=_workflow_type(workflow),
            workflow_id=workflow_id or self._new_id("workflow", workflow, "workflow_id"),
            task_list=TaskList(task_list or _task_list_of(workflow, self._task_list)),
            input=_text({} if input is None else input),
            control=_text(control),
            execution_start_to_close_timeout=_timeout(workflow, "execution_timeout"),
            task_start_to_close_timeout=_timeout(workflow, "decision_tasks_timeout"),
            child_policy=getattr(workflow, "child_policy", None),
        )
        if _child_in(self._now, attributes.workflow_id):
            raise self._cannot(
                "StartChildWorkflowExecutionInitiated", f"child {attributes.workflow_id!r} is open"
            )
        return self._decide(deciding(d.StartChildWorkflowExecution(attributes)), decision_id)

    def add_child_workflow_started(self, initiated: int | None = None) -> Self:
        """Start a child: the latest that is open, or the one that an event initiated."""
        name = self._child_id(initiated)
        return self._do(
            lambda stage: stage.apply(c.RecordChildStart(_child_in(stage.execution, name), _run_of(name)))
        )

    def add_child_workflow_completed(
        self, initiated: int | None = None, started: int | None = None, result: Any = None
    ) -> Self:
        """Complete a child."""
        end = e.WorkflowExecutionCompletedAttributes(0, _json(result))
        return self._end_child(initiated, started, e.WorkflowExecutionCompleted(0, 0.0, end))

    def add_child_workflow_failed(
        self,
        initiated: int | None = None,
        started: int | None = None,
        reason: str | None = "REASON",
        details: Any = "DETAILS",
    ) -> Self:
        """Fail a child."""
        end = e.WorkflowExecutionFailedAttributes(0, reason, _text(details))
        return self._end_child(initiated, started, e.WorkflowExecutionFailed(0, 0.0, end))

    def add_child_workflow_timed_out(self, initiated: int | None = None, started: int | None = None) -> Self:
        """Let a child run out of time."""
        end = e.WorkflowExecutionTimedOutAttributes("START_TO_CLOSE", "TERMINATE")
        return self._end_child(initiated, started, e.WorkflowExecutionTimedOut(0, 0.0, end))

    def add_child_workflow_canceled(
        self, initiated: int | None = None, started: int | None = None, details: Any = None
    ) -> Self:
        """Cancel a child."""
        end = e.WorkflowExecutionCanceledAttributes(0, _text(details))
        return self._end_child(initiated, started, e.WorkflowExecutionCanceled(0, 0.0, end))

    def add_child_workflow_terminated(self, initiated: int | None = None, started: int | None = None) -> Self:
        """Terminate a child."""
        end = e.WorkflowExecutionTerminatedAttributes("TERMINATE")
        return self._end_child(initiated, started, e.WorkflowExecutionTerminated(0, 0.0, end))

    # What comes from outside

    def add_signal(self, name: str, input: Any = None) -> Self:
        """Signal the execution."""
        signal = c.Signal(name, _text(input))
        return self._do(lambda stage: stage.apply(signal))

    def add_request_cancel(self) -> Self:
        """Ask for the cancellation of the execution."""
        return self._do(lambda stage: stage.apply(c.RequestCancel()))

    # Markers and timers

    def add_marker(self, name: str, details: Any = None, decision_id: int | None = None) -> Self:
        """Let the decider record a marker."""
        marker = d.RecordMarker(d.RecordMarkerAttributes(name, None if details is None else _json(details)))
        return self._decide(deciding(marker), decision_id)

    def add_timer_started(
        self, timer_id: str, timeout: int | str, control: Any = None, decision_id: int | None = None
    ) -> Self:
        """Let the decider start a timer."""
        if timer_id in self._now.timers:
            raise self._cannot("TimerStarted", f"timer {timer_id!r} is open")
        timer = d.StartTimer(d.StartTimerAttributes(timer_id, str(timeout), _text(control)))
        return self._decide(deciding(timer), decision_id)

    def add_timer_fired(self, timer_id: str) -> Self:
        """Let a timer run to its end."""
        self._open_timer(timer_id)
        return self._do(lambda stage: stage.expire(Clock.TIMER, stage.execution.timers[timer_id].event_id))

    def add_timer_canceled(self, timer_id: str, decision_id: int | None = None) -> Self:
        """Let the decider cancel a timer."""
        self._open_timer(timer_id)
        return self._decide(deciding(d.CancelTimer(d.CancelTimerAttributes(timer_id))), decision_id)

    # What is meant

    def _activity_id(self, scheduled: int | None) -> str:
        """Return the id of an activity that is open: scheduled by an event, or the latest."""
        open_ = self._now.activities
        if (task := open_.get(max(open_, default=0) if scheduled is None else scheduled)) is None:
            raise self._cannot("ActivityTask", f"none is open{_of(scheduled)}")
        return task.scheduled.attributes.activity_id

    def _end_activity(
        self, scheduled: int | None, started: int | None, end: Callable[[int, int], Command]
    ) -> Self:
        name = self._activity_id(scheduled)
        begun = _activity_in(self._now, name)[1]
        if not begun:
            raise self._cannot("ActivityTask", f"{name!r} is not started")
        self._agree("ActivityTask", "started", started, begun)
        return self._do(lambda stage: stage.apply(end(*_activity_in(stage.execution, name))))

    def _child_id(self, initiated: int | None) -> str:
        """Return the workflow id of a child that is open: initiated by an event, or the latest."""
        open_ = self._now.children
        if (child := open_.get(max(open_, default=0) if initiated is None else initiated)) is None:
            raise self._cannot("ChildWorkflowExecution", f"none is open{_of(initiated)}")
        return child.initiated.attributes.workflow_id

    def _end_child(self, initiated: int | None, started: int | None, end: e.Event) -> Self:
        name = self._child_id(initiated)
        begun = self._now.children[_child_in(self._now, name)].started_id
        if not begun:
            raise self._cannot("ChildWorkflowExecution", f"{name!r} is not started")
        self._agree("ChildWorkflowExecution", "started", started, begun)

        def step(stage: Stage) -> None:
            stage.apply(c.CloseChild(_child_in(stage.execution, name), _run_of(name), end))

        return self._do(step)

    def _open_timer(self, timer_id: str) -> str:
        if timer_id not in self._now.timers:
            raise self._cannot("Timer", f"{timer_id!r} is not open")
        return timer_id

    def _new_id(self, prefix: str, of: Typed, attribute: str) -> str:
        """Return the first of the ids `<prefix>-<name>-1`, `-2`, ... that no event has."""
        taken = {getattr(event.attributes, attribute, None) for event in self._now.events}
        ids = (f"{prefix}-{of.name}-{number}" for number in count(1))
        return next(each for each in ids if each not in taken)


def _of(event_id: int | None) -> str:
    return "" if event_id is None else f" of event {event_id}"


def _activity_in(execution: Execution, activity_id: str) -> tuple[int, int]:
    """Return the events that scheduled and started an activity, 0 when it is not started."""
    scheduled_id = execution.activity_ids[activity_id]
    return scheduled_id, execution.activities[scheduled_id].started_id


def _child_in(execution: Execution, workflow_id: str) -> int:
    """Return the event that initiated a child, 0 when none is open."""
    open_ = execution.children.items()
    return next(
        (event_id for event_id, child in open_ if child.initiated.attributes.workflow_id == workflow_id), 0
    )


def _run_of(workflow_id: str) -> str:
    return f"run-of-{workflow_id}"[:64]


def _workflow_type(workflow: Typed) -> WorkflowType:
    return WorkflowType(str(workflow.name), str(getattr(workflow, "version", None) or "default"))


def _activity_type(activity: Typed) -> ActivityType:
    return ActivityType(str(activity.name), str(getattr(activity, "version", None) or "default"))


def _task_list_of(of: object, default: str) -> str:
    task_list = getattr(of, "task_list", None)
    return task_list if isinstance(task_list, str) and task_list else default


def _timeout(of: object, attribute: str) -> str | None:
    """Return a timeout as on the wire, None when it is not said."""
    timeout = getattr(of, attribute, None)
    return None if timeout is None else CONVERSIONS["DurationInSeconds"](timeout)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else _json(value)


def _choose(state: str, *states: str) -> None:
    if state not in states:
        raise ValueError(f"last_state is {state!r}; it can be {', '.join(states)}")
