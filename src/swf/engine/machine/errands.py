"""Carries out what one execution asks of others, and of whoever hands out tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from swf.engine.machine import commands as c
from swf.engine.machine import effects as fx
from swf.protocol import events as e
from swf.protocol.enums import (
    ChildPolicy,
    StartChildWorkflowExecutionFailedCause,
    WorkflowExecutionCancelRequestedCause,
    WorkflowExecutionTerminatedCause,
)
from swf.protocol.shapes import WorkflowExecution

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.engine.machine.execution import Execution

__all__ = ["World", "carry_out"]


class World(Protocol):
    """The executions of a domain, however they are kept."""

    def apply(self, state: Execution, command: c.Command, now: float) -> None:
        """Change one execution, and note what it asks for."""

    def begin(
        self, workflow_id: str, run_id: str, attributes: e.WorkflowExecutionStartedAttributes, now: float
    ) -> Execution:
        """Start a run with attributes that are resolved; its id has no open run."""

    def begin_child(
        self, workflow_id: str, attributes: e.WorkflowExecutionStartedAttributes, now: float
    ) -> Execution:
        """Start a run with an id of its own."""

    def open_run(self, workflow_id: str, run_id: str | None = None) -> Execution | None:
        """Return the open run of an id, if it is this one."""

    def is_full(self) -> bool:
        """Tell whether no further execution may be open."""

    def offer_decision(self, state: Execution, scheduled: e.DecisionTaskScheduled) -> None:
        """Let a decision task be handed out."""

    def offer_activity(self, state: Execution, scheduled: e.ActivityTaskScheduled) -> None:
        """Let an activity task be handed out."""


def carry_out(world: World, source: Execution, effect: fx.Effect, now: float) -> None:
    """Do what an execution has asked for, if it still makes sense."""
    _CARRY_OUT[type(effect)](world, source, effect, now)


def _named(execution: Execution) -> WorkflowExecution:
    return WorkflowExecution(execution.workflow_id, execution.run_id)


# Tasks


def _offer_decision(world: World, source: Execution, effect: fx.DecisionTaskAvailable, now: float) -> None:
    if source.deliverable is effect.scheduled:
        world.offer_decision(source, effect.scheduled)


def _offer_activity(world: World, source: Execution, effect: fx.ActivityTaskAvailable, now: float) -> None:
    """The same batch may have ended the execution."""
    if not source.closed:
        world.offer_activity(source, effect.scheduled)


def _cancel_unstarted(world: World, source: Execution, effect: fx.CancelUnstarted, now: float) -> None:
    task = source.activities.get(effect.scheduled_event_id)
    if not source.closed and task is not None and task.started is None:
        world.apply(source, c.CancelUnstartedActivityTask(effect.scheduled_event_id), now)


def _refuse_lambda(world: World, source: Execution, effect: fx.RefuseLambda, now: float) -> None:
    if not source.closed:
        world.apply(source, c.RefuseLambda(effect.scheduled_event_id), now)


# Children


def _start_child(world: World, source: Execution, effect: fx.StartChild, now: float) -> None:
    """A parent that has closed by then wants no child."""
    if source.closed:
        return
    initiated_id, a = effect.initiated.event_id, effect.initiated.attributes
    cause = StartChildWorkflowExecutionFailedCause
    if world.open_run(a.workflow_id) is not None:
        world.apply(source, c.RefuseChild(initiated_id, cause.WORKFLOW_ALREADY_RUNNING), now)
    elif world.is_full():
        world.apply(source, c.RefuseChild(initiated_id, cause.OPEN_WORKFLOWS_LIMIT_EXCEEDED), now)
    else:
        child = world.begin_child(
            a.workflow_id, _run_of(a, parent=_named(source), parent_initiated_event_id=initiated_id), now
        )
        world.apply(source, c.RecordChildStart(initiated_id, child.run_id), now)


def _run_of(
    asked: e.StartChildWorkflowExecutionInitiatedAttributes | e.WorkflowExecutionContinuedAsNewAttributes,
    *,
    parent: WorkflowExecution | None,
    parent_initiated_event_id: int,
    continued: str | None = None,
) -> e.WorkflowExecutionStartedAttributes:
    """Return how a run starts that an event of another run asked for."""
    return e.WorkflowExecutionStartedAttributes(
        child_policy=asked.child_policy,
        task_list=asked.task_list,
        workflow_type=asked.workflow_type,
        parent_initiated_event_id=parent_initiated_event_id,
        input=asked.input,
        execution_start_to_close_timeout=asked.execution_start_to_close_timeout,
        task_start_to_close_timeout=asked.task_start_to_close_timeout,
        task_priority=asked.task_priority,
        tag_list=asked.tag_list,
        continued_execution_run_id=continued,
        parent_workflow_execution=parent,
        lambda_role=asked.lambda_role,
    )


# Signals and cancel requests


def _deliver_signal(world: World, source: Execution, effect: fx.DeliverSignal, now: float) -> None:
    initiated = effect.initiated
    a = initiated.attributes
    command = c.Signal(a.signal_name, a.input, _named(source), initiated.event_id)
    _deliver(world, source, initiated.event_id, world.open_run(a.workflow_id, a.run_id), command, now)


def _deliver_cancel(world: World, source: Execution, effect: fx.DeliverCancel, now: float) -> None:
    initiated = effect.initiated
    a = initiated.attributes
    command = c.RequestCancel(source=_named(source), initiated_event_id=initiated.event_id)
    _deliver(world, source, initiated.event_id, world.open_run(a.workflow_id, a.run_id), command, now)


def _deliver(
    world: World,
    source: Execution,
    initiated_id: int,
    target: Execution | None,
    command: c.Signal | c.RequestCancel,
    now: float,
) -> None:
    """Tell the target, closed or not is the source; then the source, if it is open."""
    if target is not None:
        world.apply(target, command, now)
    if source.closed:
        return
    if target is not None:
        world.apply(source, c.RecordDelivery(initiated_id, target.run_id), now)
    else:
        world.apply(source, c.RefuseDelivery(initiated_id), now)


# Ends


def _continue_as_new(world: World, source: Execution, effect: fx.ContinueAsNew, now: float) -> None:
    """The parent, if any, takes the new run for the same child."""
    assert source.started is not None
    link = source.started.attributes
    attributes = _run_of(
        effect.closed.attributes,
        parent=link.parent_workflow_execution,
        parent_initiated_event_id=link.parent_initiated_event_id,
        continued=source.run_id,
    )
    world.begin(source.workflow_id, effect.closed.attributes.new_execution_run_id, attributes, now)


def _closed(world: World, source: Execution, effect: fx.Closed, now: float) -> None:
    _tell_parent(world, source, effect.event, now)
    if isinstance(effect.event, e.WorkflowExecutionTerminated | e.WorkflowExecutionTimedOut):
        for initiated_id, child in source.children.items():
            run = world.open_run(child.initiated.attributes.workflow_id)
            if run is not None and _link(run) == (_named(source), initiated_id):
                _apply_policy(world, run, effect.event.attributes.child_policy, now)


def _link(run: Execution) -> tuple[WorkflowExecution | None, int]:
    assert run.started is not None
    a = run.started.attributes
    return a.parent_workflow_execution, a.parent_initiated_event_id


def _tell_parent(world: World, source: Execution, end: e.Event, now: float) -> None:
    named, initiated_id = _link(source)
    parent = world.open_run(named.workflow_id, named.run_id) if named is not None else None
    if parent is None or initiated_id not in parent.children:
        return
    if parent.children[initiated_id].started is not None:
        world.apply(parent, c.CloseChild(initiated_id, source.run_id, end), now)


def _apply_policy(world: World, child: Execution, policy: str, now: float) -> None:
    if policy == ChildPolicy.TERMINATE:
        world.apply(child, c.Terminate(WorkflowExecutionTerminatedCause.CHILD_POLICY_APPLIED), now)
    elif policy == ChildPolicy.REQUEST_CANCEL:
        world.apply(child, c.RequestCancel(WorkflowExecutionCancelRequestedCause.CHILD_POLICY_APPLIED), now)


_CARRY_OUT: dict[type, Callable[[World, Execution, Any, float], None]] = {
    fx.DecisionTaskAvailable: _offer_decision,
    fx.ActivityTaskAvailable: _offer_activity,
    fx.CancelUnstarted: _cancel_unstarted,
    fx.RefuseLambda: _refuse_lambda,
    fx.StartChild: _start_child,
    fx.DeliverSignal: _deliver_signal,
    fx.DeliverCancel: _deliver_cancel,
    fx.ContinueAsNew: _continue_as_new,
    fx.Closed: _closed,
}
