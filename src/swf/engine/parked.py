"""The polls that wait, by what they wait for: the one that has waited longest is served first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swf.engine.call import Call

__all__ = ["Parked", "Place"]

Place = tuple[str, int, str]
"""Kind of task, number of the domain, task list."""


class Parked:
    """Waiting polls. What a transaction takes out or puts in is undone with it."""

    def __init__(self) -> None:
        self._places: dict[Place, dict[Call, None]] = {}
        self._place_of: dict[Call, Place] = {}
        self._taken: dict[Call, Place] = {}
        self._put: set[Call] = set()
        """Those that did not wait before the transaction."""

    def __len__(self) -> int:
        return len(self._place_of)

    def __contains__(self, call: Call) -> bool:
        return call in self._place_of

    def count(self, place: Place) -> int:
        """Return how many polls wait there."""
        return len(self._places.get(place, ()))

    def put(self, place: Place, call: Call) -> None:
        """Let a poll wait."""
        self._places.setdefault(place, {})[call] = None
        self._place_of[call] = place
        if call not in self._taken:
            self._put.add(call)

    def take(self, place: Place) -> Call | None:
        """Remove and return the poll that has waited longest, of those that can still be answered."""
        while waiting := self._places.get(place):
            call = next(iter(waiting))
            self.remove(call)
            if call.alive():
                self._taken.setdefault(call, place)
                return call
        return None

    def remove(self, call: Call) -> bool:
        """Let a poll wait no longer; tell whether it did."""
        if (place := self._place_of.pop(call, None)) is None:
            return False
        waiting = self._places[place]
        del waiting[call]
        if not waiting:
            del self._places[place]
        return True

    def all(self) -> list[Call]:
        """Return all that wait."""
        return list(self._place_of)

    def settle(self) -> None:
        """The transaction stands."""
        self._taken.clear()
        self._put.clear()

    def restore(self) -> None:
        """The transaction is undone: who was served waits again, in front; who came leaves."""
        for call in self._put:
            self.remove(call)
        for call, place in reversed(self._taken.items()):
            if call not in self._put:
                self._places[place] = {call: None} | self._places.get(place, {})
                self._place_of[call] = place
        self.settle()
