"""What a run waits for, in words: for whoever sees that it cannot come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpleflow.dataflow.passes import Blocked
from simpleflow.task import WorkflowTask

if TYPE_CHECKING:
    from simpleflow.dataflow.run import Dataflow

__all__ = ["waits_for"]


def waits_for(flow: Dataflow) -> str | None:
    """Return what a run waits for; None where what waits is one of its children."""
    current = flow.pass_
    if current is None:
        return None
    if isinstance(current.outcome, Blocked):
        return "raised ExecutionBlocked, to be executed again when there is news"
    if gates := sorted(set(current.pending_gates.values())):
        return f"waits for the signal {' and the signal '.join(map(repr, gates))}"
    waiting = current.main.waiting
    if waiting is None or isinstance(getattr(waiting, "task", None), WorkflowTask):
        return None
    return f"waits for {getattr(waiting, 'task', None)!r}"
