"""Decisions about activities and Lambda functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.models.decision.decision import Decision

if TYPE_CHECKING:
    from typing import Self

    from swf.models.decision.values import Data, Seconds, TaskListLike, TypeLike

__all__ = ["ActivityTaskDecision", "LambdaFunctionDecision"]


class ActivityTaskDecision(Decision):
    """Schedule an activity, or ask for the cancellation of one."""

    def schedule(
        self,
        activity_id: str,
        activity_type: TypeLike,
        control: Data = None,
        heartbeat_timeout: Seconds | None = None,
        input: Data = None,
        duration_timeout: Seconds | None = None,
        schedule_timeout: Seconds | None = None,
        task_timeout: Seconds | None = None,
        task_list: TaskListLike | None = None,
        task_priority: str | int | None = None,
    ) -> Self:
        """Schedule an activity task.

        `duration_timeout` is SWF's scheduleToCloseTimeout, `schedule_timeout` its scheduleToStartTimeout,
        `task_timeout` its startToCloseTimeout.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ScheduleActivityTaskDecisionAttributes.html
        """
        return self._decide(
            "ScheduleActivityTask",
            activityId=activity_id,
            activityType=activity_type,
            control=control,
            heartbeatTimeout=heartbeat_timeout,
            input=input,
            scheduleToCloseTimeout=duration_timeout,
            scheduleToStartTimeout=schedule_timeout,
            startToCloseTimeout=task_timeout,
            taskList=task_list,
            taskPriority=task_priority,
        )

    def request_cancel(self, activity_id: str) -> Self:
        """Ask for the cancellation of an open activity task.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RequestCancelActivityTaskDecisionAttributes.html
        """
        return self._decide("RequestCancelActivityTask", activityId=activity_id)


class LambdaFunctionDecision(Decision):
    """Schedule a Lambda function."""

    def schedule(
        self,
        id: str,
        name: str,
        control: Data = None,
        input: Data = None,
        task_timeout: Seconds | None = None,
    ) -> Self:
        """Schedule a Lambda function. `task_timeout` is SWF's startToCloseTimeout, from 1 to 900 seconds.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ScheduleLambdaFunctionDecisionAttributes.html
        """
        return self._decide(
            "ScheduleLambdaFunction",
            id=id,
            name=name,
            control=control,
            input=input,
            startToCloseTimeout=task_timeout,
        )
