"""From requests to the engine and back: what arrives together is performed together, and polls wait.

Lives in the thread of the loop; only answers come from elsewhere too.
"""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from swf.engine.call import Call
from swf.engine.front.exchange import request_ids
from swf.exceptions import Fault, InternalFailure, UnknownOperation
from swf.protocol.faults import fault_to_wire
from swf.protocol.operations import OPERATIONS
from swf.protocol.reading import encode_answer, read

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from swf.engine.front.bounds import Bounds
    from swf.engine.front.connection import Connection
    from swf.engine.front.contract import ServedEngine
    from swf.engine.front.exchange import Exchange
    from swf.engine.front.gate import Gate

__all__ = ["Desk"]

log = logging.getLogger(__name__)

_TARGETS = {
    f"{prefix}SimpleWorkflowService.{operation}".encode(): operation
    for operation in OPERATIONS
    for prefix in ("", "com.amazonaws.swf.service.model.")
}
_POLLS = frozenset({"PollForActivityTask", "PollForDecisionTask"})
_BUFFER = 64 * 1024


class Desk:
    """Where the connections of a server hand in their requests."""

    def __init__(
        self,
        engine: ServedEngine,
        gate: Gate,
        loop: asyncio.AbstractEventLoop,
        bounds: Bounds,
        *,
        health: dict[str, str],
    ) -> None:
        self.loop = loop
        self.bounds = bounds
        self.request_ids = request_ids()
        self.buffer = memoryview(bytearray(_BUFFER))
        """Where what arrives is put, to be read at once."""
        self.stopping = False
        self._engine = engine
        self._gate = gate
        self._health = health
        self._thread = threading.get_ident()
        self._connections: set[Connection] = set()
        self._batch: list[Exchange] = []
        self._parked: set[Exchange] = set()
        self._when_empty: Callable[[], object]

    # Connections

    def welcome(self, connection: Connection) -> bool:
        """Note a connection; False says that there are too many."""
        self._connections.add(connection)
        return len(self._connections) <= self.bounds.connections

    def farewell(self, connection: Connection, unanswered: Iterable[Exchange]) -> None:
        """Forget a connection; polls that nobody can be answered about wait no longer."""
        self._connections.discard(connection)
        if self.stopping and not self._connections:
            self._when_empty()
        for exchange in unanswered:
            if exchange in self._parked:
                self._settle_parked(exchange)
                assert exchange.call is not None
                self._engine.give_up(exchange.call)

    def sweep(self) -> None:
        """Let every connection end what has lasted too long."""
        now = self.loop.time()
        for connection in list(self._connections):
            connection.sweep(now)

    # Requests

    def receive(self, exchange: Exchange) -> None:
        """Answer a request, or hand it to the engine with all that arrive in this turn of the loop."""
        try:
            self._gate.check_origin(exchange)
            if exchange.method == b"POST":
                self._prepare(exchange)
            else:
                self._tell(exchange)
        except Fault as fault:
            self._settle(exchange, fault)
        except Exception:  # a request must not end the server: it is told, and logged
            log.exception("a request could not be read")
            self._answer(exchange, 500, fault_to_wire(InternalFailure()))

    def _prepare(self, exchange: Exchange) -> None:
        self._gate.check_signature(exchange)
        operation = _TARGETS.get(exchange.header(b"x-amz-target") or b"")
        if operation is None:
            raise UnknownOperation
        body = exchange.body
        request = read(operation, body[0] if len(body) == 1 else b"".join(body))
        exchange.body = []
        if operation in _POLLS:
            exchange.connection.watch()
            alive = exchange.connection.alive
        else:
            alive = _always
        exchange.call = Call(operation, request, partial(self._done, exchange), alive)
        if not self._batch:
            self.loop.call_soon(self.flush)
        self._batch.append(exchange)

    def flush(self) -> None:
        """Let the engine perform what has arrived, in one transaction."""
        batch, self._batch = self._batch, []
        calls = [exchange.call for exchange in batch if exchange.call is not None]
        try:
            self._engine.perform(calls)
        except Exception:  # the engine answers every call itself: this is a defect, told to all who wait
            log.exception("the engine failed")
            for call in calls:
                self._engine.give_up(call)
            for exchange in batch:
                self._settle(exchange, InternalFailure())
            return
        for exchange in batch:
            if not exchange.status and exchange.call is not None and exchange.call.operation in _POLLS:
                self._park(exchange, exchange.call)

    def _park(self, exchange: Exchange, call: Call) -> None:
        self._parked.add(exchange)
        if exchange.connection.lost:
            self._settle_parked(exchange)
            self._engine.give_up(call)
        elif self.stopping:
            self._expire(call)
        else:
            exchange.timer = self.loop.call_later(self._engine.poll_seconds, self._expire, call)

    def _expire(self, call: Call) -> None:
        try:
            self._engine.expire(call)
        except Exception:  # a timer has nobody to tell
            log.exception("the engine failed to end a poll")

    # Answers

    def _done(self, exchange: Exchange, outcome: msgspec.Struct | Fault | None) -> None:
        """Take an outcome, in whatever thread the engine has found it."""
        if threading.get_ident() == self._thread:
            self._settle(exchange, outcome)
        else:
            try:
                self.loop.call_soon_threadsafe(self._settle, exchange, outcome)
            except RuntimeError:  # the server has ended in this instant, and all connections with it
                if not self.loop.is_closed():
                    raise

    def _settle(self, exchange: Exchange, outcome: msgspec.Struct | Fault | None) -> None:
        if exchange.status:
            return
        self._settle_parked(exchange)
        try:
            if isinstance(outcome, Fault):
                status, content = outcome.status, _told(outcome)
            else:
                status, content = 200, encode_answer(outcome)
        except Exception:  # whoever asked must not wait for ever
            log.exception("an answer could not be written")
            status, content = 500, fault_to_wire(InternalFailure())
        self._answer(exchange, status, content)

    def _settle_parked(self, exchange: Exchange) -> None:
        if exchange.timer is not None:
            exchange.timer.cancel()
            exchange.timer = None
        self._parked.discard(exchange)

    def _answer(self, exchange: Exchange, status: int, content: bytes) -> None:
        exchange.status = status
        exchange.content = content
        exchange.connection.deliver()

    def _tell(self, exchange: Exchange) -> None:
        """Answer what is no operation."""
        path = exchange.url.partition(b"?")[0]
        if exchange.method not in (b"GET", b"HEAD"):
            self._answer(exchange, 405, b'{"message":"operations are POSTed, /health is GET"}')
        elif path != b"/health":
            self._answer(exchange, 404, b'{"message":"operations are POSTed; to GET there is /health"}')
        else:
            status = "stopping" if self.stopping else "ok"
            self._answer(exchange, 200, msgspec.json.encode({"status": status, **self._health}))

    # The end

    def stop(self, when_empty: Callable[[], object]) -> None:
        """Answer what waits with nothing, and close each connection with its last answer."""
        self.stopping = True
        self._when_empty = when_empty
        if not self._connections:
            when_empty()
        for exchange in list(self._parked):
            assert exchange.call is not None
            self._expire(exchange.call)
        for connection in list(self._connections):
            connection.retire()

    def abort(self) -> None:
        """Close every connection."""
        for connection in list(self._connections):
            connection.abort()


def _told(fault: Fault) -> bytes:
    try:
        return fault_to_wire(fault)
    except UnicodeEncodeError:  # it repeats a header that is no text
        return fault_to_wire(type(fault)(fault.message.encode("utf-8", "replace").decode()))


def _always() -> bool:
    return True
