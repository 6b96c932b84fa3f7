"""One attempt of an activity: what is to be performed, what came of it, and what is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from simpleflow.constants import MAX_DETAILS_LENGTH
from simpleflow.context import Current
from simpleflow.exceptions import ActivityDied, TaskCanceled, failure_of
from simpleflow.perform import perform
from swf.protocol import requests as r

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader
    from swf.protocol.answers import ActivityTask

__all__ = ["Attempt", "End", "Outcome", "performed"]

End = Literal["canceled", "lost", "stopped"]
"""Why an attempt shall end: its cancellation was asked for; nobody waits for its outcome any more; its worker
stops now."""


@dataclass(frozen=True)
class Attempt:
    """An activity task, as whoever performs it needs it."""

    name: str
    version: str
    activity_id: str
    workflow_id: str
    run_id: str
    input: str | None
    token: str
    domain: str
    task_list: str

    @classmethod
    def of(cls, task: ActivityTask, domain: str, task_list: str) -> Attempt:
        """Return the attempt that a poll brought."""
        kind, execution = task.activity_type, task.workflow_execution
        assert kind is not None
        assert execution is not None
        return cls(
            kind.name,
            kind.version,
            task.activity_id or "",
            execution.workflow_id,
            execution.run_id,
            task.input,
            task.task_token or "",
            domain,
            task_list,
        )

    def context(self) -> Current:
        """Return what the activity can know of itself."""
        return Current(
            name=self.name,
            version=self.version,
            workflow_id=self.workflow_id,
            run_id=self.run_id,
            activity_id=self.activity_id,
            input=self.input,
            domain_name=self.domain,
            activity_task_list=self.task_list,
            task_token=self.token,
        )

    def heartbeat_timeout(self) -> Any:
        """Return what the input says of it (`with_options` lets it), None where it says nothing."""
        if self.input is None or '"heartbeat_timeout"' not in self.input:
            return None
        try:
            return json.loads(self.input)["meta"]["heartbeat_timeout"]
        except (ValueError, LookupError, TypeError):  # an argument of that name, or not ours to read
            return None


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: a result, a failure, a cancellation, or nothing that is answered."""

    result: str | None = None
    failure: tuple[str, str] | None = None
    """Its reason and its details."""
    canceled: bool = False
    details: str | None = None
    """What was told by the last heartbeat, or on being canceled."""

    @classmethod
    def failed(cls, error: BaseException, heartbeat: str | None = None) -> Outcome:
        """Return the outcome of an attempt that raised."""
        return cls(failure=failure_of(error, heartbeat), details=heartbeat)

    @classmethod
    def died(cls, how: str, heartbeat: str | None = None) -> Outcome:
        """Return the outcome of an attempt whose process ended; its reason has always been `how` alone."""
        _, details = failure_of(ActivityDied(how), heartbeat)
        return cls(failure=(how, details), details=heartbeat)

    @property
    def reason(self) -> str | None:
        """The reason of its failure."""
        return None if self.failure is None else self.failure[0]

    def after(self, end: End | None) -> Outcome:
        """Return what counts when the attempt was to end: its result, if it had one after all."""
        if end is None or (end != "lost" and self.failure is None and not self.canceled):
            return self
        if end == "canceled":
            return replace(self, failure=None, canceled=True)
        return (
            Outcome.died("the worker was stopped before the activity ended", self.details)
            if end == "stopped"
            else Outcome()
        )

    def answer(self, token: str) -> msgspec.Struct | None:
        """Return what the engine is told; None when nothing is, as when somebody else will."""
        if self.canceled:
            return r.RespondActivityTaskCanceledInput(token, self.details)
        if self.failure is not None:
            reason, details = self.failure
            return r.RespondActivityTaskFailedInput(token, reason=reason, details=details)
        if self.result is not None:
            return r.RespondActivityTaskCompletedInput(token, self.result)
        return None


def performed(
    attempt: Attempt,
    loader: Loader,
    middlewares: Middlewares,
    beat: Callable[[str | None], None],
    begins: Callable[[float | None], None],
) -> Outcome:
    """Perform an attempt here, and return what came of it.

    `begins` is told its heartbeat timeout, `beat` of each heartbeat.
    """
    context = attempt.context()
    context.beat = beat
    try:
        activity = loader.activity(attempt.name)
        begins(_seconds(attempt.heartbeat_timeout() or activity.task_heartbeat_timeout))
        result = perform(activity, attempt.input, context, middlewares)
    except TaskCanceled as canceled:
        said = str(canceled.details or "").encode("utf-8", "backslashreplace").decode()
        return Outcome(canceled=True, details=said[:MAX_DETAILS_LENGTH] or context.told)
    except KeyboardInterrupt:
        raise
    except (
        BaseException
    ) as error:  # whatever the activity raises is its failure: SystemExit, CancelledError, ...
        failure = error if isinstance(error, Exception) else RuntimeError(repr(error))
        return Outcome.failed(failure.with_traceback(error.__traceback__), context.told)
    return Outcome(result, details=context.told)


def _seconds(timeout: Any) -> float | None:
    """Return a timeout as SWF has it in seconds; None where there is none."""
    try:
        return float(timeout) or None
    except (TypeError, ValueError):  # None, "NONE"
        return None
