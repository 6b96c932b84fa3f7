"""The structures inside events, as the wire has them: dicts with SWF's own keys."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["ActivityType", "TaskList", "WorkflowExecution", "WorkflowType"]


class ActivityType(TypedDict):
    """A type of activities.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ActivityType.html
    """

    name: str
    version: str


class WorkflowType(TypedDict):
    """A type of workflows.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_WorkflowType.html
    """

    name: str
    version: str


class TaskList(TypedDict):
    """A task list.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_TaskList.html
    """

    name: str


class WorkflowExecution(TypedDict):
    """A run.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_WorkflowExecution.html
    """

    workflowId: str
    runId: str
