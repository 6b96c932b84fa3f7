"""The types of one domain: what is stored of them, and the defaults that executions run by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from swf.engine.machine.types import Defaults

if TYPE_CHECKING:
    from swf.engine.store import Store, TypeRow

__all__ = ["DomainTypes"]


class DomainTypes:
    """Reads the types of a domain and remembers them; whoever changes one says so."""

    def __init__(self, store: Store, domain: int) -> None:
        self._store = store
        self._domain = domain
        self._known: dict[tuple[str, str, str], Defaults] = {}

    def workflow(self, name: str, version: str) -> Defaults | None:
        """Return the defaults of a workflow type, None when it does not exist."""
        return self._defaults("workflow", name, version)

    def activity(self, name: str, version: str) -> Defaults | None:
        """Return the defaults of an activity type, None when it does not exist."""
        return self._defaults("activity", name, version)

    def row(self, kind: str, name: str, version: str) -> TypeRow | None:
        """Return what is stored of a type."""
        return self._store.type(self._domain, kind, name, version)

    def forget(self) -> None:
        """Read anew what may have changed."""
        self._known.clear()

    def _defaults(self, kind: str, name: str, version: str) -> Defaults | None:
        key = (kind, name, version)
        if (known := self._known.get(key)) is None:
            if (row := self.row(*key)) is None:
                return None
            known = self._known[key] = _defaults(row)
        return known


def _defaults(row: TypeRow) -> Defaults:
    given: dict[str, Any] = msgspec.json.decode(row.defaults)
    task_list = given.get("defaultTaskList")
    return Defaults(
        task_list=task_list["name"] if task_list else None,
        task_priority=given.get("defaultTaskPriority"),
        task_start_to_close=given.get("defaultTaskStartToCloseTimeout"),
        execution_start_to_close=given.get("defaultExecutionStartToCloseTimeout"),
        child_policy=given.get("defaultChildPolicy"),
        lambda_role=given.get("defaultLambdaRole"),
        heartbeat=given.get("defaultTaskHeartbeatTimeout"),
        schedule_to_start=given.get("defaultTaskScheduleToStartTimeout"),
        schedule_to_close=given.get("defaultTaskScheduleToCloseTimeout"),
        deprecated=row.status == "DEPRECATED",
    )
