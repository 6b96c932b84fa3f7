"""Amazon SWF when it is asked for too much: what our engine never says, planted in its state machine."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from msgspec import Struct

from swf.engine.machine import commands as c
from swf.engine.machine import decisions, errands
from swf.engine.machine import effects as fx
from swf.engine.machine.apply import _HANDLERS
from swf.protocol import decisions as d
from swf.protocol import enums
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swf.engine.machine import Execution
    from swf.engine.machine.decisions import Batch
    from swf.engine.machine.writer import Writer

__all__ = ["is_throttled", "throttling"]


class _ThrottleDelivery(Struct, frozen=True):
    """Say that a signal or a cancel request was one too many."""

    initiated: Any


@contextmanager
def throttling(says_no: Callable[[str], bool]) -> Iterator[Counter[str]]:
    """Throttle what `says_no` names by the kind of its decision; yield how often that was."""
    count: Counter[str] = Counter()

    def no(kind: str) -> bool:
        refused = says_no(kind)
        count[kind] += refused
        return refused

    refusals = {
        d.ScheduleActivityTask: _refuse_activity,
        d.StartTimer: _refuse_timer,
        d.StartChildWorkflowExecution: _refuse_child,
        d.ContinueAsNewWorkflowExecution: _refuse_continuing,
    }
    abroad: dict[type, tuple[str, Any]] = {
        fx.DeliverSignal: ("SignalExternalWorkflowExecution", _ThrottleDelivery),
        fx.DeliverCancel: ("RequestCancelExternalWorkflowExecution", _ThrottleDelivery),
        fx.StartChild: ("StartChildWorkflowExecutionLate", _refuse_child_late),
    }
    with ExitStack() as planted:

        def plant(handlers: dict[Any, Any], more: dict[Any, Any]) -> None:
            planted.enter_context(patch.dict(handlers, more))

        plant(_HANDLERS, {_ThrottleDelivery: _throttle_delivery})
        for kind, refuse in refusals.items():
            plant(decisions._DECIDE, {kind: _or_no(kind.__name__, no, refuse, decisions._DECIDE[kind])})
        for effect, (name, command) in abroad.items():
            plant(errands._CARRY_OUT, {effect: _or_not(name, no, command, errands._CARRY_OUT[effect])})
        yield count


def is_throttled(event: Any) -> bool:
    """Tell whether an event says that a decision was throttled."""
    return str(getattr(event.attributes, "cause", "")).endswith("_RATE_EXCEEDED")


def _or_no(kind: str, no: Callable[[str], bool], refuse: Any, decide: Any) -> Any:
    return lambda batch, attributes: (refuse if no(kind) else decide)(batch, attributes)


def _or_not(kind: str, no: Callable[[str], bool], command: Any, carry_out: Any) -> Any:
    def carry_out_or_not(world: Any, source: Execution, effect: Any, now: float) -> None:
        if not source.closed and no(kind):
            world.apply(source, command(effect.initiated), now)
        else:
            carry_out(world, source, effect, now)

    return carry_out_or_not


def _refuse_activity(batch: Batch, a: d.ScheduleActivityTaskAttributes) -> None:
    decisions._refuse_activity(
        batch, a, enums.ScheduleActivityTaskFailedCause.ACTIVITY_CREATION_RATE_EXCEEDED
    )


def _refuse_timer(batch: Batch, a: d.StartTimerAttributes) -> None:
    decisions._refuse_timer(batch, a, enums.StartTimerFailedCause.TIMER_CREATION_RATE_EXCEEDED)


def _refuse_child(batch: Batch, a: d.StartChildWorkflowExecutionAttributes) -> None:
    decisions._refuse_child(
        batch, a, enums.StartChildWorkflowExecutionFailedCause.CHILD_CREATION_RATE_EXCEEDED
    )


def _refuse_continuing(batch: Batch, a: d.ContinueAsNewWorkflowExecutionAttributes) -> None:
    batch.writer.add(
        e.ContinueAsNewWorkflowExecutionFailed,
        e.ContinueAsNewWorkflowExecutionFailedAttributes(
            cause=enums.ContinueAsNewWorkflowExecutionFailedCause.CONTINUE_AS_NEW_WORKFLOW_EXECUTION_RATE_EXCEEDED,
            decision_task_completed_event_id=batch.completed_id,
        ),
    )


def _refuse_child_late(initiated: e.StartChildWorkflowExecutionInitiated) -> c.RefuseChild:
    cause = enums.StartChildWorkflowExecutionFailedCause.CHILD_CREATION_RATE_EXCEEDED
    return c.RefuseChild(initiated.event_id, cause)


def _throttle_delivery(writer: Writer, command: _ThrottleDelivery) -> None:
    a = command.initiated.attributes
    told: dict[str, Any] = {
        "workflow_id": a.workflow_id,
        "run_id": a.run_id,
        "control": a.control,
        "initiated_event_id": command.initiated.event_id,
        "decision_task_completed_event_id": a.decision_task_completed_event_id,
    }
    if type(command.initiated) is e.SignalExternalWorkflowExecutionInitiated:
        cause = enums.SignalExternalWorkflowExecutionFailedCause
        rate = cause.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_RATE_EXCEEDED
        writer.add(
            e.SignalExternalWorkflowExecutionFailed,
            e.SignalExternalWorkflowExecutionFailedAttributes(cause=rate, **told),
        )
    else:
        causes = enums.RequestCancelExternalWorkflowExecutionFailedCause
        too_many = causes.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_RATE_EXCEEDED
        writer.add(
            e.RequestCancelExternalWorkflowExecutionFailed,
            e.RequestCancelExternalWorkflowExecutionFailedAttributes(cause=too_many, **told),
        )
