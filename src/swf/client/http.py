"""The client over HTTP: kept connections, one for each call under way; signed when it has credentials."""

from __future__ import annotations

import contextlib
import os
import weakref
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from swf.client.connection import Broken, Connection
from swf.exceptions import EngineUnreachable, Misdirected, MissingAuthenticationToken, NotConfigured
from swf.protocol.answering import answer_from_json, operation_of
from swf.protocol.client import Client
from swf.protocol.faults import fault_from_wire
from swf.protocol.operations import OPERATIONS
from swf.protocol.sigv4 import Request, sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swf.exceptions import Fault
    from swf.protocol.sigv4 import Credentials

__all__ = ["REPEATABLE", "HttpClient"]

REPEATABLE: Final = frozenset(
    name
    for name in OPERATIONS
    if name.startswith(("PollFor", "Count", "Describe", "Get", "List", "RecordActivityTaskHeartbeat"))
)
"""What may be asked again when nobody knows whether it was heard: it changes nothing, or changes it again."""
_NO_TASK: Final = {
    "PollForActivityTask": b'{"startedEventId":0}',
    "PollForDecisionTask": b'{"previousStartedEventId":0,"startedEventId":0}',
}
"""What a poll is answered that brings nothing."""
_KEPT: Final = 64
"""Idle connections at most."""
_REGION: Final = "us-east-1"
"""An embedded engine is of one region, and does not look at which."""


class HttpClient(Client):
    """The engine at `http://host:port`. Threads may share it.

    A connection that was closed while nobody used it is replaced. When one ends with no answer, the request
    is repeated once if it cannot have arrived, or if it is in `REPEATABLE`; else `EngineUnreachable` says
    that it may have been carried out (`maybe_done`), and whoever asked decides.

    `credentials` sign every request; `spare` ones only when the engine turns out to ask for a signature.
    With an `identity` only the engine of that name answers. A process that forks may use it on both sides.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        *,
        spare: Credentials | None = None,
        identity: str | None = None,
        answer_seconds: float = 70.0,
        connect_seconds: float = 5.0,
    ) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme != "http" or not parts.hostname or port == -1 or parts.path not in ("", "/"):
            raise NotConfigured(f"{url!r} is not http://host:port")
        self.url = url.rstrip("/")
        self._address = (parts.hostname, port or 80)
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._host = parts.netloc.rpartition("@")[2]
        self._credentials = credentials
        self._spare = spare
        self._identity = identity
        self._heads: dict[str, bytes] = {}
        self._idle: list[Connection] = []
        self._busy: dict[Connection, str] = {}
        """The connections on which threads wait, and for what."""
        self._polls_end = False
        self._closed = False
        _CLIENTS.add(self)

    def __repr__(self) -> str:
        return f"<HttpClient {self.url}>"

    def ask(self, request: msgspec.Struct) -> Any:
        operation = operation_of(request)
        return answer_from_json(operation, self._answer(operation, msgspec.json.encode(request)))

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        answer = self._answer(operation, msgspec.json.encode(request))
        said: dict[str, Any] = msgspec.json.decode(answer) if answer else {}
        return said

    def stop_polling(self) -> None:
        self._polls_end = True
        for connection, operation in list(self._busy.items()):
            if operation in _NO_TASK:
                connection.hang_up()

    def tell_and_poll(
        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1
    ) -> tuple[list[Fault | None], list[Any]]:
        if self._polls_end or len(answers) != 1:
            return super().tell_and_poll(answers, poll, most)
        refused, task = self._tell_and_poll(answers[0], poll)
        return [refused], [task]

    def _tell_and_poll(self, answer: msgspec.Struct, poll: msgspec.Struct) -> tuple[Fault | None, Any]:
        operation = operation_of(poll)
        told = self._wire(operation_of(answer), msgspec.json.encode(answer))
        both = told + self._wire(operation, msgspec.json.encode(poll))
        answers = self._exchange_both(both, operation)
        refused, *others = [_fault(*each) for each in answers]
        if isinstance(refused, MissingAuthenticationToken) and self._may_sign():
            return self._tell_and_poll(answer, poll)
        if isinstance(refused, Misdirected):
            raise refused
        for fault in filter(None, others):
            raise fault
        return refused, answer_from_json(operation, answers[1][1] if others else _NO_TASK[operation])

    def _answer(self, operation: str, body: bytes) -> bytes:
        try:
            status, answer = self._exchange(self._wire(operation, body), operation)
        except EngineUnreachable:
            if self._polls_end and operation in _NO_TASK:
                return _NO_TASK[operation]
            raise
        if status == 200:
            return answer
        fault = fault_from_wire(status, answer)
        if isinstance(fault, MissingAuthenticationToken) and self._may_sign():
            return self._answer(operation, body)
        raise fault

    def _may_sign(self) -> bool:
        """Sign from now on with the spare credentials; tell whether there are some that are not used yet."""
        if self._spare is None or self._credentials is not None:
            return False
        self._credentials = self._spare
        return True

    def health(self) -> dict[str, Any]:
        """Return what the engine says of itself. Raises `EngineUnreachable`."""
        request = f"GET /health HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode()
        _, answer = self._exchange(request, "GetHealth")
        try:
            return msgspec.json.decode(answer, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise EngineUnreachable(self.url, "somebody else listens there") from None

    def close(self) -> None:
        """End all connections, those too on which threads wait for answers: these get `EngineUnreachable`."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
        for connection in list(self._busy):
            connection.interrupt()

    # Bytes

    def _wire(self, operation: str, body: bytes) -> bytes:
        if self._credentials is not None:
            return self._signed(operation, body, self._credentials)
        head = self._heads.get(operation)
        if head is None:
            lines = [f"{name}: {value}" for name, value in self._headers(operation).items()]
            head = "\r\n".join(["POST / HTTP/1.1", *lines, "content-length: "]).encode()
            self._heads[operation] = head
        return b"%b%d\r\n\r\n%b" % (head, len(body), body)

    def _signed(self, operation: str, body: bytes, credentials: Credentials) -> bytes:
        headers = self._headers(operation)
        now = datetime.now(UTC)
        headers.update(sign(Request(headers, body), credentials, region=_REGION, now=now))
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(["POST / HTTP/1.1", *lines])
        return b"%b\r\ncontent-length: %d\r\n\r\n%b" % (head.encode(), len(body), body)

    def _headers(self, operation: str) -> dict[str, str]:
        headers = {
            "host": self._host,
            "x-amz-target": f"SimpleWorkflowService.{operation}",
            "content-type": "application/x-amz-json-1.0",
        }
        if self._identity is not None:
            headers["x-swf-engine"] = self._identity
        return headers

    # Connections

    def _exchange(self, wire: bytes, operation: str) -> tuple[int, bytes]:
        repeatable = operation in REPEATABLE or operation == "GetHealth"
        if (kept := self._kept()) is not None:
            try:
                return self._ask(kept, wire, operation)
            except Broken as broken:
                if (broken.sent and not (repeatable and broken.closed)) or self._closed:
                    raise self._unreachable(broken, repeatable) from None
        try:
            return self._ask(self._connect(), wire, operation)
        except Broken as broken:
            raise self._unreachable(broken, repeatable) from None

    def _exchange_both(self, wire: bytes, poll: str) -> list[tuple[int, bytes]]:
        """Return the answers to two requests that leave together; one, when the poll's is lost."""
        connection = self._kept() or self._connect()
        try:
            with self._used(connection, poll):
                connection.send(wire)
                answers = [connection.receive()]
                with contextlib.suppress(Broken):  # the next poll will find out
                    answers.append(connection.receive())
                return answers
        except Broken as broken:
            raise self._unreachable(broken, False) from None

    def _ask(self, connection: Connection, wire: bytes, operation: str) -> tuple[int, bytes]:
        with self._used(connection, operation):
            return connection.ask(wire)

    @contextlib.contextmanager
    def _used(self, connection: Connection, operation: str) -> Iterator[None]:
        """Use a connection, and keep it afterwards if it can be used again."""
        self._busy[connection] = operation
        done = False
        try:
            if self._polls_end and operation in _NO_TASK:
                connection.hang_up()
            yield
            done = connection.reusable
        finally:
            self._busy.pop(connection, None)
            if done and not self._closed and len(self._idle) < _KEPT:
                self._idle.append(connection)
            else:
                connection.close()

    def _kept(self) -> Connection | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took the last one
                return None
            if connection.idle():
                return connection
            connection.close()
        return None

    def _connect(self) -> Connection:
        if self._closed:
            raise EngineUnreachable(self.url, "this client is closed")
        try:
            return Connection(
                *self._address,
                connect_seconds=self._connect_seconds,
                answer_seconds=self._answer_seconds,
            )
        except OSError as error:
            raise EngineUnreachable(self.url, error.strerror or str(error)) from None

    def leave_to_parent(self) -> None:
        """Let go, in a process that was forked, of the connections of the one that forked it.

        At once: while anybody holds one end the engine takes a poll for alive, and gives a task to the dead.
        """
        for connection in [*self._idle, *self._busy]:
            connection.close()
        self._idle, self._busy = [], {}

    def _unreachable(self, broken: Broken, repeatable: bool) -> EngineUnreachable:
        why = "this client was closed" if self._closed else broken.why
        return EngineUnreachable(self.url, why, maybe_done=broken.sent and not repeatable)


_CLIENTS: weakref.WeakSet[HttpClient] = weakref.WeakSet()


def _leave_all_to_parent() -> None:
    for client in list(_CLIENTS):
        client.leave_to_parent()


os.register_at_fork(after_in_child=_leave_all_to_parent)


def _fault(status: int, body: bytes) -> Fault | None:
    return None if status == 200 else fault_from_wire(status, body)
