"""Which executions a list or a count is about, as a question to SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from swf.engine.store.rows import ExecutionRow

__all__ = ["Listing"]

_COLUMNS = """id, workflow_id, run_id, type_name, type_version, tags, parent_workflow_id, parent_run_id,
started, closed, close_status, cancel_requested"""
_CONDITIONS = {
    "oldest": "{by} >= :oldest",
    "latest": "{by} <= :latest",
    "kept_since": "closed > :kept_since",
    "workflow_id": "workflow_id = :workflow_id",
    "type_name": "type_name = :type_name",
    "type_version": "type_version = :type_version",
    "tag": "EXISTS (SELECT 1 FROM json_each(tags) WHERE value = :tag)",
    "close_status": "close_status = :close_status",
}


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The open or the closed executions of a domain, in a window of time, that pass the filters."""

    domain: int
    closed: bool
    by: Literal["started", "closed"]
    """The time that the window is about, and that the list is ordered by."""
    oldest: float
    latest: float | None
    kept_since: float | None = None
    workflow_id: str | None = None
    type_name: str | None = None
    type_version: str | None = None
    tag: str | None = None
    close_status: str | None = None

    def arguments(self) -> list[Any]:
        """Return what must be the same on each page."""
        return [value for name, value in vars(self).items() if name != "kept_since"]

    def key(self, row: ExecutionRow) -> list[Any]:
        """Return what a row is ordered by."""
        return [row.started if self.by == "started" else row.closed, row.id]

    def count(self) -> tuple[str, dict[str, Any]]:
        """Return the statement that counts them, and its values."""
        where, values = self._where()
        return f"SELECT count(*) FROM executions WHERE {where}", values

    def page(
        self, limit: int, *, ascending: bool, behind: tuple[float, int] | None
    ) -> tuple[str, dict[str, Any]]:
        """Return the statement that reads a page of them, newest first or `ascending`, and its values."""
        where, values = self._where()
        order = "ASC" if ascending else "DESC"
        if behind is not None:
            where += f" AND ({self.by}, id) {'>' if ascending else '<'} (:behind, :behind_id)"
            values["behind"], values["behind_id"] = behind
        values["limit"] = limit
        ordered = f"ORDER BY {self.by} {order}, id {order} LIMIT :limit"
        return f"SELECT {_COLUMNS} FROM executions WHERE {where} {ordered}", values

    def _where(self) -> tuple[str, dict[str, Any]]:
        conditions = ["domain = :domain", f"closed IS {'NOT ' if self.closed else ''}NULL"]
        values: dict[str, Any] = {"domain": self.domain}
        for name, condition in _CONDITIONS.items():
            if (value := getattr(self, name)) is not None:
                conditions.append(condition.format(by=self.by))
                values[name] = value
        return " AND ".join(conditions), values
