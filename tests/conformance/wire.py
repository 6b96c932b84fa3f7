"""Requests byte by byte, and answers as they come."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from conformance.region import Region

__all__ = ["LONG", "SHORT", "Reply", "Wire"]

SHORT = "SimpleWorkflowService."
LONG = "com.amazonaws.swf.service.model.SimpleWorkflowService."


@dataclass(frozen=True)
class Reply:
    """What came back: header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What the body says; objects keep the order of their members."""
        return json.loads(self.body)


class Wire:
    """A served engine's wire."""

    def __init__(self, region: Region) -> None:
        assert region.server is not None
        self.region = region
        where = urlsplit(region.server.url)
        self.address = (where.hostname or "", where.port or 0)

    def send(
        self,
        operation: str,
        body: object = None,
        *,
        prefix: str = SHORT,
        headers: dict[str, str] | None = None,
        path: str = "/",
    ) -> Reply:
        """Send one request; a body of str or bytes goes as it is, anything else as JSON."""
        return self.raw(_encoded(body), {"X-Amz-Target": prefix + operation, **(headers or {})}, path)

    def raw(self, body: bytes, headers: dict[str, str], path: str = "/", method: str = "POST") -> Reply:
        """Send bytes with no headers but these, and those that HTTP itself needs."""
        connection = HTTPConnection(*self.address, timeout=20)
        try:
            connection.request(method, path, body, {"Content-Type": "application/x-amz-json-1.0", **headers})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, names, answer.read())
        finally:
            connection.close()


def _encoded(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()
