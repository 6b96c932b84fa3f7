"""The client: starts executions and finds them, on any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

import msgspec

from simpleflow.client.execution import Execution, Status
from simpleflow.client.named import NamedWorkflow
from simpleflow.client.waiting import RealTime
from simpleflow.codec import check_length, encode
from simpleflow.constants import MAX_HEARTBEAT_DETAILS_LENGTH, MAX_RESULT_LENGTH
from simpleflow.exceptions import ExecutionAlreadyRunning, ExecutionNotFound, failure_of
from simpleflow.swf.executions import find_execution, listed
from simpleflow.swf.starting import send, start_request
from simpleflow.workflow import Workflow
from swf.client import connect, domain_name
from swf.client.naming import Amazon, engine_meant
from swf.exceptions import ExecutionAlreadyStarted
from swf.protocol import requests as r
from swf.protocol.enums import CloseStatus
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Self

    from simpleflow.client.waiting import Waiting
    from simpleflow.submits import AsyncRun, Run
    from swf.protocol.answers import ActivityTaskStatus
    from swf.protocol.client import Client as SWFClient

__all__ = ["Client"]

P = ParamSpec("P")
R = TypeVar("R")

_AMAZON_SECONDS = 2.0
"""Between two looks at an execution, where others ask too and each account may ask so often only."""


class Client:
    """Executions of one domain on one engine.

    `engine` is a path, `http://host:port`, or `aws[:REGION]`, else what `SWF_ENGINE` says, else the default
    file; `domain` else what `SWF_DOMAIN` says, else `default`. Threads may share it. Leave it, or `close` it,
    when it is done with: an engine that was opened for it on a file is closed with it.

    Raises `swf.exceptions.NotConfigured`, `EngineInUse`, or `EngineUnreachable`.
    """

    def __init__(self, engine: str | os.PathLike[str] | None = None, domain: str | None = None) -> None:
        name = domain_name(domain)
        amazon = isinstance(engine_meant(engine), Amazon)
        self._reach(connect(engine, domain=name), name, RealTime(_AMAZON_SECONDS) if amazon else RealTime())

    @classmethod
    def of(
        cls, client: SWFClient, domain: str, waiting: Waiting | None = None, *, task_list: str | None = None
    ) -> Self:
        """Return one that asks this client of the engine.

        `waiting` is how it waits for results; with a `task_list` all that it starts is decided there.
        """
        made = cls.__new__(cls)
        made._reach(client, domain, waiting or RealTime())
        made.task_list = task_list
        return made

    def _reach(self, client: SWFClient, domain: str, waiting: Waiting) -> None:
        self.swf = client
        """What it asks: SWF's operations, by boto3's names."""
        self.domain = domain
        self.waiting = waiting
        self.task_list: str | None = None
        """Where all that it starts is decided; None leaves it to the classes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self.swf!r}, domain {self.domain}>"

    def close(self) -> None:
        """Let go of the engine."""
        self.swf.close()

    # Starting

    @overload
    def start(self, workflow: NamedWorkflow, /, *args: Any, **kwargs: Any) -> Execution[Any]: ...
    @overload
    def start(self, workflow: type[AsyncRun[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> Execution[R]: ...
    @overload
    def start(self, workflow: type[Run[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> Execution[R]: ...
    def start(self, workflow: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Start an execution with the arguments of `run`, and return it.

        The class says its options, `with_options` of the class others: `workflow_id`, `tags`, `task_list`,
        `execution_timeout`, ... Without a workflow id it is `<name>-<version>-<uuid4>`. A type that the
        engine does not know is registered.

        Raises `ExecutionAlreadyRunning`, which has the one that runs under the workflow id; `TypeError` for
        arguments that `run` does not take, `CodecError` for those that cannot travel, `ValueError` for a
        class without a name or version, and the engine's faults (`swf.exceptions`).
        """
        kind = _workflow_class(workflow)
        if kind is None:
            request = workflow.start_request(self.domain, args, kwargs)
        else:
            request = start_request(self.domain, kind, args, kwargs)
        if self.task_list is not None:
            request = msgspec.structs.replace(request, task_list=TaskList(self.task_list))
        try:
            execution = send(self.swf, request, kind)
        except ExecutionAlreadyStarted:
            raise self._already_running(request.workflow_id, kind) from None
        return Execution(self, execution.workflow_id, execution.run_id, kind)

    def workflow(self, name: str, version: str) -> NamedWorkflow:
        """Return a workflow type for `start`, whose code is somewhere else; nothing is asked yet."""
        return NamedWorkflow(name, version)

    def _already_running(self, workflow_id: str, kind: type[Workflow] | None) -> ExecutionAlreadyRunning:
        try:
            running = find_execution(self.swf, self.domain, workflow_id)
        except ExecutionNotFound:  # it ended and was forgotten in this instant, or lists are late
            return ExecutionAlreadyRunning(workflow_id)
        run_id = running.execution.run_id
        return ExecutionAlreadyRunning(workflow_id, Execution(self, workflow_id, run_id, kind))

    # Finding

    @overload
    def execution(self, workflow_id: str, run_id: str | None = None) -> Execution[Any]: ...
    @overload
    def execution(
        self, workflow_id: str, run_id: str | None = None, *, workflow: type[AsyncRun[P, R]]
    ) -> Execution[R]: ...
    @overload
    def execution(
        self, workflow_id: str, run_id: str | None = None, *, workflow: type[Run[P, R]]
    ) -> Execution[R]: ...
    def execution(self, workflow_id: str, run_id: str | None = None, *, workflow: Any = None) -> Any:
        """Return an execution: without a run id the open one, else the one that closed latest.

        With its class, `workflow`, its result is read as the class annotates it. Raises `ExecutionNotFound`.
        """
        found = find_execution(self.swf, self.domain, workflow_id, run_id)
        return Execution(self, workflow_id, found.execution.run_id, workflow, found)

    def executions(
        self,
        status: Status | Literal["OPEN", "CLOSED"] = Status.OPEN,
        *,
        workflow: type[Workflow] | NamedWorkflow | None = None,
        workflow_id: str | None = None,
        tag: str | None = None,
        started_after: datetime | None = None,
        started_before: datetime | None = None,
        closed_after: datetime | None = None,
        closed_before: datetime | None = None,
        oldest_first: bool = False,
    ) -> Iterator[Execution[Any]]:
        """Yield executions, those started latest first (by `closed_after` or `closed_before`: closed latest).

        OPEN, CLOSED, or closed in one way. Of `workflow`, `workflow_id`, `tag` and a way of closing SWF takes
        one; of the times, those of the start or those of the close. Times are aware. Pages are fetched as
        they are needed; what is yielded has its `info`.

        Raises `ValueError` for a time without a zone, and the engine's faults.
        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListClosedWorkflowExecutions.html
        """
        filters: dict[str, Any] = {
            "execution_filter": None if workflow_id is None else r.WorkflowExecutionFilter(workflow_id),
            "type_filter": None if workflow is None else r.WorkflowTypeFilter(*_type_of(workflow)),
            "tag_filter": None if tag is None else r.TagFilter(tag),
            "reverse_order": oldest_first or None,
        }
        request: r.ListOpenWorkflowExecutionsInput | r.ListClosedWorkflowExecutionsInput
        if status == Status.OPEN:
            if closed_after is not None or closed_before is not None:
                raise ValueError("open executions have no time of close: ask for CLOSED ones")
            started = _between(started_after, started_before) or _ANY_TIME
            request = r.ListOpenWorkflowExecutionsInput(self.domain, started, **filters)
        else:
            closed = _between(closed_after, closed_before)
            started_then = _between(started_after, started_before)
            request = r.ListClosedWorkflowExecutionsInput(
                self.domain,
                start_time_filter=started_then or (_ANY_TIME if closed is None else None),
                close_time_filter=closed,
                close_status_filter=_close_status(status),
                **filters,
            )
        for info in listed(self.swf, request):
            yield Execution(self, info.execution.workflow_id, info.execution.run_id, info=info)

    # Activities that are completed from outside, by the token that `activity.current()` has

    def complete_activity(self, token: str, result: Any = None) -> None:
        """Complete an activity that returned `DoNotComplete`.

        Raises `CodecError` for a result that cannot travel, and `swf.exceptions.UnknownResource` when nobody
        waits for it any more, as the three below do.
        """
        text = check_length(encode(result, path="result"), MAX_RESULT_LENGTH, "result")
        self.swf.ask(r.RespondActivityTaskCompletedInput(token, text))

    def fail_activity(self, token: str, error: BaseException | str, details: str | None = None) -> None:
        """Let an activity fail as if it had raised `error`, or with a reason and details."""
        reason, told = (error, details) if isinstance(error, str) else failure_of(error)
        self.swf.ask(r.RespondActivityTaskFailedInput(token, reason=reason, details=told))

    def cancel_activity(self, token: str, details: Any = None) -> None:
        """Report an activity as canceled."""
        text = None if details is None else encode(details, path="details")
        self.swf.ask(r.RespondActivityTaskCanceledInput(token, text))

    def heartbeat(self, token: str, details: Any = None) -> bool:
        """Say that an activity goes on, and how far it is; tell whether its cancellation was asked for."""
        text = None if details is None else encode(details, path="details")
        if text is not None:
            check_length(text, MAX_HEARTBEAT_DETAILS_LENGTH, "details")
        answer: ActivityTaskStatus = self.swf.ask(r.RecordActivityTaskHeartbeatInput(token, text))
        return answer.cancel_requested

    # For those who run executions in the same process

    def cause_of(self, run_id: str) -> BaseException | None:
        """Return the exception that failed a run, where it is known."""
        return None


_ANY_TIME = r.ExecutionTimeFilter(oldest_date=0.0)


def _between(after: datetime | None, before: datetime | None) -> r.ExecutionTimeFilter | None:
    if after is None and before is None:
        return None
    return r.ExecutionTimeFilter(
        oldest_date=0.0 if after is None else _seconds(after),
        latest_date=None if before is None else _seconds(before),
    )


def _close_status(status: str) -> r.CloseStatusFilter | None:
    return None if status == "CLOSED" else r.CloseStatusFilter(CloseStatus(status))


def _seconds(moment: datetime) -> float:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: say datetime.now(UTC), or moment.astimezone()")
    return moment.timestamp()


def _type_of(workflow: type[Workflow] | NamedWorkflow) -> tuple[str, str]:
    return str(workflow.name), str(workflow.version)


def _workflow_class(workflow: Any) -> type[Workflow] | None:
    """Return what is started if it is a class, None if it is a type by its name."""
    if isinstance(workflow, type) and issubclass(workflow, Workflow):
        return workflow
    if isinstance(workflow, NamedWorkflow):
        return None
    raise TypeError(f"start takes a Workflow class, or client.workflow(name, version), not {workflow!r}")
