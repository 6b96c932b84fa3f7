"""The worker of a test: performs activities or their stubs, here and now; what shall time out, does."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Protocol

import msgspec

from simpleflow.codec import shape_of
from simpleflow.exceptions import CodecError, TaskCanceled
from simpleflow.perform import Middlewares
from simpleflow.registry import registry
from simpleflow.swf.worker.attempt import Attempt, Outcome, performed
from simpleflow.testing.deciding import IDENTITY
from simpleflow.testing.stubs import Call
from simpleflow.testing.timeouts import Plan, plan
from swf.exceptions import UnknownResource
from swf.protocol import decisions as d
from swf.protocol import requests as r
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.testing.cast import Cast
    from simpleflow.testing.stubs import Stub
    from swf.protocol.answers import ActivityTask, ActivityTaskStatus, ActivityTypeDetail
    from swf.protocol.client import Client
    from swf.protocol.decisions import Decision

__all__ = ["After", "TestWorker"]


class After(Protocol):
    """Calls something when so many seconds have passed, if it still holds then."""

    def __call__(
        self, seconds: float, action: Callable[[], object], holds: Callable[[], bool] = ..., /
    ) -> None: ...


_NAME = 256
_DEFAULTS = {
    "HEARTBEAT": "heartbeat_timeout",
    "START_TO_CLOSE": "start_to_close_timeout",
    "SCHEDULE_TO_START": "schedule_to_start_timeout",
    "SCHEDULE_TO_CLOSE": "schedule_to_close_timeout",
}


class TestWorker:
    """Performs a task at a time. An attempt that shall time out is left to, as its timeouts let it."""

    __test__ = False

    def __init__(self, client: Client, domain: str, cast: Cast, after: After) -> None:
        self._client = client
        self._domain = domain
        self._cast = cast
        self._after = after
        self._plans: dict[tuple[str, str], Plan] = {}
        self.unattended: set[str] = set()
        """The task lists that are not polled now."""

    def work(self, task_list: str) -> bool:
        """Perform the first task of a list; tell whether there was one."""
        poll = r.PollForActivityTaskInput(self._domain, TaskList(task_list), IDENTITY)
        task: ActivityTask = self._client.ask(poll)
        if not task.task_token:
            return False
        self._attempt(Attempt.of(task, self._domain, task_list))
        return True

    def _attempt(self, attempt: Attempt) -> None:
        key = (attempt.run_id, attempt.activity_id)
        self._cast.attempts[key] += 1
        if (planned := self._plans.pop(key, None)) is not None:
            self._note(attempt.name, attempt.input)
            if planned.beats_every is not None:
                self._keep_alive(attempt.token, planned.beats_every, _always)
            return
        outcome = self._performed(attempt)
        if (answer := outcome.answer(attempt.token)) is not None:
            with contextlib.suppress(UnknownResource):  # it timed out, or its run was closed, meanwhile
                self._client.ask(answer)

    def _performed(self, attempt: Attempt) -> Outcome:
        """Perform it; where that takes time, heartbeats go out meanwhile as from every worker."""
        performing = [True]

        def begins(timeout: float | None) -> None:
            if timeout is not None:
                self._keep_alive(attempt.token, timeout / 3, lambda: bool(performing))

        try:
            return performed(attempt, self._cast, Middlewares(), self._beats(attempt.token), begins)
        finally:
            performing.clear()

    def _beats(self, token: str) -> Callable[[str | None], None]:
        def beat(details: str | None) -> None:
            try:
                status: ActivityTaskStatus = self._client.ask(
                    r.RecordActivityTaskHeartbeatInput(token, details)
                )
            except UnknownResource:
                raise TaskCanceled from None
            if status.cancel_requested:
                raise TaskCanceled

        return beat

    # Attempts that time out

    def review(self, run_id: str, decision: Decision) -> Decision:
        """Plan how the attempt that is decided times out, if its stub says so."""
        if not isinstance(decision, d.ScheduleActivityTask):
            return decision
        attributes = decision.attributes
        key = (run_id, attributes.activity_id)
        stub = self._cast.stub(attributes.activity_type.name)
        kind = None if stub is None else stub.times_out(self._cast.attempts[key] + 1)
        if stub is None or kind is None:
            return decision
        try:
            timeouts = self._timeouts(attributes)
        except UnknownResource:  # it will be refused, its type registered, and asked for again
            return decision
        planned = plan(stub.name, kind, timeouts)
        if planned.taken_after == math.inf:
            self._cast.attempts[key] += 1
            self._note(attributes.activity_type.name, attributes.input)
        else:
            self._plans[key] = planned
        return self._put_aside(decision, planned.taken_after) if planned.taken_after else decision

    def _put_aside(self, decision: d.ScheduleActivityTask, seconds: float) -> Decision:
        """Let it wait on a task list of its own, that is polled after so many seconds."""
        name = f"{decision.attributes.activity_id}-{len(self.unattended)}-unattended"[-_NAME:]
        self.unattended.add(name)
        if seconds != math.inf:
            self._after(seconds, lambda: self.unattended.discard(name))
        return msgspec.structs.replace(
            decision, attributes=msgspec.structs.replace(decision.attributes, task_list=TaskList(name))
        )

    def _keep_alive(self, token: str, seconds: float, holds: Callable[[], bool]) -> None:
        """Send a heartbeat every so many seconds, while that holds and somebody waits for it."""

        def beat() -> None:
            with contextlib.suppress(UnknownResource):  # it has timed out
                self._client.ask(r.RecordActivityTaskHeartbeatInput(token))
                self._after(seconds, beat, holds)

        self._after(seconds, beat, holds)

    def _timeouts(self, attributes: d.ScheduleActivityTaskAttributes) -> dict[str, float]:
        request = r.DescribeActivityTypeInput(self._domain, attributes.activity_type)
        described: ActivityTypeDetail = self._client.ask(request)
        return {
            kind: _seconds(
                getattr(attributes, name) or getattr(described.configuration, f"default_task_{name}")
            )
            for kind, name in _DEFAULTS.items()
        }

    def _note(self, name: str, text: str | None) -> None:
        stub: Stub | None = self._cast.stub(name)
        assert stub is not None
        with contextlib.suppress(CodecError):  # nobody performs it
            args, kwargs, _ = shape_of(registry[None][name].callable).decode_input(text or "{}")
            stub.calls.append(Call(tuple(args), kwargs))


def _seconds(timeout: str | None) -> float:
    return math.inf if timeout in (None, "", "NONE") else float(timeout)


def _always() -> bool:
    return True
