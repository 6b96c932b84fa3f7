"""What goes over the wire: requests in every lawful form, answers in order, everything bounded."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from front.wire import COUNT, FAST, POLL, Wire, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from front.standin import StandIn
    from swf.engine.front import Server

REGISTER = ("RegisterDomain", {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"})


def test_an_answer_has_the_headers_of_amazon(wire: Wire) -> None:
    answer = wire.ask(*COUNT)

    assert answer.status == 200
    assert answer.body == b'{"count":7,"truncated":false}'
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers["x-amzn-RequestId"])
    assert answer.headers.keys() == {"Content-Type", "x-amzn-RequestId", "Content-Length"}


def test_every_answer_has_a_request_id_of_its_own(wire: Wire) -> None:
    assert len({wire.ask(*COUNT).headers["x-amzn-RequestId"] for _ in range(20)}) == 20


def test_what_answers_nothing_has_an_empty_body(wire: Wire) -> None:
    answer = wire.ask(*REGISTER)

    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answer.headers["Content-Type"] == "application/json"


def test_a_fault_of_the_engine_is_told(wire: Wire) -> None:
    answer = wire.ask("DescribeDomain", {"name": "nope"})

    assert answer.status == 400
    assert answer.body == (
        b'{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault","message":"Unknown domain: nope"}'
    )
    assert "x-amzn-RequestId" in answer.headers


def test_both_spellings_of_the_target_are_known(wire: Wire) -> None:
    for prefix in ("", "com.amazonaws.swf.service.model."):
        head = f"POST / HTTP/1.1\r\nx-amz-target: {prefix}SimpleWorkflowService.{COUNT[0]}\r\n"
        body = json.dumps(COUNT[1]).encode()
        wire.send(head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert wire.answer().status == 200


@pytest.mark.parametrize(
    "target", ["SimpleWorkflowService.Nope", "CountPendingActivityTasks", "", "\x80", "os.system"]
)
def test_an_unknown_target_is_an_unknown_operation(wire: Wire, target: str) -> None:
    wire.send(f"POST / HTTP/1.1\r\nX-Amz-Target: {target}\r\nContent-Length: 2\r\n\r\n{{}}".encode("latin-1"))
    answer = wire.answer()

    assert answer.status == 400
    assert answer.json["__type"].endswith("#UnknownOperationException")


def test_no_target_is_an_unknown_operation(wire: Wire) -> None:
    answer = wire.send(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").answer()

    assert answer.status == 400
    assert answer.json["__type"].endswith("#UnknownOperationException")


def test_any_path_and_query_will_do(wire: Wire) -> None:
    for path in ("/", "/some/where", "/?a=b", "http://localhost/"):
        assert wire.ask(*COUNT, path=path).status == 200


def test_labels_of_content_are_not_looked_at(wire: Wire) -> None:
    labels = ("Content-Encoding: amz-1.0", "Accept: */*")
    assert wire.ask(*COUNT, *labels).status == 200


def test_a_missing_body_is_an_empty_object(wire: Wire) -> None:
    answer = wire.ask("DescribeDomain")

    assert answer.status == 400
    assert "'name' failed to satisfy constraint" in answer.json["message"]


def test_a_chunked_body_is_put_together(wire: Wire) -> None:
    body = json.dumps(COUNT[1]).encode()
    chunks = b"".join(b"%x;note=1\r\n%b\r\n" % (len(part), part) for part in (body[:3], body[3:5], body[5:]))
    head = request(COUNT[0], None, "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
    wire.send(head + chunks + b"0\r\nTrailer: x\r\n\r\n" + request(*COUNT))

    assert wire.answer().json["count"] == 7
    assert wire.answer().json["count"] == 7


def test_a_request_may_come_byte_by_byte(wire: Wire) -> None:
    for byte in request(*COUNT):
        wire.send(bytes([byte]))
    assert wire.answer().json["count"] == 7


def test_a_client_that_waits_for_leave_gets_it(wire: Wire) -> None:
    head, _, body = request(*COUNT, "Expect: 100-continue").partition(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert wire.answer().status == 100
    assert wire.send(body).answer().json["count"] == 7


def test_leave_is_given_only_when_the_answers_before_are_out(wire: Wire, engine: StandIn) -> None:
    head, _, body = request(*COUNT, "Expect: 100-continue").partition(b"\r\n\r\n")
    wire.send(request(*POLL) + head + b"\r\n\r\n")
    engine.wait_until(lambda it: bool(it.parked))
    wire.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        wire.sock.recv(1, socket.MSG_PEEK)
    wire.sock.settimeout(10)

    engine.hand_over(engine.parked[0])

    assert wire.answer().json["startedEventId"] == 3
    assert wire.answer().status == 100
    assert wire.send(body).answer().json["count"] == 7


def test_another_expectation_is_refused(wire: Wire) -> None:
    answer = wire.ask(*COUNT, "Expect: miracles")
    assert answer.status == 417
    assert wire.ended()


def test_an_offer_to_upgrade_is_not_taken(wire: Wire) -> None:
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x")
    wire.send(request(*COUNT, *upgrade) * 2000 + request(*COUNT))
    assert all(wire.answer().json["count"] == 7 for _ in range(2001))
    for byte in request(*COUNT, *upgrade):
        wire.send(bytes([byte]))
    assert wire.answer().json["count"] == 7


def test_a_tunnel_is_not_made(wire: Wire) -> None:
    assert wire.send(b"CONNECT example.com:80 HTTP/1.1\r\n\r\nabc").answer().status == 405
    assert wire.ended()


def test_a_connection_is_kept_for_thousands_of_requests(wire: Wire) -> None:
    wanted = request(*COUNT)
    assert all(wire.send(wanted).answer().status == 200 for _ in range(2_000))


def test_requests_sent_at_once_are_answered_in_their_order(wire: Wire, engine: StandIn) -> None:
    wire.send(
        request(*REGISTER) + request(*COUNT) + request("DescribeDomain", {"name": "x"}) + request(*REGISTER)
    )

    assert [wire.answer().body[:5] for _ in range(4)] == [b"", b'{"cou', b'{"__t', b""]
    assert engine.batches == [[REGISTER[0], COUNT[0], "DescribeDomain", REGISTER[0]]]


def test_an_answer_waits_for_the_poll_before_it(wire: Wire, engine: StandIn) -> None:
    wire.send(request(*POLL) + request(*COUNT))
    engine.wait_until(lambda it: bool(it.parked))

    engine.hand_over(engine.parked[0])

    assert wire.answer().json == {"activityId": "a", "startedEventId": 3}
    assert wire.answer().json["count"] == 7


def test_more_requests_at_once_than_are_read_ahead_are_answered_all(wire: Wire, engine: StandIn) -> None:
    sender = threading.Thread(target=wire.send, args=(request(*POLL) + request(*COUNT) * 30_000,))
    sender.start()
    engine.wait_until(lambda it: bool(it.parked))
    time.sleep(0.1)
    assert sum(map(len, engine.batches)) < 5_000
    engine.hand_over(engine.parked[0])

    assert wire.answer().status == 200
    assert all(wire.answer().status == 200 for _ in range(30_000))
    sender.join()


def test_requests_that_arrive_together_share_a_transaction(server: Server, engine: StandIn) -> None:
    with Wire(server.url) as one, Wire(server.url) as other, Wire(server.url) as blocker:
        one.ask(*COUNT)
        other.ask(*COUNT)
        engine.batches.clear()
        engine.hold(0.2)
        blocker.send(request(*COUNT))
        time.sleep(0.1)
        one.send(request(*COUNT))
        other.send(request(*REGISTER))
        assert one.answer().status == other.answer().status == blocker.answer().status == 200

    assert engine.batches[0] == [COUNT[0]]
    assert sorted(engine.batches[1]) == sorted([COUNT[0], REGISTER[0]])


def test_who_wants_to_close_is_closed(wire: Wire) -> None:
    answer = wire.ask(*COUNT, "Connection: close")
    assert answer.headers["Connection"] == "close"
    assert wire.ended()


def test_the_old_protocol_is_closed_unless_it_asks(server: Server) -> None:
    old = request(*COUNT).replace(b"HTTP/1.1", b"HTTP/1.0")
    with Wire(server.url) as wire:
        assert wire.send(old).answer().headers["Connection"] == "close"
        assert wire.ended()
    with Wire(server.url) as wire:
        kept = old.replace(b"Host", b"Connection: keep-alive\r\nHost")
        assert wire.send(kept).answer().headers["Connection"] == "keep-alive"
        assert wire.send(kept).answer().status == 200


def test_who_has_stopped_sending_is_still_answered(wire: Wire) -> None:
    wire.send(request(*COUNT))
    wire.sock.shutdown(socket.SHUT_WR)
    assert wire.answer().json["count"] == 7


# Health


def test_health_answers(wire: Wire) -> None:
    answer = wire.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").answer()

    assert answer.status == 200
    assert answer.json.keys() == {"status", "store", "version"}
    assert (answer.json["status"], answer.json["store"]) == ("ok", "memory")
    head = wire.send(b"HEAD /health?x HTTP/1.1\r\nHost: localhost\r\n\r\n").answer(head_only=True)
    assert head.headers["Content-Length"] == str(len(answer.body))
    assert wire.ask(*COUNT).status == 200


@pytest.mark.parametrize(
    ("line", "status"), [("GET /", 404), ("GET /etc/passwd", 404), ("PUT /", 405), ("OPTIONS *", 405)]
)
def test_there_is_nothing_else(wire: Wire, line: str, status: int) -> None:
    assert wire.send(f"{line} HTTP/1.1\r\n\r\n".encode()).answer().status == status
    assert wire.ask(*COUNT).status == 200


# What is refused


def test_a_body_that_is_announced_too_large_is_refused_unread(wire: Wire) -> None:
    head = request(COUNT[0]).replace(b"Length: 0", b"Length: 1048577")
    answer = wire.send(head).answer()

    assert answer.status == 413
    assert answer.json["__type"] == "com.amazon.coral.validate#ValidationException"
    assert answer.headers["Connection"] == "close"
    assert wire.ended()


def test_a_body_that_turns_out_too_large_is_refused_and_the_refusal_arrives(wire: Wire) -> None:
    head = request(COUNT[0], None, "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
    wire.send(head)
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(60):
        wire.send(chunk)
    assert wire.answer().status == 413


def test_the_largest_body_is_taken(wire: Wire) -> None:
    body = json.dumps(COUNT[1]).encode().ljust(1_048_576)
    assert wire.ask(COUNT[0], body).json["count"] == 7


def test_too_many_headers_are_refused(wire: Wire) -> None:
    assert wire.ask(*COUNT, *[f"X-{n}: y" for n in range(200)]).status == 431
    assert wire.ended()


@pytest.mark.parametrize(
    "head", [b"POST / HTTP/1.1\r\nX: ", b"POST /", b"POST / HTTP/1.1\r\n"], ids=["value", "url", "name"]
)
def test_an_endless_head_is_refused(wire: Wire, head: bytes) -> None:
    wire.send(head)
    for _ in range(100):
        wire.send(b"a" * 4096)
    assert wire.answer().status == 431


MALFORMED = {
    "no HTTP": b"\x16\x03\x01\x02\x00 hello\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"POST /\r\n\r\n",
    "a strange version": b"POST / HTTP/9.9\r\n\r\n",
    "bare line feeds": b"POST / HTTP/1.1\nHost: localhost\n\n",
    "a header without colon": b"POST / HTTP/1.1\r\nHost localhost\r\n\r\n",
    "a folded header": b"POST / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "a negative length": b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "no number": b"POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n",
    "an endless number": b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "length and chunks": (
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"
    ),
    "a strange coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc",
    "a chunk without size": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
    "a tunnel's null": b"POST / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_http_is_refused_and_closed(server: Server, name: str) -> None:
    with Wire(server.url) as wire:
        answer = wire.send(MALFORMED[name]).answer()
        assert answer.status in (400, 413)
        assert answer.headers["Connection"] == "close"
        assert wire.ended()
    with Wire(server.url) as wire:
        assert wire.ask(*COUNT).status == 200


def test_good_requests_before_a_malformed_one_are_answered(wire: Wire) -> None:
    wire.send(request(*COUNT) + request(*COUNT) + b"\x00\x01\x02" + request(*COUNT))
    assert [wire.answer().status for _ in range(3)] == [200, 200, 400]
    assert wire.ended()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from(
                [b"\r\n", b"POST / HTTP/1.1\r\n", b"Content-Length: 5\r\n", b"GET /health HTTP/1.1\r\n"]
            ),
            st.just(request(*COUNT)),
            st.just(request("DescribeDomain", {"name": "x"})),
        ),
        max_size=8,
    )
)
def test_no_bytes_are_a_defect(server: Server, parts: list[bytes]) -> None:
    with Wire(server.url) as wire:
        wire.send(b"".join(parts))
        wire.sock.shutdown(socket.SHUT_WR)
        said = bytearray()
        try:
            while data := wire.sock.recv(65_536):
                said += data
        except ConnectionResetError:
            pass
    assert b"HTTP/1.1 5" not in said
    with Wire(server.url) as wire:
        assert wire.ask(*COUNT).status == 200


# What takes too long


@pytest.mark.parametrize(
    "start",
    [
        b"P",
        b"POST / HTTP/1.1\r\nHost: loc",
        request(*COUNT)[:-3],
        request(COUNT[0], None, "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
        + b"5\r\nab",
    ],
    ids=["method", "head", "body", "chunk"],
)
def test_a_request_that_does_not_end_is_ended(started: Callable[..., Server], start: bytes) -> None:
    with Wire(started(FAST).url) as wire:
        wire.send(start)
        answer = wire.answer()
        assert answer.status == 408
        assert wire.ended()


def test_a_request_that_trickles_is_ended_too(started: Callable[..., Server]) -> None:
    with Wire(started(FAST).url) as wire:
        wire.send(b"POST / HTTP/1.1\r\n")
        began = time.monotonic()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            trickle(wire)
        assert time.monotonic() - began < 3


def trickle(wire: Wire) -> None:
    while True:
        wire.send(b"X: y\r\n")
        time.sleep(0.02)


@pytest.mark.parametrize("start", [b"", b"\r\n" * 10])
def test_an_idle_connection_is_closed(started: Callable[..., Server], start: bytes) -> None:
    with Wire(started(FAST).url) as wire:
        wire.send(start)
        assert wire.ended()
    with Wire(started(FAST).url) as wire:
        wire.ask(*COUNT)
        assert wire.ended()


def test_a_poll_is_not_idle(started: Callable[..., Server], engine: StandIn) -> None:
    with Wire(started(FAST).url) as wire:
        wire.send(request(*POLL))
        engine.wait_until(lambda it: bool(it.parked))
        time.sleep(1.0)
        engine.hand_over(engine.parked[0])
        assert wire.answer().json["activityId"] == "a"


def test_who_does_not_read_its_answers_is_closed(started: Callable[..., Server]) -> None:
    with Wire(started(FAST).url) as wire, pytest.raises((BrokenPipeError, ConnectionResetError)):
        flood(wire)


def flood(wire: Wire) -> None:
    wanted = request(*COUNT) * 200
    while True:
        wire.send(wanted)


def test_one_connection_too_many_is_told_so(started: Callable[..., Server]) -> None:
    from swf.engine.front import Bounds

    server = started(Bounds(connections=2))
    with Wire(server.url) as one, Wire(server.url) as two:
        assert one.ask(*COUNT).status == two.ask(*COUNT).status == 200
        with Wire(server.url) as three:
            assert three.answer().status == 503
    time.sleep(0.05)
    with Wire(server.url) as one:
        assert one.ask(*COUNT).status == 200


# Defects


@pytest.mark.filterwarnings("ignore")
def test_a_defect_is_told_without_details_and_logged(
    wire: Wire, engine: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    engine.breaks = True
    answer = wire.ask(*COUNT)

    assert answer.status == 500
    assert answer.body == b'{"__type":"com.amazon.coral.service#InternalFailure"}'
    assert "a defect" in caplog.text
    engine.breaks = False
    assert wire.ask(*COUNT).status == 200
