"""Looking at executions: one, its history, lists and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from swf.engine.service.paging import events_page, page_size
from swf.engine.store.listing import Listing
from swf.protocol import answers as r
from swf.protocol.shapes import WorkflowExecution, WorkflowType

if TYPE_CHECKING:
    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.engine.store import ExecutionRow
    from swf.protocol import requests as q

__all__ = [
    "count_activity_tasks",
    "count_closed",
    "count_decision_tasks",
    "count_open",
    "describe",
    "history",
    "list_closed",
    "list_open",
]


def describe(
    books: Books, domain: Domain, request: q.DescribeWorkflowExecutionInput
) -> r.WorkflowExecutionDetail:
    """Answer DescribeWorkflowExecution."""
    run = domain.run(request.execution.workflow_id, request.execution.run_id)
    assert run.started is not None
    a, open_counts = run.started.attributes, run.open_counts
    return r.WorkflowExecutionDetail(
        execution_info=_info(books.store.execution_row(run.id)),
        execution_configuration=r.WorkflowExecutionConfiguration(
            task_start_to_close_timeout=a.task_start_to_close_timeout or "",
            execution_start_to_close_timeout=a.execution_start_to_close_timeout or "",
            task_list=a.task_list,
            child_policy=a.child_policy,
            task_priority=a.task_priority,
            lambda_role=a.lambda_role,
        ),
        open_counts=r.WorkflowExecutionOpenCounts(
            open_activity_tasks=open_counts.activity_tasks,
            open_decision_tasks=open_counts.decision_tasks,
            open_timers=open_counts.timers,
            open_child_workflow_executions=open_counts.child_workflow_executions,
            open_lambda_functions=open_counts.lambda_functions,
        ),
        latest_activity_task_timestamp=run.latest_activity_timestamp,
        latest_execution_context=run.context,
    )


def history(books: Books, domain: Domain, request: q.GetWorkflowExecutionHistoryInput) -> r.History:
    """Answer GetWorkflowExecutionHistory."""
    execution, descending = request.execution, bool(request.reverse_order)
    run = domain.run(execution.workflow_id, execution.run_id)
    bound = [request.domain, execution.workflow_id, execution.run_id, descending]
    operation, shown = "GetWorkflowExecutionHistory", None
    if request.next_page_token:
        (shown,) = books.tokens.page(request.next_page_token, operation, bound, books.now)
    size = page_size(request.maximum_page_size)
    events, last = events_page(run.events, 1, len(run.events), size, shown, descending)
    token = books.tokens.of_page(operation, bound, books.now, [last]) if last is not None else None
    return r.History(events=events, next_page_token=token)


# Lists and counts


def list_open(
    books: Books, domain: Domain, request: q.ListOpenWorkflowExecutionsInput
) -> r.WorkflowExecutionInfos:
    """Answer ListOpenWorkflowExecutions."""
    return _page(books, "ListOpenWorkflowExecutions", _open(domain, request), request)


def list_closed(
    books: Books, domain: Domain, request: q.ListClosedWorkflowExecutionsInput
) -> r.WorkflowExecutionInfos:
    """Answer ListClosedWorkflowExecutions."""
    return _page(books, "ListClosedWorkflowExecutions", _closed(books, domain, request), request)


def count_open(
    books: Books, domain: Domain, request: q.CountOpenWorkflowExecutionsInput
) -> r.WorkflowExecutionCount:
    """Answer CountOpenWorkflowExecutions."""
    return r.WorkflowExecutionCount(count=books.store.count(_open(domain, request)), truncated=False)


def count_closed(
    books: Books, domain: Domain, request: q.CountClosedWorkflowExecutionsInput
) -> r.WorkflowExecutionCount:
    """Answer CountClosedWorkflowExecutions."""
    return r.WorkflowExecutionCount(count=books.store.count(_closed(books, domain, request)), truncated=False)


def count_activity_tasks(
    books: Books, domain: Domain, request: q.CountPendingActivityTasksInput
) -> r.PendingTaskCount:
    """Answer CountPendingActivityTasks."""
    count = books.store.count_tasks("activity", domain.id, request.task_list.name)
    return r.PendingTaskCount(count=count, truncated=False)


def count_decision_tasks(
    books: Books, domain: Domain, request: q.CountPendingDecisionTasksInput
) -> r.PendingTaskCount:
    """Answer CountPendingDecisionTasks."""
    count = books.store.count_tasks("decision", domain.id, request.task_list.name)
    return r.PendingTaskCount(count=count, truncated=False)


def _open(
    domain: Domain, request: q.ListOpenWorkflowExecutionsInput | q.CountOpenWorkflowExecutionsInput
) -> Listing:
    return Listing(
        domain=domain.id,
        closed=False,
        by="started",
        oldest=request.start_time_filter.oldest_date,
        latest=request.start_time_filter.latest_date,
        **_filters(request),
    )


def _closed(
    books: Books,
    domain: Domain,
    request: q.ListClosedWorkflowExecutionsInput | q.CountClosedWorkflowExecutionsInput,
) -> Listing:
    times = request.start_time_filter or request.close_time_filter
    assert times is not None, "checked before"
    return Listing(
        domain=domain.id,
        closed=True,
        by="started" if request.start_time_filter else "closed",
        oldest=times.oldest_date,
        latest=times.latest_date,
        kept_since=books.now - domain.keeps,
        close_status=request.close_status_filter.status if request.close_status_filter else None,
        **_filters(request),
    )


def _filters(request: Any) -> dict[str, Any]:
    kind, execution, tag = request.type_filter, request.execution_filter, request.tag_filter
    return {
        "workflow_id": execution.workflow_id if execution else None,
        "type_name": kind.name if kind else None,
        "type_version": kind.version or None if kind else None,
        "tag": tag.tag if tag else None,
    }


def _page(
    books: Books,
    operation: str,
    listing: Listing,
    request: q.ListOpenWorkflowExecutionsInput | q.ListClosedWorkflowExecutionsInput,
) -> r.WorkflowExecutionInfos:
    ascending = bool(request.reverse_order)
    bound = [*listing.arguments(), ascending]
    behind = None
    if request.next_page_token:
        at, row = books.tokens.page(request.next_page_token, operation, bound, books.now)
        behind = (at, row)
    size = page_size(request.maximum_page_size)
    rows = books.store.executions(listing, size + 1, ascending=ascending, behind=behind)
    token = None
    if len(rows) > size:
        token = books.tokens.of_page(operation, bound, books.now, listing.key(rows[size - 1]))
    return r.WorkflowExecutionInfos(
        execution_infos=[_info(row) for row in rows[:size]], next_page_token=token
    )


def _info(row: ExecutionRow) -> r.WorkflowExecutionInfo:
    parent = None
    if row.parent_workflow_id is not None and row.parent_run_id is not None:
        parent = WorkflowExecution(row.parent_workflow_id, row.parent_run_id)
    return r.WorkflowExecutionInfo(
        execution=WorkflowExecution(row.workflow_id, row.run_id),
        workflow_type=WorkflowType(row.type_name, row.type_version),
        start_timestamp=row.started,
        execution_status="OPEN" if row.closed is None else "CLOSED",
        close_timestamp=row.closed,
        close_status=row.close_status,
        parent=parent,
        tag_list=msgspec.json.decode(row.tags) if row.tags else None,
        cancel_requested=bool(row.cancel_requested),
    )
