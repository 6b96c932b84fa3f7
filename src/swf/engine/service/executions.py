"""Starting executions, and steering them from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.engine.machine import commands as c
from swf.engine.machine.starting import resolve_start
from swf.exceptions import DomainDeprecated, ExecutionAlreadyStarted, LimitExceeded
from swf.protocol import answers as r
from swf.protocol import events as e
from swf.protocol.enums import WorkflowExecutionTerminatedCause

if TYPE_CHECKING:
    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.protocol import requests as q

__all__ = ["request_cancel", "signal", "start", "terminate"]


def start(books: Books, domain: Domain, request: q.StartWorkflowExecutionInput) -> r.Run:
    """Answer StartWorkflowExecution."""
    if domain.deprecated:
        raise DomainDeprecated(domain.name)
    resolved = resolve_start(request.workflow_type, request, domain.types)
    if domain.open_run(request.workflow_id) is not None:
        raise ExecutionAlreadyStarted("Already Started")
    if domain.is_full():
        raise LimitExceeded(
            f"There are {books.limits.open_executions} open executions, as many as there may be"
        )
    attributes = e.WorkflowExecutionStartedAttributes(
        workflow_type=request.workflow_type,
        parent_initiated_event_id=0,
        input=request.input,
        tag_list=request.tag_list or None,
        **resolved,
    )
    return r.Run(domain.start(request.workflow_id, attributes).run_id)


def signal(books: Books, domain: Domain, request: q.SignalWorkflowExecutionInput) -> None:
    """Answer SignalWorkflowExecution."""
    run = domain.open_or_refuse(request.workflow_id, request.run_id)
    domain.do(run, c.Signal(request.signal_name, request.input))


def request_cancel(books: Books, domain: Domain, request: q.RequestCancelWorkflowExecutionInput) -> None:
    """Answer RequestCancelWorkflowExecution."""
    domain.do(domain.open_or_refuse(request.workflow_id, request.run_id), c.RequestCancel())


def terminate(books: Books, domain: Domain, request: q.TerminateWorkflowExecutionInput) -> None:
    """Answer TerminateWorkflowExecution."""
    run = domain.open_or_refuse(request.workflow_id, request.run_id)
    cause = WorkflowExecutionTerminatedCause.OPERATOR_INITIATED
    domain.do(run, c.Terminate(cause, request.reason, request.details, request.child_policy or None))
