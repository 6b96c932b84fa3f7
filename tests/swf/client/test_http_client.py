"""The client over HTTP: connections are kept, what is lost is repeated only when nothing can come of it."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from client.scripted import OK, Scripted, answer
from swf.client import HttpClient
from swf.client.http import REPEATABLE
from swf.exceptions import EngineUnreachable, Fault, InternalFailure, NotConfigured, UnknownResource
from swf.protocol.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    servers: list[Scripted] = []

    def scripted(*scripts: Any) -> Scripted:
        servers.append(Scripted(*scripts))
        return servers[-1]

    yield scripted
    for server in servers:
        server.close()


def count(client: HttpClient) -> Any:
    return client.count_pending_activity_tasks(domain="d", taskList={"name": "l"})["count"]


def register(client: HttpClient) -> Any:
    return client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")


def test_what_is_sent(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        assert client.count_closed_workflow_executions(
            domain="é", closeTimeFilter={"oldestDate": datetime(2020, 1, 1, tzinfo=UTC)}
        ) == {"count": 7, "truncated": False}

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST / HTTP/1.1"
    assert b"\r\nx-amz-target: SimpleWorkflowService.CountClosedWorkflowExecutions\r\n" in head
    assert f"\r\nhost: {server.url[7:]}\r\n".encode() in head
    assert body == '{"domain":"é","closeTimeFilter":{"oldestDate":1577836800.0}}'.encode()


def test_a_void_answer_is_an_empty_dict(scripted: Callable[..., Scripted]) -> None:
    with closing(HttpClient(scripted(Scripted.answers(answer())).url)) as client:
        assert register(client) == {}


def test_connections_are_kept(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers(*[OK] * 50))
    with closing(HttpClient(server.url)) as client:
        assert [count(client) for _ in range(50)] == [7] * 50
    assert server.connections == 1


def test_an_answer_in_chunks_or_pieces_is_put_together(scripted: Callable[..., Scripted]) -> None:
    def pieces(self: Scripted, sock: Any) -> None:
        self.read(sock)
        for byte in b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n":
            sock.sendall(bytes([byte]))
        for part in (b'8\r\n{"count"\r\n', b"3\r\n:7}\r\n0\r\n\r\n"):
            time.sleep(0.01)
            sock.sendall(part)
        self.read(sock)
        sock.sendall(OK)

    with closing(HttpClient(scripted(pieces).url)) as client:
        assert count(client) == count(client) == 7


def test_a_fault_is_raised_and_the_connection_kept(scripted: Callable[..., Scripted]) -> None:
    body = b'{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault","message":"Unknown domain: d"}'
    server = scripted(Scripted.answers(answer(body, "400 Bad Request"), OK))
    with closing(HttpClient(server.url)) as client:
        with pytest.raises(client.exceptions.UnknownResourceFault, match="Unknown domain: d") as caught:
            count(client)
        assert isinstance(caught.value, UnknownResource)
        assert count(client) == 7
    assert server.connections == 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("500 Oops", b'{"__type":"com.amazon.coral.service#InternalFailure"}', InternalFailure),
        ("502 Bad Gateway", b"<html>a proxy</html>", Fault),
        ("404 Not Found", b"", Fault),
    ],
)
def test_whatever_is_no_success_is_a_fault(
    scripted: Callable[..., Scripted], status: str, body: bytes, kind: type[Fault]
) -> None:
    with (
        closing(HttpClient(scripted(Scripted.answers(answer(body, status))).url)) as client,
        pytest.raises(kind),
    ):
        count(client)


# Connections that end


def test_a_connection_closed_meanwhile_is_replaced_for_every_operation(
    scripted: Callable[..., Scripted],
) -> None:
    server = scripted(Scripted.answers(OK), Scripted.answers(answer()))
    with closing(HttpClient(server.url)) as client:
        count(client)
        time.sleep(0.05)
        register(client)
    assert server.connections == 2
    assert len(server.requests) == 2


def test_an_answer_that_closes_closes(scripted: Callable[..., Scripted]) -> None:
    closes = answer(b'{"count":7}', "200 OK", "Connection: close")
    server = scripted(Scripted.answers(closes), Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        assert count(client) == count(client) == 7
    assert server.connections == 2


def test_a_question_that_was_heard_and_not_answered_is_asked_again(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers_then_hears_and_closes(OK), Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        assert count(client) == count(client) == 7
    assert len(server.requests) == 3


def test_a_change_that_may_have_been_made_is_not_repeated(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers_then_hears_and_closes(OK), Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        count(client)
        with pytest.raises(EngineUnreachable, match="may have been carried out") as caught:
            register(client)
        assert caught.value.maybe_done
        assert server.url in str(caught.value)
        assert count(client) == 7
    assert sum(b"RegisterDomain" in each for each in server.requests) == 1


def test_it_is_repeated_once(scripted: Callable[..., Scripted]) -> None:
    server = scripted(
        Scripted.answers_then_hears_and_closes(OK),
        Scripted.answers_then_hears_and_closes(),
        Scripted.answers(OK),
    )
    with closing(HttpClient(server.url)) as client:
        count(client)
        with pytest.raises(EngineUnreachable) as caught:
            count(client)
        assert not caught.value.maybe_done
        assert count(client) == 7


def test_half_an_answer_is_not_taken_for_one(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers(OK[:-5]), Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        with pytest.raises(EngineUnreachable):
            count(client)
        assert count(client) == 7


def test_a_connection_that_breaks_off_is_an_engine_that_is_lost(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.resets)
    with closing(HttpClient(server.url)) as client, pytest.raises(EngineUnreachable, match="reset by peer"):
        register(client)


def test_what_is_not_http_is_said(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers(b"SSH-2.0-OpenSSH_9.6\r\n"))
    with closing(HttpClient(server.url)) as client, pytest.raises(EngineUnreachable, match="not HTTP"):
        count(client)


def test_nobody_there_is_said(scripted: Callable[..., Scripted]) -> None:
    server = scripted()
    server.join()
    with (
        closing(HttpClient(server.url)) as client,
        pytest.raises(EngineUnreachable, match="refused") as caught,
    ):
        register(client)
    assert server.url in str(caught.value)
    assert not caught.value.maybe_done


def test_a_host_without_address_is_said() -> None:
    with pytest.raises(EngineUnreachable, match=r"no\.such\.host\.invalid:1 does not answer"):
        count(HttpClient("http://no.such.host.invalid:1"))


def test_a_silent_engine_is_given_up(scripted: Callable[..., Scripted]) -> None:
    def silent(self: Scripted, sock: Any) -> None:
        self.read(sock)
        time.sleep(1)

    with closing(HttpClient(scripted(silent).url, answer_seconds=0.2)) as client:
        began = time.monotonic()
        with pytest.raises(EngineUnreachable, match=r"nothing came for 0\.2 seconds"):
            count(client)
        assert time.monotonic() - began < 1


def test_only_what_changes_nothing_or_the_same_again_is_repeatable() -> None:
    assert OPERATIONS.keys() > REPEATABLE
    assert OPERATIONS.keys() - REPEATABLE == {
        name
        for name in OPERATIONS
        if name.startswith(
            ("Start", "Register", "Deprecate", "Undeprecate", "Delete", "Respond", "Signal", "Tag")
        )
        or name.startswith(("Untag", "Terminate", "RequestCancel"))
    }


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:7930",
        "https://localhost",
        "http://",
        "http://localhost:port",
        "http://h:1/path",
        "ftp://h",
    ],
)
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(NotConfigured, match="http://host:port"):
        HttpClient(url)


# Threads and processes


def test_threads_have_connections_of_their_own_and_share_them_after(
    scripted: Callable[..., Scripted],
) -> None:
    together = threading.Barrier(4)

    def at_once(self: Scripted, sock: Any) -> None:
        threading.Thread(target=serve, args=(self, sock.dup())).start()

    def serve(self: Scripted, sock: Any) -> None:
        with sock, contextlib.suppress(OSError):
            self.read(sock)
            together.wait(5)
            sock.sendall(OK)
            self.read(sock)
            sock.sendall(OK)

    server = scripted(at_once, at_once, at_once, at_once)
    answers: list[int] = []
    with closing(HttpClient(server.url)) as client:
        threads = [threading.Thread(target=lambda: answers.append(count(client))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers.append(count(client))
    assert answers == [7] * 5
    assert server.connections == 4


def test_closing_ends_a_call_that_waits(scripted: Callable[..., Scripted]) -> None:
    heard = threading.Event()

    def silent(self: Scripted, sock: Any) -> None:
        self.read(sock)
        heard.set()
        assert sock.recv(1) == b""

    client = HttpClient(scripted(silent).url)
    raised: list[BaseException] = []

    def poll() -> None:
        try:
            client.poll_for_activity_task(domain="d", taskList={"name": "l"})
        except EngineUnreachable as error:
            raised.append(error)

    thread = threading.Thread(target=poll)
    thread.start()
    assert heard.wait(5)
    client.close()
    thread.join(5)
    assert not thread.is_alive()
    assert "this client was closed" in str(raised[0])
    with pytest.raises(EngineUnreachable, match="this client is closed"):
        count(client)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_does_not_share_a_connection(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers(OK, answer(b'{"count":8}')), Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        count(client)
        child = os.fork()
        if child == 0:
            client.close()
            os._exit(0)
        os.waitpid(child, 0)
        assert count(client) == 8
    assert server.connections == 1


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_does_not_hold_the_connections_of_its_parent_open(scripted: Callable[..., Scripted]) -> None:
    server = scripted(Scripted.answers(OK))
    with closing(HttpClient(server.url)) as client:
        count(client)
        (connection,) = client._idle
        socket = os.fstat(connection._sock.fileno()).st_ino
        child = os.fork()
        if child == 0:
            opened = {
                os.fstat(int(fd)).st_ino for fd in os.listdir("/dev/fd") if os.path.exists(f"/dev/fd/{fd}")
            }
            os._exit(int(socket in opened))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
