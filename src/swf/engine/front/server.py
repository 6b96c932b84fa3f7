"""A server: the sockets it listens on, the thread or the process it runs in, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib.metadata
import os
import signal
import socket
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from swf.engine.front.bounds import Bounds
from swf.engine.front.connection import Connection
from swf.engine.front.desk import Desk
from swf.engine.front.gate import Gate, is_loopback
from swf.engine.front.timekeeper import Timekeeper
from swf.engine.time import VirtualClock
from swf.exceptions import CannotServe
from swf.places import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from swf.engine.front.contract import ServedEngine

__all__ = ["Server", "serve"]

_TURNS_TO_BE_READ = 8
"""More turns of the loop than pass from a connection in the backlog to its first bytes being read (4)."""


class Server:
    """An engine, served over HTTP until it is closed."""

    def __init__(
        self,
        engine: ServedEngine,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        secrets: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._engine = engine
        self._secrets = secrets
        self._bounds = bounds or Bounds()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop
        self._asked_to_stop: asyncio.Event
        self._over: asyncio.Event
        """Nobody is connected any more, or it is no use to wait for that."""

    @property
    def url(self) -> str:
        """Where clients of this machine reach it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    # In a thread

    def start(self) -> None:
        """Serve in a thread of its own; returns when it listens. Raises `CannotServe`."""
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=asyncio.run, args=(self._in_thread(started),), name="swf-front", daemon=True
        )
        self._thread.start()
        started.result()

    def close(self) -> None:
        """End a server that was started: open polls are answered with nothing, the rest with its answer."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._asked_to_stop.set)
        if self._thread is not threading.current_thread():  # the garbage collector may run anywhere
            self._thread.join()

    async def _in_thread(self, started: Future[None]) -> None:
        try:
            await self.run(lambda: started.set_result(None))
        except BaseException as error:  # told to whoever started it
            if started.done():
                raise
            started.set_exception(error)

    # In this thread

    async def run(self, listening: Callable[[], None], *, signals: bool = False) -> None:
        """Serve until asked to stop: by `close`, or with `signals` by SIGTERM or SIGINT (twice: at once).

        Raises `CannotServe`.
        """
        self._loop = asyncio.get_running_loop()
        self._asked_to_stop = asyncio.Event()
        self._over = asyncio.Event()
        addresses = await self._addresses()
        loopback = all(is_loopback(address) for address in addresses)
        if not loopback and not self._secrets:
            raise CannotServe(
                f"{self.host} can be reached from other machines: whoever asks there must sign. "
                "Give a file of access keys and secrets (--credentials FILE), or listen on 127.0.0.1"
            )
        desk = self._desk(loopback)
        listeners = await self._listen(desk, addresses)
        self._engine.announce(self.url)
        keeper = None
        if not isinstance(self._engine.clock, VirtualClock):  # that one is moved by others
            keeper = Timekeeper(self._engine, self._loop)
            keeper.start()
        sweeper = self._loop.create_task(self._sweep(desk))
        if signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(number, self._stop_by_signal)
        try:
            listening()
            await self._asked_to_stop.wait()
        finally:
            self._engine.announce(None)
            await self._stop(desk, listeners)
            if keeper is not None:
                keeper.stop()
            sweeper.cancel()

    def _stop_by_signal(self) -> None:
        if self._asked_to_stop.is_set():
            self._over.set()
        self._asked_to_stop.set()

    def _desk(self, loopback: bool) -> Desk:
        path = self._engine.path
        name = identity(path) if path is not None else None
        gate = Gate(loopback=loopback, secrets=self._secrets, identity=name)
        store = "memory" if path is None else str(path) if loopback else path.name
        health = {"store": store, "version": _version()}
        if name is not None:
            health["engine"] = name
        return Desk(self._engine, gate, self._loop, self._bounds, health=health)

    async def _addresses(self) -> list[str]:
        if not self.host:
            raise CannotServe("no host to listen on")
        if not 0 <= self.port <= 65_535:
            raise CannotServe(f"there is no port {self.port}: ports are 0 to 65535")
        try:
            found = await self._loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "this is no name of a host"
            raise CannotServe(f"cannot listen on {self.host}: {reason}") from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        return addresses if self.port else addresses[:1]

    async def _listen(self, desk: Desk, addresses: list[str]) -> list[asyncio.Server]:
        listeners: list[asyncio.Server] = []
        for address in addresses:
            try:
                listener = await self._loop.create_server(
                    lambda: Connection(desk), address, self.port, backlog=1024
                )
            except OSError as error:
                if len(addresses) > 1 and error.errno == errno.EADDRNOTAVAIL:
                    continue  # localhost is ::1 too, on machines that have it
                for listener in listeners:
                    listener.close()
                why = os.strerror(error.errno) if error.errno else error
                raise CannotServe(f"cannot listen on {self.host}:{self.port}: {why}") from None
            listeners.append(listener)
        if not listeners:
            raise CannotServe(f"cannot listen on {self.host}:{self.port}: no such address here")
        self.port = listeners[0].sockets[0].getsockname()[1]
        return listeners

    async def _sweep(self, desk: Desk) -> None:
        while True:
            await asyncio.sleep(self._bounds.sweep_seconds)
            desk.sweep()

    async def _stop(self, desk: Desk, listeners: list[asyncio.Server]) -> None:
        for _ in range(_TURNS_TO_BE_READ):  # who has sent something by now is under way, not idle
            await asyncio.sleep(0)
        for listener in listeners:
            listener.close()
        desk.stop(self._over.set)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.stop_seconds):
                await self._over.wait()
        desk.abort()
        await asyncio.sleep(0)  # for the connections to be told


def serve(
    engine: ServedEngine,
    host: str = "127.0.0.1",
    port: int = 0,
    credentials: Mapping[str, str] | None = None,
    bounds: Bounds | None = None,
) -> Server:
    """Serve an engine in a thread; `credentials` has the secret of each access key.

    On an address that other machines reach, they must be given. Raises `CannotServe`.
    """
    server = Server(engine, host, port, secrets=credentials, bounds=bounds)
    server.start()
    return server


def _version() -> str:
    try:
        return importlib.metadata.version("simpleflow")
    except importlib.metadata.PackageNotFoundError:  # run from a folder that nobody installed
        return "unknown"
