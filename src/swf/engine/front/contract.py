"""What the front asks of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from swf.engine.call import Call

__all__ = ["Clock", "ServedEngine"]


class Clock(Protocol):
    """Tells the time, in seconds since the epoch."""

    def time(self) -> float:
        """Return the time now."""


class ServedEngine(Protocol):
    """An engine, as far as its front knows it. All of it may be called from any thread."""

    @property
    def path(self) -> Path | None:
        """The file, resolved; None is memory."""

    @property
    def clock(self) -> Clock:
        """What timers and timeouts go by."""

    @property
    def poll_seconds(self) -> float:
        """How long a poll waits."""

    @property
    def next_deadline(self) -> float | None:
        """When `try_to_tick` has something to do."""

    def perform(self, calls: Sequence[Call]) -> None:
        """Do what is asked in one transaction; polls that find nothing are parked."""

    def give_up(self, call: Call) -> None:
        """Park a poll no longer, and do not answer it."""

    def expire(self, call: Call) -> None:
        """Answer a poll that is still parked with nothing."""

    def try_to_tick(self, seconds: float) -> bool:
        """Let the clocks expire that are due, and forget what was kept long enough; stop after so long.

        Tell whether that went well; it logs what did not, and may be asked again in a while.
        """

    def watch(self, callback: Callable[[], None]) -> None:
        """Have this called, in any thread, when `next_deadline` has moved to an earlier time."""

    def unwatch(self, callback: Callable[[], None]) -> None:
        """Have this called no longer."""

    def announce(self, address: str | None) -> None:
        """Write beside the file where the engine is reached."""
