"""Performing attempts in a child process, which may die of them."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import time
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING, Any

import msgspec

from simpleflow import logging_context
from simpleflow.exceptions import ActivityDied, TaskCanceled
from simpleflow.swf.process.child import Child, how_it_ended, wait_readable
from simpleflow.swf.process.titles import set_title
from simpleflow.swf.worker.attempt import Attempt, Outcome, performed

if TYPE_CHECKING:
    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader
    from simpleflow.swf.worker.heartbeats import End, Heartbeats

__all__ = ["Elsewhere"]

_BURIAL_SECONDS = 1.0


class _Begins(msgspec.Struct, tag=True):
    timeout: float | None


class _Tells(msgspec.Struct, tag=True):
    details: str | None


class _Ended(msgspec.Struct, tag=True):
    outcome: Outcome


_ENCODE = msgspec.json.Encoder().encode
_MESSAGE = msgspec.json.Decoder(_Begins | _Tells | _Ended)
_ATTEMPT = msgspec.json.Decoder(Attempt)
_END = b"end"


class Elsewhere:
    """Performs in a child process, that lives on between attempts (`lasting`) or is new for each.

    An attempt that shall end is asked to at its next heartbeat; after `patience` seconds with SIGTERM, after
    as many again with SIGKILL, it and all processes of its group.
    """

    def __init__(
        self,
        loader: Loader,
        middlewares: Middlewares,
        heartbeats: Heartbeats,
        *,
        lasting: bool = True,
        patience: float = 3.0,
    ) -> None:
        self._loader = loader
        self._middlewares = middlewares
        self._heartbeats = heartbeats
        self._lasting = lasting
        self._patience = patience
        self._child: Child | None = None
        self._pipe: Connection[Any, Any]
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        self._end: End | None = None
        self._now = False

    def perform(self, attempt: Attempt) -> Outcome:
        """Perform an attempt."""
        self._end = None
        child = self._alive()
        try:
            self._pipe.send_bytes(_ENCODE(attempt))
        except OSError:  # it died between two attempts
            self._drop(child)
            child = self._alive()
            self._pipe.send_bytes(_ENCODE(attempt))
        try:
            return self._watched(child)
        finally:
            if not self._lasting:
                self._drop(child)

    def end(self, why: End) -> None:
        """Let the attempt end; from any thread."""
        if self._end is None:
            self._end = why
            os.write(self._wake_out, b"!")

    def stop_now(self) -> None:
        """End the attempt at once; from any thread."""
        self._now = True
        os.write(self._wake_out, b"!")

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._drop(self._child)
        os.close(self._wake_in)
        os.close(self._wake_out)

    # The child's life

    def _alive(self) -> Child:
        if self._child is None or self._child.ended():
            ours, theirs = Pipe()
            wakes = (self._wake_in, self._wake_out)
            child = Child(lambda: self._live(ours, theirs, wakes), "ActivityPoller(performing)")
            child.start()
            theirs.close()
            self._child, self._pipe = child, ours
        return self._child

    def _drop(self, child: Child) -> None:
        self._pipe.close()  # it exits when nothing more can come
        if child.wait(_BURIAL_SECONDS) is None:
            child.kill()
        self._child = None

    def _live(self, ours: Connection[Any, Any], theirs: Connection[Any, Any], wakes: tuple[int, int]) -> None:
        ours.close()
        for fd in wakes:
            os.close(fd)
        _Performer(theirs, self._loader, self._middlewares).run()

    # An attempt

    def _watched(self, child: Child) -> Outcome:
        """Wait for the outcome, or for the end of the child."""
        step = math.inf
        force = iter((signal.SIGTERM, signal.SIGKILL))
        told: str | None = None
        while True:
            ready = wait_readable(
                [self._pipe.fileno(), child.fileno(), self._wake_in],
                None if step == math.inf else step - time.monotonic(),
            )
            if self._now:
                child.kill()
                return Outcome.failed(ActivityDied("its worker was stopped"), told)
            if self._wake_in in ready:
                os.read(self._wake_in, 64)
                if self._end is not None and step == math.inf:
                    step = time.monotonic() + self._patience
                    with contextlib.suppress(OSError):
                        self._pipe.send_bytes(_END)
            if self._pipe.fileno() in ready:
                try:
                    message = _MESSAGE.decode(self._pipe.recv_bytes())
                except (EOFError, OSError):  # its end will be seen in a moment
                    child.wait(_BURIAL_SECONDS)
                    return self._died(child, told)
                match message:
                    case _Begins(timeout):
                        self._heartbeats.timeout_is(timeout)
                    case _Tells(details):
                        told = details or told
                        self._heartbeats.tell(details)
                    case _Ended(outcome):
                        return self._judged(outcome)
            elif child.ended():
                return self._died(child, told)
            if time.monotonic() >= step:
                _signal_group(child, next(force, signal.SIGKILL))
                step = time.monotonic() + self._patience

    def _judged(self, outcome: Outcome) -> Outcome:
        if self._end == "lost":
            return Outcome()
        if self._end == "canceled" and outcome.result is None:
            return Outcome(canceled=True, details=outcome.details)
        return outcome

    def _died(self, child: Child, told: str | None) -> Outcome:
        child.kill()
        if self._end is not None:
            return self._judged(Outcome(canceled=True, details=told))
        code = child.exit_code
        assert code is not None
        return Outcome.failed(
            ActivityDied(f"process {child.pid} died: exit code {code} ({how_it_ended(code)})"), told
        )


def _signal_group(child: Child, number: signal.Signals) -> None:
    with contextlib.suppress(OSError):
        os.killpg(child.pid, number)


class _Performer:
    """The child's side: performs what comes through the pipe, until nothing more can."""

    def __init__(self, pipe: Connection[Any, Any], loader: Loader, middlewares: Middlewares) -> None:
        self._pipe = pipe
        self._loader = loader
        self._middlewares = middlewares

    def run(self) -> None:
        while True:
            try:
                said = self._pipe.recv_bytes()
            except EOFError:
                return
            if said != _END:  # else it came too late
                self._perform(_ATTEMPT.decode(said))

    def _perform(self, attempt: Attempt) -> None:
        logging_context.set("workflow_id", attempt.workflow_id)
        logging_context.set("task_type", "activity")
        logging_context.set("activity_id", attempt.activity_id)
        set_title(f"ActivityPoller(task_list={attempt.task_list})", f"processing {attempt.activity_id}")
        outcome = performed(
            attempt,
            self._loader,
            self._middlewares,
            self._beat,
            lambda timeout: self._pipe.send_bytes(_ENCODE(_Begins(timeout))),
        )
        set_title(f"ActivityPoller(task_list={attempt.task_list})", "idle")
        logging_context.reset()
        self._pipe.send_bytes(_ENCODE(_Ended(outcome)))

    def _beat(self, details: str | None) -> None:
        self._pipe.send_bytes(_ENCODE(_Tells(details)))
        if self._pipe.poll():
            self._pipe.recv_bytes()
            raise TaskCanceled
