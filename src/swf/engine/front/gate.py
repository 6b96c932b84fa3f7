"""Who may ask: on loopback the programs of this machine, elsewhere whoever signs with a known key."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from swf.exceptions import AccessDenied, Misdirected
from swf.protocol.sigv4 import Request, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swf.engine.front.exchange import Exchange

__all__ = ["Gate", "is_loopback"]

IDENTITY = b"x-swf-engine"
"""The header by which a client that knows an engine by its file says which one it means."""


class Gate:
    """The rules of one server."""

    def __init__(self, *, loopback: bool, secrets: Mapping[str, str] | None, identity: str | None) -> None:
        self._loopback = loopback
        self._secrets = secrets
        self._identity = identity.encode() if identity else None

    @property
    def verifies(self) -> bool:
        """Whether requests must be signed."""
        return self._secrets is not None

    def check_origin(self, exchange: Exchange) -> None:
        """Raise `AccessDenied` for what a web page may have sent, `Misdirected` for another engine's.

        A page whose name is made to point at this machine gives itself away by its `Host` (DNS rebinding).
        """
        for name, value in exchange.headers:
            if name == b"host":
                if self._loopback and not _of_this_machine(value):
                    raise AccessDenied(
                        f"Host {value.decode('latin-1')!r} is not a name of this machine; "
                        "ask for localhost, 127.0.0.1 or [::1]"
                    )
            elif name == b"origin":
                if self._loopback:
                    raise AccessDenied("requests of web pages, which have an Origin, are not answered")
            elif name == IDENTITY and value != self._identity:
                raise Misdirected

    def check_signature(self, exchange: Exchange) -> None:
        """Raise a fault unless the request is signed as it must be."""
        if self._secrets is None:
            return
        headers: dict[str, str] = {}
        for raw, value in exchange.headers:
            name, text = _text(raw), _text(value)
            headers[name] = f"{headers[name]},{text}" if name in headers else text
        path, _, query = _text(exchange.url).partition("?")
        request = Request(headers, b"".join(exchange.body), exchange.method.decode(), path, query)
        verify(request, self._secrets, now=datetime.now(UTC))


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


@lru_cache(256)
def _of_this_machine(host: bytes) -> bool:
    name = host.decode("latin-1").strip().lower()
    if name.startswith("["):
        name, bracket, port = name[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return False
        port = port[1:]
    else:
        name, _, port = name.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        return False
    return name.removesuffix(".") == "localhost" or is_loopback(name)


def is_loopback(address: str) -> bool:
    """Tell whether an IP address is one of this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
