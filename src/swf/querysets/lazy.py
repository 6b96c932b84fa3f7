"""Lists that come in pages, fetched when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FetchPage", "LazyList"]

T = TypeVar("T")

FetchPage: TypeAlias = "Callable[[str | None], Mapping[str, Any]]"
"""Answers the page that a `nextPageToken` leads to, None for the first."""


class LazyList(Sequence[T], Generic[T]):
    """What SWF lists, each element made of what a page says of it.

    - Iterating holds one page at a time and keeps none: each time over asks for the pages again.
    - An index, a slice, and whether it is empty fetch up to the page that answers; `len`, and comparing
      with a list, fetch all. What was fetched so is kept, and iterating begins with it.
    """

    def __init__(
        self, fetch: FetchPage, key: str, make: Callable[[Mapping[str, Any]], T], kind: str = "LazyList"
    ) -> None:
        self._fetch: FetchPage | None = fetch
        self._key = key
        self._make = make
        self._kind = kind
        self._token: str | None = None
        self._kept: list[T] = []

    def __iter__(self) -> Iterator[T]:
        place = 0
        while place < len(self._kept):  # what is kept may grow meanwhile
            yield self._kept[place]
            place += 1
        fetch, token = self._fetch, self._token
        while fetch is not None:
            page = fetch(token)
            yield from map(self._make, page[self._key])
            if not (token := page.get("nextPageToken")):
                return
            del page  # the next one comes when this one is gone

    def pages(self) -> Iterator[list[T]]:
        """Yield each page; all are kept."""
        yield list(self._kept)
        while self._fetch is not None:
            known = len(self._kept)
            self._keep_page()
            yield self._kept[known:]

    def __len__(self) -> int:
        self._keep(None)
        return len(self._kept)

    def __bool__(self) -> bool:
        self._keep(1)
        return bool(self._kept)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        self._keep(_needed(place))
        return self._kept[place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | LazyList):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it grows, as lists do

    def __repr__(self) -> str:
        shown = [*map(repr, self._kept[:3])]
        if len(self._kept) > 3 or self._fetch is not None:
            shown.append("...")
        return f"<{self._kind} [{', '.join(shown)}]>"

    def _keep(self, count: int | None) -> None:
        """Fetch until so many are kept; all, when None."""
        while self._fetch is not None and (count is None or len(self._kept) < count):
            self._keep_page()

    def _keep_page(self) -> None:
        assert self._fetch is not None
        page = self._fetch(self._token)
        self._kept.extend(map(self._make, page[self._key]))
        self._token = page.get("nextPageToken")
        if not self._token:
            self._fetch = None


def _needed(place: int | slice) -> int | None:
    """Return how many elements an index or a slice needs; None when that depends on how many there are."""
    if isinstance(place, int):
        return place + 1 if place >= 0 else None
    start, stop, step = place.start or 0, place.stop, place.step or 1
    return None if stop is None or start < 0 or stop < 0 or step < 0 else int(stop)
