"""One kept connection to an engine: a request's bytes there, an answer's status and body back.

Blocking sockets whose time limits the kernel keeps: a call is one send and one receive.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

__all__ = ["Broken", "Connection"]

_CHUNK = 65_536
_LOOK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)


class Broken(Exception):
    """The connection cannot be used any more."""

    def __init__(self, why: str, *, sent: bool, closed: bool) -> None:
        super().__init__(why)
        self.why = why
        self.sent = sent
        """Whether all of the request may have arrived."""
        self.closed = closed
        """Whether the other side closed before anything of an answer came."""


class Connection:
    """Used by one thread at a time."""

    def __init__(self, host: str, port: int, *, connect_seconds: float, answer_seconds: float) -> None:
        self._sock = socket.create_connection((host, port), connect_seconds)
        self._sock.settimeout(None)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        limit = struct.pack("ll", int(answer_seconds), int(answer_seconds % 1 * 1_000_000))
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._seconds = answer_seconds
        self._parser = HttpResponseParser(self)
        self._body: list[bytes] = []
        self._answers: deque[tuple[int, bytes]] = deque()
        """What has arrived and was not asked for yet."""
        self.reusable = True

    def on_body(self, body: bytes) -> None:
        """Note a part of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Note the end of an answer; one of 1xx only announces it."""
        status = self._parser.get_status_code()
        if status >= 200:
            body = self._body
            self._answers.append((status, body[0] if len(body) == 1 else b"".join(body)))
            self._body = []
            self.reusable = self._parser.should_keep_alive()

    def idle(self) -> bool:
        """Tell whether the other side has neither closed the connection nor said something unasked."""
        try:
            self._sock.recv(1, _LOOK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer. Raises `Broken`."""
        self.send(request)
        return self.receive()

    def send(self, request: bytes) -> None:
        """Send a request, or several at once. Raises `Broken`."""
        try:
            self._sock.sendall(request)
        except OSError as error:  # not all of it has left: nobody can act on it
            raise Broken(self._reason(error), sent=False, closed=False) from None

    def receive(self) -> tuple[int, bytes]:
        """Return status and body of the next answer. Raises `Broken`."""
        silent = True
        while not self._answers:
            try:
                data = self._sock.recv(_CHUNK)
            except OSError as error:
                lost = silent and not isinstance(error, BlockingIOError)
                raise Broken(self._reason(error), sent=True, closed=lost) from None
            if not data:
                raise Broken("the connection was closed without an answer", sent=True, closed=silent)
            silent = False
            try:
                self._parser.feed_data(data)
            except (HttpParserError, HttpParserUpgrade) as error:
                raise Broken(f"its answer is not HTTP: {error}", sent=True, closed=False) from None
        return self._answers.popleft()

    def _reason(self, error: OSError) -> str:
        if isinstance(error, BlockingIOError):
            return f"nothing came for {self._seconds:g} seconds"
        return error.strerror or str(error)

    def hang_up(self) -> None:
        """Ask for nothing more: what is answered already still arrives, else the other side closes."""
        with contextlib.suppress(OSError):  # it has ended already
            self._sock.shutdown(socket.SHUT_WR)

    def interrupt(self) -> None:
        """End the connection under a thread that waits for an answer."""
        with contextlib.suppress(OSError):  # it has ended already
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self._sock.close()
