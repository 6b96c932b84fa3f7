"""Types of workflows."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from swf.constants import REGISTERED
from swf.exceptions import TypeAlreadyExists, UnknownResource
from swf.models.base import CHILD_POLICIES, BaseModel
from swf.models.domain import missing_is
from swf.models.execution import WorkflowExecution, WorkflowExecutionDoesNotExist

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from swf.models.decision.values import Seconds
    from swf.models.domain import Domain

__all__ = [
    "CHILD_POLICIES",
    "WorkflowExecution",
    "WorkflowExecutionDoesNotExist",
    "WorkflowType",
    "WorkflowTypeDoesNotExist",
]


class WorkflowTypeDoesNotExist(UnknownResource):
    """There is no such type of workflows."""


@dataclass(frozen=True, repr=False)
class WorkflowType(BaseModel):
    """What can be started: a name and a version, and defaults for the executions of it.

    What is None has no default: whoever starts an execution says it. Time-outs are seconds; that of
    decision tasks may be `"NONE"`. Raises `ValueError` for a child policy that there is not.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_WorkflowTypeConfiguration.html
    """

    domain: Domain
    name: str
    version: str
    status: str = REGISTERED
    creation_date: datetime | float = field(default=0.0, compare=False)
    deprecation_date: datetime | float = field(default=0.0, compare=False)
    task_list: str | None = None
    child_policy: str | None = CHILD_POLICIES.TERMINATE
    execution_timeout: Seconds | None = "300"
    decision_tasks_timeout: Seconds | None = "300"
    description: str | None = None
    task_priority: str | int | None = None
    lambda_role: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("domain", "name", "version", "status")
    times: ClassVar[tuple[str, ...]] = ("execution_timeout", "decision_tasks_timeout")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._convert("task_priority", str)
        _check_child_policy(self.child_policy)

    @classmethod
    def named(cls, domain: Domain, name: str, version: str, **more: Any) -> WorkflowType:
        """Return the type of which nothing else is known."""
        return cls(domain, name, version, **_NO_DEFAULTS | more)

    @classmethod
    def from_info(cls, domain: Domain, info: Mapping[str, Any], **defaults: Any) -> WorkflowType:
        """Return the type that ListWorkflowTypes tells of; it does not tell the defaults."""
        return cls(
            domain,
            info["workflowType"]["name"],
            info["workflowType"]["version"],
            status=info["status"],
            creation_date=info["creationDate"],
            deprecation_date=info.get("deprecationDate", 0.0),
            description=info.get("description"),
            **_NO_DEFAULTS | defaults,
        )

    @classmethod
    def from_description(cls, domain: Domain, told: Mapping[str, Any], **more: Any) -> WorkflowType:
        """Return the type that DescribeWorkflowType tells of."""
        default = told["configuration"]
        return cls.from_info(
            domain,
            told["typeInfo"],
            task_list=default.get("defaultTaskList"),
            child_policy=default.get("defaultChildPolicy"),
            execution_timeout=default.get("defaultExecutionStartToCloseTimeout"),
            decision_tasks_timeout=default.get("defaultTaskStartToCloseTimeout"),
            task_priority=default.get("defaultTaskPriority"),
            lambda_role=default.get("defaultLambdaRole"),
            **more,
        )

    # At SWF

    def upstream(self) -> WorkflowType:
        """Return the type as SWF knows it. Raises `WorkflowTypeDoesNotExist`."""
        with missing_is(WorkflowTypeDoesNotExist):
            told = self.describe_workflow_type(self.domain.name, self.name, self.version)
        return self.from_description(self.domain, told, connection=self.connection)

    def save(self) -> None:
        """Register the type. Raises `AlreadyExistsError`, also when deprecated, and `DomainDoesNotExist`."""
        try:
            with missing_is(WorkflowTypeDoesNotExist):
                self.register_workflow_type(
                    self.domain.name,
                    self.name,
                    self.version,
                    task_list=self.task_list,
                    default_child_policy=self.child_policy,
                    default_execution_start_to_close_timeout=self.execution_timeout,
                    default_task_start_to_close_timeout=self.decision_tasks_timeout,
                    description=self.description,
                    default_task_priority=self.task_priority,
                    default_lambda_role=self.lambda_role,
                )
        except TypeAlreadyExists as fault:
            raise TypeAlreadyExists(f"{self} already exists amazon-side") from fault

    def delete(self) -> None:
        """Deprecate the type. Raises `WorkflowTypeDoesNotExist`, and `TypeDeprecated` when it is already."""
        with missing_is(WorkflowTypeDoesNotExist):
            self.deprecate_workflow_type(self.domain.name, self.name, self.version)

    def undeprecate(self) -> None:
        """Let the type be as before. Raises `WorkflowTypeDoesNotExist`, and `TypeAlreadyExists`."""
        with missing_is(WorkflowTypeDoesNotExist):
            self.undeprecate_workflow_type(self.domain.name, self.name, self.version)

    # Executions

    def start_execution(
        self,
        workflow_id: str | None = None,
        task_list: str | None = None,
        child_policy: str | None = None,
        execution_timeout: Seconds | None = None,
        input: Any = None,
        tag_list: Iterable[str] | str | None = None,
        decision_tasks_timeout: Seconds | None = None,
        task_priority: str | int | None = None,
        lambda_role: str | None = None,
    ) -> WorkflowExecution:
        """Start an execution; return it.

        Without an id it gets one that no other has. Task list and child policy are those given, else this
        value's, else the registered ones; the rest is what is given, else registered. `input` travels as
        JSON, a text too; None as `{}`.

        Raises `WorkflowExecutionAlreadyStartedError` while the id is running, `WorkflowTypeDoesNotExist`,
        `TypeDeprecated`, `DefaultUndefined`; `ValueError` for a child policy that there is not.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_StartWorkflowExecution.html
        """
        _check_child_policy(child_policy)
        execution = WorkflowExecution(
            self.domain,
            workflow_id or f"{self.name}-{self.version}-{uuid.uuid4()}",
            workflow_type=self,
            task_list=task_list or self.task_list,
            child_policy=child_policy or self.child_policy,
            execution_timeout=execution_timeout,
            input=json.dumps({} if input is None else input, sort_keys=True, separators=(",", ":")),
            tag_list=_tags(tag_list),
            decision_tasks_timeout=decision_tasks_timeout,
            task_priority=task_priority,
            lambda_role=lambda_role,
            connection=self.connection,
        )
        return execution.start()


_NO_DEFAULTS: Final[dict[str, Any]] = dict.fromkeys(
    ("child_policy", "execution_timeout", "decision_tasks_timeout")
)


def _tags(given: Iterable[str] | str | None) -> list[str] | None:
    if given is None or isinstance(given, str):
        return None if given is None else [given]
    return list(given)


def _check_child_policy(policy: str | None) -> None:
    if policy is not None and policy not in CHILD_POLICIES:
        raise ValueError(f"invalid child policy value: {policy}")
