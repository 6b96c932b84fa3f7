"""Requests for cancellation: each task, child or timer is asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow.dataflow.kinds.timers import cancel_timer
from simpleflow.dataflow.node import Node
from simpleflow.dataflow.passes import call_site
from swf.protocol import decisions as d

if TYPE_CHECKING:
    from simpleflow.dataflow.kinds.attempts import Attempts
    from simpleflow.dataflow.kinds.timers import Timer
    from swf.protocol.decisions import Decision

__all__ = ["CancelRequests"]


class _RequestNode(Node):
    """A request whose decision is known already."""

    outlives_run = True

    def activate(self) -> None:
        self.enqueue()

    def decide(self) -> Decision:
        decision: Decision = self.task
        return self.expect(decision, None)


class CancelRequests:
    """The part of a dataflow that asks for cancellations."""

    timers_canceled: set[str]

    def __init__(self) -> None:
        self.timers_canceled = set()
        super().__init__()

    def request_cancel_task(self, node: Node, record: Attempts, child: bool = False) -> None:
        """Ask for the cancellation of an activity or child; what only waits to be decided ends at once."""
        if record.cancel_requested:
            return
        record.cancel_requested = True
        throttled = node.pass_.run.throttled.forget(record)
        match record.state:
            case "waiting" if not throttled:
                self._ask(node, cancel_timer(record.retry_timer))
            case "scheduled" | "started":
                self._ask(node, _child(record) if child else _activity(record))
            case _:
                record.state = "canceled"
                node.canceled(batch=node.pass_.news)

    def request_cancel_timer(self, node: Node, timer: Timer) -> None:
        """Ask for the cancellation of a timer."""
        if timer.id in self.timers_canceled:
            return
        self.timers_canceled.add(timer.id)
        if node.pass_.run.throttled.forget(timer):
            timer.state = "canceled"
            node.canceled(batch=node.pass_.news)
        else:
            self._ask(node, cancel_timer(timer.id))

    def _ask(self, node: Node, decision: Any) -> None:
        site = call_site(node.pass_.run.codes)
        _RequestNode(decision, node.pass_.scope.next(site)).start()


def _activity(record: Attempts) -> Decision:
    return d.RequestCancelActivityTask(d.RequestCancelActivityTaskAttributes(activity_id=record.id))


def _child(record: Attempts) -> Decision:
    return d.RequestCancelExternalWorkflowExecution(
        d.RequestCancelExternalWorkflowExecutionAttributes(workflow_id=record.id, run_id=record.run_id)
    )
