"""Pages: how large, and which events are on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.protocol.events import Event

__all__ = ["events_page", "page_size"]

LARGEST_PAGE = 1_000


def page_size(asked: int | None) -> int:
    """Return how many rows a page has: as many as asked for, else as many as there may be."""
    return asked or LARGEST_PAGE


def events_page(
    events: Sequence[Event], first: int, last: int, size: int, shown: int | None, descending: bool
) -> tuple[list[Event], int | None]:
    """Return a page of the events with ids from `first` to `last`, and its last id when more remain.

    `shown` is the last id of the page before.
    """
    if descending:
        high = last if shown is None else shown - 1
        low = max(first, high - size + 1)
        return list(reversed(events[low - 1 : high])), low if low > first else None
    low = first if shown is None else shown + 1
    high = min(last, low + size - 1)
    return list(events[low - 1 : high]), high if high < last else None
