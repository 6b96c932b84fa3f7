"""The executions of one domain, in memory: what is asked of one, and what one asks of another.

Synchronous; the time is passed in. Nothing here waits, stores, or knows who calls.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from swf.engine.machine import commands as c
from swf.engine.machine.apply import apply, unknown_execution
from swf.engine.machine.clocks import UNATTENDED, Clock, deadline, started_by
from swf.engine.machine.errands import carry_out
from swf.engine.machine.execution import Execution
from swf.engine.machine.limits import Limits
from swf.engine.machine.queues import Deadlines, TaskQueue
from swf.engine.machine.starting import StartRequest, resolve_start
from swf.exceptions import ExecutionAlreadyStarted, LimitExceeded, UnknownResource
from swf.protocol import events as e
from swf.protocol.decisions import ContinueAsNewWorkflowExecution
from swf.protocol.enums import ActivityTaskTimeoutType, WorkflowExecutionTerminatedCause
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from swf.engine.machine.effects import Effect
    from swf.engine.machine.types import Types
    from swf.protocol.decisions import Decision
    from swf.protocol.shapes import WorkflowType

__all__ = ["ActivityTask", "DecisionTask", "Executions"]


class DecisionTask(Struct, frozen=True):
    """A decision task that was handed out."""

    execution: Execution
    started_event_id: int
    previous_started_event_id: int
    """The started event of the last decision task that was completed, 0 for the first."""
    scheduled_event_id: int


class ActivityTask(Struct, frozen=True):
    """An activity task that was handed out."""

    execution: Execution
    scheduled: e.ActivityTaskScheduled
    started_event_id: int


class Executions:
    """All executions of one domain.

    `new_run_id` gives the ids of runs. What an execution asks of others is done before a call returns.
    """

    def __init__(self, types: Types, new_run_id: Callable[[], str], limits: Limits | None = None) -> None:
        self.types = types
        self.limits = limits or Limits()
        self._new_run_id = new_run_id
        self._open: dict[str, Execution] = {}
        self._runs: dict[tuple[str, str], Execution] = {}
        self._effects: deque[tuple[Execution, Effect]] = deque()
        self._decisions: TaskQueue[tuple[Execution, e.DecisionTaskScheduled]] = TaskQueue()
        self._activities: TaskQueue[tuple[Execution, e.ActivityTaskScheduled]] = TaskQueue()
        self._deadlines: Deadlines[Execution] = Deadlines(deadline)

    # Clients

    def start(
        self,
        workflow_id: str,
        workflow_type: WorkflowType,
        now: float,
        *,
        task_list: str | None = None,
        input: str | None = None,
        execution_timeout: str | None = None,
        decision_timeout: str | None = None,
        child_policy: str | None = None,
        tag_list: list[str | None] | None = None,
        task_priority: str | None = None,
        lambda_role: str | None = None,
        run_id: str | None = None,
    ) -> Execution:
        """Start an execution; what is not given comes from its type.

        Raises `UnknownResource` and `TypeDeprecated` for its type, `DefaultUndefined` for a value that is
        nowhere given, `ExecutionAlreadyStarted` when its id has an open run, `LimitExceeded`.
        """
        request = StartRequest(
            task_list=TaskList(task_list) if task_list else None,
            execution_start_to_close_timeout=execution_timeout,
            task_start_to_close_timeout=decision_timeout,
            child_policy=child_policy,
            task_priority=task_priority,
            lambda_role=lambda_role,
        )
        resolved = resolve_start(workflow_type, request, self.types)
        if workflow_id in self._open:
            raise ExecutionAlreadyStarted("Already Started")
        if len(self._open) >= self.limits.open_executions:
            raise LimitExceeded(f"There are {len(self._open)} open executions, as many as there may be")
        attributes = e.WorkflowExecutionStartedAttributes(
            workflow_type=workflow_type,
            parent_initiated_event_id=0,
            input=input,
            tag_list=tag_list or None,
            **resolved,
        )
        execution = self.begin(workflow_id, run_id or self._new_run_id(), attributes, now)
        self._settle(now)
        return execution

    def execution(self, workflow_id: str, run_id: str | None = None) -> Execution:
        """Return a run, the open one when no run id is given. Raises `UnknownResource`."""
        if run_id:
            if (run := self._runs.get((workflow_id, run_id))) is None:
                raise unknown_execution(workflow_id, run_id)
            return run
        if (run := self._open.get(workflow_id)) is None:
            raise UnknownResource(f"Unknown execution, workflowId = {workflow_id}")
        return run

    def open_executions(self) -> Iterator[Execution]:
        """Yield the executions that are open."""
        yield from list(self._open.values())

    def signal(self, execution: Execution, name: str, input: str | None, now: float) -> None:
        """Signal an execution from outside. Raises `UnknownResource` when it is closed, as all below do."""
        self._do(execution, c.Signal(name, input), now)

    def request_cancel(self, execution: Execution, now: float) -> None:
        """Request the cancellation of an execution from outside."""
        self._do(execution, c.RequestCancel(), now)

    def terminate(
        self,
        execution: Execution,
        now: float,
        *,
        reason: str | None = None,
        details: str | None = None,
        child_policy: str | None = None,
    ) -> None:
        """Terminate an execution; `child_policy` stands in for its own."""
        cause = WorkflowExecutionTerminatedCause.OPERATOR_INITIATED
        self._do(execution, c.Terminate(cause, reason, details, child_policy), now)

    # Deciders

    def poll_decision_task(
        self, now: float, task_list: str | None = None, identity: str | None = None
    ) -> DecisionTask | None:
        """Hand out a decision task of a list, or of any: the highest priority, then the earliest."""
        while (entry := self._decisions.take(task_list)) is not None:
            state, scheduled = entry
            if state.deliverable is not scheduled:
                continue
            previous = state.previous_started_id
            self._do(state, c.StartDecisionTask(scheduled.event_id, identity), now)
            if (started := state.decision_started) is not None:
                return DecisionTask(state, started.event_id, previous, scheduled.event_id)
        return None

    def complete_decision_task(
        self,
        task: DecisionTask,
        decisions: Sequence[Decision],
        now: float,
        execution_context: str | None = None,
        *,
        task_list: str | None = None,
        schedule_to_start_timeout: str | None = None,
    ) -> None:
        """Answer a decision task; `task_list` is where the next ones go, for good or if taken in time.

        Raises `UnknownResource` when it is not the one that is started, `InvalidRequest` for decisions that
        contradict themselves.
        """
        continues = bool(decisions) and type(decisions[-1]) is ContinueAsNewWorkflowExecution
        command = c.CompleteDecisionTask(
            task.scheduled_event_id,
            task.started_event_id,
            decisions,
            execution_context,
            TaskList(task_list) if task_list else None,
            schedule_to_start_timeout,
            self._new_run_id() if continues else "",
        )
        self._do(task.execution, command, now)

    # Workers

    def poll_activity_task(
        self, now: float, task_list: str | None = None, identity: str | None = None
    ) -> ActivityTask | None:
        """Hand out an activity task of a list, or of any: the highest priority, then the earliest."""
        while (entry := self._activities.take(task_list)) is not None:
            state, scheduled = entry
            task = state.activities.get(scheduled.event_id)
            if state.closed or task is None or task.started is not None:
                continue
            self._do(state, c.StartActivityTask(scheduled.event_id, identity), now)
            if task.started is not None:
                return ActivityTask(state, scheduled, task.started.event_id)
        return None

    def heartbeat(self, task: ActivityTask, now: float, details: str | None = None) -> bool:
        """Note that an activity task makes progress; tell whether its cancellation was requested."""
        self._do(task.execution, c.RecordHeartbeat(*_ids(task), details), now)
        return self.cancel_is_requested(task)

    def complete_activity(self, task: ActivityTask, result: str | None, now: float) -> None:
        """Answer an activity task with its result."""
        self._do(task.execution, c.CompleteActivityTask(*_ids(task), result), now)

    def fail_activity(self, task: ActivityTask, reason: str | None, details: str | None, now: float) -> None:
        """Answer an activity task with its failure."""
        self._do(task.execution, c.FailActivityTask(*_ids(task), reason, details), now)

    def cancel_activity(self, task: ActivityTask, details: str | None, now: float) -> None:
        """Answer an activity task as canceled."""
        self._do(task.execution, c.CancelActivityTask(*_ids(task), details), now)

    def time_out_activity(self, task: ActivityTask, timeout_type: str, now: float) -> None:
        """Say that an activity task has outlived one of its timeouts, whatever the clocks here say."""
        command = c.TimeOutActivityTask(*_ids(task), ActivityTaskTimeoutType(timeout_type))
        self._do(task.execution, command, now)

    def cancel_is_requested(self, task: ActivityTask) -> bool:
        """Tell whether the cancellation of an activity task was requested."""
        found = task.execution.activities.get(task.scheduled.event_id)
        return found is not None and bool(found.cancel_requested_id)

    def is_open(self, task: ActivityTask) -> bool:
        """Tell whether an answer to this activity task would be taken."""
        return not task.execution.closed and task.scheduled.event_id in task.execution.activities

    # Clocks

    def next_deadline(self, kinds: Collection[Clock] = UNATTENDED) -> float | None:
        """Return when the next clock of these kinds expires.

        By default those of timers and executions: workers in this process do not vanish, and keep the
        clocks of their tasks themselves. `ALL_CLOCKS` is what Amazon SWF does.
        """
        first = self._deadlines.next(kinds)
        return first[0] if first is not None else None

    def next_timer(self) -> float | None:
        """Return when the next timer is due."""
        return self.next_deadline((Clock.TIMER,))

    def tick(self, now: float, kinds: Collection[Clock] = UNATTENDED) -> None:
        """Let the clocks of these kinds expire that are due, in the order of their deadlines."""
        while (first := self._deadlines.next(kinds)) is not None and first[0] <= now:
            _, clock, state, event_id = first
            self._do(state, c.ExpireClock(clock, event_id), now)

    # For `errands`

    def begin(
        self, workflow_id: str, run_id: str, attributes: e.WorkflowExecutionStartedAttributes, now: float
    ) -> Execution:
        """Start a run with attributes that are resolved; its id has no open run."""
        state = Execution(workflow_id, run_id)
        self._open[workflow_id] = self._runs[workflow_id, run_id] = state
        self.apply(state, c.Start(attributes), now)
        return state

    def begin_child(
        self, workflow_id: str, attributes: e.WorkflowExecutionStartedAttributes, now: float
    ) -> Execution:
        """Start a run with an id of its own."""
        return self.begin(workflow_id, self._new_run_id(), attributes, now)

    def apply(self, state: Execution, command: c.Command, now: float) -> None:
        """Change one execution, and note what it asks for."""
        applied = apply(state, command, now, self.types, self.limits)
        for event in applied.events:
            for expiry in started_by(state, event):
                self._deadlines.put(state, expiry)
        for effect in applied.effects:
            self._effects.append((state, effect))
        if state.closed and self._open.get(state.workflow_id) is state:
            del self._open[state.workflow_id]

    def offer_decision(self, state: Execution, scheduled: e.DecisionTaskScheduled) -> None:
        """Put a decision task where polls find it."""
        a = scheduled.attributes
        self._decisions.put(a.task_list.name, a.task_priority, scheduled.event_timestamp, (state, scheduled))

    def offer_activity(self, state: Execution, scheduled: e.ActivityTaskScheduled) -> None:
        """Put an activity task where polls find it."""
        a = scheduled.attributes
        self._activities.put(a.task_list.name, a.task_priority, scheduled.event_timestamp, (state, scheduled))

    def is_full(self) -> bool:
        """Tell whether no further execution may be open."""
        return len(self._open) >= self.limits.open_executions

    def open_run(self, workflow_id: str, run_id: str | None = None) -> Execution | None:
        """Return the open run of an id, if it is this one."""
        run = self._open.get(workflow_id)
        return run if run is None or not run_id or run.run_id == run_id else None

    def _do(self, state: Execution, command: c.Command, now: float) -> None:
        self.apply(state, command, now)
        self._settle(now)

    def _settle(self, now: float) -> None:
        while self._effects:
            state, effect = self._effects.popleft()
            carry_out(self, state, effect, now)


def _ids(task: ActivityTask) -> tuple[int, int]:
    return task.scheduled.event_id, task.started_event_id
