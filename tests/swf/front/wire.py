"""HTTP by hand: what a test sends is what is on the wire."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from swf.engine.front import Bounds

__all__ = [
    "COUNT",
    "FAST",
    "POLL",
    "Answer",
    "Wire",
    "request",
]

FAST = Bounds(
    request_seconds=0.3,
    idle_seconds=0.6,
    write_seconds=0.5,
    linger_seconds=0.5,
    sweep_seconds=0.05,
    stop_seconds=2.0,
)
"""Limits that a test can wait for."""

COUNT = ("CountPendingActivityTasks", {"domain": "d", "taskList": {"name": "l"}})
POLL = ("PollForActivityTask", {"domain": "d", "taskList": {"name": "l"}})


def request(operation: str, body: Any = None, *extra: str, host: str = "localhost", path: str = "/") -> bytes:
    """Return a POST; `extra` are lines of its head."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        f"X-Amz-Target: SimpleWorkflowService.{operation}",
        "Content-Type: application/x-amz-json-1.0",
        f"Content-Length: {len(content)}",
        *extra,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """A connection."""

    def __init__(self, url: str, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self.sock = socket.create_connection((parts.hostname, parts.port), seconds)
        self._file = self.sock.makefile("rb")

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> Wire:
        self.sock.sendall(data)
        return self

    def answer(self, *, head_only: bool = False) -> Answer:
        """Read one answer; nothing more than it is left unread by accident."""
        start = self._file.readline()
        assert start.startswith(b"HTTP/1.1 "), start
        headers = {}
        while (line := self._file.readline().rstrip(b"\r\n")) != b"":
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        length = 0 if head_only else int(headers.get("Content-Length", 0))
        return Answer(int(start.split()[1]), headers, self._file.read(length))

    def ask(self, *what: Any, **how: Any) -> Answer:
        return self.send(request(*what, **how)).answer()

    def ended(self) -> bool:
        """Wait until the server has closed; say whether nothing came before."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._file.close()
        self.sock.close()
