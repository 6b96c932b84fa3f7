"""Who may ask: programs of this machine on loopback, whoever signs with a known key elsewhere."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from front.wire import COUNT, Wire, request
from swf.client import HttpClient
from swf.engine.front.credentials import read_credentials
from swf.exceptions import (
    CannotServe,
    InvalidSignature,
    MissingAuthenticationToken,
    UnknownResource,
    UnrecognizedClient,
)
from swf.protocol.sigv4 import Credentials, Request, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from front.standin import StandIn
    from swf.engine.front import Server

KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AKIDOTHER": "other"}
GOOD = Credentials("AKIDEXAMPLE", KEYS["AKIDEXAMPLE"])


@pytest.fixture
def amazon() -> Iterator[Callable[..., Any]]:
    clients: list[Any] = []

    def amazon(server: Server, key: str, secret: str, token: str | None = None) -> Any:
        clients.append(_amazon(server, key, secret, token))
        return clients[-1]

    yield amazon
    for client in clients:
        client.close()


@pytest.fixture
def lean() -> Iterator[Callable[..., HttpClient]]:
    clients: list[HttpClient] = []

    def lean(*args: Any, **options: Any) -> HttpClient:
        clients.append(HttpClient(*args, **options))
        return clients[-1]

    yield lean
    for client in clients:
        client.close()


def _amazon(server: Server, key: str, secret: str, token: str | None = None) -> Any:
    return boto3.client(
        "swf",
        endpoint_url=server.url,
        region_name="eu-west-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


# Loopback


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:7930",
        "LocalHost",
        "localhost.:1",
        "127.0.0.1",
        "127.8.9.1:80",
        "[::1]",
        "[::1]:7930",
        " 127.0.0.1 ",
    ],
)
def test_the_names_of_this_machine_are_answered(wire: Wire, host: str) -> None:
    assert wire.ask(*COUNT, host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7930",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "[::1",
        "[::1]evil",
        "::1",
        "",
        "0.0.0.0",
        "127.0.0.1:evil",
        "2130706433",
        "\xe9",
    ],
)
def test_another_name_is_refused(wire: Wire, host: str) -> None:
    wire.send(request(*COUNT).replace(b"localhost", host.encode("latin-1")))
    answer = wire.answer()

    assert answer.status == 403
    assert answer.json["__type"].endswith("#AccessDeniedException")
    assert "is not a name of this machine" in answer.json["message"]


def test_a_second_host_does_not_hide_behind_the_first(wire: Wire) -> None:
    assert wire.ask(*COUNT, "Host: evil.example").status == 403


def test_a_web_page_is_refused(wire: Wire, engine: StandIn) -> None:
    for origin in ("http://localhost:7930", "null", "https://evil.example"):
        answer = wire.ask(*COUNT, f"Origin: {origin}")
        assert answer.status == 403
        assert "Origin" in answer.json["message"]
    assert engine.batches == []


def test_a_web_page_does_not_see_the_health_either(wire: Wire) -> None:
    assert wire.send(b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n").answer().status == 403


def test_a_request_for_another_engine_is_refused(wire: Wire) -> None:
    answer = wire.ask(*COUNT, "X-Swf-Engine: another")
    assert answer.status == 421
    assert answer.json["__type"].endswith("#MisdirectedRequestException")


def test_signatures_are_not_looked_at_where_none_is_needed(
    server: Server, amazon: Callable[..., Any]
) -> None:
    client = amazon(server, "any", "thing")
    assert client.count_pending_activity_tasks(domain="d", taskList={"name": "l"})["count"] == 7


# Elsewhere


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_other_machines_are_not_served_without_credentials(
    engine: StandIn, started: Callable[..., Server], host: str
) -> None:
    nothing: dict[str, str] | None
    for nothing in (None, {}):
        with pytest.raises(CannotServe, match="must sign"):
            started(host=host, credentials=nothing)
    assert engine.announced == []


def test_on_any_address_signed_requests_are_answered(
    started: Callable[..., Server], amazon: Callable[..., Any]
) -> None:
    server = started(host="0.0.0.0", credentials=KEYS)
    assert server.url.startswith("http://127.0.0.1:")
    assert (
        amazon(server, GOOD.access_key, GOOD.secret_key).count_pending_activity_tasks(
            domain="d", taskList={"name": "l"}
        )["count"]
        == 7
    )
    with Wire(server.url) as wire:
        health = wire.send(b"GET /health HTTP/1.1\r\nHost: engine.example\r\n\r\n").answer()
        assert health.json["status"] == "ok"
        assert (
            wire.ask(*COUNT, host="engine.example")
            .json["__type"]
            .endswith("#MissingAuthenticationTokenException")
        )


@pytest.fixture
def guarded(started: Callable[..., Server]) -> Server:
    return started(credentials=KEYS)


def test_boto3_is_verified(guarded: Server, engine: StandIn, amazon: Callable[..., Any]) -> None:
    good = amazon(guarded, GOOD.access_key, GOOD.secret_key)
    assert good.count_pending_activity_tasks(domain="d", taskList={"name": "é ~ ü"})["count"] == 7
    with pytest.raises(ClientError) as caught:
        good.describe_domain(name="x")
    assert caught.value.response["Error"] == {"Code": "UnknownResourceFault", "Message": "Unknown domain: x"}
    performed = len(engine.batches)

    for key, secret, code in (
        (GOOD.access_key, "wrong", "InvalidSignatureException"),
        ("AKIDOTHER", GOOD.secret_key, "InvalidSignatureException"),
        ("AKIDNOBODY", GOOD.secret_key, "UnrecognizedClientException"),
    ):
        with pytest.raises(ClientError) as caught:
            amazon(guarded, key, secret).count_pending_activity_tasks(domain="d", taskList={"name": "l"})
        assert caught.value.response["Error"]["Code"] == code
    assert len(engine.batches) == performed


def test_boto3_with_a_session_token_is_verified(guarded: Server, amazon: Callable[..., Any]) -> None:
    client = amazon(guarded, GOOD.access_key, GOOD.secret_key, "a/token+of=its own")
    assert client.count_pending_activity_tasks(domain="d", taskList={"name": "l"})["count"] == 7


def test_our_client_is_verified(guarded: Server, lean: Callable[..., HttpClient]) -> None:
    for credentials in (GOOD, Credentials(GOOD.access_key, GOOD.secret_key, "token")):
        client = lean(guarded.url, credentials)
        assert client.count_pending_activity_tasks(domain="d", taskList={"name": "é"})["count"] == 7
        with pytest.raises(UnknownResource):
            client.describe_domain(name="x")


def test_our_client_with_the_wrong_key_is_refused(guarded: Server, lean: Callable[..., HttpClient]) -> None:
    client = lean(guarded.url, Credentials(GOOD.access_key, "wrong"))
    with pytest.raises(InvalidSignature):
        client.list_domains(registrationStatus="REGISTERED")
    client = lean(guarded.url, Credentials("AKIDNOBODY", "wrong"))
    with pytest.raises(UnrecognizedClient):
        client.list_domains(registrationStatus="REGISTERED")


def test_our_client_signs_when_it_is_asked_to(
    guarded: Server, server: Server, lean: Callable[..., HttpClient]
) -> None:
    for url in (guarded.url, server.url):
        client = lean(url, spare=GOOD)
        assert client.count_pending_activity_tasks(domain="d", taskList={"name": "l"})["count"] == 7
    with pytest.raises(MissingAuthenticationToken):
        lean(guarded.url).count_pending_activity_tasks(domain="d", taskList={"name": "l"})


def signed(body: bytes, when: datetime, **changes: str) -> bytes:
    headers = {"host": "localhost", "x-amz-target": f"SimpleWorkflowService.{COUNT[0]}"}
    headers |= sign(Request(headers, body), GOOD, region="us-east-1", now=when)
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["POST / HTTP/1.1", *lines, f"content-length: {len(body)}"]).encode() + b"\r\n\r\n"


BODY = b'{"domain":"d","taskList":{"name":"l"}}'


def test_a_signature_counts_for_five_minutes(guarded: Server) -> None:
    now = datetime.now(UTC)
    with Wire(guarded.url) as wire:
        for minutes in (-4, 0, 4):
            assert wire.send(signed(BODY, now + timedelta(minutes=minutes)) + BODY).answer().status == 200
        for minutes in (-6, 6, -1440, 1440):
            answer = wire.send(signed(BODY, now + timedelta(minutes=minutes)) + BODY).answer()
            assert answer.json["__type"].endswith("#InvalidSignatureException")
            assert "Signature" in answer.json["message"]


def test_a_body_that_is_not_the_signed_one_is_refused(guarded: Server, engine: StandIn) -> None:
    with Wire(guarded.url) as wire:
        head = signed(BODY, datetime.now(UTC))
        answer = wire.send(head + BODY.replace(b'"d"', b'"e"')).answer()
        assert answer.json["__type"].endswith("#InvalidSignatureException")
        assert wire.send(head + BODY).answer().status == 200
    assert len(engine.batches) == 1


def test_another_target_than_the_signed_one_is_refused(guarded: Server) -> None:
    now = datetime.now(UTC)
    with Wire(guarded.url) as wire:
        for change in (
            {"x_amz_target": "SimpleWorkflowService.TerminateWorkflowExecution"},
            {"host": "127.0.0.1"},
            {"x_amz_content_sha256": "UNSIGNED-PAYLOAD"},
        ):
            answer = wire.send(signed(BODY, now, **change) + BODY).answer()
            assert answer.json["__type"].endswith("#InvalidSignatureException"), change
        doubled = signed(BODY, now).replace(
            b"POST / HTTP/1.1", b"POST / HTTP/1.1\r\nx-amz-target: SimpleWorkflowService.ListDomains"
        )
        assert wire.send(doubled + BODY).answer().json["__type"].endswith("#InvalidSignatureException")


@pytest.mark.parametrize(
    "said",
    [
        "x",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a",
        "Basic YTpi",
        "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature=",
        "\xff\xfe",
    ],
)
def test_half_a_signature_is_refused(guarded: Server, said: str) -> None:
    with Wire(guarded.url) as wire:
        line = f"Authorization: {said}".encode("latin-1")
        wire.send(request(*COUNT).replace(b"Host:", line + b"\r\nHost:"))
        answer = wire.answer()
    assert answer.status == 400
    assert answer.json["__type"].endswith(("#IncompleteSignatureException", "#InvalidSignatureException"))


def test_two_threads_sign_at_once(guarded: Server, lean: Callable[..., HttpClient]) -> None:
    client = lean(guarded.url, GOOD)
    answers: list[int] = []

    def ask() -> None:
        answers.extend(
            client.count_pending_activity_tasks(domain="d", taskList={"name": "l"})["count"]
            for _ in range(50)
        )

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [7] * 200


# The file of keys


def test_every_profile_is_a_key(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(
        "[default]\naws_access_key_id = A\naws_secret_access_key = s%ecret=\n"
        "# a comment\n[other]\nAWS_ACCESS_KEY_ID=B\naws_secret_access_key=t\nregion=eu-west-1\n"
    )
    assert read_credentials(file) == {"A": "s%ecret=", "B": "t"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has no profile"),
        ("aws_access_key_id = A", "is not a file of AWS credentials"),
        ("[a]\naws_access_key_id = A\n", r"profile \[a\] in .* lacks aws_secret_access_key"),
        ("[a]\naws_secret_access_key = hush\n", r"profile \[a\] in .* lacks aws_access_key_id"),
        ("[a]\n[a]\n", "is not a file of AWS credentials"),
        ("\0\xff", "is not a file of AWS credentials"),
        (
            "[a]\naws_access_key_id=A\naws_secret_access_key=hush\n[b]\naws_access_key_id=A\naws_secret_access_key=hush2\n",
            "another secret",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_and_no_secret_repeated(
    tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "credentials"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CannotServe, match=problem) as caught:
        read_credentials(file)
    assert "hush" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="nothing: No such file"):
        read_credentials(tmp_path / "nothing")


# What a request can set in motion


def test_nothing_in_a_request_is_imported_evaluated_or_opened(wire: Wire) -> None:
    operations = [
        COUNT,
        ("DescribeDomain", {"name": "os.system('x')"}),
        ("__import__", {}),
        ("ListDomains", b"{{{"),
    ]
    suspicious = ("import", "open", "exec", "compile", "os.", "subprocess.", "pickle.", "marshal.", "ctypes.")
    heard: list[str] = []
    listening = False

    def hook(event: str, _: object) -> None:
        if listening and event.startswith(suspicious) and threading.current_thread().name == "swf-front":
            heard.append(event)

    def ask_all() -> None:
        for operation, body in operations:
            wire.ask(operation, body, "Content-Encoding: gzip", "X-Amz-Security-Token: ../../etc/passwd")
        wire.ask(*COUNT, path="/../../etc/passwd?file=/etc/passwd")
        wire.send(b"GET /../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n").answer()

    ask_all()
    sys.addaudithook(hook)
    listening = True
    ask_all()
    listening = False
    assert heard == []
