"""All that stands in an engine's file, row by row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Rows", "rows_in", "rows_of"]

Rows = dict[str, list[Any]]

_TABLES = ("domains", "types", "executions", "history", "tasks", "heartbeats", "meta")


def rows_of(db: sqlite3.Connection) -> Rows:
    """Return every row of every table, as this connection sees them."""
    return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in _TABLES}


def rows_in(file: Path) -> Rows:
    """Return what is committed in a file, whoever has it."""
    with closing(sqlite3.connect(file)) as db:
        return rows_of(db)
