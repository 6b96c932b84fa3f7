"""Histories and executions as tables: each function returns a header and rows."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ParamSpec

from simpleflow.history.stats import WorkflowStats, share
from simpleflow.tables import Format, render
from simpleflow.utils import json_dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simpleflow.history import History, Record
    from swf.protocol.answers import WorkflowExecutionInfo
    from swf.protocol.shapes import WorkflowExecution

    Table = tuple[Sequence[str], list[Sequence[Any]]]

__all__ = [
    "dump_history_to_json",
    "formatted",
    "get_task",
    "info",
    "list_details",
    "list_executions",
    "profile",
    "status",
]

P = ParamSpec("P")


def formatted(
    with_header: bool = False, fmt: Format | str = Format.TABULAR
) -> Callable[[Callable[P, Table]], Callable[P, str]]:
    """Let a function that returns a table return its text."""

    def decorate(function: Callable[P, Table]) -> Callable[P, str]:
        @functools.wraps(function)
        def text(*args: P.args, **kwargs: P.kwargs) -> str:
            return render(*function(*args, **kwargs), fmt, with_header)

        return text

    return decorate


def info(domain: str, execution: WorkflowExecution, history: History) -> Table:
    """Return one row: what an execution is, and how many seconds its history spans."""
    workflow = history.workflow
    row = {
        "domain": domain,
        "workflow_type.name": workflow["workflow_type"]["name"],
        "workflow_type.version": workflow["workflow_type"]["version"],
        "task_list": workflow["task_list"]["name"],
        "workflow_id": execution.workflow_id,
        "run_id": execution.run_id,
        "tag_list": ",".join(map(str, workflow["tag_list"] or ())),
        "execution_time": WorkflowStats(history).total_time(),
        "input": _without_extra(workflow["input"]),
    }
    return [*row], [[*row.values()]]


def _without_extra(input: Any) -> Any:
    """Return an input without what we say beside the arguments."""
    if isinstance(input, dict):
        return {name: value for name, value in input.items() if name != "__extra"}
    return input


def profile(history: History, nb_tasks: int | None = None) -> Table:
    """Return how long each task that has started waited and ran, the longest first."""
    header = (
        "Task",
        "Last State",
        "Scheduled",
        "Time Scheduled",
        "Start",
        "Time Running",
        "End",
        "Percentage of total time",
    )
    stats = WorkflowStats(history)
    total = stats.total_time()
    started = [timing for timing in stats.get_timings() if timing.start is not None]
    started.sort(key=lambda timing: -1.0 if timing.seconds is None else timing.seconds, reverse=True)
    rows: list[Sequence[Any]] = [
        (
            timing.id,
            timing.last_state,
            _minute(timing.scheduled),
            _seconds_between(timing.scheduled, timing.start),
            _minute(timing.start),
            timing.seconds,
            _minute(timing.end),
            None if timing.seconds is None else share(timing.seconds, total),
        )
        for timing in started[:nb_tasks]
    ]
    return header, rows


def _minute(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _seconds_between(before: datetime | None, after: datetime | None) -> float | None:
    return None if before is None or after is None else (after - before).total_seconds()


def status(history: History, nb_tasks: int | None = None) -> Table:
    """Return the state of each task and received signal, the newest first."""
    header = "Tasks", "Last State", "Last State Time", "Scheduled Time"
    rows: list[Sequence[Any]] = [
        (task["name"], task["state"], _last_moment(task), _first_moment(task))
        for task in history.tasks[::-1][:nb_tasks]
    ]
    return header, rows


def _last_moment(task: Record) -> Any:
    return task.get(f"{task['state']}_timestamp") or _first_moment(task)


def _first_moment(task: Record) -> Any:
    names = "scheduled_timestamp", "initiated_event_timestamp", "timestamp", f"{task['state']}_timestamp"
    return next((task[name] for name in names if name in task), None)


def list_executions(executions: Iterable[WorkflowExecutionInfo]) -> Table:
    """Return id, type and status of executions."""
    header = "Workflow ID", "Workflow Type", "Status"
    rows: list[Sequence[Any]] = [
        (each.execution.workflow_id, each.workflow_type.name, each.execution_status) for each in executions
    ]
    return header, rows


def list_details(executions: Iterable[WorkflowExecutionInfo]) -> Table:
    """Return all that a list of executions says of each."""
    header = (
        "Workflow ID",
        "Workflow Type",
        "Workflow Version",
        "Run ID",
        "Status",
        "Close Status",
        "Start Timestamp",
        "Close Timestamp",
        "Cancel Requested",
        "Tags",
        "Parent Workflow ID",
        "Parent Run ID",
    )
    rows: list[Sequence[Any]] = [
        (
            each.execution.workflow_id,
            each.workflow_type.name,
            each.workflow_type.version,
            each.execution.run_id,
            each.execution_status,
            each.close_status,
            _moment(each.start_timestamp),
            _moment(each.close_timestamp),
            each.cancel_requested,
            ",".join(map(str, each.tag_list or ())),
            each.parent and each.parent.workflow_id,
            each.parent and each.parent.run_id,
        )
        for each in executions
    ]
    return header, rows


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def get_task(history: History, task_id: str, details: bool = False) -> Table:
    """Return one row: what became of an activity or child workflow. Raises `KeyError` for an unknown id."""
    task = {**history.child_workflows, **history.activities}[task_id]
    row = {name: task.get(name) for name in ("type", "id", "name", "version", "state")}
    row["timestamp"] = _last_moment(task)
    row |= {name: task.get(name) for name in ("input", "result", "reason")}
    if details:
        row["details"] = task.get("details")
    return [*row], [[*row.values()]]


def dump_history_to_json(history: History) -> str:
    """Return the tasks as a JSON list of `[id, record]`; the id of a signal is its name."""
    return json_dumps([[task.get("id", task["name"]), task] for task in history.tasks])
