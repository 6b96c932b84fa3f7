"""A node of the dataflow graph: one submit of one pass, its arguments (the edges), its future."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Protocol

from simpleflow.exceptions import TaskCanceled
from simpleflow.futures import CANCELLED, FINISHED, Future, is_done

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simpleflow.dataflow.passes import Pass, Scope
    from simpleflow.dataflow.records import Record
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.decisions import Decision
    from swf.protocol.events import Event

__all__ = ["Node", "futures_in", "resolved"]


class Subject(Protocol):
    """What hears of the event that records its decision."""

    def decided(self, event: Event, run: Dataflow) -> None: ...


Place = tuple[int, ...]
"""Where a submit stands in the program: its number in `run`, then its number in each container."""

_PLAIN = frozenset({int, str, float, bool, type(None)})


class Node:
    """One submit: waits for its arguments, then claims what an earlier pass decided, or asks for one."""

    closes = False
    """Whether its decision ends the run."""
    outlives_run = False
    """Whether its decision still makes sense together with the one that closes the execution."""
    counts_as_activity = False
    submits_nothing = False
    """Whether `submit` returns None in place of its future."""

    def __init__(self, task: Any, scope: Scope, future: Future[Any] | None = None) -> None:
        self.task = task
        self.pass_: Pass = scope.pass_
        self.place = scope.place
        self.site = scope.site
        self.occurrence = scope.occurrence
        self.raises_on_failure = scope.raises_on_failure
        self.future = Future[Any]() if future is None else future
        self.future._source = self
        self.record: Record | None = None
        self.batch = 0
        self.missing = 0
        self.found: list[Future[Any]] = []
        """The futures among the arguments."""
        self.raised: BaseException | None = None
        """What its failure raises in `run`, if it is one that raises."""

    # Arguments

    def arguments(self) -> Any:
        """Return what may hold futures."""
        return ()

    def start(self) -> None:
        """Wait for the futures among the arguments; go on at once if none is missing."""
        found = self.found = futures_in(self.arguments())
        waiting = {id(future): future for future in found if not is_done(future)} if found else None
        if waiting:
            self.missing = len(waiting)
            for future in waiting.values():
                future._watch(self._argument_known)
        else:
            self.begin()

    def begin(self) -> None:
        """Go on, the arguments being known."""
        for future in self.found:
            source = future._source
            if isinstance(source, Node):
                if source.raised is not None and self.pass_.straight:
                    self.fail(future._exception, raised=source.raised)
                    return
                self.batch = max(self.batch, source.batch)
        self.activate()

    def _argument_known(self, future: Future[Any]) -> None:
        self.missing -= 1
        if not self.missing and not is_done(self.future):
            self.pass_.moved(self)

    def activate(self) -> None:
        """Claim or ask, now that the arguments are known."""
        raise NotImplementedError

    # What the history says

    def settle(self) -> None:
        """Go on after something it waits for has moved."""
        if is_done(self.future):
            return
        if self.record is None:
            if not self.missing and not self.queued and self.leader is None:
                self.begin()
        else:
            self.look()

    queued = False
    moving = False
    """Whether it is about to settle."""

    def enqueue(self) -> None:
        """Ask for a decision at the end of the batch."""
        self.queued = True
        self.pass_.enqueue(self)

    def look(self) -> None:
        """Move as the record says."""
        raise NotImplementedError

    def own_scope(self) -> Scope:
        """Return the scope of user code that runs at this place."""
        from simpleflow.dataflow.passes import Scope

        return Scope(self.pass_, self.place, self.site, self.occurrence, self.raises_on_failure)

    def has_room(self, run: Any) -> bool:
        """Tell whether its decision is within the limits of what may be open."""
        return True

    def decide(self) -> Decision:
        """Return the decision it asks for, and record that it is decided."""
        raise NotImplementedError

    def expect(self, decision: Decision, record: Subject | None) -> Decision:
        """Return `decision`; the event that records it will go to `record`."""
        self.queued = False
        self.pass_.run.expect(decision, record, self.site)
        return decision

    # Outcomes

    def finish(self, result: Any, batch: int | None = None) -> None:
        """Take `result` for the outcome."""
        self._known(batch)
        self.future.set_finished(result)

    def fail(
        self,
        exception: BaseException | None,
        *,
        raised: BaseException | None = None,
        batch: int | None = None,
    ) -> None:
        """Take `exception` for the outcome; where one is `raised`, it belongs into `run` itself.

        Raises that, unless the run awaits its futures: then it is raised where this one is awaited.
        """
        self._known(batch)
        self.raised = raised
        self.future.set_exception(exception)
        if raised is not None:
            self.pass_.failed(self)

    def canceled(self, batch: int | None = None, details: str | None = None) -> None:
        """Be canceled."""
        self._known(batch)
        self.queued = False
        self.future._exception = TaskCanceled(details)
        self.future.set_cancelled()

    def _known(self, batch: int | None) -> None:
        self.batch = max(self.batch, self.pass_.run.batch if batch is None else batch)

    # Source of its future

    def wait(self, future: Future[Any]) -> None:
        self.pass_.wait(self)

    def seen(self, future: Future[Any], closely: bool) -> None:
        self.pass_.saw(self, closely)

    def cancel(self, future: Future[Any]) -> bool:
        if self.leader is not None:
            return self.leader.cancel(self.leader.future)
        if self.record is None:
            self.canceled(batch=self.pass_.news)
        else:
            self.request_cancel()
        self.pass_.canceled_by_run(self)
        return True

    def follow(self, leader: Node) -> None:
        """Share the outcome of another node of this pass that stands for the same task."""
        self.leader = leader
        if leader.queued and self.place < leader.place:
            leader.place = self.place
            leader.enqueue()
        if is_done(leader.future):
            self._copy(leader.future)
        else:
            leader.future._watch(self._copy)

    leader: Node | None = None

    def _copy(self, future: Future[Any]) -> None:
        if is_done(self.future):
            return
        source = future._source
        self.batch = source.batch if isinstance(source, Node) else self.batch
        self.raised = source.raised if isinstance(source, Node) else None
        self.future._result, self.future._exception = future._result, future._exception
        self.future._finish(future._state)
        if self.raised is not None:
            self.pass_.failed(self)

    def request_cancel(self) -> None:
        """Ask for the cancellation of what is decided already."""

    def raise_failure(self, future: Future[Any]) -> None:
        self.pass_.raise_awaited(self)

    def snapshot(self, closely: bool) -> Any:
        """Return what the run sees of its future."""
        return self.future._state if closely else self.future._state in (FINISHED, CANCELLED)


def futures_in(value: Any) -> list[Future[Any]]:
    """Return the futures in a value, at any depth of lists, tuples, dicts and dataclasses."""
    found: list[Future[Any]] = []
    if type(value) not in _PLAIN:
        _find(value, found)
    return found


def _find(value: Any, found: list[Future[Any]]) -> None:
    members: Iterable[Any]
    if isinstance(value, (list, tuple)):
        members = value
    elif isinstance(value, Future):
        found.append(value)
        return
    elif isinstance(value, dict):
        members = value.values()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = [getattr(value, member.name, None) for member in dataclasses.fields(value)]
    else:
        return
    for each in members:
        if type(each) not in _PLAIN:
            _find(each, found)


def resolved(value: Any) -> Any:
    """Return the value with its futures replaced by their results; what holds none is returned as it is."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Future):
        return value._result
    if not futures_in(value):
        return value
    if isinstance(value, dict):
        return {key: resolved(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        made = [resolved(each) for each in value]
        return kind(*made) if hasattr(value, "_fields") else kind(made)
    changes = {
        member.name: resolved(getattr(value, member.name))
        for member in dataclasses.fields(value)
        if member.init
    }
    return dataclasses.replace(value, **changes)
