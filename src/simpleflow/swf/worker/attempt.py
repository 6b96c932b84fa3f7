"""One attempt of an activity: what is to be performed, what came of it, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpleflow.context import Current
from simpleflow.exceptions import DispatchError, TaskCanceled, failure_of
from simpleflow.perform import perform
from swf.protocol import requests as r

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader
    from swf.protocol.answers import ActivityTask

__all__ = ["Attempt", "Outcome", "performed"]


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


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: a result, a failure, a cancellation, or nothing that is answered."""

    result: str | None = None
    failure: tuple[str, str] | None = None
    """Its reason and its details."""
    canceled: bool = False
    details: str | None = None
    """What was told by the last heartbeat."""

    @classmethod
    def failed(cls, error: BaseException, heartbeat: str | None = None) -> Outcome:
        """Return the outcome of an attempt that raised."""
        return cls(failure=failure_of(error, heartbeat), details=heartbeat)

    def answer(self, token: str) -> msgspec.Struct | None:
        """Return what the engine is told; None when somebody else will."""
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

    `begins` is told the heartbeat timeout that the activity asks for, `beat` of each heartbeat.
    """
    context = attempt.context()
    context.beat = beat
    try:
        activity = loader.activity(attempt.name)
        begins(_seconds(activity.task_heartbeat_timeout))
        result = perform(activity, attempt.input, context, middlewares)
    except TaskCanceled:
        return Outcome(canceled=True, details=context.told)
    except DispatchError as error:
        return Outcome.failed(error)
    except (Exception, SystemExit) as error:  # whatever the activity raises is its failure
        failure = error if isinstance(error, Exception) else RuntimeError(repr(error))
        return Outcome.failed(failure, context.told)
    return Outcome(result, details=context.told)


def _seconds(timeout: Any) -> float | None:
    return None if timeout in (None, "", "NONE", 0, "0") else float(timeout)
