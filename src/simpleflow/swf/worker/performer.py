"""The side of the child process: performs what comes through a pipe, until nothing more can.

What goes through the pipe: attempts, and `END` for one that shall end; back come `Begins` (where it is news),
`Tells`, `Ended`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import mmap
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

import msgspec

from simpleflow import logging_context
from simpleflow.exceptions import TaskCanceled
from simpleflow.swf.process import output
from simpleflow.swf.process.titles import set_title
from simpleflow.swf.worker.attempt import Attempt, Outcome, performed

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from types import FrameType

    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader

__all__ = ["ENCODE", "END", "MESSAGE", "Begins", "Ended", "Message", "Performer", "Tells"]


class Begins(msgspec.Struct, tag=True):
    """The activity begins; its heartbeat timeout in seconds, another one than the worker knows of."""

    timeout: float | None


class Tells(msgspec.Struct, tag=True):
    """The activity gave a sign of life, with details perhaps."""

    details: str | None


class Ended(msgspec.Struct, tag=True):
    """The attempt is over."""

    outcome: Outcome


Message = Begins | Tells | Ended

END: Final = b"end"
ENCODE: Final = msgspec.json.Encoder().encode
MESSAGE: Final[Callable[[bytes], Message]] = msgspec.json.Decoder(Begins | Tells | Ended).decode
_ATTEMPT: Final = msgspec.json.Decoder(Attempt).decode


class Performer:
    """Performs one attempt after another."""

    def __init__(self, loader: Loader, middlewares: Middlewares, title: str) -> None:
        self._loader = loader
        self._middlewares = middlewares
        self._title = title
        self._begun = mmap.mmap(-1, 1)  # shared by the processes of both sides: who is told does not wake
        self._known: dict[str, float | None] = {}
        """The heartbeat timeouts that the worker was told."""
        self._sending = threading.Lock()
        self._running = False
        self._pipe: Connection[Any, Any]

    @property
    def begun(self) -> bool:
        """Whether the activity has begun; on both sides."""
        return self._begun[0] == 1

    @begun.setter
    def begun(self, begun: bool) -> None:
        self._begun[0] = begun

    def run(self, pipe: Connection[Any, Any], others: tuple[int, ...]) -> None:
        """Perform what `pipe` brings; `others` are ends of pipes that were inherited and must be closed."""
        for fd in others:
            os.close(fd)
        self._pipe = pipe
        os.register_at_fork(
            before=_hold_sigterm, after_in_parent=_let_sigterm, after_in_child=_die_of_sigterm
        )
        with contextlib.suppress(OSError, RuntimeError, ValueError):  # stderr is closed
            faulthandler.enable()  # else nobody learns where native code crashed
        while True:
            signal.signal(signal.SIGTERM, self._terminated)  # again: the activity may have taken it
            set_title(self._title, "idle")
            try:
                said = pipe.recv_bytes()
            except (EOFError, OSError):
                return
            if said != END:  # else it came too late
                self._perform(_ATTEMPT(said))

    def _perform(self, attempt: Attempt) -> None:
        logging_context.set("workflow_id", attempt.workflow_id)
        logging_context.set("domain", attempt.domain)
        logging_context.set("task_list", attempt.task_list)
        logging_context.set("task_type", "activity")
        logging_context.set("activity_id", attempt.activity_id)
        set_title(self._title, f"performing {attempt.activity_id}")
        try:
            self._running = True
            begins = functools.partial(self._begins, attempt.name)
            outcome = performed(attempt, self._loader, self._middlewares, self._beat, begins)
            self._running = False
        except (TaskCanceled, KeyboardInterrupt) as error:  # a signal, in the instant in which it ended
            self._running = False
            outcome = Outcome(canceled=True) if isinstance(error, TaskCanceled) else Outcome.failed(error)
        output.flush()
        logging_context.reset()
        self._send(Ended(outcome))

    def _begins(self, name: str, timeout: float | None) -> None:
        self.begun = True
        if name not in self._known or self._known[name] != timeout:
            self._known[name] = timeout
            self._send(Begins(timeout))

    def _beat(self, details: str | None) -> None:
        self._send(Tells(details))
        if self._is_asked():
            raise TaskCanceled

    def _send(self, message: Message) -> None:
        with self._sending:  # an activity may have threads
            self._pipe.send_bytes(ENCODE(message))

    def _is_asked(self) -> bool:
        """Tell whether the attempt shall end: nothing else comes through the pipe meanwhile."""
        return self._pipe.poll()

    def _terminated(self, number: int, frame: FrameType | None) -> None:
        """End the activity with an exception, so that it cleans up.

        A SIGTERM that the worker does not announce is for the worker to obey: it comes when systemd or a
        container stops all processes, and then what runs has time to finish.
        """
        if self._running and self._is_asked():
            raise TaskCanceled


# What an activity forks dies of SIGTERM as usual (multiprocessing's pools end so), even just after the fork.


def _hold_sigterm() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])


def _let_sigterm() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])


def _die_of_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _let_sigterm()
