"""Tasks: what was asked for, with its arguments, before anything is scheduled. Values, that know no run."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from simpleflow.base import Submittable
from simpleflow.exceptions import TaskFailed
from simpleflow.futures import Future

if TYPE_CHECKING:
    from simpleflow.activity import Activity
    from simpleflow.exceptions import TaskException, WorkflowException
    from simpleflow.history import History
    from simpleflow.workflow import Workflow

__all__ = [
    "ActivityTask",
    "CancelTimerTask",
    "ChildWorkflowTask",
    "ContinueAsNewWorkflowTask",
    "MarkerTask",
    "NonPythonicActivityTask",
    "SignalTask",
    "SleepTask",
    "Task",
    "TaskFailureContext",
    "TimerTask",
    "WorkflowTask",
    "get_actual_value",
]


def get_actual_value(value: Any) -> Any:
    """Return the result of a future, anything else as it is."""
    return value.result if isinstance(value, Future) else value


class Task(Submittable):
    """Something to do once, with its arguments; futures among them are dependencies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args: Any = args
        self.kwargs: dict[str, Any] = kwargs

    @property
    def name(self) -> str:
        """What messages call it."""
        return type(self).__name__

    @property
    def payload(self) -> Any:
        """The `Activity` or `Workflow` class behind it, if any."""
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}, args={self.args!r}, kwargs={self.kwargs!r})"


class ActivityTask(Task):
    """An activity with its arguments."""

    def __init__(self, activity: Activity[Any, Any], /, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activity = activity

    @property
    def name(self) -> str:
        return f"activity-{self.activity.name}"

    @property
    def payload(self) -> Activity[Any, Any]:
        return self.activity


class NonPythonicActivityTask(ActivityTask):
    """An activity that is not ours: its input is the bare list of arguments, or the bare dict of keywords.

    Raises `ValueError` when both are given.
    """

    def __init__(self, activity: Activity[Any, Any], /, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("This task type doesn't support both *args and **kwargs")
        super().__init__(activity, *args, **kwargs)


class WorkflowTask(Task):
    """A child workflow with the arguments of its `run`.

    Both shapes of call are taken: `WorkflowTask(executor, W, ...)` and `WorkflowTask(W, ...)`.
    """

    def __init__(
        self, first: Any, /, *args: Any, workflow_task_list: str | None = None, **kwargs: Any
    ) -> None:
        workflow, *args_of_run = args if not isinstance(first, type) and args else (first, *args)
        super().__init__(*args_of_run, **kwargs)
        self.workflow: type[Workflow] = workflow
        self.task_list = workflow_task_list

    @property
    def name(self) -> str:
        return f"workflow-{self.workflow.name}"

    @property
    def payload(self) -> type[Workflow]:
        return self.workflow


class ChildWorkflowTask(WorkflowTask):
    """A child workflow with the arguments of its `run`."""

    def __init__(
        self, workflow: type[Workflow], /, *args: Any, workflow_task_list: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(workflow, *args, workflow_task_list=workflow_task_list, **kwargs)


class SignalTask(Task):
    """A signal to an execution, the own one when no workflow id is given."""

    def __init__(
        self,
        signal_name: str,
        *args: Any,
        workflow_id: str | None = None,
        run_id: str | None = None,
        propagate: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.signal_name = signal_name
        self.workflow_id = workflow_id
        self.run_id = run_id
        self.propagate = propagate

    @property
    def name(self) -> str:
        return self.signal_name


class MarkerTask(Task):
    """A note to leave in the history."""

    def __init__(self, marker_name: str, details: Any = None) -> None:
        super().__init__(details)
        self.marker_name = marker_name

    @property
    def name(self) -> str:
        return self.marker_name


class TimerTask(Task):
    """A timer with an id of the user's, unique in the run; seconds."""

    def __init__(self, timer_id: str, timeout: int | str, control: Any = None) -> None:
        super().__init__()
        self.timer_id = timer_id
        self.timeout = timeout
        self.control = control

    @property
    def name(self) -> str:
        return self.timer_id


class SleepTask(Task):
    """A timer without an id of the user's; whole seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class CancelTimerTask(Task):
    """The cancellation of a timer by its id."""

    def __init__(self, timer_id: str) -> None:
        super().__init__()
        self.timer_id = timer_id

    @property
    def name(self) -> str:
        return self.timer_id


class ContinueAsNewWorkflowTask(Task):
    """The end of this run, and a new one with the same workflow id and these arguments."""

    def __init__(self, workflow: type[Workflow], /, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workflow = workflow

    @property
    def payload(self) -> type[Workflow]:
        return self.workflow


class _Decision(Enum):
    none = 0
    abort = 1
    ignore = 2
    retry_now = 3
    retry_later = 4
    cancel = 5
    handled = 6


@dataclass
class TaskFailureContext:
    """A failure that `Workflow.on_task_failure` is asked about, and the decision taken on it.

    `a_task` is the task, whose `args` and `kwargs` a retry takes as they stand; `event` the dict of
    `simpleflow.history.History` about it; `retry_wait_timeout` is in seconds.
    """

    a_task: Task
    event: dict[str, Any]
    future: Future[Any] | None
    exception_class: type[TaskException | WorkflowException]
    history: History | None = None
    decision: _Decision = _Decision.none
    retry_wait_timeout: int | None = None
    retry_count: int = 0
    _details: Any = field(default=None, init=False, repr=False)

    Decision = _Decision

    @property
    def exception(self) -> BaseException | None:
        """The failure itself."""
        return self.future._exception if self.future is not None else None

    @property
    def attempt_number(self) -> int:
        """1 for the first attempt."""
        return self.retry_count + 1

    @property
    def payload(self) -> Any:
        """The `Activity` or `Workflow` class that failed."""
        return self.a_task.payload

    @property
    def task_name(self) -> str:
        """The name of the payload, without a prefix."""
        name: str = self.payload.name
        return name

    @property
    def reason(self) -> str | None:
        """Why it failed, one line."""
        return getattr(self.exception, "reason", None) or (repr(self.exception) if self.exception else None)

    @property
    def details(self) -> Any:
        """The details of the failure, decoded where they are JSON."""
        from simpleflow.utils import json_loads_or_raw

        return json_loads_or_raw(getattr(self.exception, "details", None))

    @property
    def task_error(self) -> str | None:
        """The bare name of the exception's class in the activity."""
        return self.exception.error if isinstance(self.exception, TaskFailed) else None

    @property
    def task_message(self) -> str | None:
        """The text of the exception in the activity."""
        return self.exception.message if isinstance(self.exception, TaskFailed) else None

    @property
    def task_error_type(self) -> type[BaseException] | None:
        """The class of the exception in the activity, if it is among those loaded here."""
        import sys

        dotted = self.exception.error_type if isinstance(self.exception, TaskFailed) else None
        module, _, name = (dotted or "").rpartition(".")
        found = getattr(sys.modules.get(module or "builtins"), name, None)
        return found if isinstance(found, type) and issubclass(found, BaseException) else None

    @property
    def id(self) -> int | None:
        """The id of the event that scheduled or initiated the task."""
        return self.event.get("scheduled_id") or self.event.get("initiated_event_id")

    @property
    def current_started_decision_id(self) -> int | None:
        """The id of the latest DecisionTaskStarted."""
        return self.history.started_decision_id if self.history is not None else None

    @property
    def last_completed_decision_id(self) -> int | None:
        """The id of the latest DecisionTaskCompleted."""
        return self.history.completed_decision_id if self.history is not None else None

    def decide_abort(self) -> TaskFailureContext:
        """Fail now, whatever attempts are left."""
        self.decision = _Decision.abort
        return self

    def decide_ignore(self) -> TaskFailureContext:
        """Take it as finished; its result is what `future` was given, else None."""
        self.decision = _Decision.ignore
        return self

    def decide_cancel(self) -> TaskFailureContext:
        """Take it as canceled."""
        self.decision = _Decision.cancel
        return self

    def decide_retry(self, retry_wait_timeout: int | None = 0) -> TaskFailureContext:
        """Try again, at once or after so many seconds, with `a_task`'s arguments as they stand."""
        self.decision = _Decision.retry_later if retry_wait_timeout else _Decision.retry_now
        self.retry_wait_timeout = retry_wait_timeout
        return self

    def decide_handled(self, a_task: Task, future: Future[Any] | None = None) -> TaskFailureContext:
        """Take `future` (and `a_task`) for the outcome."""
        self.a_task = a_task
        if future is not None:
            self.future = future
        self.decision = _Decision.handled
        return self
