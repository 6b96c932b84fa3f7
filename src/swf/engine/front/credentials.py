"""The keys that a server knows: a file like `~/.aws/credentials`, each profile of it one key."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

from swf.exceptions import CannotServe

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_credentials"]

_KEY, _SECRET = "aws_access_key_id", "aws_secret_access_key"


def read_credentials(path: Path) -> dict[str, str]:
    """Return the secret of each access key in a file. Raises `CannotServe`, which repeats no secret."""
    parser = configparser.RawConfigParser()
    try:
        with path.open(encoding="utf-8") as file:
            parser.read_file(file)
    except OSError as error:
        raise CannotServe(f"cannot read the credentials in {path}: {error.strerror}") from None
    except (configparser.Error, UnicodeDecodeError):
        form = "[profile], and lines of name = value"
        raise CannotServe(f"{path} is not a file of AWS credentials: {form}") from None
    secrets: dict[str, str] = {}
    for profile in parser.sections():
        key, secret = parser.get(profile, _KEY, fallback=""), parser.get(profile, _SECRET, fallback="")
        if not key or not secret:
            raise CannotServe(f"profile [{profile}] in {path} lacks {_KEY if not key else _SECRET}")
        if secrets.setdefault(key, secret) != secret:
            raise CannotServe(f"profile [{profile}] in {path} has another secret for a key of an earlier one")
    if not secrets:
        raise CannotServe(f"{path} has no profile with {_KEY} and {_SECRET}")
    return secrets
