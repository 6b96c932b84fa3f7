"""What workers ask: for an activity task, and to take heartbeats and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.engine.machine import commands as c
from swf.engine.service.polling import Poll
from swf.protocol import answers as r
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.engine.service.runs import Run
    from swf.protocol import requests as q

__all__ = ["ACTIVITY_TASKS", "cancel", "complete", "fail", "heartbeat"]


def _start(
    books: Books, domain: Domain, run: Run, scheduled_event_id: int, request: q.PollForActivityTaskInput
) -> r.ActivityTask | None:
    task = run.activities[scheduled_event_id]
    domain.do(run, c.StartActivityTask(scheduled_event_id, request.identity))
    if task.started is None:
        return None  # the history was full: the run is terminated
    a = task.scheduled.attributes
    return r.ActivityTask(
        task_token=books.tokens.of_task("activity", run, scheduled_event_id, task.started_id),
        activity_id=a.activity_id,
        started_event_id=task.started_id,
        workflow_execution=WorkflowExecution(run.workflow_id, run.run_id),
        activity_type=a.activity_type,
        input=a.input,
    )


ACTIVITY_TASKS = Poll("activity", _start, r.ActivityTask(started_event_id=0))
"""What polls of workers wait for."""


def heartbeat(books: Books, request: q.RecordActivityTaskHeartbeatInput) -> r.ActivityTaskStatus:
    """Answer RecordActivityTaskHeartbeat."""
    token = books.tokens.task(request.task_token, "activity")
    run = books.run_of(token)
    scheduled_event_id = token.scheduled_event_id
    command = c.RecordHeartbeat(scheduled_event_id, token.started_event_id, request.details)
    books.owner(run).do(run, command)
    task = run.activities[scheduled_event_id]
    run.heartbeats.add(scheduled_event_id)
    books.store.put_heartbeat(run.id, scheduled_event_id, task.heartbeat_at, task.heartbeat_details)
    return r.ActivityTaskStatus(cancel_requested=bool(task.cancel_requested_id))


def complete(books: Books, request: q.RespondActivityTaskCompletedInput) -> None:
    """Answer RespondActivityTaskCompleted."""
    token = books.tokens.task(request.task_token, "activity")
    run = books.run_of(token)
    books.owner(run).do(
        run, c.CompleteActivityTask(token.scheduled_event_id, token.started_event_id, request.result)
    )


def fail(books: Books, request: q.RespondActivityTaskFailedInput) -> None:
    """Answer RespondActivityTaskFailed."""
    token = books.tokens.task(request.task_token, "activity")
    run = books.run_of(token)
    books.owner(run).do(
        run,
        c.FailActivityTask(token.scheduled_event_id, token.started_event_id, request.reason, request.details),
    )


def cancel(books: Books, request: q.RespondActivityTaskCanceledInput) -> None:
    """Answer RespondActivityTaskCanceled."""
    token = books.tokens.task(request.task_token, "activity")
    run = books.run_of(token)
    books.owner(run).do(
        run, c.CancelActivityTask(token.scheduled_event_id, token.started_event_id, request.details)
    )
