"""Virtual time among threads: when every one that had a task waits for the next, time goes on.

A thread that has taken a task runs, until it polls again or ends. Those that never took one (whoever starts
executions, and looks at them) hold nothing up.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from swf.engine.call import failure

if TYPE_CHECKING:
    from swf.engine.call import Call
    from swf.engine.engine import Engine
    from swf.engine.time import VirtualClock
    from swf.engine.waiter import Waiter

__all__ = ["Turns"]

_LOOK_AGAIN = 0.02
"""Real seconds after which a waiting thread looks whether one that ran has ended."""


class Turns:
    """The threads that take tasks from an engine whose time is virtual."""

    def __init__(self, engine: Engine, clock: VirtualClock) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.RLock()
        self._running: set[threading.Thread] = set()
        self._ends: dict[Call, float] = {}

    def wait(self, call: Call, waiter: Waiter) -> None:
        """Wait for the answer to a poll; time goes on when nothing can run."""
        with self._lock:
            self._running.discard(threading.current_thread())
            self._ends[call] = self._clock.time() + self._engine.poll_seconds
        try:
            while not waiter.answered:
                with self._lock:
                    if not self._anyone_runs():
                        self._go_on()
                waiter.wait(_LOOK_AGAIN)
        finally:
            with self._lock:
                del self._ends[call]

    def took_task(self) -> None:
        """The thread of the caller has a task."""
        with self._lock:
            self._running.add(threading.current_thread())

    def _anyone_runs(self) -> bool:
        self._running = {thread for thread in self._running if thread.is_alive()}
        return bool(self._running)

    def _go_on(self) -> None:
        """Let it be the time of the next clock, or of the end of a poll."""
        due = self._engine.next_deadline
        self._clock.reach(min(math.inf if due is None else due, min(self._ends.values())))
        try:
            self._engine.tick()
        except Exception as error:
            raise failure(error) from error
        for call, end in list(self._ends.items()):
            if end <= self._clock.time():
                self._engine.expire(call)
