"""The families of events. Each declares what its events may have; an event has what its own type has.

Declarations alone: reading is done by `Event`. A test compares them with the service model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.models.event.event import Event

if TYPE_CHECKING:
    from swf.models.event.shapes import ActivityType, TaskList, WorkflowExecution, WorkflowType

__all__ = [
    "ActivityTaskEvent",
    "ChildWorkflowExecutionEvent",
    "DecisionTaskEvent",
    "ExternalWorkflowExecutionEvent",
    "LambdaFunctionEvent",
    "MarkerEvent",
    "TimerEvent",
    "WorkflowExecutionEvent",
]


class WorkflowExecutionEvent(Event):
    """The execution itself was started, signaled, asked to cancel, closed; or closing it was refused."""

    __slots__ = ()

    child_policy: str
    task_list: TaskList
    workflow_type: WorkflowType
    parent_initiated_event_id: int
    execution_start_to_close_timeout: str | None
    task_start_to_close_timeout: str | None
    task_priority: str | None
    tag_list: list[str | None] | None
    continued_execution_run_id: str | None
    parent_workflow_execution: WorkflowExecution | None
    lambda_role: str | None
    decision_task_completed_event_id: int
    result: str | None
    cause: str | None
    reason: str | None
    details: str | None
    timeout_type: str
    new_execution_run_id: str
    external_initiated_event_id: int
    external_workflow_execution: WorkflowExecution | None
    signal_name: str


class DecisionTaskEvent(Event):
    """A decision task was scheduled, started, completed, or timed out."""

    __slots__ = ()

    task_list: TaskList | None
    task_priority: str | None
    start_to_close_timeout: str | None
    schedule_to_start_timeout: str | None
    scheduled_event_id: int
    identity: str | None
    started_event_id: int
    execution_context: str | None
    task_list_schedule_to_start_timeout: str | None
    timeout_type: str


class ActivityTaskEvent(Event):
    """An activity task was scheduled, started, closed in a way; or a decision on one was refused."""

    __slots__ = ()

    activity_type: ActivityType
    activity_id: str
    task_list: TaskList
    decision_task_completed_event_id: int
    schedule_to_start_timeout: str | None
    schedule_to_close_timeout: str | None
    start_to_close_timeout: str | None
    task_priority: str | None
    heartbeat_timeout: str | None
    scheduled_event_id: int
    identity: str | None
    started_event_id: int
    result: str | None
    reason: str | None
    details: str | None
    timeout_type: str
    latest_cancel_requested_event_id: int | None
    cause: str


class ChildWorkflowExecutionEvent(Event):
    """A child was initiated, started, closed in one of five ways; or could not be started."""

    __slots__ = ()

    workflow_id: str
    workflow_type: WorkflowType
    task_list: TaskList
    decision_task_completed_event_id: int
    child_policy: str
    execution_start_to_close_timeout: str | None
    task_priority: str | None
    task_start_to_close_timeout: str | None
    tag_list: list[str | None] | None
    lambda_role: str | None
    workflow_execution: WorkflowExecution
    initiated_event_id: int
    started_event_id: int
    result: str | None
    reason: str | None
    details: str | None
    timeout_type: str
    cause: str


class ExternalWorkflowExecutionEvent(Event):
    """A signal or a request to cancel went to another execution, arrived, or did not."""

    __slots__ = ()

    workflow_id: str
    signal_name: str
    decision_task_completed_event_id: int
    run_id: str | None
    workflow_execution: WorkflowExecution
    initiated_event_id: int
    cause: str


class MarkerEvent(Event):
    """A marker was recorded, or refused."""

    __slots__ = ()

    marker_name: str
    decision_task_completed_event_id: int
    details: str | None
    cause: str


class TimerEvent(Event):
    """A timer was started, fired, canceled; or a decision on one was refused."""

    __slots__ = ()

    timer_id: str
    start_to_fire_timeout: str
    decision_task_completed_event_id: int
    started_event_id: int
    cause: str


class LambdaFunctionEvent(Event):
    """A Lambda function was scheduled, started, closed in one of three ways; or could not be."""

    __slots__ = ()

    function_id: str
    """The wire's `id`."""
    function_name: str
    """The wire's `name`."""
    decision_task_completed_event_id: int
    start_to_close_timeout: str | None
    scheduled_event_id: int | None
    started_event_id: int
    result: str | None
    reason: str | None
    details: str | None
    timeout_type: str | None
    cause: str | None
    message: str | None
