"""Types of activities, and their tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from swf.constants import REGISTERED
from swf.exceptions import TypeAlreadyExists, UnknownResource
from swf.models.base import BaseModel
from swf.models.domain import missing_is
from swf.models.workflow import WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swf.models.decision.values import Seconds
    from swf.models.domain import Domain

__all__ = ["ActivityTask", "ActivityType", "ActivityTypeDoesNotExist"]


class ActivityTypeDoesNotExist(UnknownResource):
    """There is no such type of activities."""


@dataclass(frozen=True, repr=False)
class ActivityType(BaseModel):
    """What can be scheduled: a name and a version, and defaults for the tasks of it.

    What is None has no default: whoever schedules a task says it. Time-outs are seconds, or `"NONE"`.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ActivityTypeConfiguration.html
    """

    domain: Domain
    name: str
    version: str
    status: str = REGISTERED
    description: str | None = None
    creation_date: datetime | float = field(default=0.0, compare=False)
    deprecation_date: datetime | float = field(default=0.0, compare=False)
    task_list: str | None = None
    task_heartbeat_timeout: Seconds | None = None
    task_schedule_to_close_timeout: Seconds | None = None
    task_schedule_to_start_timeout: Seconds | None = None
    task_start_to_close_timeout: Seconds | None = None
    task_priority: str | int | None = None

    shown: ClassVar[tuple[str, ...]] = ("domain", "name", "version", "status")
    times: ClassVar[tuple[str, ...]] = (
        "task_heartbeat_timeout",
        "task_schedule_to_close_timeout",
        "task_schedule_to_start_timeout",
        "task_start_to_close_timeout",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._convert("task_priority", str)

    @classmethod
    def from_info(cls, domain: Domain, info: Mapping[str, Any], **defaults: Any) -> ActivityType:
        """Return the type that ListActivityTypes tells of; it does not tell the defaults."""
        return cls(
            domain,
            info["activityType"]["name"],
            info["activityType"]["version"],
            status=info["status"],
            description=info.get("description"),
            creation_date=info["creationDate"],
            deprecation_date=info.get("deprecationDate", 0.0),
            **defaults,
        )

    @classmethod
    def from_description(cls, domain: Domain, told: Mapping[str, Any], **more: Any) -> ActivityType:
        """Return the type that DescribeActivityType tells of."""
        default = told["configuration"]
        return cls.from_info(
            domain,
            told["typeInfo"],
            task_list=default.get("defaultTaskList"),
            task_heartbeat_timeout=default.get("defaultTaskHeartbeatTimeout"),
            task_schedule_to_close_timeout=default.get("defaultTaskScheduleToCloseTimeout"),
            task_schedule_to_start_timeout=default.get("defaultTaskScheduleToStartTimeout"),
            task_start_to_close_timeout=default.get("defaultTaskStartToCloseTimeout"),
            task_priority=default.get("defaultTaskPriority"),
            **more,
        )

    def upstream(self) -> ActivityType:
        """Return the type as SWF knows it. Raises `ActivityTypeDoesNotExist`."""
        with missing_is(ActivityTypeDoesNotExist):
            told = self.describe_activity_type(self.domain.name, self.name, self.version)
        return self.from_description(self.domain, told, connection=self.connection)

    def save(self) -> None:
        """Register the type. Raises `AlreadyExistsError`, also when deprecated, and `DomainDoesNotExist`."""
        try:
            with missing_is(ActivityTypeDoesNotExist):
                self.register_activity_type(
                    self.domain.name,
                    self.name,
                    self.version,
                    task_list=self.task_list,
                    default_task_heartbeat_timeout=self.task_heartbeat_timeout,
                    default_task_schedule_to_close_timeout=self.task_schedule_to_close_timeout,
                    default_task_schedule_to_start_timeout=self.task_schedule_to_start_timeout,
                    default_task_start_to_close_timeout=self.task_start_to_close_timeout,
                    description=self.description,
                    default_task_priority=self.task_priority,
                )
        except TypeAlreadyExists as fault:
            raise TypeAlreadyExists(f"{self} already exists amazon-side") from fault

    def delete(self) -> None:
        """Deprecate the type. Raises `ActivityTypeDoesNotExist`, and `TypeDeprecated` when it is already."""
        with missing_is(ActivityTypeDoesNotExist):
            self.deprecate_activity_type(self.domain.name, self.name, self.version)

    def undeprecate(self) -> None:
        """Let the type be as before. Raises `ActivityTypeDoesNotExist`, and `TypeAlreadyExists`."""
        with missing_is(ActivityTypeDoesNotExist):
            self.undeprecate_activity_type(self.domain.name, self.name, self.version)


@dataclass(frozen=True)
class ActivityTask:
    """A task that a worker has been given. `context` is what the poll answered.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_PollForActivityTask.html
    """

    domain: Domain
    task_list: str | None = None
    task_token: str | None = field(default=None, repr=False)
    activity_type: ActivityType | None = None
    workflow_execution: WorkflowExecution | None = None
    input: str | None = None
    activity_id: str | None = None
    started_event_id: int | None = None
    context: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_poll(cls, domain: Domain, task_list: str, data: Mapping[str, Any]) -> ActivityTask:
        """Return the task that PollForActivityTask answered."""
        kind, execution = data["activityType"], data["workflowExecution"]
        return cls(
            domain,
            task_list,
            data["taskToken"],
            ActivityType(domain, kind["name"], kind["version"]),
            WorkflowExecution(domain, execution["workflowId"], execution["runId"]),
            data.get("input"),
            data["activityId"],
            data["startedEventId"],
            context=data,
        )
