"""One request as it arrives, and the place of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from asyncio import TimerHandle
    from collections.abc import Iterator

    from swf.engine.call import Call
    from swf.engine.front.connection import Connection

__all__ = ["Exchange", "render", "request_ids"]

_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    417: "Expectation Failed",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_STARTS = {
    status: f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nx-amzn-RequestId: ".encode()
    for status, reason in _REASONS.items()
}


class Exchange:
    """A request, and what answers it."""

    __slots__ = (
        "body",
        "call",
        "close",
        "connection",
        "content",
        "continues",
        "headers",
        "keep_alive_said",
        "method",
        "size",
        "status",
        "timer",
        "url",
    )

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.method = b""
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []
        self.size = 0
        self.continues = False
        """Whether the client waits for leave to send the body."""
        self.close = False
        """Whether the connection ends with the answer."""
        self.keep_alive_said = False
        """Whether the client, of HTTP/1.0, must be told that it does not."""
        self.call: Call | None = None
        self.timer: TimerHandle | None = None
        self.status = 0
        """0 until it is answered."""
        self.content = b""

    def header(self, name: bytes) -> bytes | None:
        """Return the first header of a name, given in lower case."""
        for each, value in self.headers:
            if each == name:
                return value
        return None


def render(exchange: Exchange, request_id: bytes) -> bytes:
    """Return an answer as the wire has it."""
    extra = b""
    if exchange.close:
        extra = b"Connection: close\r\n"
    elif exchange.keep_alive_said:
        extra = b"Connection: keep-alive\r\n"
    return b"%b%b\r\nContent-Length: %d\r\n%b\r\n%b" % (
        _STARTS[exchange.status],
        request_id,
        len(exchange.content),
        extra,
        exchange.content if exchange.method != b"HEAD" else b"",
    )


def request_ids() -> Iterator[bytes]:
    """Yield UUIDs: a random beginning, then counted."""
    start = str(uuid4())[:24].encode()
    number = 0
    while True:
        number += 1
        yield b"%b%012x" % (start, number)
