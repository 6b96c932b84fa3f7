"""Child workflows: their ids and decision, and how their events move them."""

from __future__ import annotations

import functools
import inspect
import json
from typing import TYPE_CHECKING, Any

from simpleflow.codec import CallShape, check_length
from simpleflow.constants import MAX_INPUT_LENGTH
from simpleflow.dataflow.kinds.attempts import Attempts, AttemptsNode, child_failure
from simpleflow.exceptions import WorkflowException
from simpleflow.utils import full_class_name, hex_hash
from swf.protocol import decisions, events
from swf.protocol.shapes import TaskList, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simpleflow.dataflow.run import Dataflow
    from simpleflow.workflow import Workflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event


class ChildRecord(Attempts):
    """What the history knows of a child."""

    __slots__ = ()

    def decided(self, event: Event, run: Dataflow) -> None:
        if type(event) is events.StartChildWorkflowExecutionFailed:
            self.refused(run, event.attributes.cause)
        else:
            self.state = "scheduled"
            run.initiated[event.event_id] = self


class ChildNode(AttemptsNode):
    """A submit of a child workflow."""

    exception_kind = WorkflowException

    def __init__(self, task: Any, scope: Any, future: Any = None) -> None:
        super().__init__(task, scope, future)
        self.shape = run_shape(self.payload)
        self.shape.check(task.args, task.kwargs)

    shape: CallShape

    def own_id(self) -> str | None:
        asked = self.hook("get_workflow_id") or getattr(self.payload, "workflow_id", None)
        if asked is not None:
            return str(asked)
        if self.payload.idempotent:
            import hashlib

            return self.full_id(self.suffix(hashlib.md5(self.input.encode()).hexdigest()))
        return None

    def suffix(self, own: str) -> str:
        run = self.pass_.run
        return f"{run.workflow_id}--{hex_hash(run.run_id)}--{own}"

    def hook(self, name: str) -> Any:
        """Return what a class hook says."""
        return ask_hook(self.payload, name, self.args, self.kwargs)

    def numbered_id(self, run: Dataflow) -> str:
        return self.full_id(self.suffix(str(run.number(self.name))))

    def new_record(self, run: Dataflow) -> Attempts:
        return ChildRecord(self, self.id or self.numbered_id(run))

    def schedule(self, record: Attempts) -> Decision:
        workflow = self.payload
        run = self.pass_.run
        task_list = run.task_list or self.task.task_list or self.hook("get_task_list") or workflow.task_list
        tags = self.hook("get_tag_list") or getattr(workflow, "tag_list", None)
        return decisions.StartChildWorkflowExecution(
            decisions.StartChildWorkflowExecutionAttributes(
                workflow_type=WorkflowType(name=full_class_name(workflow), version=workflow.version or ""),
                workflow_id=record.id,
                input=self.input,
                task_list=TaskList(name=task_list) if task_list else None,
                child_policy=getattr(workflow, "child_policy", None),
                execution_start_to_close_timeout=text_of(getattr(workflow, "execution_timeout", None)),
                task_start_to_close_timeout=text_of(getattr(workflow, "decision_tasks_timeout", None)),
                tag_list=run.tags(tags),
            )
        )

    def options(self) -> dict[str, Any]:
        names = ("task_list", "execution_timeout", "decision_tasks_timeout", "child_policy", "tag_list")
        return super().options() | {name: getattr(self.payload, name, None) for name in names}

    def request_cancel(self) -> None:
        record = self.record
        assert record is not None
        self.pass_.run.request_cancel_task(self, record, child=True)


def text_of(timeout: Any) -> str | None:
    """Return seconds as SWF wants them."""
    return str(timeout) if timeout else None


def run_shape(workflow: type[Workflow]) -> CallShape:
    """Return what the `run` of a workflow takes and gives."""
    return _run_shape(workflow.run, workflow.__name__)


@functools.lru_cache(maxsize=4096)
def _run_shape(run: Callable[..., Any], name: str) -> CallShape:
    return CallShape(run, method=True, name=f"{name}.run")


def input_with_class(workflow: type[Workflow], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return the input of an execution that says its class, as a decider finds it by: `__extra.class`."""
    value = json.loads(run_shape(workflow).encode_input(args, kwargs))
    value["__extra"] = {"class": full_class_name(workflow)}
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    return check_length(text, MAX_INPUT_LENGTH, f"input of {workflow.__name__}")


def ask_hook(workflow: type[Workflow], name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Return what a class hook says, None where there is none; a static one gets the class first."""
    found = inspect.getattr_static(workflow, name, None)
    if found is None:
        return None
    before = () if isinstance(found, classmethod) else (workflow,)
    return getattr(workflow, name)(*before, *args, **kwargs)


def _start_failed(run: Dataflow, event: events.StartChildWorkflowExecutionFailed) -> None:
    record = run.initiated.pop(event.attributes.initiated_event_id, None)
    if record is None:
        return
    if run.throttled.came_back(event):
        record.state = "asked"
    else:
        record.refused(run, event.attributes.cause)


def _started(run: Dataflow, event: events.ChildWorkflowExecutionStarted) -> None:
    run.throttled.came_back(event)
    record = run.initiated.get(event.attributes.initiated_event_id)
    if record is not None:
        record.state = "started"
        record.run_id = event.attributes.workflow_execution.run_id
        run.child_started(event)
        if record.node is not None:
            record.node.pass_.moved(record.node)


def _completed(run: Dataflow, event: events.ChildWorkflowExecutionCompleted) -> None:
    if (record := _closed(run, event)) is not None:
        record.completed(run.batch, event.attributes.result)


def _failed(run: Dataflow, event: events.ChildWorkflowExecutionFailed) -> None:
    if (record := _closed(run, event)) is not None:
        record.failed(run.batch, child_failure("failed", event.attributes))


def _timed_out(run: Dataflow, event: events.ChildWorkflowExecutionTimedOut) -> None:
    if (record := _closed(run, event)) is not None:
        record.failed(run.batch, child_failure("timed_out", event.attributes))


def _terminated(run: Dataflow, event: events.ChildWorkflowExecutionTerminated) -> None:
    if (record := _closed(run, event)) is not None:
        record.failed(run.batch, child_failure("terminated", event.attributes))
        record.state = "terminated"


def _canceled(run: Dataflow, event: events.ChildWorkflowExecutionCanceled) -> None:
    if (record := _closed(run, event)) is not None:
        record.canceled(run.batch, event.attributes.details)


def _closed(run: Dataflow, event: Any) -> ChildRecord | None:
    run.children.pop(event.attributes.initiated_event_id, None)
    record: ChildRecord | None = run.initiated.pop(event.attributes.initiated_event_id, None)
    return record


def _request_came_back(run: Dataflow, event: Any) -> None:
    run.throttled.came_back(event)


def _adopt(run: Dataflow, event: Any) -> Any:
    task_id = event.attributes.workflow_id
    return run.by_id.setdefault(task_id, ChildRecord(None, task_id))


def _adopt_request(run: Dataflow, event: events.RequestCancelExternalWorkflowExecutionInitiated) -> None:
    if (record := run.by_id.get(event.attributes.workflow_id)) is not None:
        record.cancel_requested = True


ADOPTED: dict[type, Any] = {
    events.StartChildWorkflowExecutionInitiated: _adopt,
    events.StartChildWorkflowExecutionFailed: _adopt,
    events.RequestCancelExternalWorkflowExecutionInitiated: _adopt_request,
}

EVENTS: dict[type, Any] = {
    events.StartChildWorkflowExecutionFailed: _start_failed,
    events.ChildWorkflowExecutionStarted: _started,
    events.ChildWorkflowExecutionCompleted: _completed,
    events.ChildWorkflowExecutionFailed: _failed,
    events.ChildWorkflowExecutionTimedOut: _timed_out,
    events.ChildWorkflowExecutionTerminated: _terminated,
    events.ChildWorkflowExecutionCanceled: _canceled,
    events.ExternalWorkflowExecutionCancelRequested: _request_came_back,
    events.RequestCancelExternalWorkflowExecutionFailed: _request_came_back,
}
