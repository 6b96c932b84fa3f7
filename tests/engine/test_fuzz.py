"""Whatever is sent (`ENGINE_INPUTS` inputs, 2,000 by default) is refused, changes nothing, breaks nothing."""

from __future__ import annotations

import json
import os
import socket
from contextlib import closing
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.ground import Ground
from engine.inputs import bytes_changes, changed, changed_bytes, changes, json_values, some_bytes
from swf.exceptions import Fault
from swf.protocol.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

INPUTS = int(os.environ.get("ENGINE_INPUTS", "2000"))
AT_ONCE = 20
"""Inputs that one engine gets; the next ones get another."""
NAMES = sorted(OPERATIONS)

fuzz = settings(
    max_examples=max(INPUTS // 2 // AT_ONCE, 1),
    deadline=None,
    database=None,
    derandomize=INPUTS <= 2000,
    suppress_health_check=list(HealthCheck),
)
numbers = st.integers(0, 99)


# In this process


inside_inputs = st.one_of(
    st.tuples(st.just("changed"), numbers, changes),
    st.tuples(st.just("any"), st.sampled_from([*NAMES, "", "None", "__class__"]), json_values),
)


@fuzz
@given(st.lists(inside_inputs, min_size=AT_ONCE, max_size=AT_ONCE))
def test_an_engine_in_this_process_refuses_what_is_wrong_and_nothing_has_changed(
    inputs: Sequence[tuple[str, Any, Any]],
) -> None:
    with closing(Ground()) as ground:
        before = ground.rows()
        for kind, which, how in inputs:
            operation, said = which, how
            if kind == "changed":
                operation, request = _one_of(ground, which)
                said = changed(request, how, ground.values())
            refusal = _refusal(ground, operation, said)
            if refusal is None:
                before = ground.rows()
            else:
                assert refusal.status < 500, (operation, said, refusal)
                assert ground.rows() == before, (operation, said, refusal)
        assert ground.engine.check() == []
        assert ground.engine.parked == 0


def _refusal(ground: Ground, operation: str, said: Any) -> Fault | None:
    try:
        ground.client._call(operation, said)
    except Fault as fault:
        return fault
    return None


# Over HTTP


heads = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"X-Amz-Target",
                b"Host",
                b"Content-Length",
                b"Origin",
                b"Expect",
                b"Transfer-Encoding",
                b"Upgrade",
            ]
        )
        | some_bytes,
        some_bytes
        | st.sampled_from([b"chunked", b"100-continue", b"0", b"-1", b"99999999999999999999", b"h2c"]),
    ),
    max_size=3,
)
http_inputs = st.one_of(
    st.tuples(st.just("changed"), numbers, changes),
    st.tuples(st.just("changed"), numbers, changes),
    st.tuples(st.just("any"), st.sampled_from(NAMES), json_values),
    st.tuples(st.just("bytes"), st.sampled_from(NAMES), some_bytes),
    st.tuples(st.just("torn"), numbers, bytes_changes),
    st.tuples(st.just("torn request"), numbers, bytes_changes),
    st.tuples(st.just("heads"), numbers, heads),
    st.tuples(st.just("raw"), some_bytes, st.none()),
)


@fuzz
@given(st.lists(http_inputs, min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_served_engine_refuses_what_is_wrong_and_nothing_has_changed(
    inputs: Sequence[tuple[str, Any, Any]],
) -> None:
    with closing(Ground()) as ground:
        url = ground.engine.serve().url
        before = ground.rows()
        for kind, which, how in inputs:
            sent, whole = _wire(ground, kind, which, how)
            status = _status(url, sent, whole=whole)
            assert status < 500, sent
            if status == 200:
                before = ground.rows()
            else:
                assert ground.rows() == before, sent
        assert _status(url, _request("DescribeDomain", b'{"name":"old"}'), whole=True) == 200
        assert ground.engine.check() == []


def _one_of(ground: Ground, number: int) -> tuple[str, dict[str, Any]]:
    requests = ground.requests()
    return requests[number % len(requests)]


def _wire(ground: Ground, kind: str, which: Any, how: Any) -> tuple[bytes, bool]:
    """Return what is sent, and whether it is one whole request, to which an answer must come."""
    if kind == "raw":
        return which, False
    if kind in ("any", "bytes"):
        return _request(which, how if kind == "bytes" else _encoded(how)), True
    operation, request = _one_of(ground, which)
    if kind == "changed":
        return _request(operation, _encoded(changed(request, how, ground.values()))), True
    body = _encoded(request)
    if kind == "torn":
        return _request(operation, changed_bytes(body, how)), True
    if kind == "torn request":
        return changed_bytes(_request(operation, body), how), False
    return _request(operation, body, how), False


def _encoded(said: Any) -> bytes:
    return json.dumps(said).encode()


def _request(operation: str, body: bytes, more: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    lines = [
        b"POST / HTTP/1.1",
        b"Host: localhost",
        b"X-Amz-Target: SimpleWorkflowService." + operation.encode(),
        b"Content-Length: %d" % len(body),
        *(name + b": " + value for name, value in more),
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _status(url: str, sent: bytes, *, whole: bool) -> int:
    """Return the status of the answer; of several the first that is a failure, or the best; 0 for none."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), 10) as sock:
        sock.sendall(sent)
        if whole:
            answer = HTTPResponse(sock)
            answer.begin()
            answer.read()
            return answer.status
        sock.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while more := sock.recv(65_536):
                received += more
        except ConnectionResetError:
            pass
    found = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
    failures = [status for status in found if status >= 500]
    return failures[0] if failures else min((status for status in found if status >= 200), default=0)
