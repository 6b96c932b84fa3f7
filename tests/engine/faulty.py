"""Connections to SQLite of which a call fails, as if the disk were full, broken, or somebody else's."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ERRORS", "Trouble", "numbers"]

ERRORS = ("database or disk is full", "disk I/O error", "database is locked")


@dataclass
class Trouble:
    """Says which calls of the connections that it makes fail: none until `strike`."""

    first: int = 0
    """The call that fails, counted from when it was said; 0 is none."""
    times: int = 1
    error: str = ERRORS[0]
    kind: type[BaseException] = sqlite3.OperationalError
    calls: int = 0
    struck: int = 0
    """How many calls have failed since it was said."""

    def strike(self, first: int, times: int = 1, error: str = ERRORS[0]) -> None:
        """Let the `first` call from now on fail, and those behind it, so many in all."""
        self.first, self.times, self.error, self.calls, self.struck = first, times, error, 0, 0

    def end(self) -> None:
        """Let all calls succeed."""
        self.first = 0

    def meet(self) -> None:
        """Count a call. Raises when it is to fail."""
        self.calls += 1
        if self.first and self.first <= self.calls < self.first + self.times:
            self.struck += 1
            raise self.kind(self.error)

    def connection(self) -> type[sqlite3.Connection]:
        """Return the kind of connection that it troubles."""
        trouble = self

        class FaultyConnection(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                trouble.meet()
                return super().execute(*given)

            def executescript(self, script: str, /) -> sqlite3.Cursor:
                trouble.meet()
                return super().executescript(script)

            def commit(self) -> None:
                trouble.meet()
                super().commit()

        return FaultyConnection


def numbers() -> Iterator[tuple[int, str]]:
    """Yield 1, 2, 3 ... and an error with each."""
    number = 0
    while True:
        number += 1
        yield number, ERRORS[number % len(ERRORS)]
