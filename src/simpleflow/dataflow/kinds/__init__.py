"""The kinds of nodes: each says in one place its decision, how its events move it, and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow import canvas, signal, task
from simpleflow.activity import Activity
from simpleflow.dataflow.kinds import activities, children, containers, continuing, markers, signals, timers
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from simpleflow.dataflow.node import Node
    from simpleflow.dataflow.passes import Scope

__all__ = ["ADOPTED", "EVENTS", "as_task", "make_node"]

_MODULES = (activities, children, timers, markers, signals, continuing)

EVENTS: dict[type, Any] = {kind: handler for module in _MODULES for kind, handler in module.EVENTS.items()}
"""What each type of event does to a dataflow."""

ADOPTED: dict[type, Any] = {kind: adopt for module in _MODULES for kind, adopt in module.ADOPTED.items()}
"""From an event that records a decision to the record, for a run that decides by ids."""

_NODES: dict[type, Any] = {
    task.ActivityTask: activities.ActivityNode,
    task.WorkflowTask: children.ChildNode,
    task.MarkerTask: markers.MarkerNode,
    task.SignalTask: signals.SignalNode,
    signal.WaitForSignal: signals.GateNode,
    signal.NextSignal: signals.MailboxNode,
    task.TimerTask: timers.TimerNode,
    task.SleepTask: timers.SleepNode,
    task.CancelTimerTask: timers.CancelTimerNode,
    task.ContinueAsNewWorkflowTask: continuing.ContinueAsNewNode,
    canvas.Chain: containers.ChainNode,
    canvas.Group: containers.GroupNode,
    canvas.FuncGroup: containers.FuncGroupNode,
}


def as_task(submittable: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the task for what was given to `submit`. Raises `TypeError` for what cannot be submitted."""
    if isinstance(submittable, Activity):
        return task.ActivityTask(submittable, *args, **kwargs)
    if isinstance(submittable, type) and issubclass(submittable, Workflow):
        return task.ChildWorkflowTask(submittable, *args, **kwargs)
    if any(isinstance(submittable, kind) for kind in _NODES):
        if args or kwargs:
            raise TypeError(f"{submittable!r} has its arguments already: submit takes none with it")
        return submittable
    raise TypeError(
        f"Bad type for {submittable!r} activity ({type(submittable)}): "
        "decorate the function with activity.with_attributes(...)"
    )


def make_node(made: Any, scope: Scope) -> Node:
    """Return the node for a task."""
    for kind in type(made).__mro__:
        if kind in _NODES:
            node: Node = _NODES[kind](made, scope)
            return node
    raise TypeError(f"no kind of node for {made!r}")
