"""Deciders."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from swf.actors.core import Actor
from swf.exceptions import Fault, PollTimeout
from swf.models.execution import WorkflowExecution
from swf.models.history import History
from swf.models.workflow import WorkflowType
from swf.responses import PolledDecisionTask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swf.models.decision.values import Data, Seconds, TaskListLike

__all__ = ["Decider"]

logger = logging.getLogger(__name__)


class Decider(Actor):
    """What decides how executions go on. Inherit from it, say in `decide` how, and `start` it."""

    def decide(self, task: PolledDecisionTask) -> Sequence[Mapping[str, Any]]:
        """Return the decisions (`swf.models.decision`) that answer a task. To be overridden for `start`."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to decide: override decide(task)")

    def handle(self, task: PolledDecisionTask) -> None:
        """Decide, and answer. What cannot be decided is logged and left: SWF will hand it out again."""
        try:
            decisions = self.decide(task)
        except Exception:  # what users decide with may raise anything
            if type(self).decide is Decider.decide:
                raise
            logger.exception("%s: not decided; its task comes again when its time is over", task.execution)
            return
        try:
            self.complete(task.token, decisions)
        except Fault as refusal:
            logger.warning("%s: what was decided is refused: %s", task.execution, refusal)

    def poll(
        self,
        task_list: TaskListLike | None = None,
        identity: str | None = None,
        maximum_page_size: int | None = None,
        reverse_order: bool | None = None,
        start_at_previous_started_event: bool | None = None,
    ) -> PolledDecisionTask:
        """Wait for a decision task, and return it with all pages of its history.

        In `reverse_order` the latest event comes first; with `start_at_previous_started_event` the history
        begins where the last answered task did. Raises `PollTimeout` when nothing came in a minute, or when
        polling was stopped; `DoesNotExistError` for an unknown domain; else `ResponseError`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_PollForDecisionTask.html
        """
        listened = task_list or self.task_list

        def fetch(token: str | None) -> dict[str, Any]:
            return self.poll_for_decision_task(
                self.domain.name,
                listened,
                identity,
                maximum_page_size,
                token,
                reverse_order,
                start_at_previous_started_event,
            )

        def fetch_more(token: str | None) -> dict[str, Any]:
            page = fetch(token)
            if "events" not in page:
                raise PollTimeout("polling was stopped while a history was being read; the task comes again")
            return page

        task = fetch(None)
        if not task.get("taskToken"):
            raise PollTimeout(f"nothing to decide came in task list {listened} of {self.domain.name}")
        history = History.from_pages(fetch_more, first=task, latest_first=bool(reverse_order))
        len(history)  # all pages now: whoever decides wants them, and the task's time is running
        return self._polled(task, history)

    def poll_for_task(self, *args: Any, **kwargs: Any) -> PolledDecisionTask:
        """Do as `poll` does."""
        return self.poll(*args, **kwargs)

    def _polled(self, task: Mapping[str, Any], history: History) -> PolledDecisionTask:
        kind = WorkflowType.named(self.domain, **task["workflowType"])
        execution = WorkflowExecution(
            self.domain,
            task["workflowExecution"]["workflowId"],
            task["workflowExecution"]["runId"],
            workflow_type=kind,
        )
        return PolledDecisionTask(
            task["taskToken"],
            history,
            execution=execution,
            workflow_type=kind,
            started_event_id=task["startedEventId"],
            previous_started_event_id=task.get("previousStartedEventId", 0),
            raw_response=task,
        )

    def complete(
        self,
        task_token: str,
        decisions: Sequence[Mapping[str, Any]] | None = None,
        execution_context: Data = None,
        task_list: TaskListLike | None = None,
        task_list_schedule_to_start_timeout: Seconds | None = None,
    ) -> None:
        """Answer a decision task.

        `task_list`: where the next task of the execution waits for so many seconds before it goes where the
        execution's do. Raises `DoesNotExistError` when the task has timed out or is answered, else
        `ResponseError`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondDecisionTaskCompleted.html
        """
        self.respond_decision_task_completed(
            task_token, decisions, execution_context, task_list, task_list_schedule_to_start_timeout
        )
