"""One connection: bytes to requests, and answers to bytes in the order of the requests.

It knows HTTP, and nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from typing import TYPE_CHECKING, cast

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpRequestParser

from swf.engine.front.exchange import Exchange, render
from swf.exceptions import Fault, InternalFailure, InvalidRequest
from swf.protocol.faults import fault_to_wire

if TYPE_CHECKING:
    from swf.engine.front.desk import Desk

__all__ = ["Connection"]

log = logging.getLogger(__name__)

_LOOK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)


class _Enough(Exception):
    """No more of this connection's bytes are looked at."""


class Connection(asyncio.BufferedProtocol):
    """A client's connection."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._bounds = desk.bounds
        self._parser = HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._queue: deque[Exchange] = deque()
        """The requests that are not answered on the wire, the one that is being read among them."""
        self._reading: Exchange | None = None
        self._in_head = False
        self._head_size = 0
        """Bytes of the request line and the headers that are complete."""
        self._unparsed = 0
        """Bytes of whole chunks that brought the head to no end."""
        self._head_again = b""
        self._over = False
        """No further request is read."""
        self._leftovers = False
        """Something was sent that is not read: closing at once would take back the answer."""
        self._lingers = False
        self._write_blocked = False
        self._paused = False
        self._since = desk.loop.time()
        """When what the connection is now doing began."""
        self.lost = False
        self._peek: socket.socket | None = None

    # From the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        if not self._desk.welcome(self):
            self._over = self._leftovers = True
            refusal = InvalidRequest(f"there are {self._bounds.connections} connections already")
            exchange = Exchange(self)
            self._queue.append(exchange)
            self._refuse(exchange, 503, refusal)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where to put what arrives: one place for all, as it is read at once."""
        return self._desk.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Read requests."""
        data = bytes(self._desk.buffer[:nbytes])
        if self._over:
            self._leftovers = True
            return
        before = self._reading if self._in_head else None
        parts = [data]
        while parts:
            part = parts.pop()
            try:
                self._parser.feed_data(part)
            except HttpParserUpgrade as upgrade:
                self._parser = HttpRequestParser(self)
                parts = [part[upgrade.args[0] :], self._head_again]
            except HttpParserError as error:
                self._leftovers = True
                if not self._over:
                    self._malformed(error)
                return
        if before is not None and before is self._reading and self._in_head:
            self._unparsed += len(data)
            if self._unparsed > self._bounds.head:
                self._leftovers = True
                self._refuse(before, 431, self._head_too_large())

    def eof_received(self) -> None:
        """Take it for a hang-up; what could be answered at once has been."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the desk what has lost its asker."""
        self.lost = self._over = True
        if self._peek is not None:
            self._peek.close()
        self._desk.farewell(self, self._queue)
        self._queue.clear()

    def pause_writing(self) -> None:
        """Read no more from a client that does not read its answers."""
        self._write_blocked = True
        self._since = self._desk.loop.time()
        self._throttle()

    def resume_writing(self) -> None:
        """Read again."""
        self._write_blocked = False
        self._since = self._desk.loop.time()
        self._throttle()

    def _throttle(self) -> None:
        wanted = not self._lingers and (self._write_blocked or len(self._queue) >= self._bounds.pipeline)
        if wanted == self._paused or self._transport.is_closing():
            return
        self._paused = wanted
        if wanted:
            self._transport.pause_reading()
        else:
            self._since = self._desk.loop.time()
            self._transport.resume_reading()

    # From the parser

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._over:
            raise _Enough
        self._reading = exchange = Exchange(self)
        self._queue.append(exchange)
        self._in_head = True
        self._head_size = self._unparsed = 0
        self._since = self._desk.loop.time()

    def on_url(self, url: bytes) -> None:
        """Note what is asked for, or a part of it."""
        exchange = self._reading
        assert exchange is not None
        exchange.url += url
        self._grow_head(exchange, len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header; one behind the body counts and says nothing."""
        exchange = self._reading
        assert exchange is not None
        self._grow_head(exchange, len(name) + len(value) + 4)
        exchange.headers.append((name.lower(), value))
        if len(exchange.headers) > self._bounds.headers:
            self._stop(exchange, 431, f"more than {self._bounds.headers} headers")

    def on_headers_complete(self) -> None:
        """Look at what the headers say about the body."""
        exchange = self._reading
        assert exchange is not None
        self._in_head = False
        exchange.method = self._parser.get_method()
        exchange.close = True  # until all of it has come
        length = exchange.header(b"content-length")
        if length is not None and (len(length) > 18 or int(length) > self._bounds.body):
            self._stop_body(exchange)
        expected = exchange.header(b"expect")
        if expected is not None and self._parser.get_http_version() != "1.0":
            if expected.strip().lower() != b"100-continue":
                self._stop(exchange, 417, "the only expectation that can be met is 100-continue")
            exchange.continues = True
            self._let_continue()

    def on_body(self, body: bytes) -> None:
        """Note a part of the body."""
        exchange = self._reading
        assert exchange is not None
        exchange.continues = False
        exchange.size += len(body)
        if exchange.size > self._bounds.body:
            self._stop_body(exchange)
        exchange.body.append(body)

    def on_message_complete(self) -> None:
        """Hand the request in."""
        exchange = self._reading
        assert exchange is not None
        self._reading = None
        if self._parser.should_upgrade():
            self._decline(exchange)
            return
        exchange.continues = False
        keep = self._parser.should_keep_alive()
        exchange.close = not keep
        exchange.keep_alive_said = keep and self._parser.get_http_version() == "1.0"
        if not keep:
            self._over = True
        self._throttle()
        self._desk.receive(exchange)

    def _decline(self, exchange: Exchange) -> None:
        """Read a request again without its offer of another protocol, which the parser takes for accepted."""
        if exchange.method == b"CONNECT":
            self._stop(exchange, 405, "this is no proxy")
        self._queue.remove(exchange)
        lines = [b"%b: %b" % header for header in exchange.headers if header[0] != b"upgrade"]
        version = self._parser.get_http_version().encode()
        start = b"%b %b HTTP/%b" % (exchange.method, exchange.url, version)
        self._head_again = b"\r\n".join([start, *lines, b"", b""])

    def _grow_head(self, exchange: Exchange, more: int) -> None:
        self._head_size += more
        if self._head_size > self._bounds.head:
            self._leftovers = True
            self._refuse(exchange, 431, self._head_too_large())
            raise _Enough

    def _head_too_large(self) -> Fault:
        return InvalidRequest(f"the headers are larger than {self._bounds.head} bytes")

    def _stop(self, exchange: Exchange, status: int, message: str) -> None:
        self._leftovers = True
        self._refuse(exchange, status, InvalidRequest(message))
        raise _Enough

    def _stop_body(self, exchange: Exchange) -> None:
        self._stop(exchange, 413, f"the body is larger than {self._bounds.body} bytes")

    def _malformed(self, error: HttpParserError) -> None:
        exchange = self._reading
        if exchange is None:
            exchange = Exchange(self)
            self._queue.append(exchange)
        if isinstance(error, HttpParserCallbackError) and error.__context__ is not None:
            log.error("a request broke the front", exc_info=error.__context__)
            self._refuse(exchange, 500, InternalFailure())
        else:
            self._refuse(exchange, 400, InvalidRequest(f"this is not HTTP/1.1: {error}"))

    # Answers

    def _refuse(self, exchange: Exchange, status: int, fault: Fault) -> None:
        """Answer a request that is not read to its end; nothing is read after it."""
        self._over = True
        self._reading = None
        self._in_head = False
        exchange.close = True
        exchange.continues = False
        exchange.status = status
        exchange.content = fault_to_wire(fault)
        self.deliver()

    def _let_continue(self) -> None:
        head = self._queue[0] if self._queue else None
        if head is not None and head.continues:
            head.continues = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def deliver(self) -> None:
        """Write the answers whose turn it is."""
        queue, answers, ends = self._queue, [], False
        while queue and queue[0].status and not ends:
            exchange = queue.popleft()
            ends = exchange.close = exchange.close or (self._desk.stopping and not queue)
            answers.append(render(exchange, next(self._desk.request_ids)))
        if not answers or self._transport.is_closing():
            return
        self._transport.write(answers[0] if len(answers) == 1 else b"".join(answers))
        if ends:
            self._end()
            return
        if self._reading is None and not self._write_blocked:
            self._since = self._desk.loop.time()
        self._let_continue()
        if self._paused:
            self._throttle()

    def _end(self) -> None:
        self._over = True
        if not self._leftovers:
            self._close()
            return
        self._lingers = True
        self._since = self._desk.loop.time()
        self._throttle()
        self._transport.write_eof()

    # From the desk

    def watch(self) -> None:
        """Be able to tell whether the client is still there."""
        if self._peek is None and not self.lost:
            self._peek = self._transport.get_extra_info("socket").dup()

    def alive(self) -> bool:
        """Tell whether the client can still be answered, as far as this machine has been told."""
        if self.lost or self._peek is None:
            return False
        try:
            return self._peek.recv(1, _LOOK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def sweep(self, now: float) -> None:
        """End what has lasted too long."""
        lasted = now - self._since
        if self._transport.is_closing():
            if lasted > self._bounds.write_seconds:
                self._transport.abort()
        elif self._lingers:
            if lasted > self._bounds.linger_seconds:
                self._transport.abort()
        elif self._write_blocked:
            if lasted > self._bounds.write_seconds:
                self._transport.abort()
        elif self._reading is not None and not self._paused:
            if lasted > self._bounds.request_seconds:
                fault = InvalidRequest(f"the request took more than {self._bounds.request_seconds:g} seconds")
                self._leftovers = True
                self._refuse(self._reading, 408, fault)
        elif not self._queue and lasted > self._bounds.idle_seconds:
            self._close()

    def retire(self) -> None:
        """Close when nothing is under way, else with the last answer."""
        if not self._queue and not self._lingers:
            self._close()

    def _close(self) -> None:
        self._since = self._desk.loop.time()
        self._transport.close()

    def abort(self) -> None:
        """Close, come what may."""
        self._transport.abort()
