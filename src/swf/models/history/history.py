"""The history of an execution, however much of it has been fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from swf.models.event import EventFactory
from swf.models.history.compiling import compiled

if TYPE_CHECKING:
    from swf.models.event import (
        ActivityTaskEvent,
        ChildWorkflowExecutionEvent,
        CompiledEvent,
        DecisionTaskEvent,
        Event,
        ExternalWorkflowExecutionEvent,
        LambdaFunctionEvent,
        MarkerEvent,
        TimerEvent,
        WorkflowExecutionEvent,
    )

__all__ = ["FetchPage", "History"]

FetchPage: TypeAlias = Callable[[str | None], Mapping[str, Any]]
"""Answers the page that a `nextPageToken` leads to, None for the first: a dict with `events` and, unless it
is the last, `nextPageToken`. As GetWorkflowExecutionHistory does, and PollForDecisionTask."""

_CLOSED = ("completed", "failed", "canceled", "terminated", "timed_out", "continued_as_new")


class History(Sequence["Event"]):
    """The events of one execution, in order; or the latest first, when its pages come so.

    A history `from_pages` fetches what is asked for and no more:

    - Iterating, `filter` and `in` hold one page at a time and keep none: each time over asks for the pages
      again.
    - An index, a slice, `first`, `last`, `latest`, `len` and `events` fetch up to the page that answers, and
      keep what was fetched; iterating then begins with that.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_GetWorkflowExecutionHistory.html
    """

    def __init__(self, events: Iterable[Event] = (), raw: Any = None) -> None:
        self._events = list(events)
        self._fetch: FetchPage | None = None
        self._token: str | None = None
        self._compiled: tuple[CompiledEvent, ...] | None = None
        self.raw = raw
        """What it was made of, where whoever made it says so."""
        self.latest_first = False
        """Whether its sequence begins with the latest event."""

    @classmethod
    def from_event_list(cls, events: Iterable[Mapping[str, Any]]) -> History:
        """Return the history of the events that dicts say, as boto3 answers them."""
        raw = list(events)
        return History(map(EventFactory, raw), raw=raw)

    @classmethod
    def from_pages(
        cls, fetch: FetchPage, *, first: Mapping[str, Any] | None = None, latest_first: bool = False
    ) -> History:
        """Return a history whose pages are fetched when they are needed.

        `first` is the first page, when that is at hand already: the answer of PollForDecisionTask.
        `latest_first` says that pages were asked for with `reverseOrder`.
        """
        history = History(raw=first)
        history.latest_first = latest_first
        history._fetch = fetch
        if first is not None:
            history._keep(first)
        return history

    # A sequence

    def __iter__(self) -> Iterator[Event]:
        place = 0
        while place < len(self._events):  # what is kept may grow meanwhile
            yield self._events[place]
            place += 1
        fetch, token = self._fetch, self._token
        while fetch is not None:
            page = fetch(token)
            for raw in page["events"]:
                yield EventFactory(raw)
            if not (token := page.get("nextPageToken")):
                return

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> History: ...
    def __getitem__(self, place: int | slice) -> Event | History:
        """Return an event, or the history of a slice. Raises `IndexError` past the end."""
        if isinstance(place, slice):
            self._keep_until(_needed(place))
            part = History(self._events[place])
            part.latest_first = self.latest_first is not ((place.step or 1) < 0)
            return part
        self._keep_until(place + 1 if place >= 0 else None)
        return self._events[place]

    @property
    def reversed(self) -> Iterator[Event]:
        """The events from the end of the sequence to its beginning."""
        yield from self.events[::-1]

    # What there is

    @property
    def events(self) -> list[Event]:
        """All events; they are kept."""
        self._keep_until(None)
        return self._events

    @property
    def first(self) -> Event:
        """The earliest event. Raises `IndexError` when there is none."""
        return self[-1 if self.latest_first else 0]

    @property
    def last(self) -> Event:
        """The latest event. Raises `IndexError` when there is none."""
        return self[0 if self.latest_first else -1]

    def latest(self, n: int) -> list[Event]:
        """Return the latest events, so many at most, in the order in which they happened."""
        if n <= 0:
            return []
        return list(self[:n])[::-1] if self.latest_first else list(self[-n:])

    @property
    def finished(self) -> bool:
        """Whether the execution has come to its end, in whichever of the six ways."""
        latest = self.latest(1)
        return bool(latest) and latest[0].type == "WorkflowExecution" and latest[0].state in _CLOSED

    @overload
    def filter(self, *, type: Literal["ActivityTask"], **attributes: Any) -> list[ActivityTaskEvent]: ...
    @overload
    def filter(
        self, *, type: Literal["ChildWorkflowExecution"], **attributes: Any
    ) -> list[ChildWorkflowExecutionEvent]: ...
    @overload
    def filter(self, *, type: Literal["DecisionTask"], **attributes: Any) -> list[DecisionTaskEvent]: ...
    @overload
    def filter(
        self, *, type: Literal["ExternalWorkflowExecution"], **attributes: Any
    ) -> list[ExternalWorkflowExecutionEvent]: ...
    @overload
    def filter(self, *, type: Literal["LambdaFunction"], **attributes: Any) -> list[LambdaFunctionEvent]: ...
    @overload
    def filter(self, *, type: Literal["Marker"], **attributes: Any) -> list[MarkerEvent]: ...
    @overload
    def filter(self, *, type: Literal["Timer"], **attributes: Any) -> list[TimerEvent]: ...
    @overload
    def filter(
        self, *, type: Literal["WorkflowExecution"], **attributes: Any
    ) -> list[WorkflowExecutionEvent]: ...
    @overload
    def filter(self, **attributes: Any) -> list[Event]: ...
    def filter(self, **attributes: Any) -> Any:
        """Return the events that have all these attributes: `filter(type="ActivityTask", state="failed")`."""
        wanted = attributes.items()
        return [
            event for event in self if all(getattr(event, name, _MISSING) == value for name, value in wanted)
        ]

    @property
    def distinct(self) -> list[list[Event]]:
        """The events by type, in the order in which types first appear."""
        groups: dict[str, list[Event]] = {}
        for event in self:
            groups.setdefault(event.type, []).append(event)
        return list(groups.values())

    # What follows from it

    def compile(self) -> tuple[CompiledEvent, ...]:
        """Check the history, and return the objects that it is about, each in its final state.

        Checked are the order of the events, that no id is missing, what events refer to, and how the objects
        moved on. Raises `BrokenHistory`, naming the event at fault. The end of a history cannot be missed:
        without it, it is the history of a moment before.
        """
        self._compiled = tuple(compiled(self.reversed if self.latest_first else self))
        return self._compiled

    @property
    def compiled(self) -> tuple[CompiledEvent, ...]:
        """What `compile` gives; it is called the first time."""
        return self.compile() if self._compiled is None else self._compiled

    # What is kept

    def _keep(self, page: Mapping[str, Any]) -> None:
        self._events.extend(map(EventFactory, page["events"]))
        self._token = page.get("nextPageToken")
        if not self._token:
            self._fetch = None

    def _keep_until(self, count: int | None) -> None:
        """Fetch pages until so many events are kept; all of them, when None."""
        while self._fetch is not None and (count is None or len(self._events) < count):
            self._keep(self._fetch(self._token))

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, islice(self._events, 3)))
        more = f", ... {len(self._events)} at hand" if len(self._events) > 3 or self._fetch else ""
        return f"<History [{shown}{more}]>"


_MISSING = object()


def _needed(place: slice) -> int | None:
    """Return how many events a slice needs, None when that depends on how many there are."""
    start, stop = place.start or 0, place.stop
    if stop is None or start < 0 or stop < 0 or (place.step or 1) < 0:
        return None
    return int(stop)
