"""The worker: takes the activity tasks of one task list, one at a time, and answers them."""

from __future__ import annotations

import functools
import logging
import threading
from typing import TYPE_CHECKING, Literal

from simpleflow import logging_context
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

    With child processes run it on the main thread, and begin no threads before: they are forked.
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
        self._name = f"ActivityPoller(task_list={task_list})"
        self._alone = mode != "thread"
        middlewares = middlewares or Middlewares()
        self._performer: Here | Elsewhere
        if mode == "thread":
            self._performer = Here(loader, middlewares, self._heartbeats)
        else:
            from simpleflow.swf.worker.elsewhere import Elsewhere

            self._performer = Elsewhere(
                loader,
                middlewares,
                self._heartbeats,
                self._name,
                lasting=mode == "process",
                patience=patience,
            )

    def run(self, *, most: int | None = None) -> None:
        """Work until stopped, or on so many tasks. Raises an `SWFError` that does not pass by itself."""
        poll = PollForActivityTaskInput(self.domain, TaskList(self.task_list), identity=self._identity)
        try:
            self._performer.prepare()
            self._title("polling")
            for done, task in enumerate(self._poller.tasks(poll), 1):
                self.work_on(task)
                if done == most:
                    break
                self._title("polling")
        finally:
            self.close()

    def stop(self, grace: float | None = None) -> None:
        """Take no more tasks, and end `run` when the one at hand is answered; from any thread.

        After `grace` seconds, if they are given, it stops now.
        """
        self._poller.stop()
        if grace is not None:
            timer = threading.Timer(grace, self.stop_now)
            timer.daemon = True
            timer.start()

    def stop_now(self) -> None:
        """End what runs, too: the attempt fails. In a thread, as soon as the activity asks."""
        self._poller.stop_now()
        self._performer.end("stopped")

    def close(self) -> None:
        """Send the last answer, end the child process and the heartbeats."""
        self._poller.flush()
        self._poller.stop()
        self._heartbeats.close()
        self._performer.close()
        if self._alone:
            logging_context.reset()

    def work_on(self, task: ActivityTask) -> None:
        """Perform one task; its answer goes out with the next poll, or on `close`."""
        attempt = Attempt.of(task, self.domain, self.task_list)
        self._title(f"processing {attempt.activity_id}")
        if self._alone:
            logging_context.set("workflow_id", attempt.workflow_id)
            logging_context.set("activity_id", attempt.activity_id)
        outcome = self._outcome(attempt)
        if outcome.failure is not None:
            logger.info("%s of %s failed: %s", attempt.activity_id, attempt.workflow_id, outcome.reason)
        if (answer := outcome.answer(attempt.token)) is not None:
            self._poller.answer(answer, functools.partial(_refused, attempt))

    def _outcome(self, attempt: Attempt) -> Outcome:
        try:
            self._performer.prepare()
            self._heartbeats.begin(attempt.token, self._performer.end)
            return self._performer.perform(attempt)
        except Exception as error:  # whatever went wrong here must not leave the task to time out
            logger.exception("performing %s went wrong", attempt.activity_id)
            return Outcome.failed(error)
        finally:
            self._heartbeats.finish()

    def _title(self, state: str) -> None:
        if self._alone:
            set_title(self._name, state)


def _refused(attempt: Attempt, error: SWFError) -> None:
    if isinstance(error, UnknownResource):
        logger.warning(
            "%s of %s timed out or was closed before its outcome came",
            attempt.activity_id,
            attempt.workflow_id,
        )
    else:
        logger.error("cannot complete task: %s of %s: %s", attempt.activity_id, attempt.workflow_id, error)
