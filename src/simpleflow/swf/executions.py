"""Finding executions, and reading what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from simpleflow.exceptions import ExecutionNotFound
from swf.exceptions import UnknownResource
from swf.protocol.requests import (
    DescribeWorkflowExecutionInput,
    ExecutionTimeFilter,
    GetWorkflowExecutionHistoryInput,
    ListClosedWorkflowExecutionsInput,
    ListOpenWorkflowExecutionsInput,
    WorkflowExecutionFilter,
)
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.protocol.answers import History, WorkflowExecutionDetail, WorkflowExecutionInfo
    from swf.protocol.client import Client
    from swf.protocol.events import Event

__all__ = ["find_execution", "list_executions", "listed", "not_found", "read_history"]

_LISTS = {"OPEN": ListOpenWorkflowExecutionsInput, "CLOSED": ListClosedWorkflowExecutionsInput}


def find_execution(
    client: Client, domain: str, workflow_id: str, run_id: str | None = None
) -> WorkflowExecutionInfo:
    """Return the execution meant: without a run id the open run, else the one that closed latest.

    Raises `ExecutionNotFound` when there is none, and the engine's faults.
    """
    if run_id is not None:
        request = DescribeWorkflowExecutionInput(domain, WorkflowExecution(workflow_id, run_id))
        try:
            described: WorkflowExecutionDetail = client.ask(request)
        except UnknownResource as fault:
            raise not_found(fault, workflow_id, run_id) from None
        return described.execution_info
    for status in _LISTS:
        for found in list_executions(client, domain, status, workflow_id=workflow_id):
            return found
    raise ExecutionNotFound(workflow_id)


def list_executions(
    client: Client,
    domain: str,
    status: Literal["OPEN", "CLOSED"] | str = "OPEN",
    *,
    since: float = 0.0,
    workflow_id: str | None = None,
) -> Iterator[WorkflowExecutionInfo]:
    """Yield executions, those started latest first; `since` is a time of start in seconds since the epoch."""
    return listed(
        client,
        _LISTS[status](
            domain,
            start_time_filter=ExecutionTimeFilter(oldest_date=since),
            execution_filter=None if workflow_id is None else WorkflowExecutionFilter(workflow_id),
        ),
    )


def listed(
    client: Client, request: ListOpenWorkflowExecutionsInput | ListClosedWorkflowExecutionsInput
) -> Iterator[WorkflowExecutionInfo]:
    """Yield what a request lists, a page after the other."""
    while True:
        answer = client.ask(request)
        yield from answer.execution_infos
        if not answer.next_page_token:
            return
        request = msgspec.structs.replace(request, next_page_token=answer.next_page_token)


def read_history(client: Client, domain: str, execution: WorkflowExecution) -> list[Event]:
    """Return all events of an execution. Raises `ExecutionNotFound`, and the engine's faults."""
    request = GetWorkflowExecutionHistoryInput(domain, execution)
    events: list[Event] = []
    try:
        while True:
            answer: History = client.ask(request)
            events += answer.events
            if not answer.next_page_token:
                return events
            request = msgspec.structs.replace(request, next_page_token=answer.next_page_token)
    except UnknownResource as fault:
        raise not_found(fault, execution.workflow_id, execution.run_id) from None


def not_found(fault: UnknownResource, workflow_id: str, run_id: str | None = None) -> Exception:
    """Return what to raise where an execution was asked for: the fault itself when the domain is unknown."""
    if fault.message.startswith("Unknown execution"):
        return ExecutionNotFound(workflow_id, run_id)
    return fault
