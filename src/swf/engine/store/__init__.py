"""One SQLite file that holds an engine: what is stored, and nothing of what it means."""

from __future__ import annotations

from swf.engine.store.rows import DomainRow, ExecutionRow, RunRow, TaskRow, TypeRow
from swf.engine.store.store import Store, StoreFailed

__all__ = ["DomainRow", "ExecutionRow", "RunRow", "Store", "StoreFailed", "TaskRow", "TypeRow"]
