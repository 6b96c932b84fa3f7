"""What the store returns: rows as they stand in the file."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DomainRow", "ExecutionRow", "RunRow", "TaskRow", "TypeRow"]


class DomainRow(NamedTuple):
    """A domain."""

    id: int
    name: str
    status: str
    description: str | None
    retention: str
    tags: str


class TypeRow(NamedTuple):
    """A workflow or activity type."""

    kind: str
    name: str
    version: str
    status: str
    description: str | None
    created: float
    deprecated: float | None
    defaults: str


class RunRow(NamedTuple):
    """What is needed to bring a run into memory."""

    id: int
    domain: int
    workflow_id: str
    run_id: str
    deadline: float | None


class ExecutionRow(NamedTuple):
    """What lists say of a run."""

    id: int
    workflow_id: str
    run_id: str
    type_name: str
    type_version: str
    tags: str | None
    parent_workflow_id: str | None
    parent_run_id: str | None
    started: float
    closed: float | None
    close_status: str | None
    cancel_requested: int


class TaskRow(NamedTuple):
    """A task that waits."""

    kind: str
    domain: int
    task_list: str
    rank: int
    scheduled: float
    execution: int
    event_id: int
