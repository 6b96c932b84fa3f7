"""Whether a file is in order: every execution is rebuilt from its history and compared with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from swf.engine.machine.clocks import running
from swf.engine.machine.execution import Execution
from swf.engine.service.domain import waiting_tasks
from swf.engine.service.runs import BrokenRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.engine.service import Books
    from swf.engine.service.runs import Run
    from swf.engine.store import ExecutionRow

__all__ = ["problems"]


def problems(books: Books) -> list[str]:
    """Return what is wrong, in words."""
    found = books.store.integrity()
    tasks = set(books.store.all_tasks())
    for number in books.store.run_ids():
        row = books.store.run_by_id(number)
        assert row is not None
        named = f"{row.workflow_id} {row.run_id}"
        try:
            run = books.runs.rebuilt(row)
        except BrokenRun as broken:
            found.append(str(broken))
            tasks = {task for task in tasks if task.execution != number}
            continue
        found += [f"{named}: {problem}" for problem in _of_run(books, run)]
        expected = set(waiting_tasks(run))
        found += [f"{named}: task {task.event_id} is not in its list" for task in sorted(expected - tasks)]
        tasks -= expected
    found += [f"a {task.kind} task of run {task.execution} waits that nobody asked for" for task in tasks]
    return found


def _of_run(books: Books, run: Run) -> Iterator[str]:
    if run.started is None:
        yield "has no history"
        return
    if run.due and not run.closed:
        yield f"event {run.due} is not followed by DecisionTaskScheduled"
    yield from _of_row(run, books.store.execution_row(run.id))
    first = min((each.at for each in running(run)), default=None)
    if first is not None and (run.deadline is None or run.deadline > first):
        yield f"a clock expires at {first}, its deadline is {run.deadline}"
    started = {number for number, task in run.activities.items() if task.started is not None}
    if not run.closed and not run.heartbeats <= started:
        yield f"heartbeats of activity tasks that are not started: {sorted(run.heartbeats - started)}"
    held = books.runs.held(run.id)
    if held is not None and not Execution.__eq__(held, run):
        yield "the state in memory is not that of its history"


def _of_row(run: Run, row: ExecutionRow) -> Iterator[str]:
    assert run.started is not None
    a, parent = run.started.attributes, run.started.attributes.parent_workflow_execution
    expected = {
        "type_name": a.workflow_type.name,
        "type_version": a.workflow_type.version,
        "tags": msgspec.json.encode(a.tag_list).decode() if a.tag_list else None,
        "parent_workflow_id": parent.workflow_id if parent else None,
        "parent_run_id": parent.run_id if parent else None,
        "started": run.started.event_timestamp,
        "closed": run.closed_at,
        "close_status": run.close_status,
        "cancel_requested": int(run.cancel_requested),
    }
    for name, value in expected.items():
        if (stored := getattr(row, name)) != value:
            yield f"{name} is {stored!r}, its history says {value!r}"
