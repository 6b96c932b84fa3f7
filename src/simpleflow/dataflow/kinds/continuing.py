"""Continue-as-new: the end of this run, and the beginning of the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow.dataflow.kinds.children import input_with_class, run_shape, text_of
from simpleflow.dataflow.node import Node, resolved
from simpleflow.exceptions import TaskFailed
from swf.protocol import decisions, events
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision

DEFAULT_DECISION_TIMEOUT = "300"


class ContinueAsNewNode(Node):
    """A continue-as-new: it closes the run, so its future stays pending."""

    closes = True
    outlives_run = True

    def __init__(self, task: Any, scope: Any) -> None:
        super().__init__(task, scope)
        run_shape(task.workflow).check(task.args, task.kwargs)

    def arguments(self) -> Any:
        return (self.task.args, self.task.kwargs)

    def activate(self) -> None:
        args, kwargs = resolved(self.task.args), resolved(self.task.kwargs)
        self.input = input_with_class(self.task.workflow, args, kwargs)
        self.enqueue()

    def decide(self) -> Decision:
        run, workflow = self.pass_.run, self.task.workflow
        assert run.started is not None
        started = run.started.attributes
        return self.expect(
            decisions.ContinueAsNewWorkflowExecution(
                decisions.ContinueAsNewWorkflowExecutionAttributes(
                    input=self.input,
                    child_policy=getattr(workflow, "child_policy", None) or started.child_policy,
                    execution_start_to_close_timeout=text_of(getattr(workflow, "execution_timeout", None))
                    or started.execution_start_to_close_timeout,
                    task_start_to_close_timeout=text_of(getattr(workflow, "decision_tasks_timeout", None))
                    or started.task_start_to_close_timeout
                    or DEFAULT_DECISION_TIMEOUT,
                    task_list=TaskList(name=run.task_list or workflow.task_list or started.task_list.name),
                    tag_list=run.tags(getattr(workflow, "tag_list", None)),
                    workflow_type_version=workflow.version,
                )
            ),
            self,
        )

    def decided(self, event: Any, run: Dataflow) -> None:
        """Ask again, or fail, when it was refused."""
        if type(event) is not events.ContinueAsNewWorkflowExecutionFailed or self.pass_.dead:
            return
        self.pass_.run.closed_by = None
        throttled = event.attributes.cause == "CONTINUE_AS_NEW_WORKFLOW_EXECUTION_RATE_EXCEEDED"
        if throttled:
            self.pass_.run.throttled.pause()
        if throttled or event.attributes.cause == "UNHANDLED_DECISION":
            self.pass_.run.refused()
            self.enqueue()
        else:
            self.fail(TaskFailed("continue_as_new", event.attributes.cause))


def _refused(run: Dataflow, event: Any) -> None:
    run.refused()


ADOPTED: dict[type, Any] = {}

EVENTS: dict[type, Any] = {
    events.CompleteWorkflowExecutionFailed: _refused,
    events.FailWorkflowExecutionFailed: _refused,
    events.CancelWorkflowExecutionFailed: _refused,
}
