"""The decisions that a batch of recorded events implies, and what is known of types when they are made."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from swf.engine.machine.limits import Limits
from swf.engine.machine.types import Defaults
from swf.protocol import decisions as d

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.engine.machine.execution import Execution
    from swf.protocol.events import Event

__all__ = ["Answer"]

_DECISIONS: dict[str, str] = {
    "ActivityTaskScheduled": "ScheduleActivityTask",
    "ScheduleActivityTaskFailed": "ScheduleActivityTask",
    "ActivityTaskCancelRequested": "RequestCancelActivityTask",
    "RequestCancelActivityTaskFailed": "RequestCancelActivityTask",
    "TimerStarted": "StartTimer",
    "StartTimerFailed": "StartTimer",
    "TimerCanceled": "CancelTimer",
    "CancelTimerFailed": "CancelTimer",
    "MarkerRecorded": "RecordMarker",
    "RecordMarkerFailed": "RecordMarker",
    "StartChildWorkflowExecutionInitiated": "StartChildWorkflowExecution",
    "StartChildWorkflowExecutionFailed": "StartChildWorkflowExecution",
    "SignalExternalWorkflowExecutionInitiated": "SignalExternalWorkflowExecution",
    "RequestCancelExternalWorkflowExecutionInitiated": "RequestCancelExternalWorkflowExecution",
    "LambdaFunctionScheduled": "ScheduleLambdaFunction",
    "ScheduleLambdaFunctionFailed": "ScheduleLambdaFunction",
    "WorkflowExecutionCompleted": "CompleteWorkflowExecution",
    "CompleteWorkflowExecutionFailed": "CompleteWorkflowExecution",
    "WorkflowExecutionFailed": "FailWorkflowExecution",
    "FailWorkflowExecutionFailed": "FailWorkflowExecution",
    "WorkflowExecutionCanceled": "CancelWorkflowExecution",
    "CancelWorkflowExecutionFailed": "CancelWorkflowExecution",
    "WorkflowExecutionContinuedAsNew": "ContinueAsNewWorkflowExecution",
    "ContinueAsNewWorkflowExecutionFailed": "ContinueAsNewWorkflowExecution",
}
_ASKS_FOR_TYPE = {"ScheduleActivityTask", "StartChildWorkflowExecution", "ContinueAsNewWorkflowExecution"}
_LIMITS = {
    "OPEN_ACTIVITIES_LIMIT_EXCEEDED": ("open_activities", "activities", "ActivityTaskScheduled"),
    "OPEN_TIMERS_LIMIT_EXCEEDED": ("open_timers", "timers", "TimerStarted"),
    "OPEN_CHILDREN_LIMIT_EXCEEDED": ("open_children", "children", "StartChildWorkflowExecutionInitiated"),
    "OPEN_LAMBDA_FUNCTIONS_LIMIT_EXCEEDED": ("open_lambdas", "lambdas", "LambdaFunctionScheduled"),
}
_ALL = Defaults(
    task_list="default",
    task_start_to_close="100",
    execution_start_to_close="100",
    child_policy="TERMINATE",
    heartbeat="NONE",
    schedule_to_start="NONE",
    schedule_to_close="NONE",
)
_UNDEFINED = {
    "DEFAULT_TASK_LIST_UNDEFINED": "task_list",
    "DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED": "schedule_to_start",
    "DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED": "schedule_to_close",
    "DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED": "task_start_to_close",
    "DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED": "heartbeat",
    "DEFAULT_EXECUTION_START_TO_CLOSE_TIMEOUT_UNDEFINED": "execution_start_to_close",
    "DEFAULT_TASK_START_TO_CLOSE_TIMEOUT_UNDEFINED": "task_start_to_close",
    "DEFAULT_CHILD_POLICY_UNDEFINED": "child_policy",
}


@dataclass
class Answer:
    """What a decider answered: its decisions, with the world as they found it."""

    decisions: list[d.Decision] = field(default_factory=list)
    limits: Limits = field(default_factory=lambda: Limits(lambda_backend=True))
    new_run_id: str = "next"
    _types: deque[Defaults | None] = field(default_factory=deque)

    @classmethod
    def of(cls, batch: Sequence[Event], state: Execution) -> Answer:
        """Return the answer whose decisions wrote these events."""
        answer = cls()
        for place, event in enumerate(batch):
            answer._add(event, batch[:place], state)
        return answer

    def workflow(self, name: str, version: str) -> Defaults | None:
        """Return what is known of a type at this point: decisions ask in their order."""
        return self._types.popleft() if self._types else _ALL

    activity = workflow

    def _add(self, event: Any, before: Sequence[Event], state: Execution) -> None:
        kind, a = _DECISIONS[type(event).__name__], event.attributes
        cause = str(getattr(a, "cause", ""))
        if kind in _ASKS_FOR_TYPE and cause != "UNHANDLED_DECISION":
            self._types.append(_known(cause))
        if cause in _LIMITS:
            limit, of_state, made_by = _LIMITS[cause]
            earlier = sum(type(each).__name__ == made_by for each in before)
            opened: dict[str, Any] = {limit: len(getattr(state, of_state)) + earlier}
            self.limits = replace(self.limits, **opened)
        if cause == "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION":
            self.limits = replace(self.limits, lambda_backend=False)
        self.new_run_id = getattr(a, "new_execution_run_id", self.new_run_id)
        self.decisions.append(_decision(kind, a))


def _known(cause: str) -> Defaults | None:
    if cause.endswith("TYPE_DOES_NOT_EXIST"):
        return None
    if cause.endswith("TYPE_DEPRECATED"):
        return replace(_ALL, deprecated=True)
    if cause in _UNDEFINED:
        lacking: dict[str, Any] = {_UNDEFINED[cause]: None}
        return replace(_ALL, **lacking)
    return _ALL


def _decision(kind: str, recorded: Any) -> d.Decision:
    """Return the decision with all that its event repeats of it."""
    made = getattr(d, f"{kind}Attributes")
    given = {name: getattr(recorded, name) for name in made.__struct_fields__ if hasattr(recorded, name)}
    if kind == "StartTimer":
        given.setdefault("start_to_fire_timeout", "0")
    if kind == "ScheduleLambdaFunction":
        given.setdefault("name", "f")
    if kind == "ContinueAsNewWorkflowExecution" and hasattr(recorded, "workflow_type"):
        given["workflow_type_version"] = recorded.workflow_type.version
    decision: d.Decision = getattr(d, kind)(made(**given))
    return decision
