"""What `server.start` and `python -m swf.engine` do: open an engine, say so, serve until told to stop."""

from __future__ import annotations

import asyncio
import resource
import sys
from typing import TYPE_CHECKING, Literal

from swf.exceptions import CannotServe

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DEFAULT_PORT", "serve_until_stopped"]

DEFAULT_PORT = 7930


def serve_until_stopped(
    file: Path | None,
    host: str,
    port: int,
    credentials: Path | None,
    durability: Literal["full", "normal"],
) -> None:
    """Serve the engine on a file, or one in memory, until SIGTERM or SIGINT.

    Raises a `swf.exceptions.SWFError` that says why it cannot.
    """
    from swf.engine import Engine
    from swf.engine.front.credentials import read_credentials
    from swf.engine.front.server import Server

    secrets = read_credentials(credentials) if credentials is not None else None
    if file is not None:
        if file.is_dir():
            raise CannotServe(f"{file} is a folder: an engine is one file")
        _make_folder(file.parent)
    _allow_many_connections()
    try:
        engine = Engine(file, durability=durability)
    except OSError as error:
        raise CannotServe(f"cannot open {file}: {error.strerror}") from None
    try:
        server = Server(engine, host, port, secrets=secrets)

        def tell() -> None:
            store = f"stores in {engine.path}" if engine.path else "stores in memory: all is lost at its end"
            where = f"[{host}]" if ":" in host else host
            _say(f"listening on http://{where}:{server.port}; {store}")

        asyncio.run(server.run(tell, signals=True))
        _say("stopped")
    finally:
        engine.close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotServe(f"cannot make the folder {folder}: {error.strerror}") from None


def _say(text: str) -> None:
    sys.stderr.write(f"swf engine: {text}\n")
    sys.stderr.flush()


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
