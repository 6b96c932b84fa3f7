"""The engine: one file, many clients. What arrives together shares a transaction and its sync.

Whoever comes first performs what has gathered meanwhile, for all; a poll that finds nothing is parked
until the transaction that makes a task for it. No thread of its own: time is told by who waits.
"""

from __future__ import annotations

import logging
import math
import os
import sqlite3
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from swf.engine.checking import problems
from swf.engine.lock import FileLock
from swf.engine.machine.limits import Limits
from swf.engine.parked import Parked
from swf.engine.service import POLLS, READS, Books, answer, domain_of
from swf.engine.store import Store
from swf.engine.time import SystemClock, VirtualClock
from swf.engine.turns import Turns
from swf.exceptions import Fault, InternalFailure, LimitExceeded, SWFError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import msgspec

    from swf.engine.call import Call
    from swf.engine.front import Server
    from swf.engine.time import TimeSource
    from swf.protocol.client import Client

__all__ = ["POLL_SECONDS", "Engine"]

log = logging.getLogger(__name__)

POLL_SECONDS = 59.5
"""How long a poll waits: Amazon's minute, less what lets a client with a timeout of a minute be answered."""
_SWEEP_SECONDS = 60.0
"""How often runs are looked for that were kept long enough."""


class Engine:
    """An engine on a file, or in memory without a path.

    `durability`: with "full" an answer that a client was told about outlives a loss of power, with "normal"
    a crash of the process only. Raises `EngineInUse` when another engine has the file, `StoreFailed` when
    it cannot be read.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        clock: TimeSource | None = None,
        limits: Limits | None = None,
        durability: Literal["full", "normal"] = "full",
        poll_seconds: float = POLL_SECONDS,
        connection: type[sqlite3.Connection] = sqlite3.Connection,
    ) -> None:
        self.path = Path(path).resolve() if path is not None else None
        self.clock: TimeSource = clock or SystemClock()
        self.limits = limits or Limits()
        self.poll_seconds = poll_seconds
        self.turns = Turns(self, clock) if isinstance(clock, VirtualClock) else None
        """Whose turn it is in virtual time."""
        self._lock = threading.RLock()
        self._inbox: deque[Call] = deque()
        self._parked = Parked()
        self._watchers: list[Callable[[], None]] = []
        self._servers: list[Server] = []
        self._swept = -math.inf
        self._now = -math.inf
        self._closed = False
        self._file_lock: FileLock | None = None
        if self.path is not None:
            self._file_lock = FileLock(self.path)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        try:
            self._store = Store(self.path, sync=durability == "full", connection=connection)
            self._books = Books(self._store, self.limits)
        except BaseException:
            if self._file_lock is not None:
                self._file_lock.release()
            raise

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Clients

    def client(self) -> Client:
        """Return a client in this process, which threads may share."""
        from swf.engine.inside import InsideClient

        return InsideClient(self)

    def serve(
        self, host: str = "127.0.0.1", port: int = 0, credentials: Mapping[str, str] | None = None
    ) -> Server:
        """Serve it over HTTP in a thread, until it is closed; port 0 is any.

        `credentials` has the secret of each access key; without, only this machine is served. Raises
        `CannotServe`.
        """
        from swf.engine.front import serve

        server = serve(self, host, port, credentials)
        self._servers.append(server)
        return server

    def announce(self, address: str | None) -> None:
        """Write beside the file where the engine is reached."""
        if self._file_lock is not None:
            self._file_lock.announce(address)

    def close(self) -> None:
        """Answer the polls that wait with nothing, and let go of the file."""
        for server in self._servers:
            server.close()
        with self._lock:
            if self._closed:
                return
            self._closed = True
            waiting = self._parked.all()
            self._store.close()
            if self._file_lock is not None:
                self._file_lock.release()
        for call in waiting:
            self.expire(call)

    # Requests

    def perform(self, calls: Sequence[Call]) -> None:
        """Do what is asked, with what others ask at the same time; each call's `done` is told."""
        self._inbox.extend(calls)
        with self._lock:
            batch = []
            while self._inbox:
                batch.append(self._inbox.popleft())
            outcomes = self._perform(batch) if batch else []
        self._tell(outcomes)

    def expire(self, call: Call) -> None:
        """Answer a poll with nothing, if it still waits."""
        with self._lock:
            waited = self._parked.remove(call)
        if waited:
            call.done(POLLS[call.operation].empty)

    def give_up(self, call: Call) -> None:
        """Let a poll wait no longer, and do not answer it."""
        with self._lock:
            self._parked.remove(call)

    @property
    def parked(self) -> int:
        """How many polls wait."""
        return len(self._parked)

    def _perform(self, batch: list[Call]) -> list[_Outcome]:
        before = self._books.next_deadline
        try:
            outcomes = self._transact(batch)
        except Exception as error:
            self._undo(error)
            if len(batch) > 1:
                return [outcome for call in batch for outcome in self._perform([call])]
            return [(call, _internal(error)) for call in batch]
        after = self._books.next_deadline
        if after is not None and (before is None or after < before):
            for callback in list(self._watchers):
                callback()
        return outcomes

    def _transact(self, batch: Sequence[Call]) -> list[_Outcome]:
        if self._closed:
            raise SWFError("the engine is closed")
        books = self._books
        books.now = self._now = self._time()
        books.store.prepare(lasting=any(call.operation not in _NEED_NOT_LAST for call in batch))
        outcomes: list[_Outcome] = []
        books.expire()
        self._hand_over(outcomes)
        for call in batch:
            self._answer(call, outcomes)
            if books.offers:
                self._hand_over(outcomes)
        books.commit()
        self._parked.settle()
        return outcomes

    def _answer(self, call: Call, outcomes: list[_Outcome]) -> None:
        try:
            outcome = answer(self._books, call.operation, call.request)
            if outcome is None and call.operation in POLLS:
                self._park(call)
                return
        except Fault as fault:
            outcomes.append((call, fault))
        else:
            outcomes.append((call, outcome))

    def _park(self, call: Call) -> None:
        request: Any = call.request
        domain = domain_of(self._books, call.operation, request)
        place = (POLLS[call.operation].kind, domain.id, request.task_list.name)
        if self._parked.count(place) >= self.limits.pollers:
            raise LimitExceeded(f"{self.limits.pollers} polls wait for tasks of this list, as many as may")
        self._parked.put(place, call)

    def _hand_over(self, outcomes: list[_Outcome]) -> None:
        """Give the tasks that became available to the polls that wait for them; keep the rest."""
        books = self._books
        while books.offers:
            key = min(books.offers, key=lambda key: books.offers[key].rank)
            task = books.offers[key]
            call = self._parked.take((task.kind, task.domain, task.task_list))
            if call is None:
                del books.offers[key]
                books.store.put_task(task)
                continue
            domain = domain_of(books, call.operation, call.request)
            given = POLLS[call.operation].hand_over(books, domain, task, call.request)
            books.offers.pop(key, None)
            if given is None:
                self._park(call)
            else:
                outcomes.append((call, given))

    def _undo(self, error: Exception) -> None:
        if not isinstance(error, SWFError):
            log.exception("a transaction failed")
        elif not self._closed:
            log.error("a transaction failed: %s", error)
        self._parked.restore()
        if not self._closed:
            self._books.rollback()

    def _tell(self, outcomes: Sequence[_Outcome]) -> None:
        for call, outcome in outcomes:
            call.done(outcome)

    # Time

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has something to do, by the engine's clock."""
        return self._books.next_deadline

    def watch(self, callback: Callable[[], None]) -> None:
        """Have this called, in any thread, when `next_deadline` has moved to an earlier time."""
        self._watchers.append(callback)

    def unwatch(self, callback: Callable[[], None]) -> None:
        """Have this called no longer."""
        self._watchers.remove(callback)

    def tick(self) -> None:
        """Let the clocks expire that are due, and forget what was kept long enough."""
        outcomes: list[_Outcome] = []
        with self._lock:
            while not self._closed and (at := self._books.next_deadline) is not None and at <= self._time():
                try:
                    outcomes += self._transact([])
                except Exception as error:  # the next tick tries again
                    self._undo(error)
                    break
            self._sweep()
        self._tell(outcomes)

    def _time(self) -> float:
        """Return the time in whole milliseconds, as events have it; it never goes back."""
        return max(self._now, math.floor(self.clock.time() * 1000.0 + 0.01) / 1000.0)

    def _sweep(self) -> None:
        now = self._time()
        if self._closed or now - self._swept < _SWEEP_SECONDS:
            return
        self._swept = now
        try:
            self._books.now = now
            self._store.prepare(lasting=False)
            self._books.forget_expired()
            self._books.commit()
        except SWFError as error:
            self._undo(error)

    # Integrity

    def check(self) -> list[str]:
        """Return what is wrong with the file, in words; nothing is when the list is empty."""
        with self._lock:
            return problems(self._books)


_Outcome = tuple["Call", "msgspec.Struct | Fault | None"]
_NEED_NOT_LAST = READS | POLLS.keys()


def _internal(error: Exception) -> InternalFailure:
    """Return what a client is told: the store's trouble in its own words, of a defect nothing."""
    return InternalFailure(str(error)) if isinstance(error, SWFError) else InternalFailure()
