"""The decider of a test: what it cannot decide is raised in the test, and nothing is left to time out."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final, NoReturn

from simpleflow.dataflow.waiting import waits_for
from simpleflow.swf.decider import Decider, KeptRuns
from swf.exceptions import UnknownResource
from swf.protocol.requests import RespondDecisionTaskCompletedInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpleflow.dataflow import Dataflow, Decided
    from simpleflow.testing.cast import Cast
    from swf.protocol.answers import DecisionTask
    from swf.protocol.client import Client
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event

__all__ = ["IDENTITY", "Flows", "TestDecider"]

IDENTITY: Final = json.dumps({"simpleflow": "testing"})
"""The same in each test: histories can be compared."""
_MANY = 2**62


class Flows(KeptRuns):
    """All runs of a test. With `cold` each decision is made from the first event on, as after a crash."""

    def __init__(self, cold: bool) -> None:
        super().__init__(_MANY, _MANY)
        self._cold = cold
        self._flows: dict[str, Dataflow] = {}

    def get(self, run_id: str) -> Dataflow | None:
        if self._cold:
            self.drop(run_id)
            return None
        return super().get(run_id)

    def put(self, flow: Dataflow) -> None:
        super().put(flow)
        self._flows[flow.run_id] = flow

    def drop_closed(self, run_id: str) -> None:
        """Let go of a run that has decided to close: nothing more is asked of it, unless that is refused."""
        if self._flows[run_id].closed_by is not None:
            self.drop(run_id)

    def failure(self, run_id: str) -> BaseException | None:
        """Return the exception that failed a run."""
        flow = self._flows.get(run_id)
        return None if flow is None else flow.failure

    def what_they_wait_for(self) -> list[str]:
        """Return what each open run waits for, but those that wait for a child."""
        return [f"{flow.workflow_id} {waits}" for flow in self._flows.values() if (waits := waits_for(flow))]


class TestDecider(Decider):
    """Decides a task at a time. `review` sees each decision before it goes out, and may change it."""

    __test__ = False

    def __init__(
        self,
        client: Client,
        domain: str,
        cast: Cast,
        flows: Flows,
        review: Callable[[str, Decision], Decision],
    ) -> None:
        super().__init__(client, domain, [""], cast, sticky=False, kept=flows, identity=IDENTITY)
        self._flows = flows
        self._review = review

    def work(self, task_list: str) -> bool:
        """Decide the first task of a list; tell whether there was one."""
        poll = self._poll(task_list)
        task: DecisionTask = self._poller.client.ask(poll)
        if not task.task_token:
            return False
        self.decide(task, poll)
        return True

    def _not_decided(self, task: DecisionTask, events: Sequence[Event], error: Exception) -> NoReturn:
        raise error

    def _answer(self, task: DecisionTask, decided: Decided) -> None:
        assert task.workflow_execution is not None
        run_id = task.workflow_execution.run_id
        assert task.task_token is not None
        decisions = [self._review(run_id, each) for each in decided.decisions]
        answer = RespondDecisionTaskCompletedInput(task.task_token, decisions, decided.execution_context)
        with contextlib.suppress(UnknownResource):  # the run itself has terminated it
            self._poller.client.ask(answer)
        self._flows.drop_closed(run_id)
