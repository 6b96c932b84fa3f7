"""What actors are answered: attributes by name, and for polls also a pair to unpack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from swf.models.activity import ActivityTask
    from swf.models.execution import WorkflowExecution
    from swf.models.history import History
    from swf.models.workflow import WorkflowType

__all__ = ["PolledActivityTask", "PolledDecisionTask", "Response"]


class Response:
    """What it is made with, as attributes: `Response(token="...").token`."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(vars(self))}>"


class PolledDecisionTask(tuple[str, "History"], Response):
    """A decision task: `token, history = decider.poll()`, and attributes."""

    token: str
    """What `complete` wants."""
    history: History
    """All events of the execution, up to the DecisionTaskStarted to answer."""
    execution: WorkflowExecution
    workflow_type: WorkflowType
    started_event_id: int
    previous_started_event_id: int
    """The DecisionTaskStarted that was answered last, 0 when none was."""
    raw_response: Mapping[str, Any]
    """What the poll answered; `events` has the first page."""

    def __new__(cls, token: str, history: History, **attributes: Any) -> Self:
        return super().__new__(cls, (token, history))

    def __getnewargs__(self) -> tuple[str, History]:
        return (self.token, self.history)

    def __init__(self, token: str, history: History, **attributes: Any) -> None:
        super().__init__(token=token, history=history, **attributes)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.execution}>"


class PolledActivityTask(tuple[str, "ActivityTask"], Response):
    """An activity task: `token, task = worker.poll()`, and attributes."""

    task_token: str
    """What `complete`, `fail`, `cancel` and `heartbeat` want."""
    activity_task: ActivityTask
    raw_response: Mapping[str, Any]
    """What the poll answered."""

    def __new__(cls, task_token: str, activity_task: ActivityTask, **attributes: Any) -> Self:
        return super().__new__(cls, (task_token, activity_task))

    def __getnewargs__(self) -> tuple[str, ActivityTask]:
        return (self.task_token, self.activity_task)

    def __init__(self, task_token: str, activity_task: ActivityTask, **attributes: Any) -> None:
        super().__init__(task_token=task_token, activity_task=activity_task, **attributes)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.activity_task}>"
