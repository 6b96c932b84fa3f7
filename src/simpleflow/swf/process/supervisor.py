"""Supervision: so many children of each kind stay alive until the supervisor is told to stop.

One loop waits for whatever comes first: a child's end, a signal, a child's turn to start again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simpleflow.swf.process.child import Child, how_it_ended, wait_readable
from simpleflow.swf.process.signals import ONE_BREATH_SECONDS, StopSignals, Urgency
from simpleflow.swf.process.titles import set_title

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["HOPELESS", "Group", "Supervisor"]

logger = logging.getLogger(__name__)

HOPELESS = 2
"""The exit code of a child that need not be started again: it would end the same way."""

_LONG_LIFE_SECONDS = 2.0
_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 10.0
_INSISTING_SECONDS = 1.0


@dataclass(frozen=True)
class Group:
    """Children that all do the same: `count` processes that call `target` (see `Child`).

    `name` is what `ps` and the log call each of them.
    """

    name: str
    target: Callable[[], int | None]
    count: int = 1


class Supervisor:
    """Keep the children of some groups alive, until told to stop.

    One that dies is replaced: at once, then after 0.1 seconds, then twice as long each time, 10 at most; one
    that lived for 2 seconds begins anew. One that exits with `HOPELESS` (2) stops all.

    Stopping: SIGTERM asks the children to finish what runs; those that live after `grace` seconds, or when
    it becomes urgent, get a second SIGTERM; those that live a second later are killed.

    `run` does it all. Where the process has more to do, `Child(supervisor.run, name)` is a supervisor in a
    process of its own. Or `with supervisor:`, which starts the children and in the end kills those that live,
    `turn` again and again, or `wait` (also in a thread that outlives the children), and `stop` from anywhere.

    The log has what happens to children, and how they are stopped; that of a `quiet` one only for DEBUG.
    """

    def __init__(
        self, *groups: Group, name: str = "Supervisor", grace: float = 30.0, quiet: bool = False
    ) -> None:
        self._name = name
        self._grace = max(grace, 2 * ONE_BREATH_SECONDS)  # or children would take both signals for one
        self._level = logging.DEBUG if quiet else logging.INFO
        self._seats = [_Seat(group) for group in groups for _ in range(group.count)]
        self._asked = Urgency.NONE
        self._said = Urgency.NONE
        self._next_step = float("inf")
        self._exit_code = 0
        self._inbox, self._outbox = os.pipe()
        os.set_blocking(self._inbox, False)
        os.set_blocking(self._outbox, False)

    @property
    def pids(self) -> list[int]:
        """The children that live."""
        return [seat.child.pid for seat in self._seats if seat.child is not None]

    @property
    def over(self) -> bool:
        """Whether it was told to stop, and no child lives any more."""
        return self._asked is not Urgency.NONE and not self.pids

    @property
    def exit_code(self) -> int:
        """What became of it: 0 all ended well, 1 some failed or were killed at the end, 2 hopeless."""
        return self._exit_code

    def run(self) -> int:
        """Supervise until SIGTERM or SIGINT (a second one: now), on the main thread; return the exit code."""
        set_title(self._name, "running")
        with StopSignals(self._level) as signals, self:
            while not self.over:
                self.turn(None, signals)
        return self.exit_code

    def __enter__(self) -> Supervisor:
        """Start all children."""
        for seat in self._seats:
            seat.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Kill those that live."""
        self.kill()
        os.close(self._inbox)
        os.close(self._outbox)

    def stop(self, urgency: Urgency = Urgency.GRACEFUL) -> None:
        """Ask for the end, from any thread: the turns that follow bring it about."""
        with contextlib.suppress(OSError):  # it is full of such requests, or all is over
            os.write(self._outbox, bytes([urgency]))

    def stop_now(self) -> None:
        """Ask for the end at once, from any thread."""
        self.stop(Urgency.NOW)

    def kill(self) -> None:
        """Kill all children, and see them dead."""
        for seat in self._seats:
            if seat.child is not None:
                self._exit_code = self._exit_code or 1
                seat.child.kill()
                seat.child = None
        self._asked = Urgency.NOW

    def wait(self, seconds: float | None = None) -> bool:
        """Supervise until all is over, so long at most; tell whether it is."""
        until = float("inf") if seconds is None else time.monotonic() + seconds
        while not self.over and (left := until - time.monotonic()) > 0:
            self.turn(left)
        return self.over

    def turn(self, seconds: float | None = 0.0, signals: StopSignals | None = None) -> None:
        """Do what is due, after waiting for something to do, so long at most."""
        fds = [seat.child.fileno() for seat in self._seats if seat.child is not None]
        if signals is not None:
            fds.append(signals.fileno())
        due = self._due() - time.monotonic()
        wait_readable([*fds, self._inbox], due if seconds is None else min(due, seconds))
        self._listen(signals)
        self._act()

    def _listen(self, signals: StopSignals | None) -> None:
        heard = self._asked if signals is None else signals.read()
        with contextlib.suppress(BlockingIOError):
            heard = max(heard, *os.read(self._inbox, 4096))
        self._asked = Urgency(max(self._asked, heard))

    def _due(self) -> float:
        if self._asked is not Urgency.NONE:
            return self._next_step
        return min((seat.due for seat in self._seats if seat.child is None), default=float("inf"))

    def _act(self) -> None:
        for seat in self._seats:
            if seat.child is not None and seat.child.ended():
                self._bury(seat, seat.child)
        if self._asked is Urgency.NONE:
            now = time.monotonic()
            for seat in self._seats:
                if seat.child is None and seat.due <= now:
                    self._start_again(seat)
        else:
            self._end()

    def _start_again(self, seat: _Seat) -> None:
        try:
            seat.start()
        except OSError as error:  # no memory, too many processes: that may pass
            logger.error("%s cannot be started: %s; again in %g seconds", seat.name, error, seat.died())

    def _bury(self, seat: _Seat, child: Child) -> None:
        code = child.exit_code
        assert code is not None
        seat.child = None
        if code == HOPELESS:
            logger.error("%r gave up: stopping", child)
            self._exit_code = HOPELESS
            self._asked = max(self._asked, Urgency.GRACEFUL)
        elif self._asked is Urgency.NONE:
            delay = seat.died()
            logger.warning("%r %s; the next starts in %g seconds", child, how_it_ended(code), delay)
        elif code not in (0, -signal.SIGTERM):  # of SIGTERM dies who was asked before it could listen
            logger.error("%r %s", child, how_it_ended(code))
            self._exit_code = self._exit_code or 1

    def _end(self) -> None:
        """Ask, insist, kill: take the next step when it is time."""
        now = time.monotonic()
        if self._said is Urgency.NONE:
            told = "stopping %s: what runs has %g seconds to finish"
            logger.log(self._level, told, self._name, self._grace)
            set_title(self._name, "stopping")
            self._say(Urgency.GRACEFUL, now + self._grace)
        if self._said is Urgency.GRACEFUL and (self._asked is Urgency.NOW or now >= self._next_step):
            self._say(Urgency.NOW, now + _INSISTING_SECONDS)
        if now >= self._next_step:
            self.kill()

    def _say(self, urgency: Urgency, next_step: float) -> None:
        self._said = urgency
        self._next_step = next_step
        for seat in self._seats:
            if seat.child is not None:
                logger.log(self._level, "process: sending SIGTERM to pid=%d", seat.child.pid)
                seat.child.signal(signal.SIGTERM)


class _Seat:
    """The place of one child after another."""

    def __init__(self, group: Group) -> None:
        self.name = group.name
        self.due = 0.0
        self.child: Child | None = None
        self._target = group.target
        self._born = 0.0
        self._deaths = 0

    def start(self) -> None:
        self._born = time.monotonic()
        child = Child(self._target, self.name)
        child.start()
        self.child = child

    def died(self) -> float:
        """Note a death, and return after how many seconds the next child starts."""
        now = time.monotonic()
        self._deaths = 1 if now - self._born >= _LONG_LIFE_SECONDS else self._deaths + 1
        delay = 0.0
        if self._deaths > 1:
            delay = min(_FIRST_DELAY_SECONDS * 2.0 ** min(self._deaths - 2, 30), _LONGEST_DELAY_SECONDS)
        self.due = now + delay
        return delay
