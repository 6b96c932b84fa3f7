"""What a change of one execution asks for elsewhere: values, for whoever holds the executions.

Each is carried out after the change is complete, and may find that the world has moved on since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from swf.protocol import events as e

__all__ = [
    "ActivityTaskAvailable",
    "CancelUnstarted",
    "Closed",
    "ContinueAsNew",
    "DecisionTaskAvailable",
    "DeliverCancel",
    "DeliverSignal",
    "Effect",
    "RefuseLambda",
    "StartChild",
]


class DecisionTaskAvailable(Struct, frozen=True):
    """Hand out the decision task that this event scheduled."""

    scheduled: e.DecisionTaskScheduled


class ActivityTaskAvailable(Struct, frozen=True):
    """Hand out the activity task that this event scheduled."""

    scheduled: e.ActivityTaskScheduled


class CancelUnstarted(Struct, frozen=True):
    """Cancel an activity task that nobody has started, if that is still so."""

    scheduled_event_id: int


class RefuseLambda(Struct, frozen=True):
    """Say that a Lambda function cannot start: the execution has no role."""

    scheduled_event_id: int


class StartChild(Struct, frozen=True):
    """Start the child that this event initiated, unless its parent is closed by then."""

    initiated: e.StartChildWorkflowExecutionInitiated


class DeliverSignal(Struct, frozen=True):
    """Deliver the signal that this event initiated, and tell the source."""

    initiated: e.SignalExternalWorkflowExecutionInitiated


class DeliverCancel(Struct, frozen=True):
    """Deliver the request for cancellation that this event initiated, and tell the source."""

    initiated: e.RequestCancelExternalWorkflowExecutionInitiated


class ContinueAsNew(Struct, frozen=True):
    """Start the run that goes on, in the same transaction."""

    closed: e.WorkflowExecutionContinuedAsNew


class Closed(Struct, frozen=True):
    """Tell the parent, and apply the child policy if the execution was terminated or timed out."""

    event: e.Event


Effect = (
    DecisionTaskAvailable
    | ActivityTaskAvailable
    | CancelUnstarted
    | RefuseLambda
    | StartChild
    | DeliverSignal
    | DeliverCancel
    | ContinueAsNew
    | Closed
)
