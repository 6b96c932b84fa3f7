"""A domain with types, and a day in its life: one step after another, most operations among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.words import (
    activity,
    cancel_activity,
    cancel_other,
    cancel_timer,
    child,
    complete,
    continue_as_new,
    function,
    marker,
    signal_other,
    timer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Step = Callable[[], object]

__all__ = ["ACTIVITY", "DAY", "EVER", "TYPE", "Life", "register", "start"]

DAY = 86_400.0
EVER = {"oldestDate": 0}
TYPE = {"name": "W", "version": "1"}
ACTIVITY = {"name": "A", "version": "1"}
_DEFAULTS: dict[str, Any] = {
    "defaultTaskList": {"name": "dl"},
    "defaultExecutionStartToCloseTimeout": "31536000",
    "defaultTaskStartToCloseTimeout": "1000",
    "defaultChildPolicy": "TERMINATE",
}
_ACTIVITY_DEFAULTS: dict[str, Any] = {
    "defaultTaskList": {"name": "al"},
    "defaultTaskStartToCloseTimeout": "NONE",
    "defaultTaskScheduleToStartTimeout": "NONE",
    "defaultTaskScheduleToCloseTimeout": "NONE",
    "defaultTaskHeartbeatTimeout": "NONE",
}


def register(client: Any, days: str = "1") -> None:
    """Register domain `d`, whose closed runs are kept for so many days, and a type of each kind."""
    client.register_domain(name="d", workflowExecutionRetentionPeriodInDays=days)
    client.register_workflow_type(domain="d", **TYPE, **_DEFAULTS)
    client.register_activity_type(domain="d", **ACTIVITY, **_ACTIVITY_DEFAULTS)


def start(client: Any, workflow_id: str = "w", **given: Any) -> str:
    """Start an execution; return its run id."""
    answer = client.start_workflow_execution(domain="d", workflowId=workflow_id, workflowType=TYPE, **given)
    run: str = answer["runId"]
    return run


class Life:
    """What happens in a domain. Each step may be tried again when it fails, and is done once."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.decision: dict[str, Any] = {}
        self.work: dict[str, Any] = {}
        self.late: dict[str, Any] = {}

    def steps(self) -> Iterator[Step]:
        """Yield the steps in their order."""
        client, of = self.client, {"domain": "d"}
        arn = "arn:aws:swf:us-east-1:000000000000:/domain/d"
        tag = [{"key": "k", "value": "v"}]
        yield lambda: client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        yield lambda: client.register_workflow_type(**of, **TYPE, **_DEFAULTS)
        yield lambda: client.register_activity_type(**of, **ACTIVITY, **_ACTIVITY_DEFAULTS)
        yield lambda: client.register_activity_type(**of, name="B", version="1")
        yield lambda: client.deprecate_activity_type(**of, activityType={"name": "B", "version": "1"})
        yield lambda: client.undeprecate_activity_type(**of, activityType={"name": "B", "version": "1"})
        yield lambda: client.tag_resource(resourceArn=arn, tags=tag)
        yield lambda: client.list_tags_for_resource(resourceArn=arn)
        yield lambda: start(client, "other", tagList=["t"])
        yield self._poll
        yield lambda: self._decide(marker())
        yield lambda: start(client, "w", input="i")
        yield self._poll
        yield lambda: self._decide(
            *(activity("a"), activity("b"), activity("c"), activity("d")),
            *(timer(), timer("gone"), cancel_timer("gone"), cancel_timer("none")),
            *(child(), signal_other("other"), cancel_other("other"), signal_other("nobody")),
            *(function(), marker("m", "details"), activity("bad", "none")),
            executionContext="context",
        )
        yield lambda: self._work("work")
        yield lambda: client.record_activity_task_heartbeat(taskToken=self.work["taskToken"], details="50%")
        yield lambda: client.respond_activity_task_completed(taskToken=self.work["taskToken"], result="r")
        yield lambda: self._work("work")
        yield lambda: client.respond_activity_task_failed(taskToken=self.work["taskToken"], reason="why")
        yield lambda: self._work("late")
        yield lambda: client.signal_workflow_execution(**of, workflowId="w", signalName="s", input="x")
        yield lambda: client.request_cancel_workflow_execution(**of, workflowId="w")
        for _ in range(3):  # those of the child and of the one that was signaled too
            yield self._poll
            yield lambda: self._decide(*self._next())
        yield lambda: client.respond_activity_task_canceled(taskToken=self.late["taskToken"], details="ok")
        yield lambda: client.list_open_workflow_executions(**of, startTimeFilter=EVER)
        yield lambda: client.count_pending_activity_tasks(**of, taskList={"name": "al"})
        yield lambda: client.terminate_workflow_execution(**of, workflowId="w", reason="enough")
        yield lambda: client.count_closed_workflow_executions(**of, startTimeFilter=EVER)
        yield lambda: client.list_closed_workflow_executions(**of, startTimeFilter=EVER)
        yield lambda: client.deprecate_workflow_type(**of, workflowType=TYPE)
        yield lambda: client.describe_workflow_type(**of, workflowType=TYPE)
        yield lambda: client.deprecate_domain(name="d")
        yield lambda: client.list_domains(registrationStatus="DEPRECATED")
        yield lambda: client.undeprecate_domain(name="d")

    def _poll(self) -> None:
        self.decision = self.client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
        assert self.decision["startedEventId"], "a task is there"

    def _decide(self, *decisions: dict[str, Any], **given: Any) -> None:
        self.client.respond_decision_task_completed(
            taskToken=self.decision["taskToken"], decisions=list(decisions), **given
        )

    def _next(self) -> list[dict[str, Any]]:
        match self.decision["workflowExecution"]["workflowId"]:
            case "w":
                return [cancel_activity("c"), cancel_activity("d")]
            case "other":
                return [complete("done")]
            case _:
                return [continue_as_new()]

    def _work(self, name: str) -> None:
        task = self.client.poll_for_activity_task(domain="d", taskList={"name": "al"})
        assert task["startedEventId"], "a task is there"
        setattr(self, name, task)
