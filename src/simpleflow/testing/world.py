"""The world of a test: an engine in memory, one thread that does everything, and time that it moves."""

from __future__ import annotations

import base64
import heapq
import itertools
import math
import random
import threading
import uuid
from typing import TYPE_CHECKING, NamedTuple

from simpleflow.exceptions import Stuck
from simpleflow.swf.executions import list_executions, read_history
from simpleflow.testing.cast import Cast
from simpleflow.testing.deciding import Flows, TestDecider
from simpleflow.testing.performing import TestWorker
from swf.engine import Engine, VirtualClock
from swf.engine.machine import Clock, Execution
from swf.engine.machine.clocks import running
from swf.protocol.requests import DescribeWorkflowExecutionInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swf.protocol.answers import WorkflowExecutionDetail

__all__ = ["World"]

_DAYS_KEPT = "90"
"""How long closed executions are there: as long as SWF can."""


class _Entry(NamedTuple):
    """What is to be called, and when."""

    at: float
    number: int
    action: Callable[[], object]
    holds: Callable[[], bool]


class World:
    """Does what there is to do, a task at a time, and lets time go on when there is nothing.

    It begins at `start`, in seconds since the epoch; what is left to chance is the same each time.
    """

    def __init__(self, domain: str, start: float, *, cold: bool) -> None:
        self.domain = domain
        self.cast = Cast()
        self.flows = Flows(cold)
        self._clock = VirtualClock(start)
        self._chance = random.Random(0)
        self._engine = Engine(clock=self._clock, run_ids=self._run_id)
        self._agenda: list[_Entry] = []
        self._order = itertools.count()
        self._thread = threading.get_ident()
        self.client = self._engine.client()
        self.client.register_domain(name=domain, workflowExecutionRetentionPeriodInDays=_DAYS_KEPT)
        asks = self._engine.client()
        asks.stop_polling()  # a poll brings what is there, and does not wait
        self._worker = TestWorker(asks, domain, self.cast, self.after)
        self._decider = TestDecider(asks, domain, self.cast, self.flows, self._worker.review)

    def close(self) -> None:
        """End it: runs that are open are unwound."""
        self.flows.clear()
        self._engine.close()

    def uuid4(self) -> uuid.UUID:
        """Return the next UUID."""
        return uuid.UUID(int=self._chance.getrandbits(128), version=4)

    def _run_id(self) -> str:
        return "23" + base64.b64encode(self._chance.randbytes(32)).decode()

    # Waiting of clients

    def time(self) -> float:
        """Return what time it is, in seconds since the epoch."""
        return self._clock.time()

    def pause(self, looked: int, left: float | None) -> None:
        """Do one task, or let time go on to what comes next, so many seconds at most.

        Raises `Stuck` when nothing can come, unless `left` says how long to wait for it.
        """
        if self._work():
            return
        if left is None and not self._something_comes():
            raise Stuck(self._what_is_missing())
        self._let_pass(math.inf if left is None else self._clock.time() + left)

    # Time

    def advance(self, seconds: float) -> None:
        """Let so much time go by, and happen what happens in it."""
        until = self._clock.time() + seconds
        self._work_off()
        while self._next_time() <= until:
            self._let_pass(until)
            self._work_off()
        self._let_pass(until)

    def after(
        self, seconds: float, action: Callable[[], object], holds: Callable[[], bool] = lambda: True
    ) -> None:
        """Call something when so much time has gone by; what does not hold any more is forgotten."""
        entry = _Entry(self._clock.time() + seconds, next(self._order), action, holds)
        heapq.heappush(self._agenda, entry)

    def _next_entry(self) -> _Entry | None:
        while self._agenda and not self._agenda[0].holds():
            heapq.heappop(self._agenda)
        return self._agenda[0] if self._agenda else None

    def _next_time(self) -> float:
        due = self._engine.next_deadline
        entry = self._next_entry()
        return min(math.inf if due is None else due, math.inf if entry is None else entry.at)

    def _let_pass(self, until: float) -> None:
        """Let it be the time of what comes next, if that is before `until`."""
        self._clock.reach(min(self._next_time(), until))
        self._engine.tick()
        while (entry := self._next_entry()) is not None and entry.at <= self._clock.time():
            heapq.heappop(self._agenda)
            entry.action()

    # Work

    def _work_off(self) -> None:
        while self._work():
            pass

    def _work(self) -> bool:
        """Do one task; tell whether there was one."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("time goes on only in the thread that made this environment")
        for kind, task_list in self._engine.task_lists(self.domain):
            if kind == "decision":
                return self._decider.work(task_list)
            if task_list not in self._worker.unattended:
                return self._worker.work(task_list)
        return False

    def _something_comes(self) -> bool:
        """Tell whether anything will happen by itself before an execution times out."""
        return self._next_entry() is not None or next(self._clocks(), None) is not None

    def _clocks(self) -> Iterator[Clock]:
        """Yield the clocks that run, but those of executions."""
        swf, domain = self.client, self.domain
        for info in list_executions(swf, domain):
            described: WorkflowExecutionDetail = swf.ask(
                DescribeWorkflowExecutionInput(domain, info.execution)
            )
            counts = described.open_counts
            if counts.open_timers:
                yield Clock.TIMER
            elif counts.open_activity_tasks:
                state = Execution("", "")
                for event in read_history(swf, domain, info.execution):
                    state.record(event)
                yield from (each.clock for each in running(state) if each.clock is not Clock.EXECUTION)

    def _what_is_missing(self) -> str:
        waiting = "; ".join(self.flows.what_they_wait_for()) or "a future stays unknown"
        return (
            f"{waiting}: nothing runs, and nothing is open that could bring it. Let the test bring it, at a "
            "time with after(...); advance(...) lets time go on all the same"
        )
