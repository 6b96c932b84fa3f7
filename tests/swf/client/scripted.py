"""A server that does exactly what a test says, connection by connection."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OK", "Scripted", "answer"]


def answer(body: bytes = b"", status: str = "200 OK", *extra: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *extra]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


OK = answer(b'{"count":7,"truncated":false}')


class Scripted:
    """Each connection runs the next script, a function of its socket; requests that were read are kept."""

    def __init__(self, *scripts: Callable[[Scripted, socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._run, args=(scripts,), daemon=True)
        self._thread.start()

    def _run(self, scripts: tuple[Callable[[Scripted, socket.socket], None], ...]) -> None:
        for script in scripts:
            with contextlib.suppress(OSError):
                sock, _ = self._listener.accept()
                self.connections += 1
                with sock:
                    script(self, sock)
        self._listener.close()

    def read(self, sock: socket.socket) -> bytes:
        """Read one request."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := sock.recv(65_536)):
                raise OSError("closed")
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            ),
            0,
        )
        while len(body) < length:
            body += sock.recv(65_536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def join(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()

    def close(self) -> None:
        self._listener.close()

    # Scripts

    @staticmethod
    def answers(*answers: bytes) -> Callable[[Scripted, socket.socket], None]:
        """Answer so many requests, then close."""

        def script(self: Scripted, sock: socket.socket) -> None:
            for each in answers:
                self.read(sock)
                sock.sendall(each)

        return script

    @staticmethod
    def answers_then_hears_and_closes(*answers: bytes) -> Callable[[Scripted, socket.socket], None]:
        """Answer so many requests, read one more, and close with no answer."""

        def script(self: Scripted, sock: socket.socket) -> None:
            Scripted.answers(*answers)(self, sock)
            self.read(sock)

        return script

    @staticmethod
    def resets(self: Scripted, sock: socket.socket) -> None:
        """Read a request, and break the connection off."""
        self.read(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
