"""A forked process that dies with its parent, and takes with it what it leaves behind."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import select
import signal
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, NoReturn

from simpleflow.swf.process.signals import STOP_SIGNALS, reset_signal_handlers
from simpleflow.swf.process.titles import set_title

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Child", "die_with_parent", "how_it_ended", "wait_readable"]

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.05


class Child:
    """A process that calls `target` and exits: with its result, 0 for None, 1 after an exception.

    It leads a process group of its own, so a Ctrl-C at the terminal does not reach it; SIGTERM and SIGINT end
    it until `target` decides otherwise. It reads nothing from stdin. When its parent dies, be it by SIGKILL,
    it is killed; when it dies by a signal or fails, what is left of its group is killed.

    `target` runs in a copy of this process: it must open its own files and connections. Begin children
    before threads, as what another thread holds in the instant of the fork stays held in the copy; and on a
    thread that outlives them, as on Linux they die with that.
    """

    def __init__(self, target: Callable[[], int | None], name: str) -> None:
        self.name = name
        self.pid = 0
        self.exit_code: int | None = None
        """How it ended; negative for the signal that it died by."""
        self._target = target
        self._fd = -1

    def __repr__(self) -> str:
        return f"{self.name} (pid {self.pid})"

    def start(self) -> None:
        """Begin the process."""
        _flush()  # else the copy would write it too
        parent = os.getpid()
        # A signal that arrives before the copy has its own handlers waits, and then ends it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            self.pid = _fork()
            if self.pid == 0:
                _live(self._target, self.name, parent, mask)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with contextlib.suppress(OSError):  # it has done so itself, or is gone
            os.setpgid(self.pid, self.pid)
        with contextlib.suppress(AttributeError, OSError):  # Linux has it, others have not
            self._fd = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        """Return what becomes readable when the process ends, -1 where the system has no such thing."""
        return self._fd

    def ended(self) -> bool:
        """Tell whether the process has ended, and tidy up after it."""
        if self.exit_code is None and self.pid:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it: how it ended nobody knows
                pid, status = self.pid, 1 << 8
            if pid:
                self._bury(os.waitstatus_to_exitcode(status))
        return self.exit_code is not None

    def _bury(self, exit_code: int) -> None:
        self.exit_code = exit_code
        if exit_code:
            with contextlib.suppress(OSError):  # nobody is left
                os.killpg(self.pid, signal.SIGKILL)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for its end, so long at most; return its exit code, None when it lives on."""
        until = None if seconds is None else time.monotonic() + seconds
        while not self.ended():
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                break
            wait_readable([self.fileno()], left)
        return self.exit_code

    def signal(self, number: int) -> None:
        """Send a signal to the process, if it still lives."""
        if self.pid and not self.ended():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process and its group, and see it dead."""
        if self.pid and not self.ended():
            with contextlib.suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            os.kill(self.pid, signal.SIGKILL)  # where it had no time to lead a group
            self.wait()


def wait_readable(fds: list[int], seconds: float | None) -> list[int]:
    """Wait until one is readable, and return those; -1 stands for what must be looked at now and then."""
    poll = select.poll()
    for fd in fds:
        if fd >= 0:
            poll.register(fd, select.POLLIN)
    limit = math.inf if seconds is None else max(seconds, 0.0)
    if -1 in fds:
        limit = min(limit, _LOOK_SECONDS)
    return [fd for fd, _ in poll.poll(None if limit == math.inf else math.ceil(limit * 1000))]


def how_it_ended(exit_code: int) -> str:
    """Return in words how a process ended: `was killed by SIGKILL`, `exited with code 1`."""
    if exit_code >= 0:
        return f"exited with code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:  # a real-time signal has no name
        return f"was killed by signal {-exit_code}"


def die_with_parent(parent: int) -> None:
    """Let this process be killed when its parent dies, and at once if it has died already.

    On Linux the kernel does it (prctl(2), PR_SET_PDEATHSIG: it is the death of the thread that forked that
    counts); elsewhere a thread looks.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _fork() -> int:
    with warnings.catch_warnings():
        # From Python 3.12 on it is said that threads and fork do not mix; `Child` says so itself.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _live(
    target: Callable[[], int | None], name: str, parent: int, mask: set[signal.Signals | int]
) -> NoReturn:
    code = 1
    try:
        reset_signal_handlers()
        os.setpgid(0, 0)
        die_with_parent(parent)
        _read_nothing()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        set_title(name, "initializing")
        code = _code_of(target())
    except SystemExit as error:
        code = _code_of(error.code)
    except BaseException:  # the process ends here: nobody above would tell
        logger.exception("%s failed", name)
    finally:
        _flush()
        os._exit(code)  # exit handlers are the parent's


def _code_of(result: object) -> int:
    if isinstance(result, str):  # sys.exit("why")
        sys.stderr.write(f"{result}\n")
        return 1
    return result & 0xFF if isinstance(result, int) else 0


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more, or it is closed
            stream.flush()


def _read_nothing() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    if null != 0:
        os.dup2(null, 0)
        os.close(null)
