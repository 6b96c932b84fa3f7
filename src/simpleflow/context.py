"""What is executing here: the run of a workflow, or an activity.

Context travels in `contextvars`, never on users' functions (they are shared by all runs of a process).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simpleflow.workflow import Workflow

running_workflow: ContextVar[Workflow | None] = ContextVar("running_workflow", default=None)
"""The workflow instance whose `run` (or late code of it) executes here, if any."""

activity_context: ContextVar[dict[str, Any] | None] = ContextVar("activity_context", default=None)
"""The context of the activity that executes here, if any (keys: contract of `Activity.context`)."""
