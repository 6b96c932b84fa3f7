"""Which states what events are about can have, and what may follow each: one table for each family.

Where an event may stand in a history is said by the engine's state machine; `History.compile` asks both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["INITIAL", "TRANSITIONS"]

States: TypeAlias = tuple[str, ...]

_CLOSED: Final = ("completed", "failed", "canceled", "terminated", "timed_out", "continued_as_new")
_WHILE_OPEN: Final = (
    *("signaled", "cancel_requested"),
    *("complete_failed", "fail_failed", "cancel_failed", "continue_as_new_failed"),
)
"""What happens to an execution, refusals to close it too, and leaves it open."""

TRANSITIONS: Final[Mapping[str, Mapping[str, States]]] = {
    "WorkflowExecution": {
        **dict.fromkeys(("started", *_WHILE_OPEN), (*_WHILE_OPEN, *_CLOSED)),
        **dict.fromkeys(_CLOSED, ()),
    },
    "DecisionTask": {
        "scheduled": ("started", "timed_out"),
        "started": ("completed", "timed_out"),
        **dict.fromkeys(("completed", "timed_out"), ()),
    },
    "ActivityTask": {
        "scheduled": ("started", "timed_out", "cancel_requested"),
        "started": ("completed", "failed", "timed_out", "canceled", "cancel_requested"),
        "cancel_requested": ("started", "completed", "failed", "timed_out", "canceled", "cancel_requested"),
        **dict.fromkeys(("completed", "failed", "timed_out", "canceled"), ()),
        **dict.fromkeys(("schedule_failed", "request_cancel_failed"), ()),
    },
    "ChildWorkflowExecution": {
        "start_initiated": ("started", "start_failed"),
        "started": ("completed", "failed", "timed_out", "canceled", "terminated"),
        **dict.fromkeys(("completed", "failed", "timed_out", "canceled", "terminated", "start_failed"), ()),
    },
    "ExternalWorkflowExecution": {
        "signal_execution_initiated": ("execution_signaled", "signal_execution_failed"),
        "request_cancel_execution_initiated": (
            *("execution_cancel_requested", "request_cancel_execution_failed"),
        ),
        **dict.fromkeys(("execution_signaled", "signal_execution_failed"), ()),
        **dict.fromkeys(("execution_cancel_requested", "request_cancel_execution_failed"), ()),
    },
    "Marker": dict.fromkeys(("recorded", "record_failed"), ()),
    "Timer": {
        "started": ("fired", "canceled"),
        **dict.fromkeys(("fired", "canceled", "start_failed", "cancel_failed"), ()),
    },
    "LambdaFunction": {
        "scheduled": ("started", "start_failed"),
        "started": ("completed", "failed", "timed_out"),
        **dict.fromkeys(("completed", "failed", "timed_out", "schedule_failed", "start_failed"), ()),
    },
}
"""By family and state. A decision that was refused makes an object of its own, which ends as it begins."""

INITIAL: Final[Mapping[str, States]] = {
    "WorkflowExecution": ("started",),
    "DecisionTask": ("scheduled",),
    "ActivityTask": ("scheduled", "schedule_failed", "request_cancel_failed"),
    "ChildWorkflowExecution": ("start_initiated", "start_failed"),
    "ExternalWorkflowExecution": ("signal_execution_initiated", "request_cancel_execution_initiated"),
    "Marker": ("recorded", "record_failed"),
    "Timer": ("started", "start_failed", "cancel_failed"),
    "LambdaFunction": ("scheduled", "schedule_failed"),
}
"""By family, how an object can begin; the first is the regular way."""
