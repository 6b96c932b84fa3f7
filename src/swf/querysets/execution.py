"""Executions of workflows."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from swf.constants import MAX_WORKFLOW_AGE
from swf.exceptions import WorkflowExecutionAlreadyStartedError
from swf.models.domain import missing_is
from swf.models.execution import WorkflowExecution, WorkflowExecutionDoesNotExist
from swf.querysets.base import InDomain
from swf.querysets.filters import Filters
from swf.querysets.lazy import LazyList

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.models.workflow import WorkflowType
    from swf.querysets.filters import DayOrTime

__all__ = ["WorkflowExecutionQuerySet"]


class WorkflowExecutionQuerySet(InDomain):
    """The executions of a domain."""

    def get(self, workflow_id: str, run_id: str | None = None) -> WorkflowExecution:
        """Return an execution; without a run id the open one, else the one that closed latest.

        Raises `WorkflowExecutionDoesNotExist`.
        """
        if run_id is None:
            run_id = self._latest_run_id(workflow_id)
        with missing_is(WorkflowExecutionDoesNotExist):
            told = self.describe_workflow_execution(self.domain.name, run_id, workflow_id)
        return WorkflowExecution.from_description(self.domain, told, connection=self.connection)

    def _latest_run_id(self, workflow_id: str) -> str:
        opened = self.filter("OPEN", workflow_id=workflow_id)
        closed = self.filter("CLOSED", workflow_id=workflow_id, close_oldest_date=MAX_WORKFLOW_AGE)
        with missing_is(WorkflowExecutionDoesNotExist):
            for found in chain(opened, closed):
                if found.run_id and found.workflow_id == workflow_id:  # not every stand-in of SWF filters
                    return found.run_id
        raise WorkflowExecutionDoesNotExist(f"No such workflow execution: {workflow_id}")

    def filter(
        self,
        status: str = WorkflowExecution.STATUS_OPEN,
        tag: str | None = None,
        workflow_id: str | None = None,
        workflow_type_name: str | None = None,
        workflow_type_version: str | None = None,
        callback: Callable[[list[WorkflowExecution]], object] | None = None,
        *,
        reverse_order: bool | None = None,
        **dates: Any,
    ) -> LazyList[WorkflowExecution]:
        """Return the executions of a status, those started (or closed) latest first.

        One of `tag`, `workflow_id`, `workflow_type_name` (with or without `workflow_type_version`), and for
        CLOSED ones `close_status`: SWF takes one of them. Dates are times, or numbers of days ago:
        `oldest_date` and `latest_date` of OPEN ones; of CLOSED ones `start_oldest_date` and
        `start_latest_date`, or `close_oldest_date` and `close_latest_date`. Without a date it is all of them.
        `callback` is given each page; with one, all pages are fetched now.

        Raises `InvalidKeywordArgumentError` for what SWF does not take, `ValueError` for another status.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListOpenWorkflowExecutions.html
        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListClosedWorkflowExecutions.html
        """
        filters = Filters.of(status, tag, workflow_id, workflow_type_name, workflow_type_version, **dates)
        list_page = (
            self.list_open_workflow_executions if filters.is_open else self.list_closed_workflow_executions
        )
        found = LazyList(
            lambda token: list_page(
                self.domain.name,
                maximum_page_size=self.page_size,
                next_page_token=token,
                reverse_order=reverse_order,
                **filters.arguments,
            ),
            "executionInfos",
            lambda info: WorkflowExecution.from_info(self.domain, info, connection=self.connection),
            "WorkflowExecutions",
        )
        if callback is not None:
            for page in found.pages():
                callback(page)
        return found

    def all(
        self,
        status: str = WorkflowExecution.STATUS_OPEN,
        start_oldest_date: DayOrTime | None = None,
        callback: Callable[[list[WorkflowExecution]], object] | None = None,
    ) -> LazyList[WorkflowExecution]:
        """Return the executions of a status, those started latest first."""
        if status == WorkflowExecution.STATUS_OPEN:
            return self.filter(status, callback=callback, oldest_date=start_oldest_date)
        return self.filter(status, callback=callback, start_oldest_date=start_oldest_date)

    def count(self, status: str = WorkflowExecution.STATUS_OPEN, **filters: Any) -> int:
        """Count the executions of a status that a filter lets through; what it takes is as in `filter`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CountOpenWorkflowExecutions.html
        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CountClosedWorkflowExecutions.html
        """
        meant = Filters.of(status, **filters)
        count = (
            self.count_open_workflow_executions if meant.is_open else self.count_closed_workflow_executions
        )
        answer = count(self.domain.name, **meant.arguments)
        if answer.get("truncated"):  # more than SWF counts
            return sum(1 for _ in self.filter(status, **filters))
        counted: int = answer["count"]
        return counted

    def create(
        self, workflow_type: WorkflowType, workflow_id: str | None = None, **options: Any
    ) -> WorkflowExecution:
        """Start an execution of a type, with options of `WorkflowType.start_execution`; return it."""
        return workflow_type.start_execution(workflow_id, **options)

    def get_or_create(
        self, workflow_type: WorkflowType, workflow_id: str, **options: Any
    ) -> WorkflowExecution:
        """Return the open execution with an id; it is started when there is none."""
        while True:
            try:
                return self.create(workflow_type, workflow_id, **options)
            except WorkflowExecutionAlreadyStartedError:
                for found in self.filter(workflow_id=workflow_id):
                    return found  # it may have closed in between: then it is started
