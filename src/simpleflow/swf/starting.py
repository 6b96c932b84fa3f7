"""Starting executions as their classes say; a type that is not there yet is registered on the way."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from simpleflow.dataflow.kinds.children import ask_hook, input_with_class, run_shape, text_of
from simpleflow.swf.registration import register_workflow
from simpleflow.workflow import Workflow
from swf.exceptions import UnknownResource
from swf.protocol.requests import StartWorkflowExecutionInput
from swf.protocol.shapes import TaskList, WorkflowExecution, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swf.protocol.client import Client

__all__ = ["new_workflow_id", "send", "start", "start_request"]


def start(
    client: Client,
    domain: str,
    workflow: type[Workflow],
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
) -> WorkflowExecution:
    """Start an execution of a class: `send(client, start_request(...), workflow)`."""
    return send(client, start_request(domain, workflow, args, kwargs), workflow)


def start_request(
    domain: str,
    workflow: type[Workflow],
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
) -> StartWorkflowExecutionInput:
    """Return the request that starts an execution of a class.

    Its options are the class's: make a variant for others (`with_options`). What the class leaves open is
    left to the registered type; without a `workflow_id` it is `<name>-<version>-<uuid4>`. Raises `TypeError`
    for arguments that `run` does not take, `CodecError` for those that cannot travel, `ValueError` for a
    class without a name or a version.
    """
    kwargs = kwargs or {}
    run_shape(workflow).check(args, kwargs)
    kind = _type_of(workflow)
    return StartWorkflowExecutionInput(
        domain,
        getattr(workflow, "workflow_id", None) or new_workflow_id(kind),
        kind,
        TaskList(workflow.task_list) if workflow.task_list else None,
        input=input_with_class(workflow, args, kwargs),
        execution_start_to_close_timeout=text_of(getattr(workflow, "execution_timeout", None)),
        task_start_to_close_timeout=text_of(getattr(workflow, "decision_tasks_timeout", None)),
        tag_list=_tags(workflow, args, kwargs),
        child_policy=getattr(workflow, "child_policy", None),
    )


def _type_of(workflow: type[Workflow]) -> WorkflowType:
    for attribute in ("name", "version"):
        if not getattr(workflow, attribute):
            raise ValueError(f"{workflow.__qualname__} has no {attribute}: give the class one to start it")
    return WorkflowType(str(workflow.name), str(workflow.version))


def new_workflow_id(kind: WorkflowType) -> str:
    """Return an id that no other execution has."""
    return f"{kind.name}-{kind.version}-{uuid.uuid4()}"


def _tags(
    workflow: type[Workflow], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[str | None] | None:
    """Return the tags that the class says, or its hook; what says so nearer to the class itself wins."""
    for each in workflow.__mro__:
        if "get_tag_list" in vars(each):
            tags = ask_hook(workflow, "get_tag_list", args, kwargs)
            break
        if "tag_list" in vars(each):
            tags = getattr(workflow, "tag_list", None)
            break
    else:
        return None
    if not tags or tags == Workflow.INHERIT_TAG_LIST:  # there is nobody to inherit from
        return None
    return [tags] if isinstance(tags, str) else [*map(str, tags)]


def send(
    client: Client, request: StartWorkflowExecutionInput, workflow: type[Workflow] | None = None
) -> WorkflowExecution:
    """Start the execution that is asked for, and return which it is.

    When its type is unknown, it is registered as the class says, if one is given. Raises
    `ExecutionAlreadyStarted` while the id is running, and the engine's other faults.
    """
    try:
        answer = client.ask(request)
    except UnknownResource:
        if workflow is None:
            raise
        register_workflow(client, request.domain, workflow)
        answer = client.ask(request)
    return WorkflowExecution(request.workflow_id, answer.run_id)
