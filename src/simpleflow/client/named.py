"""Workflows that are known by the name of their type only: their code is somewhere else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from simpleflow.codec import check_length, encode
from simpleflow.constants import MAX_INPUT_LENGTH
from simpleflow.dataflow.kinds.children import text_of
from simpleflow.swf.starting import new_workflow_id
from swf.protocol.enums import ChildPolicy
from swf.protocol.requests import StartWorkflowExecutionInput
from swf.protocol.shapes import TaskList, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NamedWorkflow"]


@dataclass(frozen=True)
class NamedWorkflow:
    """A workflow type by name and version; what is not said here, the registered type says.

    Timeouts are in seconds; `tags` are at most 5 texts.
    """

    name: str
    version: str
    workflow_id: str | None = None
    tags: Sequence[str] = ()
    task_list: str | None = None
    execution_timeout: int | str | None = None
    decision_tasks_timeout: int | str | None = None
    child_policy: str | None = None
    task_priority: int | str | None = None

    def with_options(self, **options: Any) -> NamedWorkflow:
        """Return the same with other options. Raises `TypeError` for an unknown one, naming the known."""
        known = {each.name for each in fields(self)} - {"name", "version"}
        if unknown := options.keys() - known:
            raise TypeError(f"unknown options {sorted(unknown)} of {self.name}; there are {sorted(known)}")
        return replace(self, **options)

    def start_request(
        self, domain: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> StartWorkflowExecutionInput:
        """Return the request that starts an execution. Raises `CodecError` for what cannot travel."""
        kind = WorkflowType(self.name, self.version)
        text = encode({"args": list(args), "kwargs": dict(kwargs)}, path="input")
        return StartWorkflowExecutionInput(
            domain,
            self.workflow_id or new_workflow_id(kind),
            kind,
            TaskList(self.task_list) if self.task_list else None,
            task_priority=None if self.task_priority is None else str(self.task_priority),
            input=check_length(text, MAX_INPUT_LENGTH, f"input of {self.name}"),
            execution_start_to_close_timeout=text_of(self.execution_timeout),
            tag_list=list(self.tags) or None,
            task_start_to_close_timeout=text_of(self.decision_tasks_timeout),
            child_policy=ChildPolicy(self.child_policy) if self.child_policy else None,
        )
