"""JSON text, and how much of it SWF takes. It knows only what JSON itself has."""

from __future__ import annotations

import json
from typing import Any

from simpleflow.exceptions import CodecError

_write = json.JSONEncoder(separators=(",", ":"), sort_keys=True, allow_nan=False, check_circular=False).encode
_read = json.JSONDecoder().decode


def dumps(image: Any) -> str:
    """Write what is made of JSON's own types: compact, sorted, in ASCII."""
    try:
        return _write(image)
    except (ValueError, RecursionError) as error:
        raise CodecError(f"JSON cannot hold it ({error})") from error


def loads(text: str) -> Any:
    """Read JSON; raises `CodecError` when it is none, or is nested too deep to be read."""
    try:
        return _read(text)
    except ValueError as error:
        raise CodecError(f"not JSON ({error})") from error
    except RecursionError:
        raise CodecError("nested too deep to be read") from None


def check_length(text: str, limit: int, what: str) -> str:
    """Return `text`, or raise a `CodecError` that names its size when SWF does not take so much."""
    if len(text) > limit:
        raise CodecError(
            f"{len(text)} characters, and SWF takes {limit} at most: "
            "store the value elsewhere and pass where it is",
            what,
        )
    return text
