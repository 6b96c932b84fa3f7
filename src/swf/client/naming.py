"""Which engine and which domain are meant: said, or in the environment, or the default."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from swf.exceptions import NotConfigured
from swf.places import default_file
from swf.protocol.sigv4 import Credentials

__all__ = ["Amazon", "Url", "credentials_of_environment", "domain_name", "engine_meant"]


@dataclass(frozen=True)
class Amazon:
    """Amazon SWF, in the region given or the one that boto3 is configured for."""

    region: str | None = None

    def __str__(self) -> str:
        return f"aws:{self.region}" if self.region else "aws"


@dataclass(frozen=True)
class Url:
    """An engine that is served."""

    url: str

    def __str__(self) -> str:
        return self.url


def engine_meant(engine: str | os.PathLike[str] | None = None) -> Amazon | Url | Path:
    """Return which engine is meant: the one said, else `SWF_ENGINE`, else the one on the default file.

    A path, `http://host:port`, or `aws[:REGION]`; a file called so is `./aws`. Raises `NotConfigured`.
    """
    name = os.fspath(engine) if engine else os.environ.get("SWF_ENGINE", "")
    if not name:
        return default_file()
    if name == "aws" or name.startswith("aws:"):
        return Amazon(name.partition(":")[2] or None)
    if name.startswith("http://"):
        return Url(name)
    if "://" in name:
        raise NotConfigured(f"{name!r} names no engine: say a path, http://host:port, or aws[:REGION]")
    return Path(name).expanduser().absolute()


def domain_name(domain: str | None = None) -> str:
    """Return which domain is meant: the one said, else `SWF_DOMAIN`, else `default`."""
    return domain or os.environ.get("SWF_DOMAIN") or "default"


def credentials_of_environment() -> Credentials | None:
    """Return the credentials in the variables that every AWS SDK reads, if they are there."""
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key or not secret:
        return None
    return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN") or None)
