"""One domain in memory with a clock that tests turn, and short words for what deciders and workers do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.engine.machine import ALL_CLOCKS, Defaults, Executions, Limits, RegisteredTypes
from swf.protocol import decisions as d
from swf.protocol.shapes import ActivityType, TaskList, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.engine.machine import ActivityTask, DecisionTask, Execution

__all__ = [
    "ACTIVITY",
    "WORKFLOW",
    "Domain",
    "activity",
    "cancel",
    "cancel_activity",
    "cancel_other",
    "cancel_timer",
    "child",
    "complete",
    "continue_as_new",
    "fail",
    "function",
    "kinds",
    "last",
    "marker",
    "signal_other",
    "timer",
]

WORKFLOW = WorkflowType("W", "1")
ACTIVITY = ActivityType("A", "1")
WORKFLOW_DEFAULTS = Defaults(
    task_list="dl", execution_start_to_close="1000", task_start_to_close="100", child_policy="TERMINATE"
)
ACTIVITY_DEFAULTS = Defaults(
    task_list="al",
    task_start_to_close="NONE",
    schedule_to_start="NONE",
    schedule_to_close="NONE",
    heartbeat="NONE",
)


class Domain:
    """Executions whose types `W` and `A`, version 1, have all defaults; version `bare` has none."""

    def __init__(self, limits: Limits | None = None, kind: type[Executions] = Executions) -> None:
        self.now = 1_000.0
        self.types = RegisteredTypes(
            workflows={
                ("W", "1"): WORKFLOW_DEFAULTS,
                ("W", "bare"): Defaults(),
                ("W", "old"): Defaults(deprecated=True),
            },
            activities={
                ("A", "1"): ACTIVITY_DEFAULTS,
                ("A", "bare"): Defaults(),
                ("A", "old"): Defaults(deprecated=True),
            },
        )
        runs = iter(f"run-{n}" for n in range(1, 1_000_000))
        self.executions = kind(self.types, lambda: next(runs), limits)

    def start(self, workflow_id: str = "w", version: str = "1", **options: Any) -> Execution:
        return self.executions.start(workflow_id, WorkflowType("W", version), self.now, **options)

    def poll(self, task_list: str | None = None) -> DecisionTask:
        task = self.executions.poll_decision_task(self.now, task_list)
        assert task is not None
        return task

    def nothing_to_decide(self, task_list: str | None = None) -> bool:
        return self.executions.poll_decision_task(self.now, task_list) is None

    def answer(self, task: DecisionTask, *decisions: d.Decision, **options: Any) -> None:
        self.executions.complete_decision_task(task, decisions, self.now, **options)

    def decide(self, *decisions: d.Decision, **options: Any) -> Execution:
        """Take the next decision task and answer it; return its execution."""
        task = self.poll()
        self.answer(task, *decisions, **options)
        return task.execution

    def work(self, task_list: str | None = None) -> ActivityTask:
        task = self.executions.poll_activity_task(self.now, task_list)
        assert task is not None
        return task

    def no_work(self) -> bool:
        return self.executions.poll_activity_task(self.now) is None

    def wait(self, seconds: float) -> None:
        """Let time go on, and all clocks expire that are due at its end."""
        self.now = round(self.now + seconds, 3)
        self.executions.tick(self.now, ALL_CLOCKS)


def kinds(execution: Execution, start: int = 1) -> list[str]:
    """Return the types of the events from this id on."""
    return [type(event).__name__ for event in execution.events[start - 1 :]]


def last(execution: Execution, kind: str) -> Any:
    """Return the attributes of the last event of a type."""
    return next(event.attributes for event in reversed(execution.events) if type(event).__name__ == kind)


# Decisions


def activity(activity_id: str = "a", version: str = "1", **options: Any) -> d.ScheduleActivityTask:
    kind = ActivityType("A", version)
    return d.ScheduleActivityTask(
        d.ScheduleActivityTaskAttributes(activity_id=activity_id, activity_type=kind, **options)
    )


def cancel_activity(activity_id: str = "a") -> d.RequestCancelActivityTask:
    return d.RequestCancelActivityTask(d.RequestCancelActivityTaskAttributes(activity_id=activity_id))


def timer(timer_id: str = "t", seconds: str = "10") -> d.StartTimer:
    return d.StartTimer(d.StartTimerAttributes(timer_id=timer_id, start_to_fire_timeout=seconds))


def cancel_timer(timer_id: str = "t") -> d.CancelTimer:
    return d.CancelTimer(d.CancelTimerAttributes(timer_id=timer_id))


def marker(name: str = "m", details: str | None = None) -> d.RecordMarker:
    return d.RecordMarker(d.RecordMarkerAttributes(marker_name=name, details=details))


def child(workflow_id: str = "c", version: str = "1", **options: Any) -> d.StartChildWorkflowExecution:
    kind = WorkflowType("W", version)
    return d.StartChildWorkflowExecution(
        d.StartChildWorkflowExecutionAttributes(workflow_id=workflow_id, workflow_type=kind, **options)
    )


def signal_other(workflow_id: str, run_id: str | None = None) -> d.SignalExternalWorkflowExecution:
    return d.SignalExternalWorkflowExecution(
        d.SignalExternalWorkflowExecutionAttributes(
            workflow_id=workflow_id, run_id=run_id, signal_name="s", input="i", control="k"
        )
    )


def cancel_other(workflow_id: str, run_id: str | None = None) -> d.RequestCancelExternalWorkflowExecution:
    return d.RequestCancelExternalWorkflowExecution(
        d.RequestCancelExternalWorkflowExecutionAttributes(
            workflow_id=workflow_id, run_id=run_id, control="k"
        )
    )


def function(function_id: str = "f") -> d.ScheduleLambdaFunction:
    return d.ScheduleLambdaFunction(d.ScheduleLambdaFunctionAttributes(id=function_id, name="F"))


def complete(result: str | None = None) -> d.CompleteWorkflowExecution:
    return d.CompleteWorkflowExecution(d.CompleteWorkflowExecutionAttributes(result=result))


def fail(reason: str | None = None) -> d.FailWorkflowExecution:
    return d.FailWorkflowExecution(d.FailWorkflowExecutionAttributes(reason=reason))


def cancel() -> d.CancelWorkflowExecution:
    return d.CancelWorkflowExecution(d.CancelWorkflowExecutionAttributes())


def continue_as_new(
    version: str | None = None, task_list: str | None = None, tags: Sequence[str] = ()
) -> d.ContinueAsNewWorkflowExecution:
    return d.ContinueAsNewWorkflowExecution(
        d.ContinueAsNewWorkflowExecutionAttributes(
            workflow_type_version=version,
            task_list=TaskList(task_list) if task_list else None,
            input="again",
            tag_list=list(tags),
        )
    )
