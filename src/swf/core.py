"""What connects objects to SWF: the client of this process, and objects that ask through a client."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from swf import settings
from swf.calls import Calls
from swf.exceptions import NotConfigured
from swf.protocol.client import Client
from swf.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from swf.protocol.sigv4 import Credentials

__all__ = ["SETTINGS", "ConnectedSWFObject", "LazyClient", "client", "connect", "own_client"]


class ConnectedSWFObject(Calls):
    """An object that asks SWF: with the client given, else that of this process (`swf.connect`).

    `connection` and `boto3_client` are two names for one thing: a client of `swf.client`, or one that boto3
    made, which is wrapped so that it raises the exceptions of `swf.exceptions`. A `region` means Amazon SWF
    there, unless the engine of this process is another one.

    Raises `ValueError` for a region that cannot be.
    """

    def __init__(self, region: str | None = None, connection: Any = None, boto3_client: Any = None) -> None:
        if (given := connection if connection is not None else boto3_client) is not None:
            found = wrapped(given)
        elif region is not None and _process.is_amazon():
            found = _amazon(region, _credentials())
        else:
            found = PROCESS
        vars(self).update(region=region, connection=found, boto3_client=found)

    if TYPE_CHECKING:
        region: str | None
        boto3_client: Client


def connect(engine: str | os.PathLike[str] | Client | None = None) -> Client:
    """Connect this process to an engine, and return the client.

    All objects that were given no connection of their own use it from now on, those too that exist already.
    `engine` is a path, `http://host:port`, `aws[:REGION]`, or a client; else what `SWF_ENGINE` says, else the
    engine on the default file. A process that never connects is connected so when it first asks something.

    Raises `NotConfigured`, `EngineInUse`, `EngineUnreachable`; an `SWFError` when a file cannot be opened.
    """
    return _process.connect(engine)


def client() -> Client:
    """Return the client of this process; it is connected the first time."""
    return _process.client()


def own_client() -> Client:
    """Return another client of this process's engine, to end its polls alone; it connects when it is used."""
    return LazyClient(_process.another)


def wrapped(given: Any) -> Client:
    """Return a client of ours: the one given, or one around a client of boto3."""
    if isinstance(given, Client):
        return given
    from swf.client.amazon import AmazonClient

    return AmazonClient(given)


class LazyClient(Client):
    """A client that is connected when something is first asked; closed, it connects again when it is used.

    `find` connects. `shared` asks `find` each time, and closes nothing.
    """

    def __init__(self, find: Callable[[], Client], *, shared: bool = False) -> None:
        self._find = find
        self._shared = shared
        self._client: Client | None = None
        self._polls_end = False

    def __repr__(self) -> str:
        return "<LazyClient of this process>" if self._shared else f"<LazyClient {self._client!r}>"

    def close(self) -> None:
        if (found := self._client) is not None:
            self._client = None
            found.close()

    def stop_polling(self) -> None:
        self._polls_end = True
        if self._shared or self._client is not None:
            self._found().stop_polling()

    def ask(self, request: msgspec.Struct) -> Any:
        return self._found().ask(request)

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._found()._call(operation, request)

    def _found(self) -> Client:
        if self._shared:
            return self._find()
        if self._client is None:
            self._client = self._find()
            if self._polls_end:
                self._client.stop_polling()
        return self._client

    def __reduce__(self) -> str | tuple[Any, ...]:
        return "PROCESS" if self is PROCESS else super().__reduce__()


class _Process:
    """Which engine this process means, and its client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: str | os.PathLike[str] | None = None
        self._client: Client | None = None
        self._is_given = False

    def connect(self, engine: str | os.PathLike[str] | Client | None) -> Client:
        if engine is None or isinstance(engine, str | os.PathLike):
            self._client = _connected(engine)
            self._engine, self._is_given = engine, False
        else:
            self._client = wrapped(engine)
            self._engine, self._is_given = None, True
        return self._client

    def client(self) -> Client:
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self.connect(None)
        assert self._client is not None
        return self._client

    def close(self) -> None:
        if self._client is not None and not self._is_given:
            self._client.close()
        self._client = None

    def another(self) -> Client:
        return self.client() if self._is_given else _connected(self._engine)

    def is_amazon(self) -> bool:
        """Tell whether nothing says that the engine is another one than Amazon SWF."""
        if self._is_given:
            return False
        said = self._engine or os.environ.get("SWF_ENGINE") or "aws"
        return said == "aws" or str(said).startswith("aws:")


def _connected(engine: str | os.PathLike[str] | None) -> Client:
    from swf.client import connect as connected
    from swf.client.naming import Amazon, engine_meant

    meant = engine_meant(engine)
    if isinstance(meant, Amazon):
        region = meant.region or _configured().get("region")
        return connected(f"aws:{region}" if region else "aws", credentials=_credentials())
    return connected(engine)


@cache
def _amazon(region: str, credentials: Credentials | None) -> Client:
    """Return the client of Amazon SWF in a region; boto3 takes its time to make one."""
    from botocore.exceptions import UnknownRegionError
    from botocore.session import get_session

    from swf.client import connect as connected

    if not (os.environ.get("AWS_ENDPOINT_URL_SWF") or os.environ.get("AWS_ENDPOINT_URL")):
        try:
            get_session().get_partition_for_region(region)
        except UnknownRegionError:
            raise ValueError(f"invalid region: {region}") from None
    return connected(f"aws:{region}", credentials=credentials)


def _configured() -> dict[str, str]:
    return settings.from_home() | SETTINGS


def _credentials() -> Credentials | None:
    """Return the credentials that are set, or in the user's home; None leaves it to boto3's own chain."""
    from swf.protocol.sigv4 import Credentials

    said = _configured()
    key, secret = said.get("aws_access_key_id"), said.get("aws_secret_access_key")
    if key is None and secret is None:
        return None
    if not key or not secret:
        raise NotConfigured("aws_access_key_id and aws_secret_access_key go together: set both, or none")
    return Credentials(key, secret, said.get("aws_session_token"))


_process = _Process()
PROCESS = LazyClient(client, shared=True)
"""What asks through whichever client this process has at the time."""
