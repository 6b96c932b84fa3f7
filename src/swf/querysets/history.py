"""Histories of executions."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from swf.models.domain import missing_is
from swf.models.execution import WorkflowExecutionDoesNotExist
from swf.models.history import History
from swf.querysets.base import InDomain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["HistoryQuerySet"]


class HistoryQuerySet(InDomain):
    """The histories of the executions of a domain."""

    def get(
        self,
        run_id: str,
        workflow_id: str,
        max_results: int | None = None,
        page_size: int = 100,
        reverse: bool = False,
        callback: Callable[[list[dict[str, Any]]], object] | None = None,
    ) -> History:
        """Return the history of a run, in `reverse` with the latest event first.

        Its pages are fetched when they are needed. With `max_results` it has so many events at most, fetched
        now. `callback` is given the events of each page, as dicts; with one, all pages are fetched now.
        Raises `WorkflowExecutionDoesNotExist` when a page is fetched.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_GetWorkflowExecutionHistory.html
        """
        size = page_size if max_results is None else max(1, min(page_size, max_results))

        def fetch(token: str | None) -> Mapping[str, Any]:
            with missing_is(WorkflowExecutionDoesNotExist):
                page = self.get_workflow_execution_history(
                    self.domain.name, run_id, workflow_id, size, token, reverse or None
                )
            if callback is not None:
                callback(page["events"])
            return page

        history = History.from_pages(fetch, latest_first=reverse)
        if max_results is not None:
            history = _of(islice(history, max_results), reverse)
        elif callback is not None:
            history = _of(history, reverse)
        return history


def _of(events: Any, reverse: bool) -> History:
    history = History(events)
    history.latest_first = reverse
    return history
