"""Containers: groups, chains, and functions that make what is submitted when their turn comes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from simpleflow.canvas import Chain, FuncGroup, Group, GroupFuture
from simpleflow.dataflow.node import Node
from simpleflow.exceptions import AggregateException
from simpleflow.futures import CANCELLED, Future, is_done
from simpleflow.task import ActivityTask, WorkflowTask

if TYPE_CHECKING:
    from simpleflow.dataflow.passes import Scope

_NOTHING = object()


class GroupNode(Node):
    """A group: members side by side, at most so many at once."""

    future: GroupFuture

    def __init__(self, task: Group, scope: Scope) -> None:
        if task.raises_on_failure is not None and scope.raises_on_failure is None:
            scope.raises_on_failure = task.raises_on_failure
        super().__init__(task, scope, task.make_future(scope.pass_.workflow))
        self.members = list(task.activities)
        self.futures = self.future.futures
        self.next = 0
        self.busy = False

    def activate(self) -> None:
        self.settle()

    def settle(self) -> None:
        """Submit the members whose turn has come; finish when all are done."""
        if self.busy or is_done(self.future) or self.missing:
            return
        self.busy = True
        try:
            while self.next < len(self.members) and self.has_place():
                index = self.next
                self.next += 1
                self.submit_member(index)
        finally:
            self.busy = False
        self.finish_if_done()

    def has_place(self) -> bool:
        limit = self.task.max_parallel
        return limit is None or sum(not is_done(future) for future in self.futures) < limit

    def submit_member(self, index: int) -> None:
        self.pass_.submit_item(self, self.members[index], index, self.joined)

    def joined(self, future: Future[Any] | None) -> None:
        """Take note of the future of a member that was just submitted."""
        if future is None:
            future = Future()
            future.set_finished(None)
        self.futures.append(future)
        if not is_done(future):
            self.state_of_members()
            future._watch(self.member_done)
        if not self.busy:
            self.pass_.moved(self)

    def member_done(self, _: Future[Any]) -> None:
        self.pass_.moved(self)

    def state_of_members(self) -> None:
        if any(future._state == "RUNNING" for future in self.futures):
            self.future._state = "RUNNING"

    @property
    def complete(self) -> bool:
        return len(self.futures) == len(self.members)

    def finish_if_done(self) -> None:
        if self.complete and all(map(is_done, self.futures)):
            self.close()

    def close(self) -> None:
        """Take the members' outcomes together."""
        sources = [future._source for future in self.futures]
        nodes = [source for source in sources if isinstance(source, Node)]
        self.batch = max([self.batch, *(node.batch for node in nodes)])
        results = [future._result for future in self.futures]
        exceptions = [future._exception for future in self.futures]
        failed = any(each is not None for each in exceptions)
        self.future._result = results
        self.future._exception = (
            AggregateException(exceptions) if failed and self.future.bubbles_exception_on_failure else None
        )
        self.raised = next((node.raised for node in nodes if node.raised is not None), None)
        canceled = any(future._state == CANCELLED for future in self.futures)
        self.future._finish(CANCELLED if canceled else "FINISHED")
        if self.raised is not None:
            self.pass_.raising.append(self)

    def cancel(self, future: Future[Any]) -> bool:
        """Cancel every member; those not submitted yet never are."""
        del self.members[self.next :]
        for member in self.futures:
            member.cancel()
        self.settle()
        if not self.futures:
            self.canceled(batch=self.pass_.news)
        self.pass_.canceled_by_run(self)
        return True


class ChainNode(GroupNode):
    """A chain: one link after the other."""

    def has_place(self) -> bool:
        if len(self.futures) < self.next:
            return False
        if not self.futures:
            return True
        last = self.futures[-1]
        return is_done(last) and not (self.broken and self.task.break_on_failure)

    @property
    def broken(self) -> bool:
        last = self.futures[-1]
        return last._exception is not None

    def submit_member(self, index: int) -> None:
        item = self.members[index]
        if index and self.task.send_result:
            item = with_argument(item, self.futures[-1]._result)
        elif self.sent is not _NOTHING and not index:
            item = with_argument(item, self.sent)
        self.pass_.submit_item(self, item, index, self.joined)

    @property
    def sent(self) -> Any:
        return getattr(self.task, "sent_result", _NOTHING)

    def finish_if_done(self) -> None:
        if len(self.futures) < self.next or not all(map(is_done, self.futures)):
            return
        if self.complete or (self.futures and self.broken and self.task.break_on_failure):
            self.close()


class FuncGroupNode(Node):
    """A function that makes what is submitted, when its turn comes."""

    def __init__(self, task: FuncGroup, scope: Scope) -> None:
        if task.raises_on_failure is not None and scope.raises_on_failure is None:
            scope.raises_on_failure = task.raises_on_failure
        super().__init__(task, scope)
        self.inner: Future[Any] | None = None

    def arguments(self) -> Any:
        return ()

    def activate(self) -> None:
        more = getattr(self.task, "sent_arguments", ())
        self.pass_.late(self.own_scope(), self, lambda: self.task.make(*more), self.made)

    def made(self, item: Any) -> None:
        if item is None:
            self.submits_nothing = True
            self.finish(None, batch=self.batch)
        else:
            self.pass_.submit_item(self, item, 0, self.joined)

    def joined(self, future: Future[Any] | None) -> None:
        self.inner = future
        if future is None:
            self.finish(None, batch=self.batch)
        elif is_done(future):
            self._copy(future)
        else:
            future._watch(self._copy)

    def settle(self) -> None:
        """Nothing to do: it goes on when what it made is done."""

    def cancel(self, future: Future[Any]) -> bool:
        if self.inner is not None:
            return self.inner.cancel()
        return super().cancel(future)


def with_argument(item: Any, value: Any) -> Any:
    """Return the item with one more positional argument, if it is one that takes arguments."""
    made = copy.copy(item)
    if isinstance(item, (ActivityTask, WorkflowTask)):
        made.args = (*item.args, value)
    elif isinstance(item, Chain):
        made.sent_result = value
    elif isinstance(item, Group):
        made.activities = [with_argument(each, value) for each in item.activities]
    elif isinstance(item, FuncGroup):
        made.sent_arguments = (value,)
    return made
