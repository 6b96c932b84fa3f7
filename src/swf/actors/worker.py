"""Workers."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from swf import format
from swf.actors.core import Actor
from swf.exceptions import Fault, PollTimeout
from swf.models.activity import ActivityTask
from swf.responses import PolledActivityTask

if TYPE_CHECKING:
    from swf.models.decision.values import Data, TaskListLike
    from swf.models.domain import Domain

__all__ = ["ActivityWorker"]

logger = logging.getLogger(__name__)


class ActivityWorker(Actor):
    """What performs activities. Inherit from it, say in `work` how, and `start` it.

    `identity` is what histories say of who did it.
    """

    def __init__(
        self,
        domain: Domain,
        task_list: str,
        identity: str | None = None,
        region: str | None = None,
        connection: Any = None,
        boto3_client: Any = None,
    ) -> None:
        super().__init__(domain, task_list, region, connection, boto3_client)
        self.identity = identity
        self._answered = ""
        """The token that was answered last."""

    def work(self, task: ActivityTask) -> Data:
        """Perform an activity, and return its result. To be overridden for `start`.

        It may answer the task itself, with `complete`, `fail` or `cancel`: then what it returns is not sent.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how to work: override work(task)")

    def handle(self, task: PolledActivityTask) -> None:
        """Perform an activity, and answer: with its result, or with what it raised."""
        try:
            self._perform(task.task_token, task.activity_task)
        except Fault as refusal:
            logger.warning("%s: its answer is refused: %s", task.activity_task.activity_id, refusal)

    def _perform(self, token: str, task: ActivityTask) -> None:
        try:
            result = self.work(task)
            if self._answered != token:
                self.complete(token, result)
        except Exception as error:  # what users perform may raise anything, and return what cannot be sent
            if type(self).work is ActivityWorker.work:
                raise
            logger.info("%s failed: %r", task.activity_id, error)
            if self._answered != token:
                reason, details = f"{type(error).__name__}: {error}", traceback.format_exc()
                self.fail(token, format.details(details), format.reason(reason))

    def poll(self, task_list: TaskListLike | None = None, identity: str | None = None) -> PolledActivityTask:
        """Wait for an activity task, and return it.

        Raises `PollTimeout` when nothing came in a minute, or when polling was stopped; `DoesNotExistError`
        for an unknown domain; else `ResponseError`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_PollForActivityTask.html
        """
        listened = task_list or self.task_list
        task = self.poll_for_activity_task(self.domain.name, listened, identity or self.identity)
        if not task.get("taskToken"):
            raise PollTimeout(f"nothing to do came in task list {listened} of {self.domain.name}")
        name = listened if isinstance(listened, str) else listened["name"]
        return PolledActivityTask(
            task["taskToken"], ActivityTask.from_poll(self.domain, name, task), raw_response=task
        )

    # Answers: `DoesNotExistError` says that the task has timed out or is answered, else it is `ResponseError`

    def complete(self, task_token: str, result: Data = None) -> None:
        """Say that a task is done. `result`: a text, sent as it is; anything else is sent as JSON.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondActivityTaskCompleted.html
        """
        self.respond_activity_task_completed(task_token, result)
        self._answered = task_token

    def fail(self, task_token: str, details: Data = None, reason: Data = None) -> None:
        """Say that a task failed: a reason of 256 characters at most, details of 32,768.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondActivityTaskFailed.html
        """
        self.respond_activity_task_failed(task_token, details, reason)
        self._answered = task_token

    def cancel(self, task_token: str, details: Data = None) -> None:
        """Say that a task was given up as was asked, which a heartbeat told.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondActivityTaskCanceled.html
        """
        self.respond_activity_task_canceled(task_token, details)
        self._answered = task_token

    def heartbeat(self, task_token: str, details: Data = None) -> dict[str, Any]:
        """Say that a task goes on; `cancelRequested` in what is returned tells whether it should not.

        Raises `RateLimitExceededError` too.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RecordActivityTaskHeartbeat.html
        """
        return self.record_activity_task_heartbeat(task_token, details)
