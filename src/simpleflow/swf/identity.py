"""Who polls: the identity that deciders and workers leave in histories."""

from __future__ import annotations

import getpass
import json
import logging
import os
import socket
import sys
from functools import cache
from typing import Any, Final

from simpleflow import __version__

__all__ = ["identity", "is_ours"]

logger = logging.getLogger(__name__)

_MOST = 256
_MARK: Final = "simpleflow"
"""The key by which an execution is known to be decided by this release or a later one."""


def identity() -> str:
    """Return user, host, pid, executable and release as compact JSON, 256 characters at most.

    What `SIMPLEFLOW_IDENTITY` holds, a JSON object, is merged in; a null takes a key away.
    """
    told: dict[str, Any] = {
        "exe": sys.executable,
        "hostname": socket.gethostname(),
        "pid": os.getpid(),
        "user": _user(),
        **_of_environment(),
    }
    told[_MARK] = __version__
    text = _written(told)
    if len(text) > _MOST:
        text = _written({key: value for key, value in told.items() if key != "exe"})
    if len(text) > _MOST:  # the mark stays: it is how the history is read
        text = _written({_MARK: __version__, "pid": told.get("pid")})
    return text


def is_ours(text: str | None) -> bool:
    """Tell whether an identity in a history is of this release or a later one."""
    try:
        told = json.loads(text or "null")
    except ValueError:
        return False
    return isinstance(told, dict) and _MARK in told


def _written(told: dict[str, Any]) -> str:
    left = {key: value for key, value in told.items() if value is not None}
    return json.dumps(left, separators=(",", ":"), sort_keys=True)


@cache
def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as containers have
        return str(os.getuid())


def _of_environment() -> dict[str, Any]:
    try:
        told = json.loads(os.environ.get("SIMPLEFLOW_IDENTITY") or "{}")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        logger.warning("SIMPLEFLOW_IDENTITY is not a JSON object: it is ignored")
        return {}
    return told
