"""Asking again, after what passes by itself: throttling, a connection that is lost."""

from __future__ import annotations

import os
import random
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from swf.client.http import REPEATABLE
from swf.exceptions import EngineUnreachable, InternalFailure, NotConfigured, SWFError, Throttling
from swf.protocol.answering import operation_of
from swf.protocol.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import msgspec

    from swf.exceptions import Fault

__all__ = ["RetryingClient", "retries_meant"]

T = TypeVar("T")

_RETRIES = 5
_FIRST, _LONGEST = 0.1, 5.0
"""Seconds of the first pause at most, and of any; each is twice the one before, and random."""


def retries_meant() -> int:
    """Return how often a request is tried again: what `SWF_CONNECTION_RETRIES` says, else 5.

    Raises `NotConfigured`.
    """
    said = os.environ.get("SWF_CONNECTION_RETRIES", "")
    if not said:
        return _RETRIES
    if not said.isdecimal():
        raise NotConfigured(f"SWF_CONNECTION_RETRIES is a whole number, not {said!r}")
    return int(said)


class RetryingClient(Client):
    """A client that tries again, `retries` times at most, with pauses that grow, at random.

    Nothing is repeated that may have been done and would then be done twice. `sleep` waits for so many
    seconds; as it is, `close` and `stop_polling` cut a pause short.
    """

    def __init__(
        self, client: Client, retries: int | None = None, *, sleep: Callable[[float], object] | None = None
    ) -> None:
        self.client = client
        self._retries = retries_meant() if retries is None else retries
        self._ended = threading.Event()
        self._sleep = sleep or self._ended.wait

    def __repr__(self) -> str:
        return f"<RetryingClient {self.client!r}>"

    def close(self) -> None:
        self._ended.set()
        self.client.close()

    def stop_polling(self) -> None:
        self._ended.set()
        self.client.stop_polling()

    def tell_and_poll(
        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1
    ) -> tuple[list[Fault | None], list[Any]]:
        return self.client.tell_and_poll(answers, poll, most)

    def ask(self, request: msgspec.Struct) -> Any:
        return self._tried(operation_of(request), lambda: self.client.ask(request))

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._tried(operation, lambda: self.client._call(operation, request))

    def _tried(self, operation: str, attempt: Callable[[], T]) -> T:
        bound = _FIRST
        for left in range(self._retries, -1, -1):
            try:
                return attempt()
            except (Throttling, EngineUnreachable, InternalFailure) as error:
                if not left or not _passes(error, operation) or self._ended.is_set():
                    raise
            self._sleep(random.uniform(bound / 2, bound))
            bound = min(2 * bound, _LONGEST)
        raise AssertionError("the last try returns or raises")


def _passes(error: SWFError, operation: str) -> bool:
    """Tell whether the same can be asked again."""
    if isinstance(error, EngineUnreachable):
        return not error.maybe_done
    return isinstance(error, Throttling) or operation in REPEATABLE
