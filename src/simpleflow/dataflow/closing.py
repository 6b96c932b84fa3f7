"""How an execution closes: the decision, the texts of failures, and the hooks around it."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any, Final

from simpleflow.codec import check_length, encode
from simpleflow.constants import MAX_DETAILS_LENGTH, MAX_REASON_LENGTH, MAX_RESULT_LENGTH
from simpleflow.dataflow.passes import Blocked, Failed, Returned
from simpleflow.exceptions import TaskException, TaskFailed, WorkflowException
from simpleflow.workflow import Workflow
from swf.protocol import decisions as d

if TYPE_CHECKING:
    from simpleflow.codec import CallShape
    from simpleflow.dataflow.passes import Pass
    from simpleflow.history import History
    from swf.protocol.decisions import Decision

__all__ = ["CANCEL_DETAILS", "Closing"]

logger = logging.getLogger("simpleflow.runtime")

CANCEL_DETAILS: Final = "simpleflow.cancel"
"""The signal by which details travel before a request to cancel, which holds none."""


class Closing:
    """The part of a dataflow that closes the execution."""

    workflow_class: type[Workflow]
    pass_: Pass | None
    history: History
    shape: CallShape

    def __init__(self) -> None:
        self.has_after_replay = self.workflow_class.after_replay is not Workflow.after_replay
        self.cancel_requested = False
        self.closing_refused = False
        self.closed_by: Decision | None = None
        self.failure: BaseException | None = None
        """The exception that failed the run, for whoever runs it in this process."""
        self.failure_text = ""
        super().__init__()

    def _begin(self, reason: str) -> None:
        raise NotImplementedError

    def begin_closing(self) -> None:
        """A pass begins: nothing is closed yet."""
        self.closed_by = None
        self.closing_refused = False

    def refused(self) -> None:
        """Take note that the closing decision was refused."""
        self.closing_refused = True

    def follow_cancel_request(self) -> Decision | None:
        """Return the decision that cancels the execution, if that was asked for and the class agrees."""
        if not self.cancel_requested:
            return None
        if self.pass_ is None:
            self._begin("first")
        assert self.pass_ is not None
        workflow = self.pass_.workflow
        if not workflow.should_cancel(self.history):
            return None
        if isinstance(self.closed_by, d.CancelWorkflowExecution) and not self.closing_refused:
            return self.closed_by
        self.closing_refused = False
        self._call(workflow.on_canceled)
        self._call(workflow.after_replay)
        self._close(workflow)
        self.closed_by = d.CancelWorkflowExecution(
            d.CancelWorkflowExecutionAttributes(details=self._told_with_request())
        )
        return self.closed_by

    def _told_with_request(self) -> str | None:
        """Return the details that whoever asked for the cancellation told."""
        told = self.history.signals.get(CANCEL_DETAILS, {}).get("input")
        return told if told is None or isinstance(told, str) else encode(told)

    def closing_decision(self) -> Decision | None:
        """Return the decision that closes the execution, if `run` has come to an end."""
        assert self.pass_ is not None
        outcome = self.pass_.outcome
        workflow = self.pass_.workflow
        if outcome is None or isinstance(outcome, Blocked):
            if self.has_after_replay:
                self._call(workflow.after_replay)
            return None
        if self.closed_by is not None and not self.closing_refused:
            return self.closed_by
        self.closing_refused = False
        if isinstance(outcome, Returned):
            self.closed_by = self._complete(outcome, workflow)
        else:
            self.closed_by = self._fail(outcome, workflow)
        return self.closed_by

    def _complete(self, outcome: Returned, workflow: Workflow) -> Decision:
        try:
            result = check_length(self.shape.encode_result(outcome.value), MAX_RESULT_LENGTH, "result")
        except Exception as error:  # whatever a value of the user's does while it is written
            return self._failed(error, f"workflow decision failed: {error}", repr(error), workflow)
        self._call(workflow.after_replay)
        self._call(workflow.on_completed)
        self._close(workflow)
        return d.CompleteWorkflowExecution(d.CompleteWorkflowExecutionAttributes(result=result))

    def _fail(self, outcome: Failed, workflow: Workflow) -> Decision:
        error = outcome.exception
        self.failure_text = outcome.text
        if error is None:
            reason = f"Workflow execution failed: {outcome.reason}"
            details = None if outcome.details is None else str(outcome.details)
            return self._failed(None, reason, details, workflow, outcome.reason, outcome.details)
        if isinstance(error, (TaskException, WorkflowException)):
            cause = error.exception
            name = _name_of(error)
            why = getattr(cause, "reason", None) or repr(cause)
            details = cause.details if isinstance(cause, TaskFailed) else None
            return self._failed(error, f'Workflow execution error in {name}: "{why}"', details, workflow)
        reason = f"Cannot replay the workflow: {type(error).__name__}({error})"
        return self._failed(error, reason, f"Traceback:\n{outcome.text}", workflow, reason)

    def _failed(
        self,
        error: BaseException | None,
        reason: str,
        details: str | None,
        workflow: Workflow,
        told_reason: str | None = None,
        told_details: Any = None,
    ) -> Decision:
        self.failure = error
        told = reason if told_reason is None else told_reason
        more = () if told_reason is not None and told_details is None else (told_details or details,)
        self._call(workflow.on_failure, told, *more)
        self._close(workflow)
        return d.FailWorkflowExecution(
            d.FailWorkflowExecutionAttributes(
                reason=_cut(reason, MAX_REASON_LENGTH),
                details=None if details is None else _cut(details, MAX_DETAILS_LENGTH),
            )
        )

    def before_replay(self, workflow: Workflow) -> None:
        """Call the hooks that come before `run`."""
        self._call(workflow.before_replay)
        if type(workflow).before_run is not Workflow.before_run:
            warnings.warn("before_run is now before_replay", DeprecationWarning, stacklevel=2)
            self._call(workflow.before_run)

    def _close(self, workflow: Workflow) -> None:
        self._call(workflow.after_closed)
        if type(workflow).after_run is not Workflow.after_run:
            warnings.warn("after_run is now after_closed", DeprecationWarning, stacklevel=2)
            self._call(workflow.after_run)

    def _call(self, hook: Any, *more: Any) -> None:
        if getattr(Workflow, hook.__name__) is getattr(hook, "__func__", None):
            return
        try:
            hook(self.history, *more)
        except Exception:  # a hook is told what happens, it does not decide what happens
            logger.exception("the hook %s of %s failed", hook.__name__, type(hook.__self__).__name__)


def _name_of(error: TaskException | WorkflowException) -> str:
    task = error.task if isinstance(error, TaskException) else error.workflow
    name: str = getattr(task, "name", None) or repr(task)
    return name


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 4]} ..."
