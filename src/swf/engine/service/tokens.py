"""Task tokens and page tokens: opaque to clients, sealed with a secret that stays in the file.

A token says all that it is for, so that it outlives the process that gave it.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from swf.exceptions import InvalidRequest

if TYPE_CHECKING:
    from swf.engine.service.runs import Run
    from swf.engine.store import Store

__all__ = ["PageToken", "TaskToken", "Tokens"]

_SEAL = 12
_LIFETIME = 24 * 3600.0
_LONGEST_NAME = 400
"""Bytes of a workflow id that a task token has room for (1,024 characters in all)."""


class TaskToken(msgspec.Struct, array_like=True, frozen=True):
    """A task that was handed out; its ids are for messages about a run that is gone."""

    kind: Literal["decision", "activity"]
    run: int
    scheduled_event_id: int
    started_event_id: int
    workflow_id: str
    run_id: str


class PageToken(msgspec.Struct, array_like=True, frozen=True):
    """Where a page ends: of which operation and arguments, given when, and the key of its last row."""

    operation: str
    arguments: bytes
    given: float
    behind: list[Any]


class Tokens:
    """Seals tokens and opens them."""

    def __init__(self, store: Store) -> None:
        secret = store.meta("token_secret")
        if secret is None:
            secret = secrets.token_bytes(32)
            store.set_meta("token_secret", secret)
            store.commit()
        self._secret = secret
        self._encode = msgspec.msgpack.Encoder().encode
        self._task = msgspec.msgpack.Decoder(TaskToken).decode
        self._page = msgspec.msgpack.Decoder(PageToken).decode

    def of_task(
        self, kind: Literal["decision", "activity"], run: Run, scheduled_event_id: int, started_event_id: int
    ) -> str:
        """Return the token of a task that was handed out."""
        workflow_id = run.workflow_id if len(run.workflow_id.encode()) <= _LONGEST_NAME else ""
        return self._sealed(
            TaskToken(kind, run.id, scheduled_event_id, started_event_id, workflow_id, run.run_id)
        )

    def task(self, text: str, kind: Literal["decision", "activity"]) -> TaskToken:
        """Open a task token. Raises `InvalidRequest` for anything else."""
        try:
            token = self._task(self._opened(text))
        except (ValueError, msgspec.MsgspecError):
            raise InvalidRequest("Invalid token") from None
        if token.kind != kind:
            raise InvalidRequest("Invalid token")
        return token

    def of_page(self, operation: str, arguments: Any, now: float, behind: list[Any]) -> str:
        """Return the token of the next page of a list that was asked for with these arguments."""
        return self._sealed(PageToken(operation, self._digest(arguments), now, behind))

    def page(self, text: str, operation: str, arguments: Any, now: float) -> list[Any]:
        """Return the key of the last row of the page before.

        Raises `InvalidRequest` for the token of another operation or of other arguments, and after a day.
        """
        try:
            token = self._page(self._opened(text))
        except (ValueError, msgspec.MsgspecError):
            raise InvalidRequest("Invalid token") from None
        if token.operation != operation or token.arguments != self._digest(arguments):
            raise InvalidRequest("Invalid token")
        if now - token.given > _LIFETIME:
            raise InvalidRequest("Specified token has exceeded its maximum lifetime")
        return token.behind

    def _digest(self, arguments: Any) -> bytes:
        return blake2b(self._encode(arguments), digest_size=8).digest()

    def _sealed(self, token: msgspec.Struct) -> str:
        payload = self._encode(token)
        return b64encode(self._seal(payload) + payload).decode()

    def _opened(self, text: str) -> bytes:
        raw = b64decode(text, validate=True)
        seal, payload = raw[:_SEAL], raw[_SEAL:]
        if not hmac.compare_digest(seal, self._seal(payload)):
            raise ValueError("not sealed by this engine")
        return payload

    def _seal(self, payload: bytes) -> bytes:
        return blake2b(payload, key=self._secret, digest_size=_SEAL).digest()
