"""AWS Signature Version 4: how a client proves who it is. One calculation, to sign with and to verify with.

Knows neither sockets nor clocks: headers are a mapping with names in lower case, values decoded as UTF-8 with
`surrogateescape`; times are aware datetimes.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from swf.exceptions import (
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    UnrecognizedClient,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SKEW", "Credentials", "Request", "Scope", "sign", "signature", "verify"]

SKEW: Final = timedelta(minutes=5)
"""How far the clocks of client and service may be apart."""
_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SERVICE: Final = "swf"
_END: Final = "aws4_request"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_BASIC: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_ALWAYS_SIGNED: Final = {"host": "Host", "x-amz-date": "X-Amz-Date", "x-amz-target": "X-Amz-Target"}
"""What else could be changed on the way, the operation even."""
_WRONG: Final = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs. `token` goes with keys that are lent for a while."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed: header names in lower case, path and query as they stand in the request line."""

    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    path: str = "/"
    query: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and on which day a signature counts; the day as `20120125`."""

    day: str
    region: str
    service: str = _SERVICE

    def __str__(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/{_END}"


def signature(request: Request, signed: Iterable[str], scope: Scope, secret_key: str) -> str:
    """Return the signature of a request over the headers `signed`, in hexadecimal digits.

    Its time is its header x-amz-date. Raises `KeyError` when it lacks one of the headers.
    """
    names = sorted(signed)
    lines = [
        request.method,
        quote(request.path, safe="/~"),
        _canonical_query(request.query),
        *(f"{name}:{' '.join(request.headers[name].split())}" for name in names),
        "",
        ";".join(names),
        sha256(request.body).hexdigest(),
    ]
    canonical = sha256(_bytes("\n".join(lines))).hexdigest()
    text = "\n".join((_ALGORITHM, request.headers["x-amz-date"], str(scope), canonical))
    key = f"AWS4{secret_key}".encode()
    for part in (scope.day, scope.region, scope.service, _END):
        key = hmac.digest(key, _bytes(part), "sha256")
    return hmac.digest(key, _bytes(text), "sha256").hex()


def sign(request: Request, credentials: Credentials, *, region: str, now: datetime) -> dict[str, str]:
    """Return the headers to be added to a request, `authorization` among them; all its headers are signed."""
    stamp = now.astimezone(UTC).strftime(_STAMP)
    added = {"x-amz-date": stamp}
    if credentials.token is not None:
        added["x-amz-security-token"] = credentials.token
    headers = {**request.headers, **added}
    dated = Request(headers, request.body, request.method, request.path, request.query)
    scope = Scope(stamp[:8], region)
    proof = signature(dated, headers, scope, credentials.secret_key)
    added["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={';'.join(sorted(headers))}, Signature={proof}"
    )
    return added


def verify(request: Request, secrets: Mapping[str, str], *, now: datetime, region: str | None = None) -> str:
    """Return the access key that a request is signed with; `secrets` has the secret of each access key.

    With a `region` the signature must be for it, else it may be for any. Raises `MissingAuthenticationToken`,
    `IncompleteSignature`, `UnrecognizedClient` or `InvalidSignature`, in the words of Amazon.
    """
    parts = _parts(request.headers)
    access_key, _, rest = parts["Credential"].partition("/")
    stamp = request.headers["x-amz-date"]
    signed = parts["SignedHeaders"].split(";")
    scope = _scope(rest, region)
    _require_signed(request.headers, signed)
    _require_now(stamp, scope, now)
    if (secret := secrets.get(access_key)) is None:
        raise UnrecognizedClient
    claimed = request.headers.get("x-amz-content-sha256")
    if claimed is not None and not _same(claimed, sha256(request.body).hexdigest()):
        raise InvalidSignature(_WRONG)
    if not _same(signature(request, signed, scope, secret), parts["Signature"]):
        raise InvalidSignature(_WRONG)
    return access_key


def _parts(headers: Mapping[str, str]) -> dict[str, str]:
    """Return Credential, SignedHeaders and Signature of the Authorization header; all are there."""
    if not (said := headers.get("authorization", "").strip()):
        raise MissingAuthenticationToken
    algorithm, _, rest = said.partition(" ")
    if algorithm != _ALGORITHM:
        raise IncompleteSignature(f"'{algorithm}' is not the algorithm of a signature: it is {_ALGORITHM}")
    parts = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals or " " in value:
            raise IncompleteSignature(
                f"'{part.strip()}' not a valid key=value pair (missing equal-sign) "
                f"in Authorization header: '{said}'."
            )
        parts[name] = value
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not parts.get(name)
    ]
    if "x-amz-date" not in headers:
        missing.append("Authorization header requires existence of a 'X-Amz-Date' header.")
    if missing:
        raise IncompleteSignature(f"{' '.join(missing)} Authorization={algorithm}")
    return parts


def _scope(said: str, region: str | None) -> Scope:
    match said.split("/"):
        case [day, of, service, end] if day and of:
            pass
        case _:
            raise IncompleteSignature(
                "Credential must have exactly 5 slash-delimited elements, "
                f"e.g. keyid/date/region/service/term, got '{said}'"
            )
    if region is not None and of != region:
        raise InvalidSignature(f"Credential should be scoped to a valid region, not '{of}'.")
    if service != _SERVICE:
        raise InvalidSignature(f"Credential should be scoped to correct service: '{_SERVICE}'.")
    if end != _END:
        raise InvalidSignature(f"Credential should be scoped with a valid terminator: '{_END}', not '{end}'.")
    return Scope(day, of)


def _require_signed(headers: Mapping[str, str], signed: list[str]) -> None:
    for name, spoken in _ALWAYS_SIGNED.items():
        if name not in signed:
            raise InvalidSignature(f"'{spoken}' must be a 'SignedHeader' in the AWS Authorization.")
    if any(name not in headers for name in signed):
        raise InvalidSignature(_WRONG)


def _require_now(stamp: str, scope: Scope, now: datetime) -> None:
    when = _instant(stamp)
    if scope.day != stamp[:8]:
        raise InvalidSignature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{scope.day}' != '{stamp[:8]}', from '{stamp}'."
        )
    now = now.astimezone(UTC)
    there = now.strftime(_STAMP)
    if when < now - SKEW:
        edge = (now - SKEW).strftime(_STAMP)
        raise InvalidSignature(f"Signature expired: {stamp} is now earlier than {edge} ({there} - 5 min.)")
    if when > now + SKEW:
        edge = (now + SKEW).strftime(_STAMP)
        raise InvalidSignature(
            f"Signature not yet current: {stamp} is still later than {edge} ({there} + 5 min.)"
        )


def _instant(stamp: str) -> datetime:
    try:
        if _BASIC.fullmatch(stamp):
            return datetime.fromisoformat(stamp)
    except ValueError:  # the 31st of February
        pass
    raise IncompleteSignature(
        f"Date must be in ISO-8601 'basic format'. Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )


def _canonical_query(query: str) -> str:
    pairs = sorted(pair.partition("=") for pair in query.split("&") if pair)
    return "&".join(f"{name}={value}" for name, _, value in pairs)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
