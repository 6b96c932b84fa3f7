"""Operations with which deciders and workers get and answer tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.calls.calling import Answer, Calling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from swf.models.decision.values import Data, Seconds, TaskListLike

__all__ = ["TaskCalls"]


class TaskCalls(Calling):
    """Polls, answers, heartbeats. Each raises the faults of SWF, which are in `swf.exceptions`."""

    def poll_for_decision_task(
        self,
        domain: str,
        task_list: TaskListLike,
        identity: str | None = None,
        maximum_page_size: int | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
        start_at_previous_started_event: bool | None = None,
    ) -> Answer:
        """Wait for a decision task, for a minute; an answer without `taskToken` brings none.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_PollForDecisionTask.html
        """
        return self._ask(
            "PollForDecisionTask",
            domain=domain,
            taskList=task_list,
            identity=identity,
            maximumPageSize=maximum_page_size,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
            startAtPreviousStartedEvent=start_at_previous_started_event,
        )

    def respond_decision_task_completed(
        self,
        task_token: str,
        decisions: Sequence[Mapping[str, Any]] | None = None,
        execution_context: Data = None,
        task_list: TaskListLike | None = None,
        task_list_schedule_to_start_timeout: Seconds | None = None,
    ) -> Answer:
        """Answer a decision task. `task_list`: where the next one of the execution is to go first.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondDecisionTaskCompleted.html
        """
        return self._ask(
            "RespondDecisionTaskCompleted",
            taskToken=task_token,
            decisions=decisions,
            executionContext=execution_context,
            taskList=task_list,
            taskListScheduleToStartTimeout=task_list_schedule_to_start_timeout,
        )

    def poll_for_activity_task(
        self, domain: str, task_list: TaskListLike, identity: str | None = None
    ) -> Answer:
        """Wait for an activity task, for a minute; an answer without `taskToken` brings none.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_PollForActivityTask.html
        """
        return self._ask("PollForActivityTask", domain=domain, taskList=task_list, identity=identity)

    def respond_activity_task_completed(self, task_token: str, result: Data = None) -> Answer:
        """Say that an activity task is done.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondActivityTaskCompleted.html
        """
        return self._ask("RespondActivityTaskCompleted", taskToken=task_token, result=result)

    def respond_activity_task_failed(
        self, task_token: str, details: Data = None, reason: Data = None
    ) -> Answer:
        """Say that an activity task failed.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondActivityTaskFailed.html
        """
        return self._ask("RespondActivityTaskFailed", taskToken=task_token, details=details, reason=reason)

    def respond_activity_task_canceled(self, task_token: str, details: Data = None) -> Answer:
        """Say that an activity task was given up as was asked.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RespondActivityTaskCanceled.html
        """
        return self._ask("RespondActivityTaskCanceled", taskToken=task_token, details=details)

    def record_activity_task_heartbeat(self, task_token: str, details: Data = None) -> Answer:
        """Say that an activity task goes on; `cancelRequested` in the answer says whether it should not.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RecordActivityTaskHeartbeat.html
        """
        return self._ask("RecordActivityTaskHeartbeat", taskToken=task_token, details=details)

    def count_pending_decision_tasks(self, domain: str, task_list: TaskListLike) -> Answer:
        """Count the decision tasks that wait in a task list.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CountPendingDecisionTasks.html
        """
        return self._ask("CountPendingDecisionTasks", domain=domain, taskList=task_list)

    def count_pending_activity_tasks(self, domain: str, task_list: TaskListLike) -> Answer:
        """Count the activity tasks that wait in a task list.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CountPendingActivityTasks.html
        """
        return self._ask("CountPendingActivityTasks", domain=domain, taskList=task_list)
