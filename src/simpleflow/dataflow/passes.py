"""A pass: one execution of `run`, on an instance of its own, in a greenlet that waits where `run` waits.

It knows the graph of this execution of `run`; what outlives it is the records of `simpleflow.dataflow.run`.
"""

from __future__ import annotations

import contextvars
import copy
import heapq
import logging
import random
import sys
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import greenlet

from simpleflow.activity import PRIORITY_NOT_SET
from simpleflow.context import running_workflow
from simpleflow.exceptions import ExecutionBlocked
from simpleflow.futures import Future, is_done
from simpleflow.tracebacks import traceback_lines
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from types import CodeType, FrameType

    from simpleflow.dataflow.node import Node, Place
    from simpleflow.dataflow.run import Dataflow

__all__ = ["Blocked", "Failed", "Outcome", "Pass", "Restart", "Returned", "Scope"]

logger = logging.getLogger("simpleflow.runtime")


_PLAIN_SUBMIT: Any = Workflow.submit


class Unwind(BaseException):
    """Ends a strand that is thrown away: `finally` blocks run, nothing that they submit is decided."""


class Restart(BaseException):
    """What has just become known belongs to a place that this pass has left: begin again."""


@dataclass(frozen=True)
class Returned:
    """`run` returned this value."""

    value: Any


@dataclass(frozen=True)
class Failed:
    """`run` left with this exception, or asked to fail with a reason."""

    exception: Exception | None
    reason: str = ""
    details: Any = None
    text: str = ""


@dataclass(frozen=True)
class Blocked:
    """`run` left by raising `ExecutionBlocked` itself."""


Outcome = Returned | Failed | Blocked


class Scope:
    """Where submits come from: `run` itself, or code that runs at the place of a node. Numbers them."""

    __slots__ = ("count", "occurrence", "pass_", "place", "raises_on_failure", "site")

    def __init__(
        self,
        pass_: Pass,
        place: Place,
        site: Hashable,
        occurrence: int = 0,
        raises_on_failure: bool | None = None,
    ) -> None:
        self.pass_ = pass_
        self.place = place
        self.site = site
        self.occurrence = occurrence
        self.raises_on_failure = raises_on_failure
        self.count = 0

    def next(self, site: Hashable) -> Scope:
        """Return the scope of the next submit from here."""
        self.count += 1
        whole = (self.site, self.occurrence, site)
        occurrence = self.pass_.occurrences.get(whole, 0)
        self.pass_.occurrences[whole] = occurrence + 1
        return Scope(self.pass_, (*self.place, self.count), whole, occurrence, self.raises_on_failure)


class Strand:
    """User code that may wait: a greenlet, what it waits for, and where its submits come from."""

    def __init__(self, scope: Scope, body: Callable[[], Any]) -> None:
        self.place = scope.place
        self.scopes = [scope]
        self.waiting: Node | None = None
        self.greenlet = greenlet.greenlet(body)
        self.greenlet.gr_context = contextvars.copy_context()


class Pass:
    """One execution of `run`."""

    def __init__(self, run: Dataflow, number: int) -> None:
        self.run = run
        self.number = number
        self.news = 1
        """The latest batch whose news the code has waited for."""
        self.raised_in = 0
        """The latest batch of which a failure was raised in `run`."""
        self.random = random.Random(run.run_id)
        self.occurrences: dict[Hashable, int] = {}
        self.observed: dict[Hashable, tuple[Callable[[], Any], Any]] = {}
        self.raising: list[Node] = []
        self.awaited: set[Node] = set()
        self.pending_gates: dict[Node, str] = {}
        self.dependants: list[Node] = []
        """The tasks that were submitted before their arguments were known."""
        self.outcome: Outcome | None = None
        self.dead = False
        self.workflow: Workflow = run.workflow_class(run.executor_for(self))
        self.straight = run.straight
        self._moved: list[tuple[Place, int, Node]] = []
        self._queue: list[tuple[Place, int, Node]] = []
        self._leaders: dict[Hashable, Node] = {}
        self._order = 0
        self._strands: list[Strand] = []
        self._strand: Strand | None = None
        self._hub: greenlet.greenlet | None = None
        self._late_failures = 0
        self.main = self._spawn(Scope(self, (), None), self._main)

    # The graph moves

    def moved(self, node: Node) -> None:
        """Let `node` go on, in program order, before `run` does."""
        if not node.moving:
            node.moving = True
            self._order += 1
            heapq.heappush(self._moved, (node.place, self._order, node))
        if self._strand is not None and not self.dead:
            self._settle()

    def enqueue(self, node: Node) -> None:
        """Let `node` be decided at the end of the batch, in program order."""
        self._order += 1
        heapq.heappush(self._queue, (node.place, self._order, node))

    def lead(self, key: Hashable, node: Node) -> Node:
        """Return the first node of this pass that stands for the task `key`: this one, or an earlier one."""
        return self._leaders.setdefault(key, node)

    def take_queue(self) -> deque[Node]:
        """Return the nodes that wait for a decision, in program order, and empty the queue."""
        entries, self._queue = self._queue, []
        if len(entries) > 1:
            entries.sort(key=lambda entry: entry[:2])
        return deque(dict.fromkeys(node for _, _, node in entries if node.queued))

    def submit(self, submittable: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Take a submit of user code; return its future."""
        priority = kwargs.pop("__priority", PRIORITY_NOT_SET)
        task = self.run.as_task(submittable, args, kwargs)
        if priority is not PRIORITY_NOT_SET:
            task = copy.copy(task)
            task.priority = priority
        node = self.run.make_node(task, self.scope.next(call_site(self.run.codes)))
        node.start()
        return None if node.submits_nothing else node.future

    def submit_item(
        self, container: Node, item: Any, index: int, joined: Callable[[Future[Any] | None], None]
    ) -> None:
        """Submit what a container holds, at its place; through `Workflow.submit` where that is overridden."""
        site = (container.site, index)
        place = (*container.place, index + 1)
        scope = Scope(self, place, site, container.occurrence, container.raises_on_failure)
        if type(self.workflow).submit is not _PLAIN_SUBMIT:
            self.late(scope, container, lambda: self.workflow.submit(item), joined)
            return
        node = self.run.make_node(item, scope)
        node.start()
        joined(node.future)

    def _settle(self) -> None:
        while self._moved:
            _, _, node = heapq.heappop(self._moved)
            node.moving = False
            node.settle()

    def advance(self) -> None:
        """Go on as far as what is known allows. Raises `Restart` when this pass must begin again."""
        while not self.dead:
            self._settle()
            strand = self._runnable()
            if strand is None:
                return
            self._switch(strand)

    def _runnable(self) -> Strand | None:
        for strand in self._strands:
            if not strand.greenlet.dead and (strand.waiting is None or is_done(strand.waiting.future)):
                return strand
        return None

    # Strands

    def _spawn(self, scope: Scope, body: Callable[[], Any]) -> Strand:
        strand = Strand(scope, body)
        self._strands.append(strand)
        self._strands.sort(key=lambda each: each.place)
        return strand

    def _switch(self, strand: Strand) -> None:
        self._hub = greenlet.getcurrent()
        strand.greenlet.parent = self._hub
        strand.waiting = None
        outer, self._strand = self._strand, strand
        try:
            strand.greenlet.switch()
        finally:
            self._strand = outer
        if strand.greenlet.dead and strand is not self.main:
            self._strands.remove(strand)

    def _main(self) -> None:
        running_workflow.set(self.workflow)
        try:
            self.outcome = Returned(self.run.call_run(self))
        except ExecutionBlocked:
            self.outcome = Blocked()
        except (Exception, SystemExit) as error:
            if self.outcome is None:
                text = "".join(traceback_lines(error))
                exception = error if isinstance(error, Exception) else RuntimeError(repr(error))
                self.outcome = Failed(exception, text=text)
        except Unwind:
            pass

    def late(self, scope: Scope, node: Node, code: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run user code whose turn has come at the place of `scope`, then hand on what it returned.

        Within the submit of `node` (or of its container) it runs right there; else as a strand of its own,
        and an exception makes the pass begin again, so that it is raised at that submit.
        """
        if self._strand is not None:
            self._strand.scopes.append(scope)
            try:
                made = code()
            finally:
                self._strand.scopes.pop()
            then(made)
            return

        def body() -> None:
            running_workflow.set(self.workflow)
            try:
                then(code())
            except ExecutionBlocked:
                self._fail_late(node, Blocked())
            except Exception as error:
                self._fail_late(node, error)
            except Unwind:
                pass

        self._spawn(scope, body)

    def _fail_late(self, node: Node, error: Any) -> None:
        if self.straight and isinstance(error, Exception):
            node.fail(error, raised=error)
        else:
            self.run.restart = True

    def wait(self, node: Node) -> None:
        """Suspend the strand until `node` is done. Raises `ExecutionBlocked` outside of this pass."""
        if self.dead:
            raise Unwind
        if not is_done(node.future):
            strand = self._strand
            if strand is None or self._hub is None:
                raise ExecutionBlocked
            while not is_done(node.future):
                strand.waiting = node
                self._hub.switch()
                if self.dead:
                    raise Unwind
        if node.batch > self.news:
            self.news = node.batch

    def hold(self) -> None:
        """Suspend the strand for good."""
        while not self.dead and self._hub is not None:
            never = self._strand
            if never is not None:
                never.waiting = _NEVER
            self._hub.switch()
        raise Unwind

    def discard(self) -> None:
        """Unwind it: `finally` blocks run, and may neither wait nor have anything decided."""
        self.dead = True
        for strand in self._strands:
            tries = 0
            while strand.greenlet and not strand.greenlet.dead and tries < 5:
                strand.greenlet.parent = greenlet.getcurrent()
                strand.greenlet.throw(Unwind)
                tries += 1
            if strand.greenlet and not strand.greenlet.dead:
                logger.warning("code of %s swallows its own end and is left parked", self.run.workflow_class)
                _PARKED.append(strand)
        self._strands.clear()

    # What user code does

    @property
    def scope(self) -> Scope:
        """Where a submit comes from now. Raises `RuntimeError` outside of `run`."""
        if self.dead:
            raise Unwind
        if self._strand is None:
            raise RuntimeError("submit works inside run, and in code that run submits, only")
        return self._strand.scopes[-1]

    @property
    def heard(self) -> int:
        """The latest batch of which the code has heard."""
        return max(self.news, self.raised_in)

    def failed(self, node: Node) -> None:
        """Raise the failure of a task with `raises_on_failure` where it belongs."""
        if self.straight:
            self.raising.append(node)
            return
        if self._strand is None:
            raise Restart
        top = self._strand.scopes[-1].place
        if node.place[: len(top)] != top:
            self.run.restart = True
            return
        self.raised_in = max(self.raised_in, node.batch)
        raise _fresh(node.raised)

    def raise_awaited(self, node: Node) -> None:
        """Raise the failure of `node` where an `async def run` awaits it."""
        self.awaited.add(node)
        if node.raised is not None:
            raise _fresh(node.raised)

    def raise_unawaited(self) -> None:
        """Raise the first failure, in program order, that an `async def run` did not await."""
        left = sorted((node for node in self.raising if node not in self.awaited), key=lambda n: n.place)
        for node in left:
            raise _fresh(node.raised)

    # What user code has seen

    def saw(self, node: Node, closely: bool) -> None:
        """Note that it looked at `node` without waiting for it."""
        if is_done(node.future):
            self.news = max(self.news, node.batch)
        elif not self.dead:
            key = ("closely" if closely else "done", node)
            self.observed[key] = (lambda: node.snapshot(closely), node.snapshot(closely))

    def see(self, key: Hashable, look: Callable[[], Any]) -> Any:
        """Return what `look` tells, and note it: when it changes, the pass begins again."""
        seen = look()
        self.observed[key] = (look, seen)
        return seen

    def canceled_by_run(self, node: Node) -> None:
        """Forget what was seen: the run itself has changed it."""
        for key, (look, _) in list(self.observed.items()):
            if isinstance(key, tuple) and key[0] in ("closely", "done"):
                self.observed[key] = (look, look())

    def sees_otherwise(self) -> bool:
        """Tell whether what it has seen has changed."""
        return bool(self.observed) and any(look() != seen for look, seen in self.observed.values())


class _Never:
    future: Future[Any] = Future()


_NEVER: Any = _Never()
_PARKED: list[Strand] = []


def _fresh(exception: BaseException | None) -> BaseException:
    """Return a copy to raise: one object raised again and again would grow its traceback each time."""
    if exception is None:
        return RuntimeError("a failure without an exception")
    return copy.copy(exception).with_traceback(None)


def call_site(codes: dict[int, CodeType]) -> tuple[int, ...]:
    """Return where user code is: the code and the instruction of each frame of its strand, innermost first.

    Code objects are slow to hash, so they are named by their ids; `codes` holds on to them.
    """
    frame: FrameType | None = sys._getframe(3)
    site: list[int] = []
    while frame is not None:
        code = frame.f_code
        key = id(code)
        if key not in codes:
            codes[key] = code
        site.append(key)
        site.append(frame.f_lasti)
        frame = frame.f_back
    return tuple(site)
