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
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from swf.engine.call import failure
from swf.engine.checking import problems
from swf.engine.lock import FileLock
from swf.engine.machine.limits import Limits
from swf.engine.parked import Parked
from swf.engine.service import POLLS, READS, Books, answer, domain_of
from swf.engine.service.domain import new_run_id
from swf.engine.store import Store, StoreFailed
from swf.engine.time import SystemClock, VirtualClock
from swf.engine.turns import Turns
from swf.exceptions import Fault, LimitExceeded, SWFError

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
    a crash of the process only. `run_ids` makes the ids of new runs, no two alike. Raises `EngineInUse` when
    another engine has the file, `StoreFailed` when it cannot be read and written.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        clock: TimeSource | None = None,
        limits: Limits | None = None,
        durability: Literal["full", "normal"] = "full",
        poll_seconds: float = POLL_SECONDS,
        run_ids: Callable[[], str] = new_run_id,
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
        self._sweep_at = -math.inf
        self._remains = False
        """Whether the last sweep left runs to forget."""
        self._now = -math.inf
        self._torn = False
        """Whether a transaction has begun that neither stands nor is undone."""
        self._closed = False
        self._file_lock = self._locked()
        try:
            self._store = Store(self.path, sync=durability == "full", connection=connection)
            try:
                self._books = Books(self._store, self.limits, run_ids)
            except BaseException:
                self._store.close()
                raise
        except BaseException:
            if self._file_lock is not None:
                self._file_lock.release()
            raise
        self._due = self._books.next_deadline

    def _locked(self) -> FileLock | None:
        """Take the file, and see that it can be written; nobody else may read it."""
        if self.path is None:
            return None
        if self.path.is_dir():
            raise StoreFailed(f"{self.path} is a folder: an engine is one file")
        try:
            lock = FileLock(self.path)
            try:
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            except BaseException:
                lock.release()
                raise
        except OSError as error:
            raise StoreFailed(f"cannot open {self.path}: {error.strerror}") from None
        return lock

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
            try:
                self._store.close()
            finally:
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
            if not batch:
                return
            outcomes: list[_Outcome] = []
            try:
                self._perform(batch, outcomes)
                self._sweep()
            except BaseException:  # this thread is interrupted: nobody else may wait for what it had begun
                self._undo()
                told = {call for call, _ in outcomes}
                left = [call for call in batch if call not in told and call not in self._parked]
                self._tell([*outcomes, *((call, failure(None)) for call in left)])
                raise
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

    def _perform(self, batch: list[Call], outcomes: list[_Outcome]) -> None:
        try:
            outcomes += self._transact(batch)
        except Exception as error:
            self._log(error)
            self._undo()
            if len(batch) > 1:
                for call in batch:
                    self._perform([call], outcomes)
            else:
                outcomes += [(call, failure(error)) for call in batch]

    def _transact(self, batch: Sequence[Call]) -> list[_Outcome]:
        books = self._books
        self._begin(lasting=any(call.operation not in _NEED_NOT_LAST for call in batch))
        outcomes: list[_Outcome] = []
        books.expire()
        self._hand_over(outcomes)
        for call in batch:
            self._answer(call, outcomes)
            if books.offers:
                self._hand_over(outcomes)
        self._commit()
        return outcomes

    def _begin(self, *, lasting: bool) -> None:
        if self._closed:
            raise SWFError("the engine is closed")
        if self._torn:
            self._restore()
        self._torn = True
        self._books.now = self._now = self._time()
        self._store.prepare(lasting=lasting)

    def _commit(self) -> None:
        self._books.commit()
        self._parked.settle()
        self._torn = False
        self._publish()

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

    def _undo(self) -> None:
        """Undo the transaction in progress; while that fails, the next one tries first."""
        try:
            self._restore()
        except Exception as error:  # told to whoever asks next
            self._log(error)

    def _restore(self) -> None:
        self._parked.restore()
        if not self._closed:
            self._books.rollback()
            self._torn = False
            self._publish()

    def _log(self, error: Exception) -> None:
        if not isinstance(error, SWFError):
            log.error("a transaction failed", exc_info=error)
        elif not self._closed:
            log.error("a transaction failed: %s", error)

    def _tell(self, outcomes: Sequence[_Outcome]) -> None:
        for call, outcome in outcomes:
            call.done(outcome)

    def task_lists(self, domain: str) -> list[tuple[Literal["decision", "activity"], str]]:
        """Return the task lists of a domain on which tasks wait, that of the oldest decision task first.

        Then those of activity tasks. Raises `UnknownResource` for an unknown domain.
        """
        with self._lock:
            return self._store.task_lists(self._books.domain(domain).id)

    # Time

    @property
    def next_deadline(self) -> float | None:
        """When `tick` has something to do, by the engine's clock."""
        return self._due

    def _publish(self) -> None:
        """Tell what follows the clocks how things stand between transactions."""
        before, after = self._due, self._books.next_deadline
        if self._remains and (after is None or after > self._sweep_at):
            after = self._sweep_at
        self._due = after
        if after is not None and (before is None or after < before):
            for callback in list(self._watchers):
                callback()

    def watch(self, callback: Callable[[], None]) -> None:
        """Have this called, in any thread, when `next_deadline` has moved to an earlier time."""
        self._watchers.append(callback)

    def unwatch(self, callback: Callable[[], None]) -> None:
        """Have this called no longer."""
        self._watchers.remove(callback)

    def tick(self, seconds: float = math.inf) -> None:
        """Let the clocks expire that are due, and forget what was kept long enough.

        After so many `seconds` it stops, though more may be due. Others get their turn between transactions.
        Raises what the store does; then it is to be called again, in a while.
        """
        end = time.monotonic() + seconds
        while self._expire_some() and time.monotonic() < end:
            pass
        with self._lock:
            self._sweep()

    def _expire_some(self) -> bool:
        """Let some clocks expire; tell whether any was due."""
        with self._lock:
            try:
                if not self._is_due():
                    return False
                outcomes = self._transact([])
            except Exception:
                self._undo()
                raise
        self._tell(outcomes)
        return True

    def _is_due(self) -> bool:
        if self._torn:
            self._restore()
        at = self._books.next_deadline
        return not self._closed and at is not None and at <= self._time()

    def _time(self) -> float:
        """Return the time in whole milliseconds, as events have it; it never goes back."""
        return max(self._now, math.floor(self.clock.time() * 1000.0 + 0.01) / 1000.0)

    def _sweep(self) -> None:
        """Forget some of the runs that were kept long enough; what remains is for the next time."""
        now = self._time()
        if self._closed or now < self._sweep_at:
            return
        self._sweep_at, self._remains = now + _SWEEP_SECONDS, False
        try:
            self._begin(lasting=False)
            if self._books.forget_expired():
                self._sweep_at, self._remains = now, True
            self._commit()
        except Exception as error:  # whoever asked has their answer; it is tried again
            self._sweep_at, self._remains = now + _SWEEP_SECONDS, False
            self._log(error)
            self._undo()

    # Integrity

    def check(self) -> list[str]:
        """Return what is wrong with the file, in words; nothing is when the list is empty."""
        with self._lock:
            if self._torn:
                self._restore()
            return problems(self._books)


_Outcome = tuple["Call", "msgspec.Struct | Fault | None"]
_NEED_NOT_LAST = READS | POLLS.keys()
