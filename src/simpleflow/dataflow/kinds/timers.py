"""Timers: those with an id of the user's, those that only sleep, and their cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpleflow.dataflow.node import Node
from simpleflow.dataflow.records import Record
from simpleflow.exceptions import TaskFailed
from swf.protocol import decisions, events

if TYPE_CHECKING:
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event

WAKE_UP_TIMER = "_simpleflow_wake_up_timer"
PAUSE_TIMER = "_simpleflow_pause_timer"
"""The id of the timer that is waited for before what was throttled is asked for again."""
RETRY_TIMER = "__simpleflow_task_"
"""What the timer that an attempt waits for begins with; the id of the task follows."""


def start_timer(timer_id: str, seconds: int | str, control: str | None = None) -> Decision:
    """Return the decision that starts a timer."""
    return decisions.StartTimer(
        decisions.StartTimerAttributes(timer_id=timer_id, start_to_fire_timeout=str(seconds), control=control)
    )


def cancel_timer(timer_id: str) -> Decision:
    """Return the decision that cancels a timer."""
    return decisions.CancelTimer(decisions.CancelTimerAttributes(timer_id=timer_id))


class Timer(Record):
    """What the history knows of a timer."""

    __slots__ = ("cause", "id", "state")

    def __init__(self, node: Node | None, timer_id: str) -> None:
        super().__init__(node)
        self.id = timer_id
        self.state = "asked"
        self.cause = ""

    def decided(self, event: Event, run: Dataflow) -> None:
        if type(event) is events.StartTimerFailed:
            self.state, self.cause = "refused", event.attributes.cause
            self.moved(run.batch)
        else:
            self.state = "started"
            if self.node is not None:
                self.node.pass_.moved(self.node)


class _TimerNode(Node):
    record: Timer | None

    def look(self) -> None:
        record = self.record
        assert record is not None
        match record.state:
            case "started":
                self.future.set_running()
            case "fired":
                self.finish(None, batch=record.batch)
            case "canceled":
                self.canceled(batch=record.batch)
            case "refused":
                self.fail(TaskFailed(record.id, record.cause), batch=record.batch)

    def request_cancel(self) -> None:
        assert self.record is not None
        self.pass_.run.request_cancel_timer(self, self.record)


class TimerNode(_TimerNode):
    """A timer by its id: started once."""

    def activate(self) -> None:
        run = self.pass_.run
        leader = self.pass_.lead(("timer", self.task.timer_id), self)
        if leader is not self:
            self.follow(leader)
            return
        self.record = run.timers.get(self.task.timer_id)
        if self.record is None:
            self.enqueue()
        else:
            self.record.node = self
            self.look()

    def decide(self) -> Decision:
        run = self.pass_.run
        record = self.record = Timer(self, self.task.timer_id)
        run.timers[record.id] = record
        control = None if self.task.control is None else run.encode(self.task.control, "control")
        return self.expect(start_timer(record.id, self.task.timeout, control), record)


class SleepNode(_TimerNode):
    """A timer that is numbered, as tasks are."""

    def activate(self) -> None:
        self.record = self.pass_.run.sleeps.claim(self.task.seconds, self)
        if self.record is None:
            self.enqueue()
        else:
            self.look()

    def decide(self) -> Decision:
        run = self.pass_.run
        record = self.record = Timer(self, f"__simpleflow_sleep-{run.number('__simpleflow_sleep')}")
        run.timers[record.id] = record
        run.sleeps.add(self.task.seconds, record)
        return self.expect(start_timer(record.id, self.task.seconds), record)


class CancelTimerNode(Node):
    """The cancellation of a timer: done when the timer is."""

    outlives_run = True

    def activate(self) -> None:
        run = self.pass_.run
        timer = run.timers.get(self.task.timer_id)
        if timer is not None and run.throttled.forget(timer):
            timer.state = "canceled"
            timer.moved(self.pass_.news)
        if timer is not None and timer.state in ("fired", "canceled"):
            self.finish(None, batch=timer.batch)
        else:
            self.enqueue()

    def decide(self) -> Decision:
        return self.expect(cancel_timer(self.task.timer_id), _Cancellation(self))


class _Cancellation(Record):
    """The cancellation of a timer, as it is decided."""

    __slots__ = ()

    def decided(self, event: Event, run: Dataflow) -> None:
        node = self.node
        assert node is not None
        if not node.pass_.dead:
            if type(event) is events.CancelTimerFailed:
                timer = run.timers.get(event.attributes.timer_id)
                if timer is None or timer.state not in ("fired", "canceled"):
                    node.fail(TaskFailed(event.attributes.timer_id, event.attributes.cause))
                    return
            node.finish(None)


def _fired(run: Dataflow, event: events.TimerFired) -> None:
    _ended(run, event.attributes.timer_id, "fired")


def _canceled(run: Dataflow, event: events.TimerCanceled) -> None:
    _ended(run, event.attributes.timer_id, "canceled")


def _ended(run: Dataflow, timer_id: str, state: str) -> None:
    if timer_id == WAKE_UP_TIMER:
        run.wake_up_open = False
    elif timer_id == PAUSE_TIMER:
        run.throttled.over()
    elif (task := run.retry_timers.pop(timer_id, None)) is not None:
        task.state = "due"
        task.moved(run.batch)
    elif (timer := run.timers.get(timer_id)) is not None:
        timer.state = state
        timer.moved(run.batch)


def _adopt(run: Dataflow, event: Any) -> Any:
    timer_id = event.attributes.timer_id
    waiting = run.by_id.get(timer_id.removeprefix(RETRY_TIMER)) if timer_id.startswith(RETRY_TIMER) else None
    if timer_id == WAKE_UP_TIMER:
        run.wake_up_open = type(event) is events.TimerStarted
    elif waiting is None:
        return run.timers.setdefault(timer_id, Timer(None, timer_id))
    elif type(event) is events.TimerStarted:
        waiting.state, waiting.input = "waiting", event.attributes.control
        run.retry_timers[timer_id] = waiting
    else:
        waiting.state = "due"
    return None


ADOPTED: dict[type, Any] = {events.TimerStarted: _adopt, events.StartTimerFailed: _adopt}

EVENTS: dict[type, Any] = {events.TimerFired: _fired, events.TimerCanceled: _canceled}
