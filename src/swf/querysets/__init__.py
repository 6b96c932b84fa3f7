"""Finding, listing and making what is at SWF: `get`, `filter`, `all`, `create`, `count`."""

from __future__ import annotations

from swf.querysets.activity import ActivityTypeQuerySet
from swf.querysets.domain import DomainQuerySet
from swf.querysets.execution import WorkflowExecutionQuerySet
from swf.querysets.history import HistoryQuerySet
from swf.querysets.lazy import LazyList
from swf.querysets.workflow import WorkflowTypeQuerySet

__all__ = [
    "ActivityTypeQuerySet",
    "DomainQuerySet",
    "HistoryQuerySet",
    "LazyList",
    "WorkflowExecutionQuerySet",
    "WorkflowTypeQuerySet",
]
