"""Amazon SWF itself, by boto3, which is imported only here."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from swf.client.http import REPEATABLE
from swf.exceptions import EngineUnreachable, InvalidCredentialsError, InvalidRequest, NotConfigured, SWFError
from swf.protocol.client import Client
from swf.protocol.faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from swf.protocol.sigv4 import Credentials

__all__ = ["AmazonClient", "amazon_client"]

_CONNECT_SECONDS = 10
_READ_SECONDS = 70
"""Longer than a poll waits, which is a minute."""


class AmazonClient(Client):
    """What boto3's client of SWF does, with our exceptions.

    Threads may share it; a process that forks may use it on both sides.

    boto3's own retries are the caller's to configure; `amazon_client` has none, for retries that know what
    may be repeated are ours (`swf.client.retrying`).
    """

    def __init__(self, boto3_client: Any) -> None:
        self.boto3_client = boto3_client
        self._pid = os.getpid()

    def __repr__(self) -> str:
        return f"<AmazonClient {self.boto3_client.meta.endpoint_url}>"

    def close(self) -> None:
        self.boto3_client.close()

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        if self._pid != os.getpid():
            self._take_over()
        method: Callable[..., dict[str, Any]] = getattr(self.boto3_client, xform_name(operation))
        try:
            answer = method(**request)
        except ClientError as refusal:
            raise _fault_in(refusal.response) from refusal
        except (BotoCoreError, ValueError) as error:
            raise self._told(error, operation) from error
        answer.pop("ResponseMetadata", None)
        _to_seconds(answer)
        return answer

    def _take_over(self) -> None:
        """Leave to the process that forked this one what is its own: its kept connections."""
        self.boto3_client.close()  # which can be used again
        self._pid = os.getpid()

    def _told(self, error: Exception, operation: str) -> SWFError:
        from botocore import exceptions as b

        url = self.boto3_client.meta.endpoint_url
        if isinstance(error, b.NoCredentialsError | b.PartialCredentialsError | b.TokenRetrievalError):
            return InvalidCredentialsError(f"{error}: set AWS_ACCESS_KEY_ID and so on, or AWS_PROFILE")
        if isinstance(error, b.EndpointConnectionError | b.ConnectTimeoutError | b.ProxyConnectionError):
            return EngineUnreachable(url, str(error))
        if isinstance(error, b.ReadTimeoutError) and operation.startswith("PollFor"):
            why = f"{error}; a poll waits for a minute: make the client with Config(read_timeout=70)"
            return EngineUnreachable(url, why, maybe_done=True)
        if isinstance(error, b.HTTPClientError):  # it was on its way, and nobody knows how far
            return EngineUnreachable(url, str(error), maybe_done=operation not in REPEATABLE)
        if isinstance(error, b.ParamValidationError):
            return InvalidRequest(str(error))
        return SWFError(f"{type(error).__name__}: {error}")


def amazon_client(region: str | None, credentials: Credentials | None = None) -> AmazonClient:
    """Return a client of Amazon SWF, as boto3's own settings and chain of credentials say.

    `credentials` are used instead of what that chain finds. Raises `NotConfigured`.
    """
    import boto3.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        key, secret, token = (
            (None, None, None)
            if credentials is None
            else (credentials.access_key, credentials.secret_key, credentials.token)
        )
        session = boto3.session.Session(key, secret, token, region)
        if not session.region_name:
            raise NotConfigured("aws: no region is configured: say aws:REGION, or set AWS_DEFAULT_REGION")
        if session.get_credentials() is None:
            raise NotConfigured(
                "aws: no credentials are configured: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or AWS_PROFILE"
            )
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            max_pool_connections=50,
            retries={"total_max_attempts": 1},
        )
        return AmazonClient(session.client("swf", config=config))
    except (BotoCoreError, ValueError) as error:  # a profile that is not there, a region of no form
        raise NotConfigured(f"aws: {error}") from error


def _fault_in(response: Any) -> SWFError:
    error = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return fault_of(str(error.get("Code") or f"HTTP {status}"), error.get("Message") or None, status)


def _to_seconds(answer: dict[str, Any]) -> None:
    """Make each time in an answer what the wire had: seconds since the epoch."""
    for key, value in answer.items():
        if isinstance(value, datetime):
            answer[key] = value.timestamp()
        elif isinstance(value, dict):
            _to_seconds(value)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    _to_seconds(each)
