"""All that the engine knows, as the transaction in progress sees and changes it."""

from __future__ import annotations

import logging
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from swf.engine.machine.apply import unknown_execution
from swf.engine.machine.clocks import due
from swf.engine.machine.commands import ExpireClock
from swf.engine.service.domain import Domain
from swf.engine.service.runs import BrokenRun, Runs
from swf.engine.service.tokens import Tokens
from swf.exceptions import UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from swf.engine.machine.limits import Limits
    from swf.engine.service.runs import Run
    from swf.engine.service.tokens import TaskToken
    from swf.engine.store import Store, TaskRow

__all__ = ["Books"]

log = logging.getLogger(__name__)

_AT_ONCE = 100
"""How many runs one transaction looks at for clocks, or forgets."""


class Books:
    """The domains of a file, the runs in memory, and what the transaction in progress has left to do."""

    def __init__(self, store: Store, limits: Limits, new_run_id: Callable[[], str]) -> None:
        self.store = store
        self.limits = limits
        self.new_run_id = new_run_id
        self.runs = Runs(store)
        self.tokens = Tokens(store)
        self.now = 0.0
        """The time of the transaction in progress."""
        self.offers: dict[tuple[int, int], TaskRow] = {}
        """The tasks that became available and are neither stored nor handed out, by run and event."""
        self.next_deadline = store.next_deadline()
        """No clock expires before."""
        self._domains: dict[str, Domain] = {}
        self._by_id: dict[int, Domain] = {}
        self._read_domains()

    # Finding

    def domain(self, name: str) -> Domain:
        """Return a domain. Raises `UnknownResource`."""
        if (domain := self._domains.get(name)) is None:
            raise UnknownResource(f"Unknown domain: {name}")
        return domain

    def domains(self) -> Iterable[Domain]:
        """Return all domains by name, in the order of code points."""
        return [self._domains[name] for name in sorted(self._domains)]

    def owner(self, run: Run) -> Domain:
        """Return the domain of a run."""
        return self._by_id[run.domain]

    def add_domain(self, name: str, description: str | None, retention: str, tags: dict[str, str]) -> None:
        """Register a domain."""
        self.store.insert_domain(name, description, retention, msgspec.json.encode(tags).decode())
        self._read_domains()

    def update_domain(self, domain: Domain) -> None:
        """Store what has changed of a domain."""
        self.store.update_domain(domain.id, domain.status, msgspec.json.encode(domain.tags).decode())

    def run_of(self, token: TaskToken) -> Run:
        """Return the open run of a task. Raises `UnknownResource` when it is closed or gone."""
        run = self.run(token.run)
        if run is None:
            raise unknown_execution(token.workflow_id, token.run_id)
        if run.closed:
            raise unknown_execution(run.workflow_id, run.run_id)
        return run

    def run(self, run_id: int) -> Run | None:
        """Return a run by the number of its row."""
        return self.runs.find(run_id)

    def _read_domains(self) -> None:
        rows = self.store.domains()
        self._domains = {row.name: self._domains.get(row.name) or Domain(self, row) for row in rows}
        self._by_id = {domain.id: domain for domain in self._domains.values()}

    # Clocks

    def expire(self) -> None:
        """Let the clocks expire that are due, in the order of their deadlines; not more than fit at once."""
        if self.next_deadline is None or self.next_deadline > self.now:
            return
        heap = list(self.store.due(self.now, _AT_ONCE))
        full = len(heap) == _AT_ONCE
        last = heap[-1][0] if full else self.now
        heapify(heap)
        while heap:
            _, run_id = heappop(heap)
            try:
                run = self.run(run_id)
            except BrokenRun as broken:  # it must not keep all others from going on
                log.error("a run is left out, its clocks stand still: %s", broken)
                self.store.set_deadline(run_id, None)
                continue
            if run is None or run.closed:
                continue
            expired = due(run, self.now)
            if expired:
                self.owner(run).do(run, ExpireClock(expired[0].clock, expired[0].event_id))
            run.find_deadline()
            self.runs.touch(run)
            if (at := run.deadline) is not None and at <= last:
                heappush(heap, (at, run_id))
        self.next_deadline = None  # what `flush` and the file say counts

    def forget_expired(self) -> bool:
        """Delete closed runs that have been kept long enough; tell whether more remain than fit at once."""
        left = _AT_ONCE
        for domain in self._by_id.values():
            expired = self.store.expired(domain.id, self.now - domain.keeps, left)
            for run_id in expired:
                self.store.delete_execution(run_id)
                self.runs.forget(run_id)
            left -= len(expired)
            if not left:
                return True
        return False

    # The transaction

    def flush(self) -> None:
        """Write what the transaction has changed and not yet written."""
        earliest = self.runs.flush()
        if self.next_deadline is None:
            self.next_deadline = self.store.next_deadline()
        elif earliest is not None:
            self.next_deadline = min(self.next_deadline, earliest)

    def commit(self) -> None:
        """Write and make it stand."""
        self.flush()
        self.store.commit()
        self.runs.settle()

    def rollback(self) -> None:
        """Forget all that the transaction has changed."""
        self.store.rollback()
        self.runs.drop()
        self.offers.clear()
        self._domains.clear()
        self._read_domains()
        self.next_deadline = self.store.next_deadline()
