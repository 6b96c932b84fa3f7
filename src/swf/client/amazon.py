"""Amazon SWF itself: boto3's client, with time limits for long polls. boto3 is imported only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from swf.exceptions import NotConfigured

if TYPE_CHECKING:
    from swf.protocol.client import Client

__all__ = ["amazon_client"]


def amazon_client(region: str | None) -> Client:
    """Return boto3's client, which has the same methods. Raises `NotConfigured`."""
    import boto3.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.session.Session(region_name=region)
        if not session.region_name:
            raise NotConfigured("aws: no region is configured: say aws:REGION, or set AWS_DEFAULT_REGION")
        if session.get_credentials() is None:
            raise NotConfigured(
                "aws: no credentials are configured: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or AWS_PROFILE"
            )
        config = Config(connect_timeout=10, read_timeout=70, max_pool_connections=50)
        return cast("Client", session.client("swf", config=config))
    except (BotoCoreError, ValueError) as error:  # a profile that is not there, a region of no form
        raise NotConfigured(f"aws: {error}") from error
