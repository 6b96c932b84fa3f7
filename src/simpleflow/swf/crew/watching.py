"""Waiting for the end of an execution at a terminal, where Ctrl-C is meant for the execution."""

from __future__ import annotations

import logging
import signal
import time
from typing import TYPE_CHECKING, Any

from simpleflow.swf.outcomes import Closing, closing_of, next_run
from swf.exceptions import EngineUnreachable, Throttling, UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    from swf.protocol.client import Client
    from swf.protocol.shapes import WorkflowExecution

__all__ = ["CrewGaveUp", "Leave", "Watch"]

logger = logging.getLogger(__name__)

_SOONEST, _LATEST = 0.005, 0.1
"""Seconds between two looks at how the execution is."""
_STATUS_SECONDS = 2.0


class CrewGaveUp(Exception):
    """Nobody is left who makes the execution go on."""


class Leave(Exception):
    """The process was told to end: the execution stays open, for the next time."""


class Watch:
    """Waits for an execution, and the runs that it is continued in.

    It looks how the execution is every so many seconds, with 0 as often as it is cheap; signals, and whether
    the crew is still there, it minds all the time. While it is entered, the first SIGINT requests the
    cancellation of the execution, the second terminates it; a third one, or SIGTERM, raises `Leave`.
    """

    def __init__(
        self,
        client: Client,
        domain: str,
        execution: WorkflowExecution,
        *,
        crew_ended: Callable[[], bool],
        status: Callable[[str], None] | None = None,
        every: float = 0.0,
    ) -> None:
        self.execution = execution
        self._client = client
        self._domain = domain
        self._crew_ended = crew_ended
        self._status = status
        self._every = every
        self._interrupts = 0
        self._followed = 0
        self._leave = False
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Watch:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def until_closed(self) -> Closing:
        """Return the event that closes it. Raises `CrewGaveUp`, `Leave`, and the engine's faults."""
        pause = _SOONEST
        look_next = say_next = time.monotonic()
        while True:
            closing = None
            if time.monotonic() >= look_next:
                closing = self._look()
                look_next = time.monotonic() + self._every
            if self._status is not None and (closing is not None or time.monotonic() >= say_next):
                self._status("OPEN" if closing is None else "CLOSED")
                say_next += _STATUS_SECONDS
            if closing is not None:
                return closing
            if self._crew_ended():
                raise CrewGaveUp
            self._follow()
            time.sleep(pause)
            pause = min(pause * 1.5, _LATEST)

    def _look(self) -> Closing | None:
        try:
            closing = closing_of(self._client, self._domain, self.execution)
        except (EngineUnreachable, Throttling) as error:  # it is being started again
            logger.debug("asking again: %s", error)
            return None
        if closing is not None and (further := next_run(closing, self.execution.workflow_id)) is not None:
            self.execution = further
            return None
        return closing

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGTERM:
            self._leave = True
        self._interrupts += 1

    def _follow(self) -> None:
        """Do what the signals that came ask for."""
        if self._leave or self._interrupts > 2:
            raise Leave
        while self._followed < self._interrupts:
            self._followed += 1
            named = {"domain": self._domain, "workflowId": self.execution.workflow_id}
            try:
                if self._followed == 1:
                    logger.warning("asking for cancellation; Ctrl-C again terminates the execution")
                    self._client.request_cancel_workflow_execution(**named)
                else:
                    logger.warning("terminating the execution")
                    self._client.terminate_workflow_execution(**named, reason="interrupted")
            except UnknownResource:  # it has just been closed
                return
