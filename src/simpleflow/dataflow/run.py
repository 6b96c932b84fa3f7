"""The dataflow of one execution: fed batch after batch, it answers each with decisions.

A deterministic function of its batches: no network, clock, thread or process. What the history says lives
here; one execution of `run` lives in a `Pass`.
"""

from __future__ import annotations

import json
import logging
import os
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simpleflow.codec import check_length, encode
from simpleflow.constants import MAX_INPUT_LENGTH
from simpleflow.dataflow import exact
from simpleflow.dataflow.closing import Closing
from simpleflow.dataflow.executor import PassExecutor
from simpleflow.dataflow.kinds import EVENTS, as_task, make_node
from simpleflow.dataflow.kinds.children import run_shape
from simpleflow.dataflow.kinds.signals import Received, SentSignal, send
from simpleflow.dataflow.kinds.timers import WAKE_UP_TIMER, Timer, start_timer
from simpleflow.dataflow.limits import Limits
from simpleflow.dataflow.passes import Blocked, Pass, Restart
from simpleflow.dataflow.records import Ledger
from simpleflow.dataflow.requests import CancelRequests
from simpleflow.dataflow.throttling import MAY_BE_THROTTLED, Held, Throttled
from simpleflow.exceptions import Nondeterminism
from simpleflow.futures import is_done
from simpleflow.history import History
from simpleflow.workflow import Workflow
from swf.protocol import decisions as d
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from types import CodeType

    from simpleflow.dataflow.kinds.attempts import Attempts, AttemptsNode
    from simpleflow.dataflow.node import Node
    from simpleflow.marker import Marker
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event

__all__ = ["Dataflow", "Decided"]

logger = logging.getLogger("simpleflow.runtime")

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_MOST_PASSES_IN_A_BATCH = 10_000
_MANY_PASSES = 300
_SILENT = (d.RecordMarker, d.CancelTimer)
"""Decisions whose recording triggers no decision task by itself."""


@dataclass(frozen=True)
class Decided:
    """The answer to a decision task."""

    decisions: list[Decision] = field(default_factory=list)
    execution_context: str | None = None
    """What to send as execution context; None leaves it out."""
    register: list[Any] = field(default_factory=list)
    """Activities and workflow classes whose types SWF lacks: to be registered before the answer is sent."""


class Dataflow(CancelRequests, Closing):
    """The dataflow of one execution.

    `task_list` reroutes every task (as standalone runs do). The history must begin with its first event.
    """

    as_task = staticmethod(as_task)
    make_node = staticmethod(make_node)

    def __init__(
        self,
        workflow_class: type[Workflow],
        *,
        workflow_id: str,
        run_id: str,
        domain: str = "",
        task_list: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.workflow_class = workflow_class
        self.workflow_id = workflow_id
        self.run_id = run_id
        self.domain = domain
        self.task_list = task_list
        self.limits = limits or Limits()
        self.activity_limit = getattr(workflow_class, "max_open_activity_count", None) or (
            self.limits.open_activities
        )
        self.shape = run_shape(workflow_class)
        self.straight = _is_coroutine_function(workflow_class.run)
        self.replays_always = not self.straight and _sees_every_replay(workflow_class)
        self.codes: dict[int, CodeType] = {}
        """The code objects that call sites name."""
        self.events: list[Event] = []
        self.history = History(self.events)
        self.times: list[float] = []
        self.batch = 0
        self.replaying = False
        """Whether the batch that is fed was decided before, by somebody else: for whoever feeds it to say."""
        self.answered = 0
        """The startedEventId of the decision task that was answered last."""
        self.started: e.WorkflowExecutionStarted | None = None
        self.pass_: Pass | None = None
        self.passes = 0
        self.restart = False
        self.reasons: dict[str, int] = {}
        """How often each reason began a new pass."""
        self.expected: deque[tuple[Decision, Any, Hashable]] = deque()
        self.numbers: dict[str, int] = {}
        self.attempts: Ledger[Attempts] = Ledger()
        self.by_id: dict[str, Attempts] = {}
        self.scheduled: dict[int, Any] = {}
        self.initiated: dict[int, Any] = {}
        self.children: dict[int, Any] = {}
        self.open_activities = 0
        self.activities_asked = 0
        self.timers: dict[str, Timer] = {}
        self.sleeps: Ledger[Timer] = Ledger()
        self.retry_timers: dict[str, Attempts] = {}
        self.wake_up_open = False
        self.throttled = Throttled()
        self.markers: list[Marker] = []
        self.recorded_markers: dict[Any, Any] = {}
        self.sent: dict[int, SentSignal] = {}
        self.signals_sent: Ledger[SentSignal] = Ledger()
        self.signals: dict[str, list[tuple[Any, int]]] = {}
        self.mail: dict[str, deque[tuple[Any, int]]] = {}
        self.mail_taken: Ledger[Received] = Ledger()
        self.gates_passed: Ledger[Received] = Ledger()
        self.closed_gates: dict[str, list[Any]] = {}
        self.empty_mailboxes: dict[str, list[Any]] = {}
        self.propagated: list[Decision] = []
        self._to_register: list[Any] = []
        self._waiting_told = False
        super().__init__()

    # Feeding

    def feed(self, batch: Sequence[Event]) -> Decided:
        """Take the next batch and decide. Raises `Nondeterminism` when the code no longer fits the history.

        The last event of a batch is the DecisionTaskStarted to answer; a batch that ends otherwise is the
        end of the execution: it is compared with what was decided, and nothing is decided any more.
        """
        self.batch += 1
        self.times.append(batch[-1].event_timestamp)
        self.events.extend(batch)
        self._to_register = []
        self._apply(batch)
        if not isinstance(batch[-1], e.DecisionTaskStarted):
            self.discard()
            return Decided()
        self.answered = batch[-1].event_id
        decisions = self._decide()
        return Decided(decisions, self._execution_context(), self._to_register)

    def continues(self, previous_started_event_id: int) -> bool:
        """Tell whether it is exactly there where a decision task with this previous one goes on."""
        return self.batch > 0 and self.answered == previous_started_event_id

    def discard(self) -> None:
        """Unwind the pass in progress; the dataflow cannot be fed any more."""
        if self.pass_ is not None:
            self.pass_.discard()
            self.pass_ = None

    def _apply(self, batch: Sequence[Event]) -> None:
        records, handler_of = exact.RECORDS, EVENTS.get
        for event in batch:
            kind = type(event)
            if kind in records and not exact.came_later(event):
                self._confirm(event)
            if (handler := handler_of(kind)) is not None:
                handler(self, event)
            elif kind is e.WorkflowExecutionStarted:
                self.started = event  # type: ignore[assignment]
            elif kind is e.WorkflowExecutionCancelRequested:
                self.cancel_requested = True
        if self.expected and not isinstance(
            batch[-1], e.WorkflowExecutionTerminated | e.WorkflowExecutionTimedOut
        ):
            decision, _, site = self.expected[0]
            answer = next((event.event_id for event in batch if type(event) is e.DecisionTaskCompleted), None)
            raise Nondeterminism(self.batch, answer, "nothing more", exact.asked(decision), self._line(site))

    def _confirm(self, event: Event) -> None:
        if not self.expected:
            raise Nondeterminism(self.batch, event.event_id, exact.recorded(event), *self._nothing_more())
        decision, subject, site = self.expected.popleft()
        if exact.differs(decision, event):
            raise Nondeterminism(
                self.batch,
                event.event_id,
                exact.recorded(event, decision),
                exact.asked(decision, event),
                self._line(site),
            )
        if type(event) in MAY_BE_THROTTLED and self.throttled.recorded(
            event, Held(self, decision, subject, site)
        ):
            return
        if subject is not None:
            subject.decided(event, self)

    def _nothing_more(self) -> tuple[str, str | None]:
        """Return what is asked for where nothing is, and the line of what the run waits for instead."""
        waiting = self.pass_.main.waiting if self.pass_ is not None else None
        if waiting is None:
            return "nothing more", None
        return f"nothing more, and waits for {waiting.task!r}", self._line(waiting.site)

    # Deciding

    def _decide(self) -> list[Decision]:
        closing = self.follow_cancel_request()
        if closing is None:
            self._run_on()
            closing = self.closing_decision()
        return self._collect(closing)

    def _run_on(self) -> None:
        reason = self._why_again()
        for _ in range(_MOST_PASSES_IN_A_BATCH):
            if reason is not None:
                self._begin(reason)
            assert self.pass_ is not None
            try:
                self.pass_.advance()
            except Restart:
                self.restart = True
            if not self.restart:
                return
            self.restart, reason = False, "failure"
        raise RuntimeError("the passes of one batch do not come to an end")

    def _why_again(self) -> str | None:
        """Return why `run` begins anew with this batch, if it does."""
        current = self.pass_
        if current is None:
            return "first"
        if isinstance(current.outcome, Blocked):
            return "blocked"
        if self.straight:
            return None
        if self.closing_refused:
            return "refused"
        if self.replays_always:
            return "hooks"
        if current.sees_otherwise():
            return "seen"
        try:
            current._settle()
        except Restart:
            return "failure"
        if self.restart:
            self.restart = False
            return "failure"
        return "seen" if current.sees_otherwise() else None

    def _begin(self, reason: str) -> None:
        if self.pass_ is not None:
            self.pass_.discard()
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self.passes += 1
        if self.passes == _MANY_PASSES and not self.replays_always:
            logger.warning(
                "run of %s is executed again for the %dth time, because it asks whether futures are done: "
                "each time costs as much as all before it; wait for them, or write it as async def run",
                self.workflow_id,
                self.passes,
            )
        self.closed_gates.clear()
        self.empty_mailboxes.clear()
        self.pass_ = Pass(self, self.passes)
        self.begin_closing()
        self.before_replay(self.pass_.workflow)

    def call_run(self, pass_: Pass) -> Any:
        """Call `run` with the input of the execution, and drive it if it is a coroutine."""
        assert self.started is not None
        args, kwargs, _ = self.shape.decode_input(self.started.attributes.input or "{}")
        made = pass_.workflow.run(*args, **kwargs)
        return drive(made, pass_) if self.straight else made

    def _collect(self, closing: Decision | None) -> list[Decision]:
        """Return the decisions of this batch: what fits of the queue, then what closes the execution."""
        assert self.pass_ is not None
        made: list[Decision] = []
        self.activities_asked = 0
        for decision in self.propagated:
            made.append(decision)
            self.expect(decision, None, None)
        self.propagated = []
        size = 0
        wake_up = False
        nodes = self._queue_for(closing)
        while nodes:
            node = nodes[0]
            if node.counts_as_activity and not node.has_room(self):
                break
            left = len(nodes) - 1 + (closing is not None)
            if len(made) + 1 + (left > 0) > self.limits.decisions:
                wake_up = True
                break
            if size > self.limits.request_size:
                wake_up = True
                break
            nodes.popleft()
            decision = node.decide()
            made.append(decision)
            size += _size(decision)
            if node.closes:
                self.closed_by = decision
                return made
        if closing is not None and not nodes:
            made.append(closing)
            self.expect(closing, None, None)
            return made
        if self.closed_by is None and (wake_up or any(type(each) in _SILENT for each in made)):
            self._wake_up(made)
        for node in nodes:
            node.enqueue()
        return made

    def _queue_for(self, closing: Decision | None) -> deque[Node | Held]:
        """Return what waits to be decided; when the run ends, without what could not run any more."""
        assert self.pass_ is not None
        nodes = self.pass_.take_queue()
        ending = next((node for node in nodes if node.closes), None)
        if ending is not None and self.throttled.waits:
            ending.enqueue()
            nodes.remove(ending)
            ending = None
        if closing is None and ending is None:
            return deque([*self.throttled.due(self), *nodes])
        kept: deque[Node | Held] = deque(self.throttled.due_at_the_end())
        dropped = [node for node in self.pass_.dependants if node.missing and not is_done(node.future)]
        for node in nodes:
            if node.outlives_run and not node.closes:
                kept.append(node)
            elif not node.closes:
                node.queued = False
                dropped.append(node)
        for node in dropped:
            logger.warning("%r was submitted, not awaited, and is dropped: the run ends", node.task)
        if ending is not None:
            kept.append(ending)
        return kept

    def _wake_up(self, made: list[Decision]) -> None:
        if not self.wake_up_open:
            self.wake_up_open = True
            decision = start_timer(WAKE_UP_TIMER, 0)
            made.append(decision)
            self.expect(decision, None, None)

    def _execution_context(self) -> str | None:
        pending = self.pass_.pending_gates if self.pass_ is not None else None
        if not pending and not self._waiting_told:
            return None
        names = sorted(set(pending.values())) if pending else []
        told, self._waiting_told = self._waiting_told, bool(names)
        if names:
            return json.dumps({"waiting_signals": names}, separators=(",", ":"))
        return "" if told else None

    def _line(self, site: Hashable) -> str | None:
        """Return the line of the user's code that a call site names."""
        while isinstance(site, tuple) and site:
            frames = site[-1]
            if not isinstance(frames, tuple):
                site = site[0]
                continue
            for key, instruction in zip(frames[::2], frames[1::2], strict=True):
                code = self.codes[key]
                if not code.co_filename.startswith(_PACKAGE):
                    lines = [line for start, end, line in code.co_lines() if start <= instruction < end]
                    return f"{code.co_filename}:{lines[0] if lines else code.co_firstlineno}"
            return None
        return None

    # What nodes need of it

    def executor_for(self, pass_: Pass) -> PassExecutor:
        """Return what the workflow instance of a pass talks to."""
        return PassExecutor(pass_)

    def expect(self, decision: Decision, subject: Any, site: Hashable) -> None:
        """Note a decision: the next batch must record it, and `subject` hears of it."""
        self.expected.append((decision, subject, site))

    def claim(self, node: AttemptsNode) -> Attempts | None:
        """Return the recorded task that a numbered submit takes over, if there is one."""
        return self.attempts.claim(node.key, node)

    def number(self, name: str) -> int:
        """Return the next number of a name."""
        self.numbers[name] = self.numbers.get(name, 0) + 1
        return self.numbers[name]

    def encode(self, value: Any, what: str) -> str:
        """Return a value as text that fits a field of SWF."""
        return check_length(encode(value, path=what), MAX_INPUT_LENGTH, what)

    def register(self, node: Any) -> None:
        """Ask for the registration of the type of a node."""
        if node.payload not in self._to_register:
            self._to_register.append(node.payload)

    def has_room_for_activity(self) -> bool:
        """Tell whether one more activity may be open."""
        return self.open_activities + self.activities_asked < self.activity_limit

    def lower_activity_limit(self) -> None:
        """Take SWF's word that no more activities can be open than there are."""
        self.activity_limit = max(1, min(self.activity_limit, self.open_activities))

    def receive_signal(self, name: str, value: Any, event: Any) -> None:
        """Keep a signal for gates and mailboxes."""
        self.signals.setdefault(name, []).append((value, self.batch))
        self.mail.setdefault(name, deque()).append((value, self.batch))

    def propagate(self, event: e.WorkflowExecutionSignaled) -> None:
        """Send a signal on to the parent and to the children that run, but not to who sent it."""
        assert self.started is not None
        sender = event.attributes.external_workflow_execution
        targets = [record.attributes.workflow_execution for record in self.children.values()]
        parent = self.started.attributes.parent_workflow_execution
        if parent is not None and self.workflow_class.propagate_signals_to_parent:
            targets.insert(0, parent)
        for target in targets:
            if target != sender:
                name, text = event.attributes.signal_name, event.attributes.input
                self.propagated.append(send(name, target.workflow_id, target.run_id, text))

    def child_started(self, event: Any) -> None:
        """Note a child that runs, for the signals to come."""
        self.children[event.attributes.initiated_event_id] = event

    def tags(self, asked: Any) -> list[str | None] | None:
        """Return the tags to start with, those of this execution where they are inherited."""
        if asked == Workflow.INHERIT_TAG_LIST:
            assert self.started is not None
            return self.started.attributes.tag_list
        return [asked] if isinstance(asked, str) else list(asked) if asked else None

    def context(self) -> dict[str, Any]:
        """Return which execution this is."""
        assert self.started is not None
        attributes = self.started.attributes
        parent = attributes.parent_workflow_execution
        return {
            "name": attributes.workflow_type.name,
            "version": attributes.workflow_type.version,
            "domain_name": self.domain,
            "workflow_id": self.workflow_id,
            "run_id": self.run_id,
            "tag_list": list(attributes.tag_list or []),
            "continued_execution_run_id": attributes.continued_execution_run_id,
            "parent_workflow_id": parent.workflow_id if parent else None,
            "parent_run_id": parent.run_id if parent else None,
        }


def drive(coroutine: Any, pass_: Pass) -> Any:
    """Run a coroutine of ours to its end; it awaits our futures only."""
    from simpleflow.dataflow.node import Node
    from simpleflow.futures import Future

    raised: BaseException | None = None
    while True:
        try:
            awaited = coroutine.throw(raised) if raised is not None else coroutine.send(None)
        except StopIteration as stop:
            pass_.raise_unawaited()
            return stop.value
        raised = None
        if isinstance(awaited, Future) and isinstance(awaited._source, Node):
            pass_.wait(awaited._source)
        else:
            raised = TypeError(
                f"an async run awaits futures of its own submits, there is no event loop: got {awaited!r}"
            )


def _is_coroutine_function(function: Any) -> bool:
    import inspect

    return inspect.iscoroutinefunction(function)


def _sees_every_replay(workflow: type[Workflow]) -> bool:
    hooks = ("before_replay", "after_replay", "before_run")
    return any(getattr(workflow, hook) is not getattr(Workflow, hook) for hook in hooks)


def _size(decision: Decision) -> int:
    """Return how many characters a decision takes at the most: what is text is written with escapes."""
    attributes: Any = decision.attributes
    text = getattr(attributes, "input", None) or getattr(attributes, "details", None) or ""
    return 2_000 + 2 * len(text)
