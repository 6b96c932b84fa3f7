"""Who performs the activities of a local run: this thread, or several."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, Any

from simpleflow.perform import Middlewares, perform
from simpleflow.utils import format_exc

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from simpleflow.activity import Activity
    from simpleflow.context import Current
    from swf.engine.machine import ActivityTask

__all__ = ["Inline", "Job", "Threads", "Workers"]

logger = logging.getLogger("simpleflow.runtime")


class Job:
    """An activity to perform, and what came of it."""

    def __init__(
        self,
        activity: Activity[Any, Any],
        text: str | None,
        context: Current,
        middlewares: Middlewares,
        began: float,
    ) -> None:
        self.activity = activity
        self.text = text
        self.context = context
        self.middlewares = middlewares
        self.began = began
        self.result: str | None = None
        self.failure: Exception | None = None

    def __call__(self) -> None:
        try:
            self.result = perform(self.activity, self.text, self.context, self.middlewares)
            if self.result is None:
                raise RuntimeError("it returned DoNotComplete: in a local run nobody can complete it")
        except BaseException as error:  # whatever the activity raises is its failure, but not a Ctrl-C
            if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
                raise
            failure = error if isinstance(error, Exception) else RuntimeError(repr(error))
            self.failure = failure.with_traceback(error.__traceback__)
            logger.info("activity %s failed: %s", self.context["activity_id"], format_exc(self.failure))


class Workers:
    """Who performs activities."""

    busy = 0

    def free(self, most: int) -> bool:
        """Tell whether one more activity may run beside those that do."""
        return self.busy < most

    def give(self, task: ActivityTask, job: Job) -> None:
        """Hand out a job."""
        raise NotImplementedError

    def take(self, seconds: float | None) -> tuple[ActivityTask, Job] | None:
        """Return a job that is done; None when none is within so many seconds."""
        raise NotImplementedError


class Inline(Workers):
    """This thread, one activity at a time."""

    def give(self, task: ActivityTask, job: Job) -> None:
        self._given = (task, job)
        self.busy = 1

    def take(self, seconds: float | None) -> tuple[ActivityTask, Job] | None:
        self.busy = 0
        self._given[1]()
        return self._given


class Threads(Workers):
    """Threads."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._done: queue.SimpleQueue[tuple[ActivityTask, Job]] = queue.SimpleQueue()

    def give(self, task: ActivityTask, job: Job) -> None:
        self.busy += 1

        def work() -> None:
            job()
            self._done.put((task, job))

        self._threads.submit(work)

    def take(self, seconds: float | None) -> tuple[ActivityTask, Job] | None:
        try:
            done = self._done.get(timeout=seconds)
        except queue.Empty:
            return None
        self.busy -= 1
        return done
