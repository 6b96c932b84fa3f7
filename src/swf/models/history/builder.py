"""Histories made by hand, event by event, for test suites that replay workflows on them.

What the service would record between two steps is recorded here too: a decision task is scheduled when
something has happened, and is started and completed before what it decides. So `compile()` accepts them,
unless a decision task is asked for that nothing has happened for.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from swf.models.event import EventFactory
from swf.models.history import history

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

__all__ = ["History"]

_YEAR = "31536000"
_DECISION_SECONDS = "300"
_CLOSED_ACTIVITY = ("completed", "failed", "timed_out", "canceled")
_CLOSED_CHILD = ("completed", "failed", "timed_out", "canceled", "terminated")


class History(history.History):
    """The history of an execution of `workflow`, with its first decision task started.

    `workflow` has `name`, `version`, `task_list`, `execution_timeout` and `decision_tasks_timeout`. Where a
    method takes an input, a result, details or a control that is no text, it is written as JSON; a `result`
    always is. Methods return the history itself.
    """

    def __init__(self, workflow: Any, input: Any = None, tag_list: Sequence[str] | None = None) -> None:
        super().__init__()
        self._workflow = workflow
        self._task_list = {"name": _text(getattr(workflow, "task_list", None)) or "default"}
        self._seconds = _text(getattr(workflow, "decision_tasks_timeout", None)) or _DECISION_SECONDS
        self._scheduled = self._started = 0
        """The events of the decision task that is open."""
        self._completed = 0
        """The DecisionTaskCompleted after which decisions may be recorded now."""
        self._due = False
        """Whether something has happened that a decision task is scheduled for."""
        self._counts: dict[str, int] = {}
        self._add(
            "WorkflowExecutionStarted",
            childPolicy=getattr(workflow, "child_policy", None) or "TERMINATE",
            taskList=self._task_list,
            workflowType=_type_of(workflow),
            executionStartToCloseTimeout=_text(getattr(workflow, "execution_timeout", None)) or _YEAR,
            taskStartToCloseTimeout=self._seconds,
            parentInitiatedEventId=0,
            input=_json({} if input is None else input),
            tagList=list(tag_list) if tag_list else None,
        )
        self.add_decision_task_scheduled().add_decision_task_started()

    @property
    def last_id(self) -> int:
        """The id of the latest event."""
        return len(self._events)

    @property
    def next_id(self) -> int:
        """The id that the next event will have."""
        return self.last_id + 1

    # Decision tasks

    def add_decision_task(self, execution_context: str | None = None) -> Self:
        """Add a decision task, scheduled, started and completed, as far as one is not open already."""
        self.add_decision_task_scheduled().add_decision_task_started()
        return self.add_decision_task_completed(execution_context=execution_context)

    def add_decision_task_scheduled(self) -> Self:
        """Schedule a decision task, unless one is open."""
        if not self._scheduled:
            self._due = False
            self._scheduled = self._add(
                "DecisionTaskScheduled", taskList=self._task_list, startToCloseTimeout=self._seconds
            )
        return self

    def add_decision_task_started(self, scheduled: int | None = None, identity: str | None = None) -> Self:
        """Start the decision task that is open, unless it has started."""
        if not self._started:
            self.add_decision_task_scheduled()
            self._started = self._add(
                "DecisionTaskStarted", scheduledEventId=scheduled or self._scheduled, identity=identity
            )
        return self

    def add_decision_task_completed(
        self,
        scheduled: int | None = None,
        started: int | None = None,
        execution_context: str | None = None,
    ) -> Self:
        """Complete the decision task that is open: what was decided may follow."""
        self.add_decision_task_started()
        completed = self._add(
            "DecisionTaskCompleted",
            scheduledEventId=scheduled or self._scheduled,
            startedEventId=started or self._started,
            executionContext=execution_context,
        )
        self._scheduled = self._started = 0
        self._completed = completed
        return self

    def add_decision_task_timed_out(self, scheduled: int | None = None, started: int | None = None) -> Self:
        """Let the decision task that is open time out; another will be scheduled."""
        self.add_decision_task_started()
        self._add(
            "DecisionTaskTimedOut",
            scheduledEventId=scheduled or self._scheduled,
            startedEventId=started or self._started,
            timeoutType="START_TO_CLOSE",
        )
        self._scheduled = self._started = 0
        return self._happened()

    # Activities

    def add_activity_task(
        self,
        activity: Any,
        decision_id: int | None = None,
        last_state: str = "completed",
        activity_id: str | None = None,
        input: Any = None,
        control: Any = None,
        result: Any = None,
        reason: str = "REASON",
        details: Any = "DETAILS",
        activity_type: Mapping[str, str] | None = None,
        cause: str | None = None,
        timeout_type: str = "START_TO_CLOSE",
    ) -> Self:
        """Add the events of an activity up to a state.

        That is scheduled, started, completed, failed, timed_out, canceled, or schedule_failed. Without an
        `activity_id` it is `activity-<name>-<number>`. `decision_id` is there for what was written for it:
        events name the decision task that they follow. Raises `ValueError` for another state.
        """
        known = ("schedule_failed", "scheduled", "started", *_CLOSED_ACTIVITY)
        if last_state not in known:
            raise ValueError(f"last_state={last_state!r}: an activity is one of {', '.join(known)}")
        if last_state == "schedule_failed":
            return self.add_activity_task_schedule_failed(
                activity, decision_id, activity_id, activity_type, cause or "ACTIVITY_TYPE_DOES_NOT_EXIST"
            )
        self.add_activity_task_scheduled(activity, decision_id, activity_id, input, control, activity_type)
        scheduled = self.last_id
        if last_state == "scheduled":
            return self
        if last_state == "timed_out" and timeout_type == "SCHEDULE_TO_START":
            return self.add_activity_task_timed_out(scheduled, 0, timeout_type)
        self.add_activity_task_started(scheduled)
        started = self.last_id
        match last_state:
            case "completed":
                self.add_activity_task_completed(scheduled, started, result)
            case "failed":
                self.add_activity_task_failed(scheduled, started, reason, details)
            case "timed_out":
                self.add_activity_task_timed_out(scheduled, started, timeout_type)
            case "canceled":
                self.add_activity_task_canceled(scheduled, started, details)
        return self

    def add_activity_task_scheduled(
        self,
        activity: Any,
        decision_id: int | None = None,
        activity_id: str | None = None,
        input: Any = None,
        control: Any = None,
        activity_type: Mapping[str, str] | None = None,
    ) -> Self:
        """Add an ActivityTaskScheduled."""
        self._add_decided(
            "ActivityTaskScheduled",
            activityType=dict(activity_type) if activity_type else _type_of(activity),
            activityId=activity_id or self._numbered("activity", activity),
            input=_json({} if input is None else input),
            control=_json(control),
            taskList={"name": _text(getattr(activity, "task_list", None)) or self._task_list["name"]},
            scheduleToStartTimeout=_timeout(activity, "schedule_to_start_timeout"),
            scheduleToCloseTimeout=_timeout(activity, "schedule_to_close_timeout"),
            startToCloseTimeout=_timeout(activity, "start_to_close_timeout"),
            heartbeatTimeout=_timeout(activity, "heartbeat_timeout"),
        )
        return self

    def add_activity_task_schedule_failed(
        self,
        activity: Any,
        decision_id: int | None = None,
        activity_id: str | None = None,
        activity_type: Mapping[str, str] | None = None,
        cause: str = "ACTIVITY_TYPE_DOES_NOT_EXIST",
    ) -> Self:
        """Add a ScheduleActivityTaskFailed."""
        self._add_decided(
            "ScheduleActivityTaskFailed",
            activityType=dict(activity_type) if activity_type else _type_of(activity),
            activityId=activity_id or self._numbered("activity", activity),
            cause=cause,
        )
        return self._happened()

    def add_activity_task_started(self, scheduled: int, identity: str | None = None) -> Self:
        """Add an ActivityTaskStarted."""
        self._add("ActivityTaskStarted", scheduledEventId=scheduled, identity=identity)
        return self

    def add_activity_task_completed(self, scheduled: int, started: int, result: Any = None) -> Self:
        """Add an ActivityTaskCompleted."""
        return self._ended("ActivityTaskCompleted", scheduled, started, result=_json(result, always=True))

    def add_activity_task_failed(
        self, scheduled: int, started: int, reason: str = "REASON", details: Any = "DETAILS"
    ) -> Self:
        """Add an ActivityTaskFailed."""
        return self._ended("ActivityTaskFailed", scheduled, started, reason=reason, details=_json(details))

    def add_activity_task_timed_out(
        self, scheduled: int, started: int, timeout_type: str = "START_TO_CLOSE"
    ) -> Self:
        """Add an ActivityTaskTimedOut; one that never started has 0 for `started`."""
        return self._ended("ActivityTaskTimedOut", scheduled, started, timeoutType=timeout_type)

    def add_activity_task_canceled(self, scheduled: int, started: int, details: Any = None) -> Self:
        """Add an ActivityTaskCanceled."""
        return self._ended("ActivityTaskCanceled", scheduled, started, details=_json(details))

    # Children

    def add_child_workflow(
        self,
        workflow: Any,
        last_state: str = "completed",
        workflow_id: str | None = None,
        task_list: str | None = None,
        input: Any = None,
        result: Any = None,
        control: Any = None,
        reason: str = "REASON",
        details: Any = "DETAILS",
    ) -> Self:
        """Add the events of a child up to a state.

        That is start_initiated, started, completed, failed, timed_out, canceled or terminated. Raises
        `ValueError` for another.
        """
        known = ("start_initiated", "started", *_CLOSED_CHILD)
        if last_state not in known:
            raise ValueError(f"last_state={last_state!r}: a child is one of {', '.join(known)}")
        self.add_child_workflow_start_initiated(workflow, workflow_id, task_list, input, control)
        initiated = self.last_id
        if last_state == "start_initiated":
            return self
        self.add_child_workflow_started(initiated)
        started = self.last_id
        match last_state:
            case "completed":
                self.add_child_workflow_completed(initiated, started, result)
            case "failed":
                self.add_child_workflow_failed(initiated, started, reason, details)
            case "timed_out":
                self.add_child_workflow_timed_out(initiated, started)
            case "canceled":
                self.add_child_workflow_canceled(initiated, started, details)
            case "terminated":
                self.add_child_workflow_terminated(initiated, started)
        return self

    def add_child_workflow_start_initiated(
        self,
        workflow: Any,
        workflow_id: str | None = None,
        task_list: str | None = None,
        input: Any = None,
        control: Any = None,
    ) -> Self:
        """Add a StartChildWorkflowExecutionInitiated."""
        self._add_decided(
            "StartChildWorkflowExecutionInitiated",
            workflowId=workflow_id or self._numbered("workflow", workflow),
            workflowType=_type_of(workflow),
            taskList={
                "name": task_list or _text(getattr(workflow, "task_list", None)) or self._task_list["name"]
            },
            childPolicy=getattr(workflow, "child_policy", None) or "TERMINATE",
            executionStartToCloseTimeout=_text(getattr(workflow, "execution_timeout", None)) or _YEAR,
            taskStartToCloseTimeout=_text(getattr(workflow, "decision_tasks_timeout", None))
            or _DECISION_SECONDS,
            input=_json({} if input is None else input),
            control=_json(control),
        )
        return self

    def add_child_workflow_started(self, initiated: int) -> Self:
        """Add a ChildWorkflowExecutionStarted."""
        return self._child("Started", initiated)

    def add_child_workflow_completed(self, initiated: int, started: int, result: Any = None) -> Self:
        """Add a ChildWorkflowExecutionCompleted."""
        return self._child("Completed", initiated, started, result=_json(result, always=True))

    def add_child_workflow_failed(
        self, initiated: int, started: int, reason: str = "REASON", details: Any = "DETAILS"
    ) -> Self:
        """Add a ChildWorkflowExecutionFailed."""
        return self._child("Failed", initiated, started, reason=reason, details=_json(details))

    def add_child_workflow_timed_out(self, initiated: int, started: int) -> Self:
        """Add a ChildWorkflowExecutionTimedOut."""
        return self._child("TimedOut", initiated, started, timeoutType="START_TO_CLOSE")

    def add_child_workflow_canceled(self, initiated: int, started: int, details: Any = None) -> Self:
        """Add a ChildWorkflowExecutionCanceled."""
        return self._child("Canceled", initiated, started, details=_json(details))

    def add_child_workflow_terminated(self, initiated: int, started: int) -> Self:
        """Add a ChildWorkflowExecutionTerminated."""
        return self._child("Terminated", initiated, started)

    # What else happens

    def add_request_cancel(self, cause: str | None = None) -> Self:
        """Add a WorkflowExecutionCancelRequested."""
        self._add("WorkflowExecutionCancelRequested", externalInitiatedEventId=0, cause=cause)
        return self._happened()

    def add_signal(self, name: str, input: Any = None) -> Self:
        """Add a WorkflowExecutionSignaled."""
        self._add(
            "WorkflowExecutionSignaled", signalName=name, input=_json(input), externalInitiatedEventId=0
        )
        return self._happened()

    def add_marker(self, name: str, details: Any = None) -> Self:
        """Add a MarkerRecorded."""
        self._add_decided("MarkerRecorded", markerName=name, details=_detailed(details))
        return self

    def add_timer_started(
        self, timer_id: str, timeout: int | str, decision_id: int | None = None, control: Any = None
    ) -> Self:
        """Add a TimerStarted, of `timeout` seconds."""
        self._add_decided(
            "TimerStarted", timerId=timer_id, startToFireTimeout=str(timeout), control=_json(control)
        )
        return self

    def add_timer_fired(self, timer_id: str) -> Self:
        """Add a TimerFired for the timer of this id. Raises `ValueError` when none was started."""
        self._add("TimerFired", timerId=timer_id, startedEventId=self._timer(timer_id))
        return self._happened()

    def add_timer_canceled(self, timer_id: str, decision_id: int | None = None) -> Self:
        """Add a TimerCanceled for the timer of this id. Raises `ValueError` when none was started."""
        self._add_decided("TimerCanceled", timerId=timer_id, startedEventId=self._timer(timer_id))
        return self

    # Events

    def _add(self, kind: str, **attributes: Any) -> int:
        if kind not in _DECIDED:
            self._completed = 0
            if self._due and not self._scheduled and kind != "DecisionTaskScheduled":
                self.add_decision_task_scheduled()
        key = f"{kind[0].lower()}{kind[1:]}EventAttributes"
        given = {name: value for name, value in attributes.items() if value is not None}
        raw = {
            "eventType": kind,
            "eventId": self.next_id,
            "eventTimestamp": float(int(time.time())),
            key: given,
        }
        self._events.append(EventFactory(raw))
        self._compiled = None
        return self.last_id

    def _add_decided(self, kind: str, **attributes: Any) -> int:
        """Add what a decision task decides, after one that is completed for it where need be."""
        if not self._completed:
            self.add_decision_task()
        return self._add(kind, decisionTaskCompletedEventId=self._completed, **attributes)

    def _happened(self) -> Self:
        if self._started or not self._scheduled:  # one that is scheduled will show it
            self._due = True
        return self

    def _ended(self, kind: str, scheduled: int, started: int, **told: Any) -> Self:
        self._add(kind, scheduledEventId=scheduled, startedEventId=started, **told)
        return self._happened()

    def _child(self, how: str, initiated: int, started: int | None = None, **told: Any) -> Self:
        raw = self._events[initiated - 1].raw["startChildWorkflowExecutionInitiatedEventAttributes"]
        self._add(
            f"ChildWorkflowExecution{how}",
            initiatedEventId=initiated,
            startedEventId=started,
            workflowExecution={"workflowId": raw["workflowId"], "runId": f"run-of-{raw['workflowId']}"[:64]},
            workflowType=raw["workflowType"],
            **told,
        )
        return self._happened()

    def _timer(self, timer_id: str) -> int:
        for event in self._events[::-1]:
            if event.raw.get("timerStartedEventAttributes", {}).get("timerId") == timer_id:
                return event.id
        raise ValueError(f"no timer {timer_id!r} was started: add_timer_started comes first")

    def _numbered(self, prefix: str, payload: Any) -> str:
        name = f"{prefix}-{payload.name}"
        self._counts[name] = self._counts.get(name, 0) + 1
        return f"{name}-{self._counts[name]}"


_DECIDED = frozenset(
    {
        "ActivityTaskScheduled",
        "ScheduleActivityTaskFailed",
        "StartChildWorkflowExecutionInitiated",
        "MarkerRecorded",
        "TimerStarted",
        "TimerCanceled",
    }
)
"""What is recorded right after the DecisionTaskCompleted that it was decided with."""


def _type_of(payload: Any) -> dict[str, str]:
    return {"name": str(payload.name), "version": _text(getattr(payload, "version", None)) or "default"}


def _timeout(activity: Any, name: str) -> str:
    return _text(getattr(activity, f"task_{name}", None)) or "NONE"


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _json(value: Any, always: bool = False) -> str | None:
    if value is None and not always:
        return None
    if isinstance(value, str) and not always:
        return value
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _detailed(details: Any) -> str | None:
    return None if details is None else _json(details, always=True)
