"""From a name to a client."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from swf.client.amazon import amazon_client
from swf.client.file import FileClient
from swf.client.http import HttpClient
from swf.client.naming import Amazon, Url, credentials_of_environment, engine_meant
from swf.client.retrying import RetryingClient
from swf.exceptions import DomainAlreadyExists, UnknownResource

if TYPE_CHECKING:
    import os

    from swf.protocol.client import Client
    from swf.protocol.sigv4 import Credentials

__all__ = ["connect", "ensure_domain"]

_RETENTION_DAYS = "30"


def connect(
    engine: str | os.PathLike[str] | None = None,
    *,
    domain: str | None = None,
    credentials: Credentials | None = None,
    open_file: bool = True,
) -> Client:
    """Return a client of the engine meant: `engine`, else `SWF_ENGINE`, else the one on the default file.

    A path is the engine on that file wherever it runs, in this process when nobody has it yet (with
    `open_file`; else whoever opens it is waited for);
    `http://host:port` one that is served; `aws[:REGION]` Amazon SWF, by boto3. A `domain` that an embedded
    engine lacks is registered. `credentials` sign what is asked; without them Amazon is asked with what boto3
    finds, and an embedded engine that wants signatures with those in AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY.

    What is throttled, or lost on the way, is tried again (`SWF_CONNECTION_RETRIES` times, 5).

    Raises `NotConfigured`, `EngineInUse`, `EngineUnreachable`; an `SWFError` when the file cannot be opened.
    """
    meant = engine_meant(engine)
    client: Client
    match meant:
        case Amazon(region):
            return RetryingClient(amazon_client(region, credentials))
        case Url(url):
            client = RetryingClient(HttpClient(url, credentials, spare=credentials_of_environment()))
        case file:
            spare = credentials or credentials_of_environment()
            client = FileClient(file, spare=spare, open_file=open_file).open()
    if domain is not None:
        try:
            ensure_domain(client, domain)
        except BaseException:
            client.close()
            raise
    return client


def ensure_domain(client: Client, domain: str) -> None:
    """Register a domain unless it is there; closed executions are kept for 30 days."""
    try:
        client.describe_domain(name=domain)
    except UnknownResource:
        with contextlib.suppress(DomainAlreadyExists):  # somebody else did in this instant
            client.register_domain(name=domain, workflowExecutionRetentionPeriodInDays=_RETENTION_DAYS)
