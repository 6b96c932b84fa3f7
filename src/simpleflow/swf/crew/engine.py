"""An engine on a file, kept up in a process of its own for as long as it is needed."""

from __future__ import annotations

import asyncio
import functools
import signal
import time
from typing import TYPE_CHECKING

from simpleflow.swf.process.child import Child
from simpleflow.swf.process.supervisor import Group, Supervisor
from simpleflow.swf.process.titles import set_title
from swf.client import connect
from swf.client.file import FileClient
from swf.exceptions import EngineInUse, EngineUnreachable

if TYPE_CHECKING:
    from pathlib import Path

    from swf.protocol.client import Client

__all__ = ["ServedEngine"]

_LOOK_AGAIN = 0.05
"""Seconds until it is looked again whether the file is free."""
_COMES_UP_SECONDS = 10.0
_LOOK_SECONDS = 0.2
"""How long an engine that comes up is waited for, before it is looked whether it ever will."""
_GOODBYE_SECONDS = 10.0


class ServedEngine:
    """The engine on `file`: that of whoever has it, or one that is served by a child process.

    The child is supervised, and dies with this process. Enter it before threads are begun. Raises
    `EngineUnreachable` when no engine comes up: its own log says why.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        served = Supervisor(
            Group("Engine", functools.partial(_serve, file)), name="EngineSupervisor", quiet=True
        )
        self._child = Child(served.run, "EngineSupervisor")

    @property
    def ended(self) -> bool:
        """Whether who supervises it is gone."""
        return self._child.ended()

    def client(self) -> Client:
        """Return a client of it; one that waits while the engine is away."""
        return connect(self._file, open_file=False)

    def __enter__(self) -> ServedEngine:
        self._child.start()
        try:
            self._wait_until_served()
        except BaseException:
            self._child.kill()
            raise
        return self

    def _wait_until_served(self) -> None:
        end = time.monotonic() + _COMES_UP_SECONDS
        while True:
            try:
                FileClient(self._file, patience=_LOOK_SECONDS, open_file=False).open().close()
            except EngineUnreachable:
                if self._child.ended() or time.monotonic() > end:
                    raise
            else:
                return

    def __exit__(self, *exception: object) -> None:
        self._child.signal(signal.SIGTERM)
        if self._child.wait(_GOODBYE_SECONDS) is None:
            self._child.kill()


def _serve(file: Path) -> None:
    """Serve the engine on a file, as soon as nobody else has it, until told to stop."""
    from swf.engine import Engine
    from swf.engine.front.server import Server

    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        try:
            engine = Engine(file)
            break
        except EngineInUse:
            time.sleep(_LOOK_AGAIN)
    with engine:
        asyncio.run(Server(engine).run(lambda: set_title("Engine", "running"), signals=True))
