"""The values that an execution runs by: what was asked for, else the defaults of its type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypedDict

from swf.exceptions import DefaultUndefined, TypeDeprecated, UnknownResource
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from swf.engine.machine.types import Defaults, Types
    from swf.protocol.shapes import WorkflowType

__all__ = ["Resolved", "StartRequest", "Wanted", "resolve", "resolve_start"]


class Wanted(Protocol):
    """What was asked for: by a request, a StartChildWorkflowExecution or a ContinueAsNewWorkflowExecution."""

    @property
    def task_list(self) -> TaskList | None: ...
    @property
    def execution_start_to_close_timeout(self) -> str | None: ...
    @property
    def task_start_to_close_timeout(self) -> str | None: ...
    @property
    def child_policy(self) -> str | None: ...
    @property
    def task_priority(self) -> str | None: ...
    @property
    def lambda_role(self) -> str | None: ...


@dataclass(frozen=True)
class StartRequest:
    """What StartWorkflowExecution asks for."""

    task_list: TaskList | None
    execution_start_to_close_timeout: str | None
    task_start_to_close_timeout: str | None
    child_policy: str | None
    task_priority: str | None
    lambda_role: str | None


class Resolved(TypedDict):
    """What an execution runs by, as the attributes of events have it."""

    task_list: TaskList
    execution_start_to_close_timeout: str
    task_start_to_close_timeout: str
    child_policy: str
    task_priority: str | None
    lambda_role: str | None


def resolve(wanted: Wanted, defaults: Defaults) -> Resolved | str:
    """Return the values, or the name of the first that is nowhere given. An empty string counts as absent."""
    task_list = wanted.task_list.name if wanted.task_list is not None else None
    task_list = task_list or defaults.task_list
    execution_timeout = wanted.execution_start_to_close_timeout or defaults.execution_start_to_close
    task_timeout = wanted.task_start_to_close_timeout or defaults.task_start_to_close
    child_policy = wanted.child_policy or defaults.child_policy
    if not execution_timeout:
        return "execution_start_to_close_timeout"
    if not task_list:
        return "task_list"
    if not task_timeout:
        return "task_start_to_close_timeout"
    if not child_policy:
        return "child_policy"
    return Resolved(
        task_list=TaskList(task_list),
        execution_start_to_close_timeout=execution_timeout,
        task_start_to_close_timeout=task_timeout,
        child_policy=child_policy,
        task_priority=wanted.task_priority or defaults.task_priority,
        lambda_role=wanted.lambda_role or defaults.lambda_role,
    )


def resolve_start(workflow_type: WorkflowType, request: Wanted, types: Types) -> Resolved:
    """Return what an execution of a type runs by.

    Raises `UnknownResource`, `TypeDeprecated`, and `DefaultUndefined` with the request's name of the value.
    """
    named = f"WorkflowType=[name={workflow_type.name}, version={workflow_type.version}]"
    if (defaults := types.workflow(workflow_type.name, workflow_type.version)) is None:
        raise UnknownResource(f"Unknown type: {named}")
    if defaults.deprecated:
        raise TypeDeprecated(named)
    if isinstance(resolved := resolve(request, defaults), str):
        first, *rest = resolved.split("_")
        raise DefaultUndefined(first + "".join(word.capitalize() for word in rest))
    return resolved
