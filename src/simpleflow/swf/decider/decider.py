"""The decider: takes decision tasks, feeds the runs that it keeps, answers with what they decide."""

from __future__ import annotations

import logging
import threading
import traceback
import uuid
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from simpleflow import logging_context
from simpleflow.constants import MAX_DETAILS_LENGTH, MAX_REASON_LENGTH
from simpleflow.dataflow import ByIds, Dataflow, Decided, Limits, batches
from simpleflow.swf.decider.kept import KeptRuns
from simpleflow.swf.decider.reading import news, whole_history
from simpleflow.swf.identity import identity as own_identity
from simpleflow.swf.identity import is_ours
from simpleflow.swf.polling import Poller
from simpleflow.swf.process import output
from simpleflow.swf.registration import register
from swf.exceptions import SWFError, UnknownResource
from swf.protocol import decisions as d
from swf.protocol.events import DecisionTaskScheduled, DecisionTaskStarted
from swf.protocol.requests import PollForDecisionTaskInput, RespondDecisionTaskCompletedInput
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simpleflow.workflow import Workflow
    from swf.protocol.answers import DecisionTask
    from swf.protocol.client import Client
    from swf.protocol.events import Event

__all__ = ["Decider"]

logger = logging.getLogger(__name__)

_CLOSING = (
    d.CompleteWorkflowExecution,
    d.FailWorkflowExecution,
    d.CancelWorkflowExecution,
    d.ContinueAsNewWorkflowExecution,
)
_STICKY_SECONDS = "5"
"""How long a decision task waits for the process that keeps the run, before it is anybody's."""
_AT_ONCE = 16
"""Decision tasks that one thread takes together, where it has the engine in its process."""
_MOST_EVENTS = 25_000
_EVENTS_AN_ATTEMPT = 3
"""A decision task that times out is recorded as scheduled, started, timed out."""


class Workflows(Protocol):
    """Finds the class of a workflow."""

    def workflow(self, name: str, input: str | None = None, version: str | None = None) -> type[Workflow]:
        """Return the class for the type on the wire and the input of the execution."""


@dataclass(frozen=True)
class _Task:
    """A decision task, and what brought it."""

    poll: PollForDecisionTaskInput
    task: DecisionTask
    poller: Poller
    decided: SimpleQueue[None] = field(default_factory=SimpleQueue)


@dataclass(frozen=True)
class _Refusal:
    """An answer that was not taken, told by the thread that sent it."""

    workflow_id: str
    run_id: str
    error: SWFError


class Decider:
    """Decides what is on some task lists, on one thread, until it is stopped.

    With several `lanes` so many threads poll and answer: while one answer is on its way the next decision is
    made, and answers that leave together are synced together.

    `workflows` finds classes. With `reroute` every task and child goes to that task list. A `sticky` decider
    asks for the next decision task of a run on a task list of its own, so that it comes back to the process
    that keeps the run; one that is alone on its list needs none.

    What the code of a workflow cannot decide (it does not fit the history, cannot be imported) is left to
    time out, and to whoever gets it next; with `fail_on_error` the execution fails instead.
    """

    def __init__(
        self,
        client: Client,
        domain: str,
        task_lists: Sequence[str],
        workflows: Workflows,
        *,
        reroute: str | None = None,
        sticky: bool = True,
        kept: KeptRuns | None = None,
        limits: Limits | None = None,
        identity: str | None = None,
        fail_on_error: bool = False,
        lanes: int = 1,
    ) -> None:
        self.domain = domain
        self.task_lists = task_lists
        self._workflows = workflows
        self._reroute = reroute
        self._own_list = f"{task_lists[0][:200]}-sticky-{uuid.uuid4().hex}" if sticky else None
        self._lanes = lanes
        self._alone = self._own_list is None and len(task_lists) == 1 and lanes == 1
        """Whether one thread polls and decides."""
        self._poller = Poller(client, _AT_ONCE if self._alone else 1)
        self._pollers = [self._poller]
        self._arrived: SimpleQueue[_Task | _Refusal | BaseException | None] = SimpleQueue()
        self._at_hand: _Task | None = None
        self._kept = KeptRuns() if kept is None else kept
        self._limits = limits or Limits()
        self._identity = identity or own_identity()
        self._fail_on_error = fail_on_error

    def run(self) -> None:
        """Decide until stopped. Raises an `SWFError` that does not pass by itself: an unknown domain, say."""
        try:
            for task in self._tasks():
                self._at_hand = task
                self.decide(task.task, task.poll)
                output.flush()
                task.decided.put(None)
        finally:
            for poller in self._pollers:
                poller.stop()
            self._poller.flush()
            self._kept.clear()
            logging_context.reset()

    def stop(self) -> None:
        """Take no more tasks, and end `run` when the one at hand is answered; from any thread or a signal."""
        for poller in self._pollers:
            poller.stop_now()

    # Tasks

    def _poll(self, task_list: str) -> PollForDecisionTaskInput:
        return PollForDecisionTaskInput(
            self.domain,
            TaskList(task_list),
            identity=self._identity,
            start_at_previous_started_event=True,
        )

    def _tasks(self) -> Iterator[_Task]:
        own = [] if self._own_list is None else [self._own_list]
        polls = [self._poll(task_list) for task_list in [*self.task_lists, *own]]
        if not self._alone:
            yield from self._tasks_of_all(polls)
        else:
            for task in self._poller.tasks(polls[0]):
                yield _Task(polls[0], task, self._poller)

    def _tasks_of_all(self, polls: list[PollForDecisionTaskInput]) -> Iterator[_Task]:
        """Poll in threads; a run lives on the thread that began it, so all is decided here."""
        several = {id(polls[-1])} if self._own_list is not None else set(map(id, polls))
        lanes = [poll for poll in polls for _ in range(self._lanes if id(poll) in several else 1)]
        for poll in lanes:
            poller = Poller(self._poller.client)
            self._pollers.append(poller)
            if self._poller.stopped:
                poller.stop()
            threading.Thread(
                target=self._bring, args=(poller, poll), name="simpleflow-poll", daemon=True
            ).start()
        running = len(lanes)
        while running:
            match self._arrived.get():
                case _Task() as task:
                    yield task
                case _Refusal(workflow_id, run_id, error):
                    self._refused(workflow_id, run_id, error)
                case None:
                    running -= 1
                case failure:
                    raise failure

    def _bring(self, poller: Poller, poll: PollForDecisionTaskInput) -> None:
        try:
            for polled in poller.tasks(poll):
                task = _Task(poll, polled, poller)
                self._arrived.put(task)
                task.decided.get()  # what waits here could be decided by somebody else
        except BaseException as error:  # raised again where the tasks are decided
            self._arrived.put(error)
        else:
            self._arrived.put(None)

    # Deciding

    def decide(self, task: DecisionTask, poll: PollForDecisionTaskInput) -> None:
        """Decide one task and answer it."""
        execution = task.workflow_execution
        assert execution is not None
        logging_context.set("workflow_id", execution.workflow_id)
        logging_context.set("task_type", "decision")
        logging_context.set("event_id", task.started_event_id)
        events: Sequence[Event] = task.events or ()
        try:
            flow = self._kept_run(task)
            events = news(self._poller.client, poll, task)
            decided = self._begin(task, events) if flow is None else self._go_on(flow, events)
            for payload in decided.register:
                register(self._poller.client, self.domain, payload)
        except Exception as error:  # whatever it is: of the user's module, of the engine, ours
            self._kept.drop(execution.run_id)
            self._not_decided(task, events, error)
        else:
            self._answer(task, decided)

    def _kept_run(self, task: DecisionTask) -> Dataflow | None:
        assert task.workflow_execution is not None
        run_id = task.workflow_execution.run_id
        flow = self._kept.get(run_id)
        if flow is not None and not flow.continues(task.previous_started_event_id):
            self._kept.drop(run_id)
            return None
        return flow

    def _go_on(self, flow: Dataflow, events: Sequence[Event]) -> Decided:
        decided = flow.feed(events)
        self._kept.put(flow)
        return decided

    def _begin(self, task: DecisionTask, events: Sequence[Event]) -> Decided:
        """Feed a run the whole history, and keep it; one that an older release began is decided its way."""
        execution = task.workflow_execution
        kind = task.workflow_type
        assert execution is not None
        assert kind is not None
        if not events or events[0].event_id != 1:
            events = whole_history(self._poller.client, self.domain, task)
        started: Any = events[0].attributes
        first = next(each for each in events if type(each) is DecisionTaskStarted)
        ours = is_ours(first.attributes.identity)
        flow = (Dataflow if ours else ByIds)(
            self._workflows.workflow(kind.name, started.input, kind.version),
            workflow_id=execution.workflow_id,
            run_id=execution.run_id,
            domain=self.domain,
            task_list=self._reroute,
            limits=self._limits,
        )
        decided = Decided()
        try:
            for batch in batches(events) if ours else [events]:
                flow.replaying = batch[-1].event_id < task.started_event_id
                decided = flow.feed(batch)
        except BaseException:
            flow.discard()
            raise
        if ours:
            self._kept.put(flow)
        else:
            flow.discard()
        return decided

    def _not_decided(self, task: DecisionTask, events: Sequence[Event], error: Exception) -> None:
        told = error if isinstance(error, SWFError) else traceback.format_exc()
        if self._fail_on_error and not isinstance(error, SWFError):
            logger.error("the decision failed, and the execution with it: %s", told)
            reason = f"workflow decision failed: {error}"
            failed = d.FailWorkflowExecutionAttributes(
                reason=reason[:MAX_REASON_LENGTH], details=traceback.format_exc()[-MAX_DETAILS_LENGTH:]
            )
            self._answer(task, Decided([d.FailWorkflowExecution(failed)]))
            return
        seconds = next(
            (
                each.attributes.start_to_close_timeout
                for each in events
                if type(each) is DecisionTaskScheduled
            ),
            None,
        )
        logger.error(
            "decision task %d of %s is not answered: %s\n"
            "Mend the code and restart the deciders: the task comes again when it has timed out, after %s "
            "seconds. Each attempt takes three of the history's %d events: %d more are left. To fail such "
            "executions at once, use --fail-on-decider-error",
            task.started_event_id,
            task.workflow_execution,
            told,
            seconds or "?",
            _MOST_EVENTS,
            (_MOST_EVENTS - task.started_event_id) // _EVENTS_AN_ATTEMPT,
        )

    def _answer(self, task: DecisionTask, decided: Decided) -> None:
        execution = task.workflow_execution
        assert execution is not None
        assert task.task_token is not None
        sticks = self._own_list is not None and not self._poller.stopped
        answer = RespondDecisionTaskCompletedInput(
            task.task_token,
            decided.decisions,
            decided.execution_context,
            TaskList(self._own_list) if sticks and self._own_list else None,
            _STICKY_SECONDS if sticks else None,
        )

        run_id, workflow_id = execution.run_id, execution.workflow_id
        if self._alone or self._at_hand is None:
            self._poller.answer(answer, lambda error: self._refused(workflow_id, run_id, error))
        else:
            self._at_hand.poller.answer(
                answer, lambda error: self._arrived.put(_Refusal(workflow_id, run_id, error))
            )
        if any(isinstance(each, _CLOSING) for each in decided.decisions):
            self._kept.drop(execution.run_id)

    def _refused(self, workflow_id: str, run_id: str, error: SWFError) -> None:
        if isinstance(error, UnknownResource):
            logger.info("%s went on or ended before its decision was answered", workflow_id)
        else:
            logger.error("the decisions for %s were not taken: %s", workflow_id, error)
            self._kept.drop(run_id)
