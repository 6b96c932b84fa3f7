"""boto3 as a client like any other: its refusals are ours, its times are those of the wire."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import boto3.session
import pytest
from botocore.config import Config

from swf.client.amazon import AmazonClient
from swf.engine import Engine
from swf.exceptions import (
    DoesNotExistError,
    EngineUnreachable,
    ExpiredToken,
    InvalidCredentialsError,
    RateLimitExceededError,
    SWFError,
    Throttling,
    UnknownResource,
)
from swf.protocol import answers, requests
from swf.protocol.enums import RegistrationStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}


def client_at(url: str, read_timeout: float = 5, **keys: str) -> AmazonClient:
    session: Any = boto3.session.Session()
    config = Config(connect_timeout=2, read_timeout=read_timeout, retries={"total_max_attempts": 1})
    named = {"region_name": "us-east-1", "endpoint_url": url, "config": config}
    return AmazonClient(session.client("swf", **named, **(keys or KEYS)))


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as made:
        yield made


def test_it_answers_dicts_as_boto3_and_structs_as_our_clients_do(engine: Engine) -> None:
    client = client_at(engine.serve().url)
    client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    client.register_workflow_type(domain="d", name="w", version="1")
    listed = client.list_workflow_types(domain="d", registrationStatus="REGISTERED")
    told: Any = client.ask(
        requests.ListWorkflowTypesInput("d", registration_status=RegistrationStatus.REGISTERED)
    )
    assert isinstance(told, answers.WorkflowTypeInfos)
    assert told.type_infos[0].creation_date == listed["typeInfos"][0]["creationDate"].timestamp()
    assert "ResponseMetadata" not in listed
    assert client.ask(requests.DeprecateDomainInput("d")) is None


def test_an_unknown_domain_is_named_with_a_remedy(engine: Engine) -> None:
    with pytest.raises(
        DoesNotExistError, match="Unknown domain: nowhere: register it, or say another"
    ) as told:
        client_at(engine.serve().url).describe_domain(name="nowhere")
    assert isinstance(told.value, UnknownResource)
    assert told.value.error_code == "UnknownResourceFault"


@pytest.mark.parametrize("keys", [("key", "wrong"), ("unknown", "secret")])
def test_wrong_credentials_are_named_with_a_remedy(engine: Engine, keys: tuple[str, str]) -> None:
    url = engine.serve(credentials={"key": "secret"}).url
    client = client_at(url, aws_access_key_id=keys[0], aws_secret_access_key=keys[1])
    with pytest.raises(InvalidCredentialsError, match="check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        client.list_domains(registrationStatus="REGISTERED")


def test_an_endpoint_that_nobody_serves_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EngineUnreachable, match=url) as told:
            client_at(url).list_domains(registrationStatus="REGISTERED")
    assert not told.value.maybe_done


def test_a_client_that_does_not_wait_as_long_as_a_poll_is_told_so() -> None:
    with Engine(poll_seconds=30) as engine:
        engine.client().register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        client = client_at(engine.serve().url, read_timeout=0.1)
        with pytest.raises(
            EngineUnreachable, match=r"make the client with Config\(read_timeout=70\)"
        ) as told:
            client.poll_for_activity_task(domain="d", taskList={"name": "l"})
        assert told.value.maybe_done


@pytest.mark.parametrize(
    ("code", "message", "kind", "remedy"),
    [
        ("ThrottlingException", "Rate exceeded", RateLimitExceededError, "SWF_CONNECTION_RETRIES"),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            InvalidCredentialsError,
            "get new temporary credentials",
        ),
    ],
)
def test_what_only_amazon_says_is_known_too(
    answering: Callable[[str, str], str], code: str, message: str, kind: type[SWFError], remedy: str
) -> None:
    with pytest.raises(kind, match=remedy) as told:
        client_at(answering(code, message)).list_domains(registrationStatus="REGISTERED")
    assert isinstance(told.value, Throttling | ExpiredToken)
    assert told.value.message == message


@pytest.fixture
def answering() -> Iterator[Callable[[str, str], str]]:
    """Start servers that answer every request with one fault."""
    import http.server
    import threading

    servers: list[http.server.ThreadingHTTPServer] = []

    def start(code: str, message: str) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = f'{{"__type":"com.amazon.coral.service#{code}","message":"{message}"}}'.encode()
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(400)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
