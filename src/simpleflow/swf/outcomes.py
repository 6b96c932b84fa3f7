"""What became of an execution: read from the last event of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpleflow.exceptions import WorkflowCanceled, WorkflowFailed, WorkflowTerminated, WorkflowTimedOut
from swf.protocol import events as e
from swf.protocol.requests import GetWorkflowExecutionHistoryInput
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from simpleflow.exceptions import WorkflowNotCompleted
    from swf.protocol.answers import History
    from swf.protocol.client import Client

__all__ = ["Closing", "closing_of", "failure_in", "next_run"]

Closing = (
    e.WorkflowExecutionCompleted
    | e.WorkflowExecutionFailed
    | e.WorkflowExecutionCanceled
    | e.WorkflowExecutionTerminated
    | e.WorkflowExecutionTimedOut
    | e.WorkflowExecutionContinuedAsNew
)


def closing_of(client: Client, domain: str, execution: WorkflowExecution) -> Closing | None:
    """Return the event that closed an execution, None while it is open. Raises the engine's faults."""
    request = GetWorkflowExecutionHistoryInput(domain, execution, maximum_page_size=1, reverse_order=True)
    answer: History = client.ask(request)
    last = answer.events[0]
    return last if isinstance(last, Closing) else None


def next_run(closing: Closing, workflow_id: str) -> WorkflowExecution | None:
    """Return the run that goes on where one was continued as new."""
    if isinstance(closing, e.WorkflowExecutionContinuedAsNew):
        return WorkflowExecution(workflow_id, closing.attributes.new_execution_run_id)
    return None


def failure_in(closing: Closing) -> WorkflowNotCompleted | None:
    """Return why an execution did not complete; None when it did, or went on as new."""
    match closing:
        case e.WorkflowExecutionFailed(attributes=a):
            return WorkflowFailed(a.reason, a.details)
        case e.WorkflowExecutionCanceled(attributes=a):
            return WorkflowCanceled(None, a.details)
        case e.WorkflowExecutionTimedOut(attributes=a):
            return WorkflowTimedOut(f"execution timed out: {a.timeout_type}")
        case e.WorkflowExecutionTerminated(attributes=a):
            return WorkflowTerminated(a.reason or a.cause, a.details)
    return None
