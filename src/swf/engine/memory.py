"""The executions of one domain, in memory: what is asked of one, and what one asks of another.

Synchronous; the time is passed in. Nothing here waits, stores, or knows who calls.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from swf.engine import effects as fx
from swf.engine.decider import Rules, apply_decision
from swf.engine.execution import Execution
from swf.engine.limits import Limits
from swf.engine.writer import Writer
from swf.exceptions import UnknownResource
from swf.protocol import events as e
from swf.protocol.shapes import TaskList, WorkflowExecution, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swf.engine.types import Types
    from swf.protocol.decisions import Decision

__all__ = ["ActivityTask", "DecisionTask", "Executions"]


@dataclass(frozen=True)
class DecisionTask:
    """A decision task that was handed out."""

    execution: Execution
    started_event_id: int
    previous_started_event_id: int


@dataclass(frozen=True)
class ActivityTask:
    """An activity task that was handed out."""

    execution: Execution
    scheduled: e.ActivityTaskScheduled
    started_event_id: int


class Executions:
    """All executions of one domain."""

    def __init__(self, types: Types, new_run_id: Callable[[], str], limits: Limits | None = None) -> None:
        self.types = types
        self.limits = limits or Limits()
        self._new_run_id = new_run_id
        self._open: dict[str, Execution] = {}
        self._runs: dict[tuple[str, str], Execution] = {}
        self._parents: dict[str, tuple[Execution, int]] = {}
        self._effects: deque[tuple[Execution, fx.Effect]] = deque()
        self._decisions: list[tuple[int, int, Execution]] = []
        self._activities: list[tuple[int, int, Execution, int]] = []
        self._timers: list[tuple[float, int, Execution, str, int]] = []
        self._expiries: list[tuple[float, int, Execution]] = []
        self._order = 0

    # Executions

    def start(
        self,
        workflow_id: str,
        workflow_type: WorkflowType,
        now: float,
        *,
        task_list: str,
        input: str | None = None,
        execution_timeout: str,
        decision_timeout: str,
        child_policy: str = "TERMINATE",
        tag_list: list[str | None] | None = None,
        task_priority: str | None = None,
        lambda_role: str | None = None,
        run_id: str | None = None,
        parent: tuple[Execution, int] | None = None,
        continued: str | None = None,
    ) -> Execution:
        """Start an execution. Raises `UnknownResource` when its id has an open run."""
        if workflow_id in self._open:
            raise UnknownResource(f"{workflow_id} has an open run already")
        state = Execution(workflow_id, run_id or self._new_run_id())
        writer = Writer(state, now)
        writer.add(
            e.WorkflowExecutionStarted,
            child_policy=child_policy,
            task_list=TaskList(name=task_list),
            workflow_type=workflow_type,
            parent_initiated_event_id=parent[1] if parent else 0,
            input=input,
            execution_start_to_close_timeout=execution_timeout,
            task_start_to_close_timeout=decision_timeout,
            task_priority=task_priority,
            tag_list=tag_list or None,
            lambda_role=lambda_role,
            continued_execution_run_id=continued,
            parent_workflow_execution=identity(parent[0]) if parent else None,
        )
        self._open[workflow_id] = state
        self._runs[workflow_id, state.run_id] = state
        if parent is not None:
            self._parents[workflow_id] = parent
        if execution_timeout != "NONE":
            heapq.heappush(self._expiries, (now + float(execution_timeout), self._next(), state))
        self._commit(writer)
        return state

    def execution(self, workflow_id: str, run_id: str | None = None) -> Execution:
        """Return a run, the open one when no run id is given. Raises `UnknownResource`."""
        found = self._runs.get((workflow_id, run_id)) if run_id else self._open.get(workflow_id)
        if found is None:
            raise UnknownResource(f"Unknown execution, workflowId = {workflow_id}")
        return found

    def open_executions(self) -> Iterator[Execution]:
        """Yield the executions that are open."""
        yield from list(self._open.values())

    def signal(self, execution: Execution, name: str, input: str | None, now: float) -> None:
        """Signal an execution from outside."""
        writer = Writer(_opened(execution), now)
        writer.add(e.WorkflowExecutionSignaled, signal_name=name, input=input, external_initiated_event_id=0)
        self._commit(writer)

    def request_cancel(self, execution: Execution, now: float) -> None:
        """Request the cancellation of an execution from outside."""
        writer = Writer(_opened(execution), now)
        writer.add(e.WorkflowExecutionCancelRequested, external_initiated_event_id=0)
        self._commit(writer)

    def terminate(
        self,
        execution: Execution,
        now: float,
        *,
        reason: str | None = None,
        details: str | None = None,
        child_policy: str | None = None,
        cause: str = "OPERATOR_INITIATED",
    ) -> None:
        """Terminate an execution."""
        assert execution.started is not None
        writer = Writer(_opened(execution), now)
        event = writer.add(
            e.WorkflowExecutionTerminated,
            child_policy=child_policy or execution.started.attributes.child_policy,
            reason=reason,
            details=details,
            cause=cause,
        )
        self._commit(writer, [fx.Closed(event)])

    # Deciders

    def poll_decision_task(self, now: float) -> DecisionTask | None:
        """Hand out a decision task: the highest priority, then the earliest."""
        held = []
        found = None
        while self._decisions and found is None:
            entry = heapq.heappop(self._decisions)
            state = entry[2]
            if state.closed or state.decision_scheduled is None:
                continue
            if state.decision_started is not None:
                held.append(entry)
                continue
            found = state
        for entry in held:
            heapq.heappush(self._decisions, entry)
        if found is None or found.decision_scheduled is None:
            return None
        previous = found.previous_started_id
        event = Writer(found, now).add(
            e.DecisionTaskStarted, scheduled_event_id=found.decision_scheduled.event_id
        )
        return DecisionTask(found, event.event_id, previous)

    def complete_decision_task(
        self, task: DecisionTask, decisions: Sequence[Decision], now: float, context: str | None = None
    ) -> None:
        """Answer a decision task. Raises `UnknownResource` when it is not the one that is started."""
        state = _opened(task.execution)
        started = state.decision_started
        if started is None or started.event_id != task.started_event_id:
            raise UnknownResource(f"Unknown decision task, startedEventId = {task.started_event_id}")
        writer = Writer(state, now)
        completed = writer.add(
            e.DecisionTaskCompleted,
            scheduled_event_id=started.attributes.scheduled_event_id,
            started_event_id=started.event_id,
            execution_context=context,
        )
        rules = Rules(writer, completed.event_id, self.types, self.limits, self._new_run_id())
        for decision in decisions:
            first = state.next_id
            apply_decision(decision, rules)
            self._note(state, first)
        self._commit(writer, rules.effects)

    # Workers

    def poll_activity_task(self, now: float) -> ActivityTask | None:
        """Hand out an activity task: the highest priority, then the earliest scheduled."""
        while self._activities:
            _, _, state, scheduled_id = heapq.heappop(self._activities)
            task = state.activities.get(scheduled_id)
            if state.closed or task is None or task.started_id:
                continue
            event = Writer(state, now).add(e.ActivityTaskStarted, scheduled_event_id=scheduled_id)
            return ActivityTask(state, task.scheduled, event.event_id)
        return None

    def complete_activity(self, task: ActivityTask, result: str | None, now: float) -> None:
        """Answer an activity task with its result. Raises `UnknownResource` when it is not open."""
        self._end_activity(e.ActivityTaskCompleted, task, now, result=result)

    def fail_activity(self, task: ActivityTask, reason: str | None, details: str | None, now: float) -> None:
        """Answer an activity task with its failure. Raises `UnknownResource` when it is not open."""
        self._end_activity(e.ActivityTaskFailed, task, now, reason=reason, details=details)

    def cancel_activity(self, task: ActivityTask, details: str | None, now: float) -> None:
        """Answer an activity task as canceled. Raises `UnknownResource` when it is not open."""
        latest = self._task(task).cancel_requested_id
        self._end_activity(
            e.ActivityTaskCanceled,
            task,
            now,
            details=details,
            latest_cancel_requested_event_id=latest or None,
        )

    def time_out_activity(self, task: ActivityTask, timeout_type: str, now: float) -> None:
        """Say that an activity task has outlived one of its time-outs."""
        self._end_activity(e.ActivityTaskTimedOut, task, now, timeout_type=timeout_type)

    def cancel_is_requested(self, task: ActivityTask) -> bool:
        """Tell whether the cancellation of an activity task was requested."""
        return bool(self._task(task).cancel_requested_id)

    def is_open(self, task: ActivityTask) -> bool:
        """Tell whether an answer to this activity task would be taken."""
        return not task.execution.closed and task.scheduled.event_id in task.execution.activities

    def _task(self, task: ActivityTask) -> Any:
        open_task = _opened(task.execution).activities.get(task.scheduled.event_id)
        if open_task is None:
            raise UnknownResource(f"Unknown activity, scheduledEventId = {task.scheduled.event_id}")
        return open_task

    def _end_activity(self, kind: type, task: ActivityTask, now: float, **attributes: Any) -> None:
        self._task(task)
        writer = Writer(task.execution, now)
        writer.add(
            kind,
            scheduled_event_id=task.scheduled.event_id,
            started_event_id=task.started_event_id,
            **attributes,
        )
        self._commit(writer)

    # Clocks

    def next_deadline(self) -> float | None:
        """Return when the next timer or execution time-out is due."""
        _drop(self._timers, lambda entry: self._timer_open(entry))
        _drop(self._expiries, lambda entry: not entry[2].closed)
        dues = [heap[0][0] for heap in (self._timers, self._expiries) if heap]
        return min(dues) if dues else None

    def next_timer(self) -> float | None:
        """Return when the next timer is due."""
        _drop(self._timers, lambda entry: self._timer_open(entry))
        return self._timers[0][0] if self._timers else None

    def tick(self, now: float) -> None:
        """Fire the timers and time out the executions that are due."""
        while (due := self.next_deadline()) is not None and due <= now:
            if self._timers and self._timers[0][0] == due:
                _, _, state, timer_id, started_id = heapq.heappop(self._timers)
                writer = Writer(state, now)
                writer.add(e.TimerFired, timer_id=timer_id, started_event_id=started_id)
                self._commit(writer)
            else:
                _, _, state = heapq.heappop(self._expiries)
                assert state.started is not None
                writer = Writer(state, now)
                event = writer.add(
                    e.WorkflowExecutionTimedOut,
                    timeout_type="START_TO_CLOSE",
                    child_policy=state.started.attributes.child_policy,
                )
                self._commit(writer, [fx.Closed(event)])

    def _timer_open(self, entry: tuple[float, int, Execution, str, int]) -> bool:
        _, _, state, timer_id, started_id = entry
        timer = state.timers.get(timer_id)
        return not state.closed and timer is not None and timer.started.event_id == started_id

    # Transactions

    def _next(self) -> int:
        self._order += 1
        return self._order

    def _note(self, state: Execution, first: int) -> None:
        """Put what was scheduled from this event on into the queues."""
        for event in state.events[first - 1 :]:
            if type(event) is e.ActivityTaskScheduled:
                priority = -int(event.attributes.task_priority or 0)
                heapq.heappush(self._activities, (priority, self._next(), state, event.event_id))
            elif type(event) is e.TimerStarted:
                due = event.event_timestamp + float(event.attributes.start_to_fire_timeout)
                entry = (due, self._next(), state, event.attributes.timer_id, event.event_id)
                heapq.heappush(self._timers, entry)

    def _commit(self, writer: Writer, effects: Sequence[fx.Effect] = ()) -> None:
        """End a transaction: schedule the decision task that is due, then carry out what was asked for."""
        state = writer.state
        if not state.closed and state.next_id > self.limits.events and state.started is not None:
            event = writer.add(
                e.WorkflowExecutionTerminated,
                child_policy=state.started.attributes.child_policy,
                cause="EVENT_LIMIT_EXCEEDED",
            )
            effects = [*effects, fx.Closed(event)]
        writer.schedule_decision()
        if state.decision_scheduled is not None and state.events[-1] is state.decision_scheduled:
            assert state.started is not None
            priority = -int(state.started.attributes.task_priority or 0)
            heapq.heappush(self._decisions, (priority, self._next(), state))
        if state.closed and self._open.get(state.workflow_id) is state:
            del self._open[state.workflow_id]
        for effect in effects:
            self._effects.append((state, effect))
        if effects:
            self._carry_out(writer.now)

    def _carry_out(self, now: float) -> None:
        while self._effects:
            state, effect = self._effects.popleft()
            _EFFECTS[type(effect)](self, state, effect, now)


def identity(execution: Execution) -> WorkflowExecution:
    """Return an execution as events name it."""
    return WorkflowExecution(workflow_id=execution.workflow_id, run_id=execution.run_id)


def _opened(execution: Execution) -> Execution:
    if execution.closed:
        raise UnknownResource(
            "Unknown execution: WorkflowExecution="
            f"[workflowId={execution.workflow_id}, runId={execution.run_id}]"
        )
    return execution


def _drop(heap: list[Any], keep: Callable[[Any], bool]) -> None:
    while heap and not keep(heap[0]):
        heapq.heappop(heap)


# Effects


def _start_child(self: Executions, source: Execution, effect: fx.StartChild, now: float) -> None:
    if source.closed:
        return
    initiated = effect.initiated
    a = initiated.attributes
    writer = Writer(source, now)
    if a.workflow_id in self._open:
        writer.add(
            e.StartChildWorkflowExecutionFailed,
            workflow_id=a.workflow_id,
            workflow_type=a.workflow_type,
            cause="WORKFLOW_ALREADY_RUNNING",
            initiated_event_id=initiated.event_id,
            decision_task_completed_event_id=a.decision_task_completed_event_id,
            control=a.control,
        )
    else:
        child = self.start(
            a.workflow_id,
            a.workflow_type,
            now,
            task_list=a.task_list.name,
            input=a.input,
            execution_timeout=a.execution_start_to_close_timeout or "NONE",
            decision_timeout=a.task_start_to_close_timeout or "NONE",
            child_policy=a.child_policy,
            tag_list=a.tag_list,
            task_priority=a.task_priority,
            lambda_role=a.lambda_role,
            parent=(source, initiated.event_id),
        )
        writer.add(
            e.ChildWorkflowExecutionStarted,
            workflow_execution=identity(child),
            workflow_type=a.workflow_type,
            initiated_event_id=initiated.event_id,
        )
    self._commit(writer)


def _target(self: Executions, attributes: Any) -> Execution | None:
    target = self._open.get(attributes.workflow_id)
    if target is None or (attributes.run_id and target.run_id != attributes.run_id):
        return None
    return target


def _deliver(
    self: Executions,
    source: Execution,
    initiated: Any,
    now: float,
    kinds: tuple[type, type, type],
    **more: Any,
) -> None:
    """Write what the target gets, then what the source hears of it."""
    received, delivered, refused = kinds
    a = initiated.attributes
    target = _target(self, a)
    if target is not None:
        writer = Writer(target, now)
        writer.add(
            received,
            external_initiated_event_id=initiated.event_id,
            external_workflow_execution=identity(source),
            **more,
        )
        self._commit(writer)
    if source.closed:
        return
    writer = Writer(source, now)
    if target is not None:
        writer.add(delivered, workflow_execution=identity(target), initiated_event_id=initiated.event_id)
    else:
        writer.add(
            refused,
            workflow_id=a.workflow_id,
            run_id=a.run_id,
            control=a.control,
            cause="UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
            initiated_event_id=initiated.event_id,
            decision_task_completed_event_id=a.decision_task_completed_event_id,
        )
    self._commit(writer)


def _deliver_signal(self: Executions, source: Execution, effect: fx.DeliverSignal, now: float) -> None:
    kinds = (
        e.WorkflowExecutionSignaled,
        e.ExternalWorkflowExecutionSignaled,
        e.SignalExternalWorkflowExecutionFailed,
    )
    a = effect.initiated.attributes
    _deliver(self, source, effect.initiated, now, kinds, signal_name=a.signal_name, input=a.input)


def _deliver_cancel(self: Executions, source: Execution, effect: fx.DeliverCancel, now: float) -> None:
    kinds = (
        e.WorkflowExecutionCancelRequested,
        e.ExternalWorkflowExecutionCancelRequested,
        e.RequestCancelExternalWorkflowExecutionFailed,
    )
    _deliver(self, source, effect.initiated, now, kinds)


def _cancel_unstarted(self: Executions, source: Execution, effect: fx.CancelUnstarted, now: float) -> None:
    task = source.activities.get(effect.scheduled_id)
    if source.closed or task is None or task.started_id:
        return
    writer = Writer(source, now)
    writer.add(
        e.ActivityTaskCanceled,
        scheduled_event_id=effect.scheduled_id,
        started_event_id=0,
        latest_cancel_requested_event_id=task.cancel_requested_id,
    )
    self._commit(writer)


def _continue(self: Executions, source: Execution, effect: fx.ContinueAsNew, now: float) -> None:
    a = effect.closed.attributes
    self.start(
        source.workflow_id,
        a.workflow_type,
        now,
        task_list=a.task_list.name,
        input=a.input,
        execution_timeout=a.execution_start_to_close_timeout or "NONE",
        decision_timeout=a.task_start_to_close_timeout or "NONE",
        child_policy=a.child_policy,
        tag_list=a.tag_list,
        task_priority=a.task_priority,
        lambda_role=a.lambda_role,
        run_id=a.new_execution_run_id,
        parent=self._parents.get(source.workflow_id),
        continued=source.run_id,
    )


_TOLD: dict[type, tuple[type, tuple[str, ...]]] = {
    e.WorkflowExecutionCompleted: (e.ChildWorkflowExecutionCompleted, ("result",)),
    e.WorkflowExecutionFailed: (e.ChildWorkflowExecutionFailed, ("reason", "details")),
    e.WorkflowExecutionCanceled: (e.ChildWorkflowExecutionCanceled, ("details",)),
    e.WorkflowExecutionTerminated: (e.ChildWorkflowExecutionTerminated, ()),
    e.WorkflowExecutionTimedOut: (e.ChildWorkflowExecutionTimedOut, ("timeout_type",)),
}


def _closed(self: Executions, source: Execution, effect: fx.Closed, now: float) -> None:
    event: Any = effect.event
    parent, initiated_id = self._parents.pop(source.workflow_id, (None, 0))
    if parent is not None and not parent.closed and initiated_id in parent.children:
        child = parent.children[initiated_id]
        kind, members = _TOLD[type(event)]
        writer = Writer(parent, now)
        writer.add(
            kind,
            workflow_execution=identity(source),
            workflow_type=child.initiated.attributes.workflow_type,
            initiated_event_id=initiated_id,
            started_event_id=child.started_id,
            **{member: getattr(event.attributes, member) for member in members},
        )
        self._commit(writer)
    if type(event) in (e.WorkflowExecutionTerminated, e.WorkflowExecutionTimedOut):
        for child in source.children.values():
            target = self._open.get(child.initiated.attributes.workflow_id)
            if target is not None and child.started_id:
                _apply_policy(self, target, event.attributes.child_policy, now)


def _apply_policy(self: Executions, child: Execution, policy: str, now: float) -> None:
    if policy == "TERMINATE":
        self.terminate(child, now, cause="CHILD_POLICY_APPLIED")
    elif policy == "REQUEST_CANCEL":
        writer = Writer(child, now)
        writer.add(
            e.WorkflowExecutionCancelRequested, external_initiated_event_id=0, cause="CHILD_POLICY_APPLIED"
        )
        self._commit(writer)


_EFFECTS: dict[type, Callable[..., None]] = {
    fx.StartChild: _start_child,
    fx.DeliverSignal: _deliver_signal,
    fx.DeliverCancel: _deliver_cancel,
    fx.CancelUnstarted: _cancel_unstarted,
    fx.ContinueAsNew: _continue,
    fx.Closed: _closed,
}
