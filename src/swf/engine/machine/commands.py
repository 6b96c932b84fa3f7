"""What may be asked of one execution: by a client, a decider, a worker, a clock, or another execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.engine.machine.clocks import Clock
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
    "EndLambda",
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
    "StartLambda",
    "Terminate",
    "TimeOutActivityTask",
]


# By clients


class Start(Struct, frozen=True):
    """Start, with all that was resolved from the request and the type."""

    attributes: e.WorkflowExecutionStartedAttributes


class Signal(Struct, frozen=True):
    """Signal; from outside when no initiated event of another execution is named."""

    signal_name: str
    input: str | None = None
    source: WorkflowExecution | None = None
    initiated_event_id: int = 0


class RequestCancel(Struct, frozen=True):
    """Request the cancellation, which is for the decider to decide."""

    cause: WorkflowExecutionCancelRequestedCause | None = None
    source: WorkflowExecution | None = None
    initiated_event_id: int = 0


class Terminate(Struct, frozen=True):
    """Close at once; `child_policy` stands in for the execution's own."""

    cause: WorkflowExecutionTerminatedCause
    reason: str | None = None
    details: str | None = None
    child_policy: str | None = None


# By deciders


class StartDecisionTask(Struct, frozen=True):
    """Hand out the decision task that waits."""

    scheduled_event_id: int
    identity: str | None = None


class CompleteDecisionTask(Struct, frozen=True):
    """Answer a decision task. `new_run_id` is the run that a ContinueAsNewWorkflowExecution starts."""

    scheduled_event_id: int
    started_event_id: int
    decisions: Sequence[Decision]
    execution_context: str | None = None
    task_list: TaskList | None = None
    schedule_to_start_timeout: str | None = None
    new_run_id: str = ""


# By workers


class StartActivityTask(Struct, frozen=True):
    """Hand out an activity task."""

    scheduled_event_id: int
    identity: str | None = None


class RecordHeartbeat(Struct, frozen=True):
    """Note that an activity task makes progress. No event; without details the last given stay."""

    scheduled_event_id: int
    started_event_id: int
    details: str | None = None


class CompleteActivityTask(Struct, frozen=True):
    """Answer an activity task with its result."""

    scheduled_event_id: int
    started_event_id: int
    result: str | None = None


class FailActivityTask(Struct, frozen=True):
    """Answer an activity task with its failure."""

    scheduled_event_id: int
    started_event_id: int
    reason: str | None = None
    details: str | None = None


class CancelActivityTask(Struct, frozen=True):
    """Answer an activity task as canceled."""

    scheduled_event_id: int
    started_event_id: int
    details: str | None = None


# By clocks


class ExpireClock(Struct, frozen=True):
    """Let a clock expire; one that does not run, or not until later, changes nothing."""

    clock: Clock
    event_id: int


class TimeOutActivityTask(Struct, frozen=True):
    """Time an activity task out, whatever the clocks say: for who keeps its own."""

    scheduled_event_id: int
    started_event_id: int
    timeout_type: ActivityTaskTimeoutType


# By what the execution asked for itself


class CancelUnstartedActivityTask(Struct, frozen=True):
    """Cancel an activity task if nobody has started it."""

    scheduled_event_id: int


class RefuseLambda(Struct, frozen=True):
    """Say that a Lambda function cannot start without a role."""

    scheduled_event_id: int


class StartLambda(Struct, frozen=True):
    """A Lambda function has started."""

    scheduled_event_id: int


class EndLambda(Struct, frozen=True):
    """A Lambda function that was started has come to its end: this event, with the attributes given."""

    scheduled_event_id: int
    end: type[e.LambdaFunctionCompleted | e.LambdaFunctionFailed | e.LambdaFunctionTimedOut]
    attributes: dict[str, str | None]


class RecordChildStart(Struct, frozen=True):
    """The child that was initiated runs."""

    initiated_event_id: int
    run_id: str


class RefuseChild(Struct, frozen=True):
    """The child that was initiated cannot start."""

    initiated_event_id: int
    cause: StartChildWorkflowExecutionFailedCause


class CloseChild(Struct, frozen=True):
    """A child came to its end, by this event of its last run."""

    initiated_event_id: int
    run_id: str
    end: e.Event


class RecordDelivery(Struct, frozen=True):
    """The signal or cancel request that was initiated has reached this run."""

    initiated_event_id: int
    run_id: str


class RefuseDelivery(Struct, frozen=True):
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
    | StartLambda
    | EndLambda
    | RecordChildStart
    | RefuseChild
    | CloseChild
    | RecordDelivery
    | RefuseDelivery
)
