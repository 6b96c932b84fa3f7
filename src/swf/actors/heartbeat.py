"""Heartbeats while an activity is performed."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from swf.actors.helpers import meanwhile
from swf.exceptions import EngineUnreachable, RateLimitExceededError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["heartbeat_on"]

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def heartbeat_on(heartbeat: Callable[[], object], interval: float) -> Iterator[None]:
    """Call `heartbeat` every `interval` seconds while the body runs; also a decorator.

    `with heartbeat_on(lambda: worker.heartbeat(token), 10): ...`. What passes by itself (throttling, an
    engine that is away) is logged, and the next heartbeat tried; anything else ends them.
    """

    def beat() -> None:
        try:
            heartbeat()
        except (RateLimitExceededError, EngineUnreachable) as error:
            logger.warning("a heartbeat is lost: %s", error)

    with meanwhile(beat, interval):
        yield
