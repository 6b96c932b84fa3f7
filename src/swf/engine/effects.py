"""What a change of one execution asks for elsewhere: values, for whoever holds the executions.

Each is carried out after the change is complete, and may find that the world has moved on since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class DecisionTaskAvailable:
    """Hand out the decision task that this event scheduled."""

    scheduled: e.DecisionTaskScheduled


@dataclass(frozen=True, slots=True)
class ActivityTaskAvailable:
    """Hand out the activity task that this event scheduled."""

    scheduled: e.ActivityTaskScheduled


@dataclass(frozen=True, slots=True)
class CancelUnstarted:
    """Cancel an activity task that nobody has started, if that is still so."""

    scheduled_event_id: int


@dataclass(frozen=True, slots=True)
class RefuseLambda:
    """Say that a Lambda function cannot start: the execution has no role."""

    scheduled_event_id: int


@dataclass(frozen=True, slots=True)
class StartChild:
    """Start the child that this event initiated, unless its parent is closed by then."""

    initiated: e.StartChildWorkflowExecutionInitiated


@dataclass(frozen=True, slots=True)
class DeliverSignal:
    """Deliver the signal that this event initiated, and tell the source."""

    initiated: e.SignalExternalWorkflowExecutionInitiated


@dataclass(frozen=True, slots=True)
class DeliverCancel:
    """Deliver the request for cancellation that this event initiated, and tell the source."""

    initiated: e.RequestCancelExternalWorkflowExecutionInitiated


@dataclass(frozen=True, slots=True)
class ContinueAsNew:
    """Start the run that goes on, in the same transaction."""

    closed: e.WorkflowExecutionContinuedAsNew


@dataclass(frozen=True, slots=True)
class Closed:
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
