"""One execution, seen from outside: how it is, what it returned, what can be asked of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from simpleflow.codec import check_length, encode
from simpleflow.constants import MAX_INPUT_LENGTH
from simpleflow.dataflow.closing import CANCEL_DETAILS
from simpleflow.exceptions import ExecutionClosed
from simpleflow.history import History
from simpleflow.swf.executions import find_execution, not_found, read_history
from simpleflow.swf.outcomes import closing_of, failure_in, next_run
from simpleflow.utils import json_loads_or_raw
from swf.exceptions import EngineUnreachable, Throttling, UnknownResource
from swf.protocol import events as e
from swf.protocol import requests as r
from swf.protocol.enums import ChildPolicy
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from simpleflow.client.client import Client
    from simpleflow.swf.outcomes import Closing
    from simpleflow.workflow import Workflow
    from swf.protocol.answers import WorkflowExecutionInfo

__all__ = ["Execution", "Status"]

R_co = TypeVar("R_co", covariant=True)

_OUTAGE_SECONDS = 60.0
"""How long an engine may be away while a result is waited for."""


class Status(StrEnum):
    """How an execution is; one that was continued as new is as its last run is."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    TERMINATED = "TERMINATED"
    TIMED_OUT = "TIMED_OUT"


_STATUS: dict[type, Status] = {
    e.WorkflowExecutionCompleted: Status.COMPLETED,
    e.WorkflowExecutionFailed: Status.FAILED,
    e.WorkflowExecutionCanceled: Status.CANCELED,
    e.WorkflowExecutionTerminated: Status.TERMINATED,
    e.WorkflowExecutionTimedOut: Status.TIMED_OUT,
}


class Execution(Generic[R_co]):
    """An execution that was started or found, with all runs that it is continued in.

    `workflow_id` and `run_id` say which: the run it was when it was started or found. All that is asked of it
    is asked of the run that it is by then.
    """

    def __init__(
        self,
        client: Client,
        workflow_id: str,
        run_id: str,
        workflow: type[Workflow] | None = None,
        info: WorkflowExecutionInfo | None = None,
    ) -> None:
        self.client = client
        self.workflow_id = workflow_id
        self.run_id = run_id
        self._workflow = workflow
        self._info = info
        self._current = WorkflowExecution(workflow_id, run_id)

    def __repr__(self) -> str:
        return f"<Execution {self.workflow_id} {self.run_id}>"

    # How it is

    @property
    def status(self) -> Status:
        """How it is now. Asks the engine."""
        closing = self._closing()
        return Status.OPEN if closing is None else _STATUS[type(closing)]

    @property
    def info(self) -> WorkflowExecutionInfo:
        """Type, tags, parent, times: as it was listed, else as it is now.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_WorkflowExecutionInfo.html
        """
        if self._info is not None:
            return self._info
        return find_execution(
            self.client.swf, self.client.domain, self._current.workflow_id, self._current.run_id
        )

    @property
    def history(self) -> History:
        """What has happened so far, in the run that it is by now. Asks the engine."""
        self._closing()
        return History(read_history(self.client.swf, self.client.domain, self._current))

    # Its end

    def wait(self, timeout: float | None = None) -> Status:
        """Wait until it is closed, and return how. Raises `TimeoutError` after so many seconds."""
        return _STATUS[type(self._end(timeout))]

    def result(self, timeout: float | None = None) -> R_co:
        """Wait until it is closed, and return what `run` returned.

        That is as the class annotates it, where the class is known; else what the JSON says, or the text.
        Raises `WorkflowFailed`, `WorkflowTimedOut`, `WorkflowCanceled` or `WorkflowTerminated` when it did
        not complete, and `TimeoutError` (Python's own) when it is open after `timeout` seconds.
        """
        closing = self._end(timeout)
        failure = failure_in(closing)
        if failure is not None:
            cause = self.client.cause_of(self._current.run_id)
            raise failure if cause is None else type(failure)(failure.reason, failure.details, cause)
        assert isinstance(closing, e.WorkflowExecutionCompleted)
        result: R_co = self._decoded(closing.attributes.result)
        return result

    def _decoded(self, text: str | None) -> Any:
        if self._workflow is None:
            return json_loads_or_raw(text)
        from simpleflow.dataflow.kinds.children import run_shape

        return run_shape(self._workflow).decode_result(text)

    def _end(self, timeout: float | None) -> Closing:
        waiting = self.client.waiting
        began = last_answer = waiting.time()
        looked = 0
        while True:
            now = waiting.time()
            left = None if timeout is None else began + timeout - now
            try:
                if (closing := self._closing()) is not None:
                    return closing
                last_answer = now
            except (EngineUnreachable, Throttling):
                if now - last_answer > _OUTAGE_SECONDS:
                    raise
            if left is not None and left <= 0:
                raise TimeoutError(f"{self.workflow_id} is still open after {timeout} seconds")
            waiting.pause(looked, left)
            looked += 1

    def _closing(self) -> Closing | None:
        """Return the event that closed it, None while it is open; go on to the run that it is by now."""
        while True:
            try:
                closing = closing_of(self.client.swf, self.client.domain, self._current)
            except UnknownResource as fault:
                raise not_found(fault, self.workflow_id, self._current.run_id) from None
            further = closing and next_run(closing, self.workflow_id)
            if not further:
                return closing
            self._current = further
            self._info = None

    # What can be asked of it

    def signal(self, name: str, /, *args: Any, propagate: bool = True, **kwargs: Any) -> None:
        """Send it a signal, which arrives as those that workflows send.

        With `propagate` its parent and its children get it too. Raises `ExecutionClosed`, and `CodecError`
        for arguments that cannot travel.
        """
        value = {"__propagate": propagate, "args": list(args), "kwargs": kwargs}
        self._send_signal(name, check_length(encode(value, path="input"), MAX_INPUT_LENGTH, "input"))

    def cancel(self, details: Any = None) -> None:
        """Ask it to cancel itself: `should_cancel` of its class decides.

        SWF's request holds no details; they go before it as the signal `simpleflow.cancel`, and end up in the
        `details` of `WorkflowCanceled`. Raises `ExecutionClosed`.
        """
        if details is not None:
            text = details if isinstance(details, str) else encode(details, path="details")
            self._send_signal(CANCEL_DETAILS, check_length(text, MAX_INPUT_LENGTH, "details"))
        self._ask(lambda domain, run: r.RequestCancelWorkflowExecutionInput(domain, *run))

    def terminate(self, reason: str | None = None, *, child_policy: str | None = None) -> None:
        """End it at once, without asking it. Raises `ExecutionClosed`.

        Its children are terminated, asked to cancel themselves, or left alone: TERMINATE, REQUEST_CANCEL,
        ABANDON, by default as it was started with.
        """
        policy = None if child_policy is None else ChildPolicy(child_policy)
        self._ask(
            lambda domain, run: r.TerminateWorkflowExecutionInput(
                domain, *run, reason=reason, child_policy=policy
            )
        )

    def _send_signal(self, name: str, text: str) -> None:
        self._ask(lambda domain, run: r.SignalWorkflowExecutionInput(domain, run[0], name, run[1], text))

    def _ask(self, request: Callable[[str, tuple[str, str]], msgspec.Struct]) -> None:
        """Ask something of the run that it is by now."""
        while True:
            asked = self._current
            try:
                self.client.swf.ask(request(self.client.domain, (asked.workflow_id, asked.run_id)))
                return
            except UnknownResource:
                closing = self._closing()
                if closing is not None:
                    raise ExecutionClosed(self.workflow_id, _STATUS[type(closing)]) from None
                if self._current == asked:
                    raise
