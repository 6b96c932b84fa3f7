"""What is executing here: the run of a workflow, or an activity.

Context travels in `contextvars`, never on users' functions (they are shared by all runs of a process).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.workflow import Workflow


class Current(dict[str, Any]):
    """The attempt of an activity that executes here: which it is, and what it tells and is told meanwhile.

    `name`, `version`, `workflow_id`, `run_id`, `activity_id`, `input` (the text as it came), `domain_name`,
    `activity_task_list`; where an engine keeps it, `task_token`, by which it can be completed later.
    """

    details: Any = None
    """What the last attempt told by its last heartbeat; None where there was none."""
    told: str | None = None
    """What this attempt told last, as text."""
    beat: Callable[[str | None], None] | None = None
    """Sends a heartbeat, or lets one be sent; raises `TaskCanceled` when the attempt shall end."""

    def heartbeat(self, details: Any = None) -> None:
        """Say that it goes on, and how far it is: `details`, as JSON, are there for the next attempt.

        Those of before stay when nothing is given. Raises `TaskCanceled` when its cancellation was asked for,
        or nobody waits for it any more: clean up, and let it pass. Raises `CodecError` for details that are
        no JSON or longer than 2,048 characters.
        """
        from simpleflow.codec import check_length, encode
        from simpleflow.constants import MAX_HEARTBEAT_DETAILS_LENGTH

        if details is not None:
            self.told = check_length(encode(details, path="details"), MAX_HEARTBEAT_DETAILS_LENGTH, "details")
        if self.beat is not None:
            self.beat(self.told)


class _DoNotComplete:
    def __repr__(self) -> str:
        return "DoNotComplete"


DoNotComplete: Final[Any] = _DoNotComplete()
"""What an activity returns that is completed later, by whoever has its task token."""

running_workflow: ContextVar[Workflow | None] = ContextVar("running_workflow", default=None)
"""The workflow instance whose `run` (or late code of it) executes here, if any."""

activity_context: ContextVar[Current | None] = ContextVar("activity_context", default=None)
"""The context of the activity that executes here, if any (keys: contract of `Activity.context`)."""
