"""Workflows: plain classes whose `run` submits activities and gets futures back."""

from __future__ import annotations

import logging
import math
import types
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from simpleflow.signal import NextSignal, WaitForSignal
from simpleflow.submits import Submits
from simpleflow.task import (
    CancelTimerTask,
    ContinueAsNewWorkflowTask,
    MarkerTask,
    SignalTask,
    SleepTask,
    TaskFailureContext,
    TimerTask,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from simpleflow.executor import Executor
    from simpleflow.futures import Future
    from simpleflow.history import History
    from simpleflow.marker import Marker

__all__ = ["Workflow"]

W = TypeVar("W", bound="Workflow")


class Workflow(Submits):
    """A workflow: inherit from it, name it, and write `run`.

    Class attributes are its options. `name`, `version` and `task_list` say what it is on the wire and where
    its decision tasks go; the others hold when it is started: `execution_timeout` and
    `decision_tasks_timeout` in seconds, `tag_list` at most 5 texts or `INHERIT_TAG_LIST`, `child_policy`
    one of TERMINATE, REQUEST_CANCEL, ABANDON. `retry`, `raises_on_failure` and `idempotent` hold when it is
    submitted as a child.
    """

    INHERIT_TAG_LIST: ClassVar[str] = "INHERIT_TAG_LIST"

    name: ClassVar[Any] = None
    version: ClassVar[Any] = None
    task_list: ClassVar[Any] = None
    task_priority: Any = None
    retry: ClassVar[Any] = 0
    raises_on_failure: ClassVar[bool] = True
    idempotent: ClassVar[bool] = False
    propagate_signals_to_parent: ClassVar[bool] = True

    _OPTIONS: ClassVar[frozenset[str]] = frozenset(
        {
            "name",
            "version",
            "task_list",
            "task_priority",
            "retry",
            "raises_on_failure",
            "idempotent",
            "tag_list",
            "child_policy",
            "execution_timeout",
            "decision_tasks_timeout",
            "workflow_id",
            "max_open_activity_count",
            "propagate_signals_to_parent",
        }
    )

    def __init__(self, executor: Executor) -> None:
        self._executor: Any = executor

    @property
    def executor(self) -> Any:
        """What this instance runs on."""
        return self._executor

    @classmethod
    def with_options(cls: type[W], **options: Any) -> type[W]:
        """Return a variant of the class with other options; `tags` is short for `tag_list`.

        Raises `TypeError` for an unknown option, naming the known ones.
        """
        if "tags" in options:
            options["tag_list"] = options.pop("tags")
        if unknown := options.keys() - Workflow._OPTIONS:
            raise TypeError(f"unknown options {sorted(unknown)}; there are {sorted(Workflow._OPTIONS)}")
        same = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
        return types.new_class(cls.__name__, (cls,), exec_body=lambda body: body.update(same | options))

    @property
    def logger(self) -> logging.LoggerAdapter[logging.Logger]:
        """A logger, `simpleflow.workflow.<name of the class>`, that says each thing once.

        It is silent while the run goes over what it has been through before: in another process, or because
        it is executed again.
        """
        return _OnceLogger(logging.getLogger(f"simpleflow.workflow.{type(self).__name__}"), self._executor)

    # What a workflow is

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Describe the workflow: submit, wait, return the result."""
        raise NotImplementedError(f"{type(self).__name__} has no run")

    # What `run` can do

    def map(self, activity: Any, iterable: Iterable[Any] | Future[Any]) -> Any:
        """Submit `activity` once per item; returns the future of the list of results, as of a Group."""
        return self._executor.map(activity, iterable)

    def starmap(self, activity: Any, iterable: Iterable[Any] | Future[Any]) -> Any:
        """Submit `activity` once per item, which holds its positional arguments."""
        return self._executor.starmap(activity, iterable)

    def fail(self, reason: str, details: Any = None) -> None:
        """End the execution as failed; does not return."""
        self._executor.fail(reason, details)

    def now(self) -> datetime:
        """Return the time of the latest decision whose news this place has waited for, aware and UTC."""
        moment: datetime = self._executor.now()
        return moment

    def random(self) -> float:
        """Return a number from 0 to 1 that every pass over this place reads the same."""
        number: float = self._executor.random()
        return number

    def uuid4(self) -> UUID:
        """Return a UUID that every pass over this place reads the same."""
        made: UUID = self._executor.uuid4()
        return made

    def sleep(self, duration: float | timedelta) -> None:
        """Wait for so many seconds, rounded up to whole ones, on a durable timer."""
        seconds = duration if isinstance(duration, (int, float)) else duration.total_seconds()
        if not 0 <= seconds < math.inf:
            raise ValueError(f"sleep takes a number of seconds from 0 on, not {duration!r}")
        self._executor.submit(SleepTask(math.ceil(seconds))).wait()

    def signal(
        self,
        name: str,
        *args: Any,
        workflow_id: str | None = None,
        run_id: str | None = None,
        propagate: bool = True,
        **kwargs: Any,
    ) -> SignalTask:
        """Return a signal to submit, to this execution or another; done when its delivery is confirmed."""
        return SignalTask(name, *args, workflow_id=workflow_id, run_id=run_id, propagate=propagate, **kwargs)

    def wait_signal(self, name: str) -> WaitForSignal:
        """Return a gate to submit: open from the first signal of that name on."""
        return WaitForSignal(name)

    def next_signal(self, name: str) -> NextSignal:
        """Return a mailbox to submit: the k-th one gets the k-th signal of that name."""
        return NextSignal(name)

    def record_marker(self, name: str, details: Any = None) -> MarkerTask:
        """Return a marker to submit: recorded once for equal name and details."""
        return MarkerTask(name, details)

    def list_markers(self, all: bool = False) -> list[Marker]:
        """Return the markers recorded: the last of each name, or every one."""
        markers: list[Marker] = self._executor.list_markers(all)
        return markers

    def get_event_details(self, event_type: str, event_name: str) -> dict[str, Any] | None:
        """Return the latest "signal", "marker" or "timer" of a name as the history has it, or None."""
        details: dict[str, Any] | None = self._executor.get_event_details(event_type, event_name)
        return details

    def start_timer(self, timer_id: str, timeout: int | str, control: Any = None) -> TimerTask:
        """Return a timer to submit: done after `timeout` seconds; its id is unique in the run."""
        return TimerTask(timer_id, timeout, control)

    def cancel_timer(self, timer_id: str) -> CancelTimerTask:
        """Return the cancellation of a timer to submit."""
        return CancelTimerTask(timer_id)

    def continue_as_new(self, *args: Any, **kwargs: Any) -> ContinueAsNewWorkflowTask:
        """Return the end of this run to submit: a new run goes on under the same workflow id."""
        return ContinueAsNewWorkflowTask(type(self), *args, **kwargs)

    def get_run_context(self) -> dict[str, Any]:
        """Return which execution this is: name, version, domain_name, workflow_id, run_id, tag_list, ..."""
        context: dict[str, Any] = self._executor.get_run_context()
        return context

    def get_execution_context(self) -> dict[str, Any]:
        """Return `get_run_context()`. Deprecated."""
        warnings.warn("use get_run_context instead", DeprecationWarning, stacklevel=2)
        return self.get_run_context()

    # Hooks

    def before_replay(self, history: History) -> None:
        """Hook: before `run` is executed."""

    def after_replay(self, history: History) -> None:
        """Hook: after `run` blocked, completed or was canceled, not when it failed."""

    def after_closed(self, history: History) -> None:
        """Hook: after the execution completed, failed or was canceled."""

    def before_run(self, history: History) -> None:
        """Hook: deprecated name of `before_replay`."""

    def after_run(self, history: History) -> None:
        """Hook: deprecated name of `after_closed`."""

    def on_completed(self, history: History) -> None:
        """Hook: before the decision that completes the execution is sent."""

    def on_failure(self, history: History, reason: str, details: Any = None) -> None:
        """Hook: before the decision that fails the execution is sent."""

    def on_canceled(self, history: History) -> None:
        """Hook: before the decision that cancels the execution is sent."""

    def should_cancel(self, history: History) -> bool:
        """Hook: whether to follow a request for cancellation."""
        return True

    def on_task_failure(self, failure_context: TaskFailureContext) -> TaskFailureContext | None:
        """Hook: asked about each failure of an activity or child, before the default handling.

        Return the context with a decision (`failure_context.decide_...`), or None.
        """
        return failure_context


class _OnceLogger(logging.LoggerAdapter[logging.Logger]):
    """Silent while the executor replays."""

    def __init__(self, logger: logging.Logger, executor: Any) -> None:
        super().__init__(logger)
        self._executor = executor

    def isEnabledFor(self, level: int) -> bool:
        return not getattr(self._executor, "replaying", False) and super().isEnabledFor(level)


def options_of(workflow: type[Workflow]) -> dict[str, Sequence[str] | str | None]:
    """Return the options of a class that go with its start, None for those it does not define."""
    names = ("tag_list", "child_policy", "execution_timeout", "decision_tasks_timeout")
    return {name: getattr(workflow, name, None) for name in names}
