"""Performing attempts in a child process, which may die of them.

It is forked: what was imported is there at once, and a new one costs a millisecond. Forks and threads do not
mix, so it happens between two attempts, while our own threads rest.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING, Any, Final

from simpleflow.swf.process.child import Child, wait_readable
from simpleflow.swf.worker import performer as p
from simpleflow.swf.worker.attempt import Attempt, End, Outcome
from simpleflow.swf.worker.force import Force
from simpleflow.swf.worker.guard import Guard
from simpleflow.swf.worker.trees import signal_tree

if TYPE_CHECKING:
    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader
    from simpleflow.swf.worker.heartbeats import Heartbeats

__all__ = ["Elsewhere"]

logger = logging.getLogger(__name__)

_BURIAL_SECONDS = 1.0
_TRIES = 3


class Elsewhere:
    """Performs in a child process, that lives on between attempts (`lasting`) or is new for each.

    An attempt that shall end is asked to at its next heartbeat; after `patience` seconds with SIGTERM, after
    as many again with SIGKILL, it and all processes that it began. Use it from the main thread, on which the
    child depends; `end` comes from any.
    """

    def __init__(
        self,
        loader: Loader,
        middlewares: Middlewares,
        heartbeats: Heartbeats,
        title: str,
        *,
        lasting: bool = True,
        patience: float = 3.0,
    ) -> None:
        self._performer = p.Performer(loader, middlewares, title)
        self._heartbeats = heartbeats
        self._title = title
        self._lasting = lasting
        self._patience = patience
        self._guard = Guard(title)
        self._child: Child | None = None
        self._pipe: Connection[Any, Any]
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)
        self._end: End | None = None
        self._timeouts: dict[tuple[str, str], float | None] = {}
        """The heartbeat timeouts of activities, with what attempts ask for, as far as the child has said."""

    def prepare(self) -> None:
        """Have a child, and forget the attempt before."""
        if self._end != "stopped":
            self._end = None
        self._living()

    def perform(self, attempt: Attempt) -> Outcome:
        """Perform an attempt, after `prepare`; once more, if the child dies before the activity begins."""
        for _ in range(_TRIES):
            child = self._living()
            self._performer.begun = False
            if (kind := _kind(attempt)) in self._timeouts:
                self._heartbeats.timeout_is(self._timeouts[kind])
            with contextlib.suppress(OSError):  # it died between two attempts: that will be seen in a moment
                self._pipe.send_bytes(p.ENCODE(attempt))
            outcome, died = self._watched(child, attempt)
            if not died or self._performer.begun or self._end is not None:
                break
            logger.warning("%s before it could perform %s", outcome.reason, attempt.activity_id)
        return outcome.after(self._end)

    def end(self, why: End) -> None:
        """Let the attempt end; from any thread."""
        if self._end is None or (why == "stopped" and self._end == "canceled"):
            self._end = why
        with contextlib.suppress(OSError):  # it is full of such requests, or all is over
            os.write(self._wake_out, b"!")

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._drop(self._child)
        self._guard.close()
        wakes = self._wake_in, self._wake_out
        self._wake_in = self._wake_out = -1
        for fd in wakes:
            if fd >= 0:
                os.close(fd)

    # The child's life

    def _living(self) -> Child:
        if self._child is not None and self._child.ended():
            self._drop(self._child)
        if self._child is None or self._guard.ended():
            with self._heartbeats.at_rest():
                self._guard.start()
                self._child = self._child or self._born()
            self._guard.watch(self._child.pid)
        return self._child

    def _born(self) -> Child:
        ours, theirs = Pipe()
        others = (ours.fileno(), self._wake_in, self._wake_out, *self._guard.fds)
        child = Child(lambda: self._performer.run(theirs, others), self._title)
        try:
            child.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._pipe = ours
        return child

    def _drop(self, child: Child) -> None:
        self._pipe.close()  # it exits when nothing more can come
        if child.wait(_BURIAL_SECONDS) is None:
            signal_tree(child.pid, signal.SIGKILL)
            child.kill()
        self._guard.watch(None)
        self._child = None

    # An attempt

    def _watched(self, child: Child, attempt: Attempt) -> tuple[Outcome, bool]:
        """Wait for the outcome, or for the end of the child; tell whether that was it."""
        force = Force(child, self._pipe, self._patience)
        told: str | None = None
        outcome: Outcome | None = None
        died = False
        while outcome is None:
            fds = [self._pipe.fileno(), child.fileno(), self._wake_in]
            ready = wait_readable(fds, force.seconds())
            self._read_wakes()
            if self._end is not None:
                force.use(hurry=self._end == "stopped")
            if self._pipe.fileno() in ready:
                match self._heard():
                    case p.Begins(timeout):
                        self._timeouts[_kind(attempt)] = timeout
                        self._heartbeats.timeout_is(timeout)
                    case p.Tells(details):
                        told = details or told
                        self._heartbeats.tell(details)
                    case p.Ended(outcome):
                        pass
                    case None:
                        died = True
            elif child.ended():
                died = True
            if died:
                outcome = self._died(child, told)
        if not self._lasting and self._child is not None:
            self._drop(child)
        return outcome, died

    def _read_wakes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_in, 4096)

    def _heard(self) -> p.Message | None:
        try:
            return p.MESSAGE(self._pipe.recv_bytes())
        except (EOFError, OSError):
            return None

    def _died(self, child: Child, told: str | None) -> Outcome:
        child.wait(_BURIAL_SECONDS)
        self._drop(child)
        code = child.exit_code
        assert code is not None
        return Outcome.died(f"process {child.pid} died: exit code {code}{_why(code)}", told)


_MEANINGS: Final = {signal.SIGKILL: "out of memory?", signal.SIGSEGV: "a crash in native code"}


def _why(code: int) -> str:
    """Return in words which signal an exit code stands for."""
    if code >= 0:
        return ""
    try:
        number = signal.Signals(-code)
    except ValueError:  # a real-time signal has no name
        return ""
    meaning = _MEANINGS.get(number)
    return f" ({number.name}{f': {meaning}' if meaning else ''})"


def _kind(attempt: Attempt) -> tuple[str, str]:
    """Return what the heartbeat timeout of an attempt follows from."""
    return attempt.name, str(attempt.heartbeat_timeout())
