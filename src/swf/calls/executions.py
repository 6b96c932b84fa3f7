"""Operations on executions: starting, telling, ending, listing, reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.calls.calling import Answer, Calling

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any, TypeAlias

    from swf.models.decision.values import Data, Seconds, TaskListLike

    Moment: TypeAlias = datetime | float
    """A time; a number is seconds since the epoch."""

__all__ = ["ExecutionCalls"]


class ExecutionCalls(Calling):
    """Executions. Each raises the faults of SWF, which are in `swf.exceptions`."""

    def start_workflow_execution(
        self,
        domain: str,
        workflow_id: str,
        workflow_name: str,
        workflow_version: str,
        task_list: TaskListLike | None = None,
        child_policy: str | None = None,
        execution_start_to_close_timeout: Seconds | None = None,
        input: Data = None,
        tag_list: Iterable[str] | None = None,
        task_start_to_close_timeout: Seconds | None = None,
        task_priority: str | int | None = None,
        lambda_role: str | None = None,
    ) -> Answer:
        """Start an execution; the answer has its `runId`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_StartWorkflowExecution.html
        """
        return self._ask(
            "StartWorkflowExecution",
            domain=domain,
            workflowId=workflow_id,
            workflowType={"name": workflow_name, "version": workflow_version},
            taskList=task_list,
            childPolicy=child_policy,
            executionStartToCloseTimeout=execution_start_to_close_timeout,
            input=input,
            tagList=tag_list,
            taskStartToCloseTimeout=task_start_to_close_timeout,
            taskPriority=task_priority,
            lambdaRole=lambda_role,
        )

    def signal_workflow_execution(
        self, domain: str, signal_name: str, workflow_id: str, input: Data = None, run_id: str | None = None
    ) -> Answer:
        """Signal an execution; without a run id the open run.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_SignalWorkflowExecution.html
        """
        return self._ask(
            "SignalWorkflowExecution",
            domain=domain,
            signalName=signal_name,
            workflowId=workflow_id,
            input=input,
            runId=run_id,
        )

    def request_cancel_workflow_execution(
        self, domain: str, workflow_id: str, run_id: str | None = None
    ) -> Answer:
        """Ask for the cancellation of an execution; without a run id of the open run.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RequestCancelWorkflowExecution.html
        """
        return self._ask(
            "RequestCancelWorkflowExecution", domain=domain, workflowId=workflow_id, runId=run_id
        )

    def terminate_workflow_execution(
        self,
        domain: str,
        workflow_id: str,
        child_policy: str | None = None,
        details: Data = None,
        reason: Data = None,
        run_id: str | None = None,
    ) -> Answer:
        """End an execution at once; without a run id the open run.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_TerminateWorkflowExecution.html
        """
        return self._ask(
            "TerminateWorkflowExecution",
            domain=domain,
            workflowId=workflow_id,
            childPolicy=child_policy,
            details=details,
            reason=reason,
            runId=run_id,
        )

    def describe_workflow_execution(self, domain: str, run_id: str, workflow_id: str) -> Answer:
        """Tell all about a run.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DescribeWorkflowExecution.html
        """
        execution = {"workflowId": workflow_id, "runId": run_id}
        return self._ask("DescribeWorkflowExecution", domain=domain, execution=execution)

    def get_workflow_execution_history(
        self,
        domain: str,
        run_id: str,
        workflow_id: str,
        maximum_page_size: int | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
    ) -> Answer:
        """Tell a page of the history of a run.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_GetWorkflowExecutionHistory.html
        """
        return self._ask(
            "GetWorkflowExecutionHistory",
            domain=domain,
            execution={"workflowId": workflow_id, "runId": run_id},
            maximumPageSize=maximum_page_size,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
        )

    def list_open_workflow_executions(
        self,
        domain: str,
        oldest_date: Moment,
        latest_date: Moment | None = None,
        tag: str | None = None,
        workflow_id: str | None = None,
        workflow_name: str | None = None,
        workflow_version: str | None = None,
        maximum_page_size: int | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
    ) -> Answer:
        """Tell a page of the open runs that were started between two dates.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListOpenWorkflowExecutions.html
        """
        return self._ask(
            "ListOpenWorkflowExecutions",
            domain=domain,
            startTimeFilter=_between(oldest_date, latest_date),
            **_which(tag, workflow_id, workflow_name, workflow_version),
            maximumPageSize=maximum_page_size,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
        )

    def list_closed_workflow_executions(
        self,
        domain: str,
        start_latest_date: Moment | None = None,
        start_oldest_date: Moment | None = None,
        close_latest_date: Moment | None = None,
        close_oldest_date: Moment | None = None,
        close_status: str | None = None,
        tag: str | None = None,
        workflow_id: str | None = None,
        workflow_name: str | None = None,
        workflow_version: str | None = None,
        maximum_page_size: int | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
    ) -> Answer:
        """Tell a page of the closed runs that were started, or closed, between two dates.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListClosedWorkflowExecutions.html
        """
        return self._ask(
            "ListClosedWorkflowExecutions",
            domain=domain,
            startTimeFilter=_between(start_oldest_date, start_latest_date),
            closeTimeFilter=_between(close_oldest_date, close_latest_date),
            closeStatusFilter=None if close_status is None else {"status": close_status},
            **_which(tag, workflow_id, workflow_name, workflow_version),
            maximumPageSize=maximum_page_size,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
        )

    def count_open_workflow_executions(
        self,
        domain: str,
        latest_date: Moment | None = None,
        oldest_date: Moment | None = None,
        tag: str | None = None,
        workflow_id: str | None = None,
        workflow_name: str | None = None,
        workflow_version: str | None = None,
    ) -> Answer:
        """Count the open runs that were started between two dates; without any, all of them.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CountOpenWorkflowExecutions.html
        """
        return self._ask(
            "CountOpenWorkflowExecutions",
            domain=domain,
            startTimeFilter=_between(oldest_date or 0.0, latest_date),
            **_which(tag, workflow_id, workflow_name, workflow_version),
        )

    def count_closed_workflow_executions(
        self,
        domain: str,
        start_latest_date: Moment | None = None,
        start_oldest_date: Moment | None = None,
        close_latest_date: Moment | None = None,
        close_oldest_date: Moment | None = None,
        close_status: str | None = None,
        tag: str | None = None,
        workflow_id: str | None = None,
        workflow_name: str | None = None,
        workflow_version: str | None = None,
    ) -> Answer:
        """Count the closed runs that were started, or closed, between two dates.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CountClosedWorkflowExecutions.html
        """
        return self._ask(
            "CountClosedWorkflowExecutions",
            domain=domain,
            startTimeFilter=_between(start_oldest_date, start_latest_date),
            closeTimeFilter=_between(close_oldest_date, close_latest_date),
            closeStatusFilter=None if close_status is None else {"status": close_status},
            **_which(tag, workflow_id, workflow_name, workflow_version),
        )


def _between(oldest: Moment | None, latest: Moment | None) -> dict[str, Moment] | None:
    if oldest is None and latest is None:
        return None
    given = {"oldestDate": 0.0 if oldest is None else oldest, "latestDate": latest}
    return {name: moment for name, moment in given.items() if moment is not None}


def _which(
    tag: str | None, workflow_id: str | None, workflow_name: str | None, workflow_version: str | None
) -> dict[str, Any]:
    kind = {"name": workflow_name, "version": workflow_version}
    return {
        "tagFilter": None if tag is None else {"tag": tag},
        "executionFilter": None if workflow_id is None else {"workflowId": workflow_id},
        "typeFilter": {key: value for key, value in kind.items() if value is not None} or None,
    }
