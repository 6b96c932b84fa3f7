"""Signals: sent once each, received through gates and mailboxes, propagated to parent and children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow.dataflow.node import Node, resolved
from simpleflow.dataflow.records import Record
from simpleflow.exceptions import TaskFailed
from simpleflow.utils import json_loads_or_raw
from swf.protocol import decisions, events

if TYPE_CHECKING:
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event


def send(
    name: str, workflow_id: str, run_id: str | None, text: str | None, control: str | None = None
) -> Decision:
    """Return the decision that sends a signal."""
    return decisions.SignalExternalWorkflowExecution(
        decisions.SignalExternalWorkflowExecutionAttributes(
            workflow_id=workflow_id, signal_name=name, run_id=run_id, input=text, control=control
        )
    )


class SentSignal(Record):
    """A signal that was sent, and whether its delivery is confirmed."""

    __slots__ = ("cause", "input", "name", "state")

    def __init__(self, node: Node | None, name: str, text: str) -> None:
        super().__init__(node)
        self.name = name
        self.input = text
        self.state = "asked"
        self.cause = ""

    def decided(self, event: Event, run: Dataflow) -> None:
        run.sent[event.event_id] = self

    def ended(self, batch: int, state: str, cause: str = "") -> None:
        self.state, self.cause = state, cause
        self.moved(batch)


class SignalNode(Node):
    """A signal to send: the k-th equal one is the k-th that was sent."""

    outlives_run = True
    record: SentSignal | None

    def arguments(self) -> Any:
        return (self.task.args, self.task.kwargs)

    def activate(self) -> None:
        run, task = self.pass_.run, self.task
        value = {
            "__propagate": bool(task.propagate),
            "args": list(resolved(task.args)),
            "kwargs": resolved(task.kwargs),
        }
        self.input = run.encode(value, "input")
        own = task.workflow_id is None
        self.target = (run.workflow_id, run.run_id) if own else (task.workflow_id, task.run_id)
        self.key = (self.target, task.signal_name, self.input)
        self.record = run.signals_sent.claim(self.key, self)
        if self.record is None:
            self.enqueue()
        else:
            self.look()

    def look(self) -> None:
        record = self.record
        assert record is not None
        if record.state == "delivered":
            self.finish(json_loads_or_raw(record.input), batch=record.batch)
        elif record.state == "failed":
            self.fail(TaskFailed(record.name, record.cause), batch=record.batch)

    def decide(self) -> Decision:
        record = self.record = SentSignal(self, self.task.signal_name, self.input)
        self.pass_.run.signals_sent.add(self.key, record)
        workflow_id, run_id = self.target
        return self.expect(send(record.name, workflow_id, run_id, record.input), record)


class Received(Record):
    """A signal that a gate or a mailbox took."""

    __slots__ = ("value",)

    def __init__(self, node: Node, value: Any, batch: int) -> None:
        super().__init__(node)
        self.value = value
        self.batch = batch


class GateNode(Node):
    """A gate: open from the first signal of its name on."""

    def activate(self) -> None:
        run, name = self.pass_.run, self.task.signal_name
        record = run.gates_passed.claim(name, self)
        if record is not None:
            self.finish(record.value, batch=record.batch)
        elif not self._open():
            self.pass_.pending_gates[self] = name
            run.closed_gates.setdefault(name, []).append(self)

    def _open(self) -> bool:
        run, name = self.pass_.run, self.task.signal_name
        if name not in run.signals:
            return False
        record = Received(self, run.signals[name][-1][0], max(self.batch, run.signals[name][0][1]))
        run.gates_passed.add(name, record)
        self.finish(record.value, batch=record.batch)
        return True

    def settle(self) -> None:
        if self.missing or self.future._state != "PENDING":
            return
        if self._open():
            self.pass_.pending_gates.pop(self, None)


class MailboxNode(Node):
    """A mailbox: takes the next signal of its name that none has taken."""

    def activate(self) -> None:
        run, name = self.pass_.run, self.task.signal_name
        record = run.mail_taken.claim(name, self)
        if record is not None:
            self.finish(record.value, batch=record.batch)
        elif not self._take():
            self.pass_.pending_gates[self] = name
            run.empty_mailboxes.setdefault(name, []).append(self)

    def _take(self) -> bool:
        run, name = self.pass_.run, self.task.signal_name
        if not run.mail.get(name):
            return False
        value, batch = run.mail[name].popleft()
        record = Received(self, value, batch)
        run.mail_taken.add(name, record)
        self.finish(value, batch=batch)
        return True

    def settle(self) -> None:
        if self.future._state == "PENDING" and self._take():
            self.pass_.pending_gates.pop(self, None)


def _signaled(run: Dataflow, event: events.WorkflowExecutionSignaled) -> None:
    name, text = event.attributes.signal_name, event.attributes.input
    value = json_loads_or_raw(text)
    run.receive_signal(name, value, event)
    for gate in run.closed_gates.pop(name, ()):
        gate.pass_.moved(gate)
    boxes: list[MailboxNode] = run.empty_mailboxes.get(name, [])
    while boxes:
        box = boxes.pop(0)
        if box.future._state == "PENDING":
            box.settle()
            break
    if isinstance(value, dict) and value.get("__propagate"):
        run.propagate(event)


def _delivered(run: Dataflow, event: events.ExternalWorkflowExecutionSignaled) -> None:
    run.throttled.came_back(event)
    if (record := run.sent.pop(event.attributes.initiated_event_id, None)) is not None:
        record.ended(run.batch, "delivered")


def _refused(run: Dataflow, event: events.SignalExternalWorkflowExecutionFailed) -> None:
    record = run.sent.pop(event.attributes.initiated_event_id, None)
    if not run.throttled.came_back(event) and record is not None:
        record.ended(run.batch, "failed", event.attributes.cause)


def _adopt(run: Dataflow, event: events.SignalExternalWorkflowExecutionInitiated) -> Any:
    a = event.attributes
    record = SentSignal(None, a.signal_name, a.input or "")
    run.signals_sent.adopt(((a.workflow_id, a.run_id), a.signal_name, record.input), record)
    return record


ADOPTED: dict[type, Any] = {events.SignalExternalWorkflowExecutionInitiated: _adopt}

EVENTS: dict[type, Any] = {
    events.WorkflowExecutionSignaled: _signaled,
    events.ExternalWorkflowExecutionSignaled: _delivered,
    events.SignalExternalWorkflowExecutionFailed: _refused,
}
