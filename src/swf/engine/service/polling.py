"""Polls of both kinds: the first task of a list, or one that has just become available."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.engine.service.runs import Run
    from swf.engine.store import TaskRow

__all__ = ["Poll"]


@dataclass(frozen=True)
class Poll:
    """An operation that waits for tasks of a kind.

    `start` begins a task and answers with it, or with None when that ended its run (a full history).
    """

    kind: Literal["decision", "activity"]
    start: Callable[[Books, Domain, Run, int, Any], msgspec.Struct | None]
    empty: msgspec.Struct
    """The answer when its time is over."""

    def first(self, books: Books, domain: Domain, request: Any) -> msgspec.Struct | None:
        """Answer with the first task of the list that is asked for, None when there is none yet."""
        while (found := books.store.first_task(self.kind, domain.id, request.task_list.name)) is not None:
            if (answer := self._begin(books, domain, *found, request)) is not None:
                return answer
        return None

    def hand_over(self, books: Books, domain: Domain, task: TaskRow, request: Any) -> msgspec.Struct | None:
        """Answer a poll that waited with a task that has just become available."""
        return self._begin(books, domain, task.execution, task.event_id, request)

    def _begin(
        self, books: Books, domain: Domain, run_id: int, event_id: int, request: Any
    ) -> msgspec.Struct | None:
        run = books.run(run_id)
        assert run is not None, "a task outlives its run"
        return self.start(books, domain, run, event_id, request)
