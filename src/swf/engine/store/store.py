"""The connection to the file: reads, writes, and transactions that hold them together.

Used by one thread at a time. A write begins a transaction; what follows belongs to it until `commit`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any, Literal

from swf.engine.store.log import Log
from swf.engine.store.rows import DomainRow, ExecutionRow, RunRow, TaskRow, TypeRow
from swf.engine.store.statements import MIGRATIONS, STATEMENTS
from swf.exceptions import SWFError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from swf.engine.store.listing import Listing

__all__ = ["Store", "StoreFailed"]

_LOG_PAGES = 4_000
"""How long the log grows before it is taken over into the file: 16 MB. The writer waits for that."""

_PLACES = 10_000
"""How many empty task lists are known at once."""


class StoreFailed(SWFError):
    """The file cannot be read or written."""


class Store:
    """An engine's file, or one that vanishes with it when `path` is None.

    A commit outlives a crash of the process at once, and a loss of power when `sync` has returned. Without
    `durable` that does nothing.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        durable: bool = True,
        connection: type[sqlite3.Connection] = sqlite3.Connection,
        migrations: Mapping[int, str] = MIGRATIONS,
    ) -> None:
        self.path = path
        self._connection_class = connection
        self._migrations = migrations
        self._empty: set[tuple[str, int, str]] = set()
        """Task lists, by kind and domain, in which no task waits: they are asked for again and again."""
        self._log = Log(path) if path is not None and durable else None
        self._db = self._connect()
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    # The file

    def _connect(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(
                self.path or ":memory:",
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
                factory=self._connection_class,
            )
            try:
                self._refuse_foreign(db)
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = NORMAL")
                db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA busy_timeout = 5000")
                db.execute("PRAGMA user_version").fetchone()  # the log is there from the first read
                if self._log is not None:
                    self._log.attach()
            except BaseException:
                db.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error
        return db

    def _refuse_foreign(self, db: sqlite3.Connection) -> None:
        """Raise for what an engine has not made, or a later one, before anything is written."""
        (version,) = db.execute("PRAGMA user_version").fetchone()
        newest = max(self._migrations)
        if version > newest:
            raise StoreFailed(
                f"{self.path} is of version {version}, made by a later release: "
                f"this one reads up to version {newest}. Upgrade simpleflow to open it."
            )
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if (tables and not version) or (version and "executions" not in tables):
            raise StoreFailed(f"{self.path} is a database of something else: name another file")

    def _migrate(self) -> None:
        version = self._one("PRAGMA user_version")
        for step in range(version + 1, max(self._migrations) + 1):
            script = f"BEGIN IMMEDIATE;\n{self._migrations[step]}\nPRAGMA user_version = {step};\nCOMMIT;"
            try:
                self._db.executescript(script)
            except sqlite3.Error as error:
                self.rollback()
                raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error | OSError) -> StoreFailed:
        return StoreFailed(f"{self.path or 'the engine in memory'}: {error}")

    def reopen(self) -> None:
        """Connect anew, after a failure that may have left the connection of no use."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()
        self._db = self._connect()

    def close(self) -> None:
        """Bring what is written to the disk, and let go of the file."""
        try:
            self.sync(self.written)
        finally:
            if self._log is not None:
                self._log.detach()
            try:
                self._db.close()
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def integrity(self) -> list[str]:
        """Return what SQLite itself finds wrong with the file."""
        return [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]

    # Transactions

    def _begin(self) -> None:
        self._execute("BEGIN IMMEDIATE", ())

    def commit(self) -> None:
        """Make what was written since the last commit stand, if anything was."""
        if self._db.in_transaction:
            self._execute("COMMIT", ())
            if self._log is not None:
                self._log.written += 1

    @property
    def written(self) -> int:
        """The number of the last commit."""
        return 0 if self._log is None else self._log.written

    def is_synced(self, commit: int) -> bool:
        """Tell whether a commit is on the disk, or need not come there; in any thread."""
        return self._log is None or self._log.synced >= commit

    def sync(self, commit: int) -> None:
        """Return when a commit is on the disk, and all before it; in any thread. Raises `StoreFailed`."""
        if self._log is not None:
            try:
                self._log.sync(commit)
            except OSError as error:
                raise self._failed(error) from error

    def mend(self) -> None:
        """After a sync that failed: bring all commits to the disk in another way, out of the log."""
        if self._log is None or self._log.failed is None:
            return
        (busy, _, _) = self._rows("PRAGMA wal_checkpoint(RESTART)")[0]
        if busy:
            raise self._failed(self._log.failed)
        self._log.mended()

    def rollback(self) -> None:
        """Undo what was written since the last commit."""
        self._empty.clear()
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error as error:
            if self.path is None:
                raise self._failed(error) from error
            self.reopen()  # the connection is broken: the file rolls back when it is opened again

    def _execute(self, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        try:
            return self._db.execute(sql, values or {}).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _read(self, name: str, /, **values: Any) -> list[Any]:
        return self._rows(STATEMENTS[name], values)

    def _one(self, sql: str, values: Mapping[str, Any] | None = None) -> Any:
        rows = self._rows(sql, values)
        return rows[0][0] if rows else None

    def _write(self, name: str, /, **values: Any) -> sqlite3.Cursor:
        if not self._db.in_transaction:
            self._begin()
        return self._execute(STATEMENTS[name], values)

    def _write_task(self, name: str, task: TaskRow) -> None:
        """Write with the columns of a task in their order, twice as fast as by their names."""
        if not self._db.in_transaction:
            self._begin()
        self._execute(STATEMENTS[name], task)

    # What belongs to the file

    def meta(self, name: str) -> bytes | None:
        """Return a value that belongs to the file."""
        value: bytes | None = self._one(STATEMENTS["meta"], {"name": name})
        return value

    def set_meta(self, name: str, value: bytes) -> None:
        """Keep a value with the file."""
        self._write("set_meta", name=name, value=value)

    # Domains

    def domains(self) -> list[DomainRow]:
        """Return all domains by name."""
        return [DomainRow(*row) for row in self._read("domains")]

    def insert_domain(self, name: str, description: str | None, retention: str, tags: str) -> int:
        """Add a domain; return its id."""
        cursor = self._write(
            "insert_domain",
            name=name,
            status="REGISTERED",
            description=description,
            retention=retention,
            tags=tags,
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def update_domain(self, domain: int, status: str, tags: str) -> None:
        """Change what can change of a domain."""
        self._write("update_domain", id=domain, status=status, tags=tags)

    # Types

    def type(self, domain: int, kind: str, name: str, version: str) -> TypeRow | None:
        """Return a type."""
        rows = self._read("type", domain=domain, kind=kind, name=name, version=version)
        return TypeRow(*rows[0]) if rows else None

    def types(
        self,
        domain: int,
        kind: str,
        status: str,
        limit: int,
        *,
        only: str | None = None,
        behind: tuple[str, str] | None = None,
        descending: bool = False,
    ) -> list[TypeRow]:
        """Return types in the order of name and version; `only` is a name, `behind` the last of a page."""
        rows = self._read(
            "types_descending" if descending else "types",
            domain=domain,
            kind=kind,
            status=status,
            only=only,
            name=behind[0] if behind else None,
            version=behind[1] if behind else None,
            limit=limit,
        )
        return [TypeRow(*row) for row in rows]

    def count_types(self, domain: int, kind: str) -> int:
        """Return how many types of a kind a domain has."""
        count: int = self._one(STATEMENTS["count_types"], {"domain": domain, "kind": kind})
        return count

    def insert_type(self, domain: int, row: TypeRow) -> None:
        """Add a type."""
        self._write("insert_type", domain=domain, **row._asdict())

    def update_type(self, domain: int, row: TypeRow) -> None:
        """Change the status of a type."""
        self._write(
            "update_type",
            domain=domain,
            kind=row.kind,
            name=row.name,
            version=row.version,
            status=row.status,
            deprecated=row.deprecated,
        )

    def deprecate_types(self, domain: int, at: float) -> None:
        """Deprecate all types of a domain."""
        self._write("deprecate_types", domain=domain, deprecated=at)

    def delete_type(self, domain: int, kind: str, name: str, version: str) -> None:
        """Forget a type."""
        self._write("delete_type", domain=domain, kind=kind, name=name, version=version)

    # Runs

    def insert_execution(self, **values: Any) -> int:
        """Add a run; return the number of its row, which no later run gets."""
        cursor = self._write("insert_execution", **values)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def open_run(self, domain: int, workflow_id: str) -> RunRow | None:
        """Return the open run of a workflow id."""
        return _run(self._read("open_run", domain=domain, workflow_id=workflow_id))

    def run(self, domain: int, workflow_id: str, run_id: str) -> RunRow | None:
        """Return a run."""
        return _run(self._read("run", domain=domain, workflow_id=workflow_id, run_id=run_id))

    def run_by_id(self, execution: int) -> RunRow | None:
        """Return a run by the number of its row."""
        return _run(self._read("run_by_id", id=execution))

    def run_ids(self) -> Iterator[int]:
        """Yield the numbers of all runs."""
        return (row[0] for row in self._read("run_ids"))

    def count_open(self, domain: int) -> int:
        """Return how many runs of a domain are open."""
        count: int = self._one(STATEMENTS["count_open"], {"domain": domain})
        return count

    def set_deadline(self, execution: int, deadline: float | None) -> None:
        """Note when the first clock of a run expires."""
        self._write("set_deadline", id=execution, deadline=deadline)

    def set_cancel_requested(self, execution: int) -> None:
        """Note that the cancellation of a run was requested."""
        self._write("set_cancel_requested", id=execution)

    def close_execution(self, execution: int, closed: float, close_status: str) -> None:
        """Note the end of a run."""
        self._write("close_execution", id=execution, closed=closed, close_status=close_status)

    def delete_execution(self, execution: int) -> None:
        """Forget a run and its history."""
        self._write("delete_history", execution=execution)
        self._write("delete_heartbeats", execution=execution)
        self._write("delete_execution", id=execution)

    def execution_row(self, execution: int) -> ExecutionRow:
        """Return what lists say of a run."""
        return ExecutionRow(*self._read("execution_row", id=execution)[0])

    def executions(
        self, listing: Listing, limit: int, *, ascending: bool, behind: tuple[float, int] | None
    ) -> list[ExecutionRow]:
        """Return a page of a list; `behind` is the key of the last row of the page before."""
        rows = self._rows(*listing.page(limit, ascending=ascending, behind=behind))
        return [ExecutionRow(*row) for row in rows]

    def count(self, listing: Listing) -> int:
        """Return how many executions a list has."""
        count: int = self._one(*listing.count())
        return count

    def expired(self, domain: int, before: float, limit: int) -> list[int]:
        """Return closed runs that ended by then."""
        return [row[0] for row in self._read("expired", domain=domain, before=before, limit=limit)]

    # Clocks

    def next_deadline(self) -> float | None:
        """Return when the first clock of all expires."""
        first: float | None = self._one(STATEMENTS["next_deadline"])
        return first

    def due(self, now: float, limit: int) -> list[tuple[float, int]]:
        """Return the deadlines that have passed, and whose they are."""
        return [(at, execution) for execution, at in self._read("due", now=now, limit=limit)]

    # Histories

    def append_history(self, execution: int, first_event_id: int, events: bytes) -> None:
        """Append what a transaction adds to a history: JSON without its brackets."""
        self._write("append_history", execution=execution, first_event_id=first_event_id, events=events)

    def history(self, execution: int) -> bytes:
        """Return a history as a JSON list."""
        return b"[" + b",".join(row[0] for row in self._read("history", execution=execution)) + b"]"

    # Tasks

    def put_task(self, task: TaskRow) -> None:
        """Let a task be handed out."""
        self._empty.discard(task[:3])
        self._write_task("put_task", task)

    def remove_task(self, task: TaskRow) -> None:
        """Take a task out of its list, if it is there."""
        self._write_task("remove_task", task)

    def first_task(self, kind: str, domain: int, task_list: str) -> tuple[int, int] | None:
        """Return the next task of a list: its run and its event."""
        place = kind, domain, task_list
        if place in self._empty:
            return None
        rows = self._read("first_task", kind=kind, domain=domain, task_list=task_list)
        if not rows:
            if len(self._empty) >= _PLACES:
                self._empty.clear()
            self._empty.add(place)
        return rows[0] if rows else None

    def count_tasks(self, kind: str, domain: int, task_list: str) -> int:
        """Return how many tasks wait in a list."""
        count: int = self._one(
            STATEMENTS["count_tasks"], {"kind": kind, "domain": domain, "task_list": task_list}
        )
        return count

    def task_lists(self, domain: int) -> list[tuple[Literal["decision", "activity"], str]]:
        """Return where tasks of a domain wait, those of decision tasks first."""
        return [tuple(row) for row in self._read("task_lists", domain=domain)]

    def all_tasks(self) -> list[TaskRow]:
        """Return every task that waits."""
        return [TaskRow(*row) for row in self._read("all_tasks")]

    # Heartbeats

    def heartbeats(self, execution: int) -> Sequence[tuple[int, float, str | None]]:
        """Return the last heartbeats of a run: scheduled event, time, details."""
        return self._read("heartbeats", execution=execution)

    def put_heartbeat(self, execution: int, scheduled_event_id: int, at: float, details: str | None) -> None:
        """Keep the last heartbeat of an activity task."""
        self._write(
            "put_heartbeat",
            execution=execution,
            scheduled_event_id=scheduled_event_id,
            at=at,
            details=details,
        )

    def delete_heartbeat(self, execution: int, scheduled_event_id: int) -> None:
        """Forget the last heartbeat of an activity task."""
        self._write("delete_heartbeat", execution=execution, scheduled_event_id=scheduled_event_id)


def _run(rows: list[Any]) -> RunRow | None:
    return RunRow(*rows[0]) if rows else None
