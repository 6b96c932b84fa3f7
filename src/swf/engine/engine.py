"""The engine: one file, many clients. What arrives together shares a transaction.

Whoever comes first performs what has gathered meanwhile, for all; a poll that finds nothing is parked
until the transaction that makes a task for it. A transaction is written, tasks are handed out, the log is
synced, and then everybody else is told: while one thread syncs, others make the next transaction. Who waits
tells the time.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sqlite3
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from swf.engine.call import failure
from swf.engine.checking import problems
from swf.engine.lock import FileLock
from swf.engine.machine.limits import Limits
from swf.engine.parked import Parked
from swf.engine.service import POLLS, Books, answer, domain_of
from swf.engine.service.domain import new_run_id
from swf.engine.store import Store, StoreFailed
from swf.engine.syncer import Syncer
from swf.engine.time import SystemClock, VirtualClock
from swf.engine.turns import Turns
from swf.exceptions import Fault, LimitExceeded, SWFError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import msgspec

    from swf.engine.call import Call, Outcome
    from swf.engine.front import Server
    from swf.engine.time import TimeSource
    from swf.protocol.client import Client

__all__ = ["POLL_SECONDS", "Engine"]

log = logging.getLogger(__name__)

POLL_SECONDS = 59.5
"""How long a poll waits: Amazon's minute, less what lets a client with a timeout of a minute be answered."""
_SWEEP_SECONDS = 60.0
"""How often runs are looked for that were kept long enough."""


@dataclass(frozen=True, slots=True, eq=False)
class _Leave:
    """A poll that shall wait no longer."""

    call: Call
    answered: bool


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
        self._lock = threading.Lock()
        self._at_work = 0
        """The thread that has the lock."""
        self._inbox: deque[Call | _Leave] = deque()
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
            self._store = Store(self.path, durable=durability == "full", connection=connection)
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
        self._syncer = Syncer(self._store)

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
        with self._alone():
            if self._closed:
                return
            self._closed = True
            waiting = self._parked.all()
            self._syncer.close()
            try:
                self._store.close()
            finally:
                if self._file_lock is not None:
                    self._file_lock.release()
                for call in waiting:
                    self._parked.remove(call)
                    call.done(POLLS[call.operation].empty)

    # Requests

    def perform(self, calls: Sequence[Call]) -> None:
        """Do what is asked, with what others ask at the same time; each call's `done` is told.

        Raises `SWFError` in a signal handler that interrupts the engine itself: it would wait for ever.
        """
        self._refuse_itself()
        self._inbox.extend(calls)
        self._serve()

    def _refuse_itself(self) -> None:
        if self._at_work == threading.get_ident():
            raise SWFError("a signal handler interrupts the engine that it asks: let another thread ask")

    def _serve(self) -> None:
        """Do what has gathered, unless somebody is at it, who then does this too."""
        try:
            while self._inbox and self._lock.acquire(blocking=False):
                try:
                    self._at_work = threading.get_ident()
                    outcomes, commit = self._perform_all()
                finally:
                    self._at_work = 0
                    self._lock.release()
                self._tell(outcomes, commit)
        except BaseException:  # this thread is interrupted: what others asked meanwhile is done all the same
            self._serve()
            raise

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep all others out, when what they asked before is done; what they ask meanwhile is left to us."""
        self._refuse_itself()
        outcomes: list[Outcome] = []
        commit = 0
        try:
            with self._lock:
                try:
                    self._at_work = threading.get_ident()
                    if self._inbox:
                        outcomes, commit = self._perform_all()
                    yield
                finally:
                    self._at_work = 0
        finally:
            self._tell(outcomes, commit)
            self._serve()

    def _perform_all(self) -> tuple[list[Outcome], int]:
        """Do what has gathered; return what to tell of it, and the commit that must last before."""
        batch: list[Call] = []
        leaving: list[_Leave] = []
        while self._inbox:
            each = self._inbox.popleft()
            if isinstance(each, _Leave):
                leaving.append(each)
            else:
                batch.append(each)
        outcomes: list[Outcome] = []
        try:
            if batch:
                self._perform(batch, outcomes)
            self._sweep()
        except BaseException:  # this thread is interrupted: nobody else may wait for what it had begun
            self._undo()
            told = {call for call, _ in outcomes}
            left = [call for call in batch if call not in told and call not in self._parked]
            outcomes += [(call, failure(None)) for call in left]
            self._tell([*outcomes, *self._left(leaving)], self._store.written)
            raise
        return [*outcomes, *self._left(leaving)], self._store.written

    def expire(self, call: Call) -> None:
        """Answer a poll with nothing, if it still waits; a signal handler may ask for it."""
        self._inbox.append(_Leave(call, answered=True))
        self._serve()

    def give_up(self, call: Call) -> None:
        """Let a poll wait no longer, and do not answer it."""
        self._inbox.append(_Leave(call, answered=False))
        self._serve()

    def _left(self, leaving: Sequence[_Leave]) -> list[Outcome]:
        """Let polls wait no longer; return what to tell them. Those asked for before are parked by now."""
        waited = [each for each in leaving if self._parked.remove(each.call)]
        return [(each.call, POLLS[each.call.operation].empty) for each in waited if each.answered]

    @property
    def parked(self) -> int:
        """How many polls wait."""
        return len(self._parked)

    def _perform(self, batch: list[Call], outcomes: list[Outcome]) -> None:
        try:
            outcomes += self._transact(batch)
        except Exception as error:
            self._log(error)
            self._undo()
            if len(batch) > 1 or any(call.most > 1 for call in batch):
                for call in batch:
                    call.most, call.more = 1, ()
                    self._perform([call], outcomes)
            else:
                outcomes += [(call, failure(error)) for call in batch]

    def _transact(self, batch: Sequence[Call]) -> list[Outcome]:
        books = self._books
        self._begin()
        outcomes: list[Outcome] = []
        books.expire()
        self._hand_over(outcomes)
        for call in batch:
            self._answer(call, outcomes)
            if books.offers:
                self._hand_over(outcomes)
        self._commit()
        return outcomes

    def _begin(self) -> None:
        if self._closed:
            raise SWFError("the engine is closed")
        if self._torn:
            self._restore()
        self._torn = True
        self._books.now = self._now = self._time()
        self._store.mend()

    def _commit(self) -> None:
        self._books.commit()
        self._parked.settle()
        self._torn = False
        self._publish()

    def _answer(self, call: Call, outcomes: list[Outcome]) -> None:
        try:
            outcome = answer(self._books, call.operation, call.request)
            if call.operation in POLLS:
                if outcome is None:
                    self._park(call)
                    return
                if call.most > 1:
                    call.more = self._further_tasks(call)
        except Fault as fault:
            outcomes.append((call, fault))
        else:
            outcomes.append((call, outcome))

    def _further_tasks(self, call: Call) -> list[msgspec.Struct]:
        """Return what a poll may take more, after its first task, as far as it is there."""
        books, poll = self._books, POLLS[call.operation]
        domain = domain_of(books, call.operation, call.request)
        tasks: list[msgspec.Struct] = []
        while len(tasks) < call.most - 1 and (task := poll.first(books, domain, call.request)) is not None:
            tasks.append(task)
        return tasks

    def _park(self, call: Call) -> None:
        request: Any = call.request
        domain = domain_of(self._books, call.operation, request)
        place = (POLLS[call.operation].kind, domain.id, request.task_list.name)
        if self._parked.count(place) >= self.limits.pollers:
            raise LimitExceeded(f"{self.limits.pollers} polls wait for tasks of this list, as many as may")
        self._parked.put(place, call)

    def _hand_over(self, outcomes: list[Outcome]) -> None:
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

    def _tell(self, outcomes: Sequence[Outcome], commit: int) -> None:
        """Hand out tasks at once; what else there is to tell must be on the disk before anybody hears it."""
        lasting = []
        for call, outcome in outcomes:
            if call.lasting and call.operation not in POLLS:
                lasting.append((call, outcome))
            else:
                call.done(outcome)
        if lasting:
            self._tell_synced(lasting, commit)
        elif any(call.operation not in POLLS for call, _ in outcomes) and not self._store.is_synced(commit):
            self._syncer.follow()

    def _tell_synced(self, outcomes: Sequence[Outcome], commit: int) -> None:
        try:
            self._store.sync(commit)
        except BaseException as error:  # nobody may wait for ever
            told = failure(error if isinstance(error, Exception) else None)
            outcomes = [(call, told) for call, _ in outcomes]
            if not isinstance(error, Exception):
                raise
            self._log(error)
        finally:
            for call, outcome in outcomes:
                call.done(outcome)

    def task_lists(self, domain: str) -> list[tuple[Literal["decision", "activity"], str]]:
        """Return the task lists of a domain on which tasks wait, that of the oldest decision task first.

        Then those of activity tasks. Raises `UnknownResource` for an unknown domain.
        """
        with self._alone():
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
        with self._alone():
            self._sweep()

    def try_to_tick(self, seconds: float = math.inf) -> bool:
        """Tick, and tell whether that went well; what failed is logged, whatever it is: a full disk, say."""
        try:
            self.tick(seconds)
        except Exception as error:
            self._log(error)
            return False
        return True

    def _expire_some(self) -> bool:
        """Let some clocks expire; tell whether any was due."""
        with self._alone():
            try:
                if not self._is_due():
                    return False
                outcomes = self._transact([])
            except Exception:
                self._undo()
                raise
            commit = self._store.written
        self._tell(outcomes, commit)
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
            self._begin()
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
        with self._alone():
            if self._torn:
                self._restore()
            return problems(self._books)
