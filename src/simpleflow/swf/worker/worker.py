"""The worker: takes the activity tasks of one task list, one at a time, and answers them."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Literal

from simpleflow import logging_context
from simpleflow.exceptions import failure_of
from simpleflow.perform import Middlewares
from simpleflow.swf.identity import identity as own_identity
from simpleflow.swf.polling import Poller
from simpleflow.swf.process.titles import set_title
from simpleflow.swf.worker.attempt import Attempt, Outcome
from simpleflow.swf.worker.heartbeats import Heartbeats
from simpleflow.swf.worker.here import Here
from swf.exceptions import UnknownResource
from swf.protocol.requests import PollForActivityTaskInput
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from simpleflow.swf.loading import Loader
    from simpleflow.swf.worker.elsewhere import Elsewhere
    from swf.exceptions import SWFError
    from swf.protocol.answers import ActivityTask
    from swf.protocol.client import Client

__all__ = ["Mode", "Worker"]

logger = logging.getLogger(__name__)

Mode = Literal["process", "fork", "thread"]


class Worker:
    """Works on one task list until it is stopped.

    `mode` says where activities are performed: in a child process that lives on ("process"), in a new one
    for each ("fork"), in the thread that runs the worker ("thread"). A heartbeat goes out every `heartbeat`
    seconds (0: none), or every third of an attempt's heartbeat timeout where that is shorter. An activity
    whose cancellation is asked for has `patience` seconds to end at a heartbeat, and after SIGTERM.
    """

    def __init__(
        self,
        client: Client,
        domain: str,
        task_list: str,
        loader: Loader,
        *,
        mode: Mode = "process",
        heartbeat: float = 60.0,
        middlewares: Middlewares | None = None,
        patience: float = 3.0,
        identity: str | None = None,
    ) -> None:
        self.domain = domain
        self.task_list = task_list
        self._poller = Poller(client)
        self._identity = identity or own_identity()
        self._heartbeats = Heartbeats(client, heartbeat)
        middlewares = middlewares or Middlewares()
        self._performer: Here | Elsewhere
        if mode == "thread":
            self._performer = Here(loader, middlewares, self._heartbeats)
        else:
            from simpleflow.swf.worker.elsewhere import Elsewhere

            self._performer = Elsewhere(
                loader, middlewares, self._heartbeats, lasting=mode == "process", patience=patience
            )
        self._titled = mode != "thread"

    def run(self, *, most: int | None = None) -> None:
        """Work until stopped, or on so many tasks. Raises an `SWFError` that does not pass by itself."""
        poll = PollForActivityTaskInput(self.domain, TaskList(self.task_list), identity=self._identity)
        self._title("polling")
        try:
            for done, task in enumerate(self._poller.tasks(poll), 1):
                self.work_on(task)
                self._title("polling")
                if done == most:
                    break
        finally:
            self.close()

    def stop(self) -> None:
        """Take no more tasks, and end `run` when the one at hand is answered; from any thread."""
        self._poller.stop()

    def stop_now(self) -> None:
        """End what runs, too: the attempt fails. In a thread, as soon as the activity asks."""
        self._poller.stop()
        self._performer.stop_now()

    def close(self) -> None:
        """Send the last answer, end the child process and the heartbeats."""
        self._poller.flush()
        self._poller.stop()
        self._heartbeats.close()
        self._performer.close()

    def work_on(self, task: ActivityTask) -> None:
        """Perform one task, and answer it."""
        attempt = Attempt.of(task, self.domain, self.task_list)
        self._title(f"processing {attempt.activity_id}")
        if self._titled:
            logging_context.set("workflow_id", attempt.workflow_id)
        self._heartbeats.begin(attempt.token, self._performer.end)
        try:
            outcome = self._performer.perform(attempt)
        except Exception as error:  # whatever went wrong here must not leave the task to time out
            logger.exception("performing %s went wrong", attempt.activity_id)
            outcome = Outcome(failure=failure_of(error))
        finally:
            self._heartbeats.finish()
        self._answer(attempt, outcome)

    def _answer(self, attempt: Attempt, outcome: Outcome) -> None:
        answer = outcome.answer(attempt.token)
        if outcome.failure is not None:
            logger.info("%s failed: %s", attempt.activity_id, outcome.failure[0])
        if answer is not None:
            self._poller.answer(answer, functools.partial(_refused, attempt))

    def _title(self, state: str) -> None:
        if self._titled:
            set_title(f"ActivityPoller(task_list={self.task_list})", state)


def _refused(attempt: Attempt, error: SWFError) -> None:
    if isinstance(error, UnknownResource):
        logger.warning(
            "%s of %s timed out or was closed before its outcome came",
            attempt.activity_id,
            attempt.workflow_id,
        )
    else:
        logger.error("the outcome of %s was not taken: %s", attempt.activity_id, error)
