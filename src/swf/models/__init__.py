"""The objects of Amazon SWF: domains, types, executions, their histories, and decisions."""

from __future__ import annotations

from swf.models.activity import ActivityTask, ActivityType
from swf.models.base import CHILD_POLICIES, ModelDiff
from swf.models.domain import Domain
from swf.models.history import History
from swf.models.workflow import WorkflowExecution, WorkflowType

__all__ = [
    "CHILD_POLICIES",
    "ActivityTask",
    "ActivityType",
    "Domain",
    "History",
    "ModelDiff",
    "WorkflowExecution",
    "WorkflowType",
]
