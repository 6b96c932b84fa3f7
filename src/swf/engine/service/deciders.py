"""What deciders ask: for a decision task, and to take the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.engine.machine.commands import CompleteDecisionTask, StartDecisionTask
from swf.engine.service.paging import events_page, page_size
from swf.engine.service.polling import Poll
from swf.exceptions import UnknownResource
from swf.protocol import answers as r
from swf.protocol.decisions import ContinueAsNewWorkflowExecution
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.engine.service.runs import Run
    from swf.protocol import requests as q
    from swf.protocol.decisions import Decision

__all__ = ["DECISION_TASKS", "complete", "poll"]


def poll(books: Books, domain: Domain, request: q.PollForDecisionTaskInput) -> msgspec.Struct | None:
    """Answer PollForDecisionTask, None when there is no task yet."""
    if request.next_page_token:
        return _next_page(books, domain, request)
    return DECISION_TASKS.first(books, domain, request)


def _start(
    books: Books, domain: Domain, run: Run, scheduled_event_id: int, request: q.PollForDecisionTaskInput
) -> r.DecisionTask | None:
    previous = run.previous_started_id
    domain.do(run, StartDecisionTask(scheduled_event_id, request.identity))
    if (started := run.decision_started) is None:
        return None  # the history was full: the run is terminated
    return _answer(books, run, scheduled_event_id, started.event_id, previous, request, None)


DECISION_TASKS = Poll("decision", _start, r.DecisionTask(started_event_id=0, previous_started_event_id=0))
"""What polls of deciders wait for."""


def _next_page(books: Books, domain: Domain, request: q.PollForDecisionTaskInput) -> r.DecisionTask:
    """Answer PollForDecisionTask with more events of the task that it was answered with before."""
    assert request.next_page_token
    row, scheduled, started, previous, shown = books.tokens.page(
        request.next_page_token, "PollForDecisionTask", _bound(request), books.now
    )
    run = books.run(row)
    if run is None or domain.has_expired(run):
        raise UnknownResource("Unknown execution: this page is of a run that is no longer kept")
    return _answer(books, run, scheduled, started, previous, request, shown)


def _bound(request: q.PollForDecisionTaskInput) -> list[object]:
    return [
        request.domain,
        request.task_list.name,
        bool(request.reverse_order),
        bool(request.start_at_previous_started_event),
    ]


def _answer(
    books: Books,
    run: Run,
    scheduled_event_id: int,
    started_event_id: int,
    previous: int,
    request: q.PollForDecisionTaskInput,
    shown: int | None,
) -> r.DecisionTask:
    assert run.started is not None
    first = previous if request.start_at_previous_started_event and previous else 1
    size = page_size(request.maximum_page_size)
    events, last = events_page(run.events, first, started_event_id, size, shown, bool(request.reverse_order))
    token = None
    if last is not None:
        key = [run.id, scheduled_event_id, started_event_id, previous, last]
        token = books.tokens.of_page("PollForDecisionTask", _bound(request), books.now, key)
    return r.DecisionTask(
        task_token=books.tokens.of_task("decision", run, scheduled_event_id, started_event_id),
        started_event_id=started_event_id,
        previous_started_event_id=previous,
        workflow_execution=WorkflowExecution(run.workflow_id, run.run_id),
        workflow_type=run.started.attributes.workflow_type,
        events=events,
        next_page_token=token,
    )


def complete(books: Books, request: q.RespondDecisionTaskCompletedInput) -> None:
    """Answer RespondDecisionTaskCompleted."""
    token = books.tokens.task(request.task_token, "decision")
    run = books.run_of(token)
    decisions: Sequence[Decision] = request.decisions or ()
    continues = bool(decisions) and type(decisions[-1]) is ContinueAsNewWorkflowExecution
    books.owner(run).do(
        run,
        CompleteDecisionTask(
            token.scheduled_event_id,
            token.started_event_id,
            decisions,
            request.execution_context,
            request.task_list,
            request.task_list_schedule_to_start_timeout,
            books.new_run_id() if continues else "",
        ),
    )
