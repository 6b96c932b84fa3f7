"""Doing something again and again while something else goes on."""

from __future__ import annotations

import contextlib
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

__all__ = ["Every", "meanwhile"]

logger = logging.getLogger(__name__)


class Every(threading.Thread):
    """A thread that calls a function every `interval` seconds, the first time after one, until it is stopped.

    An exception that the function raises is logged, and ends it. `with Every(...):` starts and stops it.
    """

    def __init__(self, interval: float, function: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        super().__init__(name=f"every-{interval}s", daemon=True)
        if interval <= 0:
            raise ValueError(f"interval is a number of seconds above 0, not {interval}")
        self._interval = interval
        self._call = partial(function, *args, **kwargs)
        self._ended = threading.Event()

    def run(self) -> None:
        """Call the function until it is stopped, or raises something."""
        try:
            while not self._ended.wait(self._interval):
                self._call()
        except Exception:  # in a thread of its own nobody else would hear of it
            logger.exception("what is done every %s seconds ends here", self._interval)

    def stop(self) -> None:
        """Call the function no more; a call under way is waited for."""
        self._ended.set()
        if self.is_alive() and threading.current_thread() is not self:
            self.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


@contextlib.contextmanager
def meanwhile(function: Callable[[], object], interval: float) -> Iterator[None]:
    """Call a function every `interval` seconds while the body runs; also a decorator."""
    with Every(interval, function):
        yield
