"""Reading the history of a decision task: the news alone, or all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from swf.protocol.requests import GetWorkflowExecutionHistoryInput

if TYPE_CHECKING:
    from swf.protocol.answers import DecisionTask, History
    from swf.protocol.client import Client
    from swf.protocol.events import Event
    from swf.protocol.requests import PollForDecisionTaskInput

__all__ = ["news", "whole_history"]


def news(client: Client, poll: PollForDecisionTaskInput, task: DecisionTask) -> list[Event]:
    """Return the events that a task shows after the DecisionTaskStarted that was answered last.

    `poll` is the request that brought the task, with `startAtPreviousStartedEvent`.
    """
    events = list(task.events or ())
    page = task.next_page_token
    while page:
        more: DecisionTask = client.ask(msgspec.structs.replace(poll, next_page_token=page))
        events += more.events or ()
        page = more.next_page_token
    return [event for event in events if event.event_id > task.previous_started_event_id]


def whole_history(client: Client, domain: str, task: DecisionTask) -> list[Event]:
    """Return the events of the execution of a task, from the first to the DecisionTaskStarted to answer."""
    assert task.workflow_execution is not None
    request = GetWorkflowExecutionHistoryInput(domain, task.workflow_execution)
    answer: History = client.ask(request)
    events = list(answer.events)
    while answer.next_page_token and len(events) < task.started_event_id:
        answer = client.ask(msgspec.structs.replace(request, next_page_token=answer.next_page_token))
        events += answer.events
    return events[: task.started_event_id]
