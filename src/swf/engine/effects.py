"""What a change of one execution asks for elsewhere: values, for whoever holds the executions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swf.protocol import events as e

__all__ = [
    "CancelUnstarted",
    "Closed",
    "ContinueAsNew",
    "DeliverCancel",
    "DeliverSignal",
    "Effect",
    "StartChild",
]


@dataclass(frozen=True)
class StartChild:
    """Start the child that this event initiated."""

    initiated: e.StartChildWorkflowExecutionInitiated


@dataclass(frozen=True)
class DeliverSignal:
    """Deliver the signal that this event initiated."""

    initiated: e.SignalExternalWorkflowExecutionInitiated


@dataclass(frozen=True)
class DeliverCancel:
    """Deliver the request for cancellation that this event initiated."""

    initiated: e.RequestCancelExternalWorkflowExecutionInitiated


@dataclass(frozen=True)
class CancelUnstarted:
    """Cancel an activity task that nobody has started."""

    scheduled_id: int


@dataclass(frozen=True)
class ContinueAsNew:
    """Start the run that goes on."""

    closed: e.WorkflowExecutionContinuedAsNew


@dataclass(frozen=True)
class Closed:
    """Tell the parent, and apply the child policy where the close asks for it."""

    event: e.Event


Effect = StartChild | DeliverSignal | DeliverCancel | CancelUnstarted | ContinueAsNew | Closed
