"""What may be asked of one execution: by a client, a decider, a worker, a clock, or another execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.engine.clocks import Clock
    from swf.protocol import events as e
    from swf.protocol.decisions import Decision
    from swf.protocol.enums import (
        ActivityTaskTimeoutType,
        StartChildWorkflowExecutionFailedCause,
        WorkflowExecutionCancelRequestedCause,
        WorkflowExecutionTerminatedCause,
    )
    from swf.protocol.shapes import TaskList, WorkflowExecution

__all__ = [
    "CancelActivityTask",
    "CancelUnstartedActivityTask",
    "CloseChild",
    "Command",
    "CompleteActivityTask",
    "CompleteDecisionTask",
    "ExpireClock",
    "FailActivityTask",
    "RecordChildStart",
    "RecordDelivery",
    "RecordHeartbeat",
    "RefuseChild",
    "RefuseDelivery",
    "RefuseLambda",
    "RequestCancel",
    "Signal",
    "Start",
    "StartActivityTask",
    "StartDecisionTask",
    "Terminate",
    "TimeOutActivityTask",
]


# By clients


@dataclass(frozen=True, slots=True)
class Start:
    """Start, with all that was resolved from the request and the type."""

    attributes: e.WorkflowExecutionStartedAttributes


@dataclass(frozen=True, slots=True)
class Signal:
    """Signal; from outside when no initiated event of another execution is named."""

    signal_name: str
    input: str | None = None
    source: WorkflowExecution | None = None
    initiated_event_id: int = 0


@dataclass(frozen=True, slots=True)
class RequestCancel:
    """Request the cancellation, which is for the decider to decide."""

    cause: WorkflowExecutionCancelRequestedCause | None = None
    source: WorkflowExecution | None = None
    initiated_event_id: int = 0


@dataclass(frozen=True, slots=True)
class Terminate:
    """Close at once; `child_policy` stands in for the execution's own."""

    cause: WorkflowExecutionTerminatedCause
    reason: str | None = None
    details: str | None = None
    child_policy: str | None = None


# By deciders


@dataclass(frozen=True, slots=True)
class StartDecisionTask:
    """Hand out the decision task that waits."""

    scheduled_event_id: int
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteDecisionTask:
    """Answer a decision task. `new_run_id` is the run that a ContinueAsNewWorkflowExecution starts."""

    scheduled_event_id: int
    started_event_id: int
    decisions: Sequence[Decision]
    execution_context: str | None = None
    task_list: TaskList | None = None
    schedule_to_start_timeout: str | None = None
    new_run_id: str = ""


# By workers


@dataclass(frozen=True, slots=True)
class StartActivityTask:
    """Hand out an activity task."""

    scheduled_event_id: int
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class RecordHeartbeat:
    """Note that an activity task makes progress. No event; without details the last given stay."""

    scheduled_event_id: int
    started_event_id: int
    details: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteActivityTask:
    """Answer an activity task with its result."""

    scheduled_event_id: int
    started_event_id: int
    result: str | None = None


@dataclass(frozen=True, slots=True)
class FailActivityTask:
    """Answer an activity task with its failure."""

    scheduled_event_id: int
    started_event_id: int
    reason: str | None = None
    details: str | None = None


@dataclass(frozen=True, slots=True)
class CancelActivityTask:
    """Answer an activity task as canceled."""

    scheduled_event_id: int
    started_event_id: int
    details: str | None = None


# By clocks


@dataclass(frozen=True, slots=True)
class ExpireClock:
    """Let a clock expire; one that does not run, or not until later, changes nothing."""

    clock: Clock
    event_id: int


@dataclass(frozen=True, slots=True)
class TimeOutActivityTask:
    """Time an activity task out, whatever the clocks say: for who keeps its own."""

    scheduled_event_id: int
    started_event_id: int
    timeout_type: ActivityTaskTimeoutType


# By what the execution asked for itself


@dataclass(frozen=True, slots=True)
class CancelUnstartedActivityTask:
    """Cancel an activity task if nobody has started it."""

    scheduled_event_id: int


@dataclass(frozen=True, slots=True)
class RefuseLambda:
    """Say that a Lambda function cannot start without a role."""

    scheduled_event_id: int


@dataclass(frozen=True, slots=True)
class RecordChildStart:
    """The child that was initiated runs."""

    initiated_event_id: int
    run_id: str


@dataclass(frozen=True, slots=True)
class RefuseChild:
    """The child that was initiated cannot start."""

    initiated_event_id: int
    cause: StartChildWorkflowExecutionFailedCause


@dataclass(frozen=True, slots=True)
class CloseChild:
    """A child came to its end, by this event of its last run."""

    initiated_event_id: int
    run_id: str
    end: e.Event


@dataclass(frozen=True, slots=True)
class RecordDelivery:
    """The signal or cancel request that was initiated has reached this run."""

    initiated_event_id: int
    run_id: str


@dataclass(frozen=True, slots=True)
class RefuseDelivery:
    """The signal or cancel request that was initiated finds no open run."""

    initiated_event_id: int


Command = (
    Start
    | Signal
    | RequestCancel
    | Terminate
    | StartDecisionTask
    | CompleteDecisionTask
    | StartActivityTask
    | RecordHeartbeat
    | CompleteActivityTask
    | FailActivityTask
    | CancelActivityTask
    | ExpireClock
    | TimeOutActivityTask
    | CancelUnstartedActivityTask
    | RefuseLambda
    | RecordChildStart
    | RefuseChild
    | CloseChild
    | RecordDelivery
    | RefuseDelivery
)
