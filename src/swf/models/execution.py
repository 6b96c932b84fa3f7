"""Executions of workflows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from swf.exceptions import ExecutionAlreadyStarted, SWFError, UnknownResource
from swf.models.base import BaseModel
from swf.models.domain import missing_is

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from swf.models.decision.values import Data, Seconds
    from swf.models.domain import Domain
    from swf.models.history import History
    from swf.models.workflow import WorkflowType

__all__ = ["WorkflowExecution", "WorkflowExecutionDoesNotExist"]


class WorkflowExecutionDoesNotExist(UnknownResource):
    """There is no such execution, or it is not open any more."""


@dataclass(frozen=True, repr=False)
class WorkflowExecution(BaseModel):
    """One run of a workflow; without a run id the open one, else the one that closed latest.

    Its attributes are what was known when it was made: `upstream` asks again.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_WorkflowExecutionDetail.html
    """

    domain: Domain
    workflow_id: str
    run_id: str | None = None
    status: str = "OPEN"
    workflow_type: WorkflowType | None = None
    task_list: str | None = None
    child_policy: str | None = None
    close_status: str | None = None
    execution_timeout: Seconds | None = None
    input: str | None = field(default=None, compare=False)
    tag_list: Sequence[str] | None = field(default=None, hash=False)
    decision_tasks_timeout: Seconds | None = None
    close_timestamp: datetime | float | None = None
    start_timestamp: datetime | float | None = None
    cancel_requested: bool | None = None
    latest_execution_context: str | None = None
    latest_activity_task_timestamp: datetime | float | None = None
    open_counts: Mapping[str, int] | None = field(default=None, hash=False)
    parent: Mapping[str, str] | None = field(default=None, hash=False)
    task_priority: str | int | None = None
    lambda_role: str | None = None

    STATUS_OPEN: ClassVar[str] = "OPEN"
    STATUS_CLOSED: ClassVar[str] = "CLOSED"
    CLOSE_STATUS_COMPLETED: ClassVar[str] = "COMPLETED"
    CLOSE_STATUS_FAILED: ClassVar[str] = "FAILED"
    CLOSE_STATUS_CANCELED: ClassVar[str] = "CANCELED"
    CLOSE_STATUS_TERMINATED: ClassVar[str] = "TERMINATED"
    CLOSE_STATUS_CONTINUED_AS_NEW: ClassVar[str] = "CONTINUED_AS_NEW"
    CLOSE_STATUS_TIMED_OUT: ClassVar[str] = "TIMED_OUT"
    CLOSE_TIMED_OUT: ClassVar[str] = CLOSE_STATUS_TIMED_OUT

    shown: ClassVar[tuple[str, ...]] = ("domain", "workflow_id", "run_id", "status")
    times: ClassVar[tuple[str, ...]] = ("execution_timeout", "decision_tasks_timeout")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._convert("task_priority", str)

    @classmethod
    def from_info(cls, domain: Domain, info: Mapping[str, Any], **more: Any) -> WorkflowExecution:
        """Return the execution that lists tell of; they do not tell its configuration and its counts."""
        from swf.models.workflow import WorkflowType  # which starts what is made here

        return cls(
            domain,
            info["execution"]["workflowId"],
            info["execution"]["runId"],
            info["executionStatus"],
            WorkflowType.named(domain, **info["workflowType"]),
            close_status=info.get("closeStatus"),
            tag_list=info.get("tagList"),
            close_timestamp=info.get("closeTimestamp"),
            start_timestamp=info["startTimestamp"],
            cancel_requested=info["cancelRequested"],
            parent=info.get("parent"),
            **more,
        )

    @classmethod
    def from_description(cls, domain: Domain, told: Mapping[str, Any], **more: Any) -> WorkflowExecution:
        """Return the execution that DescribeWorkflowExecution tells of; it does not tell the input."""
        configuration = told["executionConfiguration"]
        return cls.from_info(
            domain,
            told["executionInfo"],
            task_list=configuration["taskList"]["name"],
            child_policy=configuration["childPolicy"],
            execution_timeout=configuration["executionStartToCloseTimeout"],
            decision_tasks_timeout=configuration["taskStartToCloseTimeout"],
            task_priority=configuration.get("taskPriority"),
            lambda_role=configuration.get("lambdaRole"),
            latest_execution_context=told.get("latestExecutionContext"),
            latest_activity_task_timestamp=told.get("latestActivityTaskTimestamp"),
            open_counts=told["openCounts"],
            **more,
        )

    # At SWF

    def upstream(self) -> WorkflowExecution:
        """Return the execution as SWF knows it. Raises `WorkflowExecutionDoesNotExist`."""
        if self.run_id is None:
            from swf.querysets import WorkflowExecutionQuerySet  # which returns what is made here

            found = WorkflowExecutionQuerySet(self.domain, connection=self.connection).get(self.workflow_id)
        else:
            with missing_is(WorkflowExecutionDoesNotExist):
                told = self.describe_workflow_execution(self.domain.name, self.run_id, self.workflow_id)
            found = self.from_description(self.domain, told, connection=self.connection)
        known, kind = self.workflow_type, found.workflow_type
        if known and kind and (known.name, known.version) == (kind.name, kind.version):
            return replace(found, workflow_type=known)  # SWF tells no more of it than its name and version
        return found

    def start(self) -> WorkflowExecution:
        """Start an execution as this value says; return it with its run id.

        Raises what `WorkflowType.start_execution` does.
        """
        if self.workflow_type is None:
            raise SWFError(f"{self} has no workflow_type: what is started is of a type")
        from swf.models.workflow import WorkflowTypeDoesNotExist

        try:
            with missing_is(WorkflowTypeDoesNotExist):
                answer = self.start_workflow_execution(
                    self.domain.name,
                    self.workflow_id,
                    self.workflow_type.name,
                    self.workflow_type.version,
                    task_list=self.task_list,
                    child_policy=self.child_policy,
                    execution_start_to_close_timeout=self.execution_timeout,
                    input=self.input,
                    tag_list=self.tag_list,
                    task_start_to_close_timeout=self.decision_tasks_timeout,
                    task_priority=self.task_priority,
                    lambda_role=self.lambda_role,
                )
        except ExecutionAlreadyStarted as fault:
            raise ExecutionAlreadyStarted(
                f"Workflow execution {self.workflow_id} is open already: let it end, or take another id"
            ) from fault
        return replace(self, run_id=answer["runId"])

    save = start

    def signal(
        self,
        signal_name: str,
        input: Data = None,
        workflow_id: str | None = None,
        run_id: str | None = None,
    ) -> None:
        """Signal the execution, or the other one that is named. Raises `WorkflowExecutionDoesNotExist`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_SignalWorkflowExecution.html
        """
        target = workflow_id or self.workflow_id
        run = run_id or (self.run_id if target == self.workflow_id else None)
        with missing_is(WorkflowExecutionDoesNotExist):
            self.signal_workflow_execution(self.domain.name, signal_name, target, input, run)

    def request_cancel(self) -> None:
        """Ask for the cancellation of the execution. Raises `WorkflowExecutionDoesNotExist`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RequestCancelWorkflowExecution.html
        """
        with missing_is(WorkflowExecutionDoesNotExist):
            self.request_cancel_workflow_execution(self.domain.name, self.workflow_id, self.run_id)

    def terminate(self, child_policy: str | None = None, details: Data = None, reason: Data = None) -> None:
        """End the execution at once. Raises `WorkflowExecutionDoesNotExist`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_TerminateWorkflowExecution.html
        """
        with missing_is(WorkflowExecutionDoesNotExist):
            self.terminate_workflow_execution(
                self.domain.name, self.workflow_id, child_policy, details, reason, self.run_id
            )

    delete = terminate

    # Its history

    def history(
        self,
        callback: Callable[[list[dict[str, Any]]], object] | None = None,
        max_results: int | None = None,
        page_size: int = 1000,
        reverse: bool = False,
    ) -> History:
        """Return the history, whose pages are fetched when they are needed.

        `callback` is given the events of each page, as dicts; with one, all pages are fetched now. Raises
        `WorkflowExecutionDoesNotExist`, at once or when a page is fetched.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_GetWorkflowExecutionHistory.html
        """
        from swf.querysets import HistoryQuerySet

        run_id = self.run_id or self.upstream().run_id
        assert run_id is not None
        histories = HistoryQuerySet(self.domain, connection=self.connection)
        return histories.get(run_id, self.workflow_id, max_results, page_size, reverse, callback)

    def history_events(
        self, callback: Callable[[list[dict[str, Any]]], object] | None = None, reverse: bool = False
    ) -> list[dict[str, Any]]:
        """Return all events of the history as dicts, as boto3 has them."""
        return [dict(event.raw) for event in self.history(callback, reverse=reverse)]
