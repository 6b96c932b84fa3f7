"""Activities and children: tasks with an id, attempts, and failures that can be retried."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simpleflow.codec import check_length
from simpleflow.constants import MAX_INPUT_LENGTH
from simpleflow.dataflow.kinds.timers import RETRY_TIMER, start_timer
from simpleflow.dataflow.node import Node, resolved
from simpleflow.dataflow.records import Record
from simpleflow.exceptions import CodecError, TaskCanceled, TaskFailed, TaskTerminated, TimeoutError
from simpleflow.futures import Future, is_done
from simpleflow.retry import RetryPolicy
from simpleflow.task import TaskFailureContext
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from simpleflow.codec import CallShape
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event

__all__ = ["Attempts", "AttemptsNode"]

_MAX_ID = 256
_KEPT_OF_LONG_ID = 223
_MAX_REGISTRATIONS = 3
_PAUSE_SECONDS = 10
_REFUSED_AND_MENDED = ("ACTIVITY_TYPE_DOES_NOT_EXIST", "WORKFLOW_TYPE_DOES_NOT_EXIST")


class Attempts(Record):
    """What the history knows of one task: its latest attempt, and how many have failed."""

    __slots__ = (
        "cancel_requested",
        "details",
        "exception",
        "failures",
        "id",
        "input",
        "registrations",
        "result",
        "run_id",
        "scheduled_id",
        "state",
        "timer_open",
    )

    def __init__(self, node: AttemptsNode | None, task_id: str) -> None:
        super().__init__(node)
        self.id = task_id
        self.state = "asked"
        self.details: str | None = None
        """What an attempt told by its last heartbeat: the next one gets it."""
        self.input: str | None = None
        self.result: str | None = None
        self.exception: BaseException | None = None
        self.failures = 0
        self.registrations = 0
        self.scheduled_id = 0
        self.run_id: str | None = None
        self.cancel_requested = False
        self.timer_open = False

    @property
    def retry_timer(self) -> str:
        """The id of the timer that its next attempt waits for."""
        return f"{RETRY_TIMER}{self.id}"

    def decided(self, event: Event, run: Dataflow) -> None:
        raise NotImplementedError

    def completed(self, batch: int, result: str | None) -> None:
        self.state, self.result = "completed", result
        self.moved(batch)

    def failed(self, batch: int, exception: BaseException) -> None:
        self.state, self.exception = "failed", exception
        self.failures += 1
        self.moved(batch)

    def canceled(self, batch: int, details: str | None) -> None:
        self.state, self.exception = "canceled", TaskCanceled(details)
        self.moved(batch)

    def refused(self, run: Dataflow, cause: str) -> None:
        """Take note that SWF did not schedule it, and of what mends that.

        It is judged here, once, as every pass that claims it must find the same.
        """
        self.state, self.exception = "refused", TaskFailed(self.id, cause, None)
        if cause in _REFUSED_AND_MENDED and self.registrations < _MAX_REGISTRATIONS:
            self.registrations += 1
            self.state = "unregistered"
        elif cause == "OPEN_ACTIVITIES_LIMIT_EXCEEDED" and run.open_activities:
            run.lower_activity_limit()
            self.state = "crowded out"
        elif cause.endswith("_RATE_EXCEEDED"):  # a run that is decided by ids holds no decisions
            self.state = "throttled"
        self.moved(run.batch)


class AttemptsNode(Node):
    """A submit of an activity or a child."""

    record: Attempts | None
    exception_kind: type[Exception]

    def __init__(self, task: Any, scope: Any, future: Any = None) -> None:
        super().__init__(task, scope, future)
        self.payload = task.payload
        self.name: str = task.name
        if self.raises_on_failure is None:
            self.raises_on_failure = bool(self.payload.raises_on_failure)
        self.args, self.kwargs = task.args, task.kwargs
        self.input = ""
        self.wait_seconds: int | None = None

    @property
    def retry(self) -> RetryPolicy:
        """How its failures are retried."""
        return RetryPolicy.of(self.payload.retry)

    @cached_property
    def shape(self) -> CallShape:
        raise NotImplementedError

    def arguments(self) -> Any:
        return (self.args, self.kwargs)

    def start(self) -> None:
        super().start()
        if self.missing:
            self.pass_.dependants.append(self)

    # Identity

    def encoded(self, args: Any, kwargs: Any) -> str:
        return self.shape.encode_input(args, kwargs)

    def own_id(self) -> str | None:
        """Return the whole id, where the task says it; else None, and it is numbered."""
        raise NotImplementedError

    def full_id(self, suffix: str) -> str:
        """Return the id with this suffix, cut to what SWF takes."""
        whole = f"{self.name}-{suffix}"
        if len(whole) <= _MAX_ID:
            return whole
        return f"{whole[:_KEPT_OF_LONG_ID]}-{hashlib.md5(whole.encode()).hexdigest()}"

    def activate(self) -> None:
        if self.found:
            self.args, self.kwargs = resolved(self.args), resolved(self.kwargs)
        self.input = check_length(self.encoded(self.args, self.kwargs), MAX_INPUT_LENGTH, self.name)
        self.id = self.own_id()
        if self.id is not None:
            self.key: Any = ("id", self.id)
            leader = self.pass_.lead(self.key, self)
            if leader is not self:
                assert isinstance(leader, AttemptsNode)
                self.same_options(leader)
                self.follow(leader)
                return
            record = self.pass_.run.by_id.get(self.id)
            if record is not None:
                record.node = self
        else:
            self.key = (self.name, self.input)
            record = self.pass_.run.claim(self)
        if record is None:
            self.enqueue()
        else:
            self.record = record
            self.look()

    def options(self) -> dict[str, Any]:
        """Return how it is asked for, apart from its arguments."""
        return {"retry": self.retry}

    def same_options(self, leader: AttemptsNode) -> None:
        """Refuse a second submit of one id with other options: one task has one set of them."""
        before = leader.options()
        for name, value in self.options().items():
            if before.get(name) != value:
                raise ValueError(
                    f"one id has one set of options: {self.id} was submitted with "
                    f"{name}={before.get(name)!r}, now with {value!r}"
                )

    def numbered_id(self, run: Dataflow) -> str:
        """Return the id with the next number of its name."""
        raise NotImplementedError

    def new_record(self, run: Dataflow) -> Attempts:
        raise NotImplementedError

    # What the history says

    def look(self) -> None:
        record = self.record
        assert record is not None
        match record.state:
            case "started":
                self.future.set_running()
            case "completed":
                self.take_result(record)
            case "failed" | "terminated":
                self.task_failed(record)
            case "canceled" if record.cancel_requested or not isinstance(self.payload, type):
                self.canceled(batch=record.batch, details=getattr(record.exception, "details", None))
            case "canceled":
                self.task_failed(record)
            case "unregistered":
                self.pass_.run.register(self)
                self.enqueue()
            case "crowded out":
                self.enqueue()
            case "throttled":
                self.attempt_after(record, _PAUSE_SECONDS)
            case "refused":
                self.fail_task(record.exception, record)
            case "due":
                self.try_again(record)

    def take_result(self, record: Attempts) -> None:
        try:
            value = self.shape.decode_result(record.result)
        except CodecError as error:
            self.fail_task(TaskFailed(record.id, f"CodecError: {error}"), record)
        else:
            self.finish(value, batch=record.batch)

    handled = 0
    """How many failures were handled: one is handled once in a pass."""

    def task_failed(self, record: Attempts) -> None:
        if self.handled == record.failures > 0:
            return
        self.handled = record.failures
        workflow = self.pass_.workflow
        if type(workflow).on_task_failure is Workflow.on_task_failure:
            self.default_handling(record)
        else:
            context = self.failure_context(record)
            self.pass_.late(
                self.own_scope(),
                self,
                lambda: workflow.on_task_failure(context) or context,
                lambda answer: self.obey(answer, record),
            )

    def failure_context(self, record: Attempts) -> TaskFailureContext:
        failure = Future[Any]()
        failure._exception = record.exception
        history = self.pass_.run.history
        known = history.activities.get(record.id) or history.child_workflows.get(record.id) or {}
        kept = {"args": list(self.args), "kwargs": dict(self.kwargs)} if isinstance(self.args, tuple) else {}
        task = self.copy_task(kept.get("args", self.args), kept.get("kwargs", self.kwargs))
        return TaskFailureContext(
            task,
            known,
            failure,
            self.exception_kind,  # type: ignore[arg-type]
            history=history,
            retry_count=max(record.failures - 1, 0),
        )

    def copy_task(self, args: Any, kwargs: Any) -> Any:
        import copy

        task = copy.copy(self.task)
        task.args, task.kwargs = args, kwargs
        return task

    def obey(self, context: TaskFailureContext, record: Attempts) -> None:
        """Do what `on_task_failure` decided."""
        decision = context.decision
        names = TaskFailureContext.Decision
        if decision in (names.retry_now, names.retry_later):
            self.args, self.kwargs = context.a_task.args, context.a_task.kwargs
            self.input = self.encoded(self.args, self.kwargs)
            self.attempt_after(record, context.retry_wait_timeout or 0)
        elif decision is names.abort:
            self.fail_task(record.exception, record)
        elif decision is names.ignore:
            result = context.future._result if context.future is not None else None
            self.finish(result, batch=record.batch)
        elif decision is names.cancel:
            self.canceled(batch=record.batch)
        elif decision is names.handled and context.future is not None:
            self.take_over(context.future)
        else:
            self.args, self.kwargs = context.a_task.args, context.a_task.kwargs
            self.input = self.encoded(self.args, self.kwargs)
            self.default_handling(record)

    def take_over(self, future: Future[Any]) -> None:
        """Take the outcome of another future, now or when it is known."""
        if is_done(future):
            self._copy(future)
        else:
            future._watch(self.take_over)

    def default_handling(self, record: Attempts) -> None:
        retryable = record.state == "failed" and not record.cancel_requested
        error = record.exception
        kind = getattr(error, "error_type", None)
        if (
            retryable
            and error is not None
            and self.retry.allows(record.failures)
            and self.retry.retryable(kind, error)
        ):
            run = self.pass_.run
            wait = self.retry.wait_before(record.failures + 1, run_id=run.run_id, task_id=record.id)
            self.attempt_after(record, wait)
        else:
            self.fail_task(error, record)

    def attempt_after(self, record: Attempts, seconds: int) -> None:
        self.wait_seconds = int(seconds) or None
        self.future._state = "PENDING"
        self.enqueue()

    def try_again(self, record: Attempts) -> None:
        """Schedule the attempt that waited for its timer, with the arguments kept there."""
        if record.cancel_requested:
            record.state = "canceled"
            self.canceled(batch=record.batch)
            return
        if record.input is not None:
            kept = json.loads(record.input)
            self.input = self.shape.encode_input(tuple(kept["args"]), kept["kwargs"])
        self.enqueue()

    def fail_task(self, exception: BaseException | None, record: Attempts) -> None:
        if self.raises_on_failure and exception is not None:
            self.fail(exception, raised=self.exception_kind(self.task, exception), batch=record.batch)
        else:
            self.fail(exception, batch=record.batch)

    # Decisions

    def decide(self) -> Decision:
        run = self.pass_.run
        record = self.record
        if record is None:
            record = self.record = self.new_record(run)
            if self.id is None:
                run.attempts.add(self.key, record)
            run.by_id[record.id] = record
        if self.wait_seconds is not None:
            seconds, self.wait_seconds = self.wait_seconds, None
            record.state, record.input = "waiting", self.input_as_kept()
            run.retry_timers[record.retry_timer] = record
            return self.expect(start_timer(record.retry_timer, seconds, record.input), _RetryTimer(record))
        record.state = "asked"
        return self.expect(self.schedule(record), record)

    def input_as_kept(self) -> str:
        kept = json.loads(self.input)
        return json.dumps(
            {"args": kept.get("args", []), "kwargs": kept.get("kwargs", {})},
            separators=(",", ":"),
            sort_keys=True,
        )

    def schedule(self, record: Attempts) -> Decision:
        raise NotImplementedError


class _RetryTimer:
    """The wait before an attempt, as it is decided."""

    def __init__(self, record: Attempts) -> None:
        self.record = record

    def decided(self, event: Event, run: Dataflow) -> None:
        if type(event).__name__ == "StartTimerFailed":
            self.record.state = "due"
            if self.record.node is not None:
                self.record.node.pass_.moved(self.record.node)


def child_failure(kind: str, attributes: Any) -> BaseException:
    """Return the exception for the way in which a child ended."""
    match kind:
        case "terminated":
            return TaskTerminated()
        case "timed_out":
            return TimeoutError(attributes.timeout_type, None)
    return TaskFailed(attributes.workflow_execution.workflow_id, attributes.reason, attributes.details)
