"""The traceback of a failure, as who wrote the failing code wants it: without the frames of this package."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["traceback_lines"]

_HERE = os.path.dirname(__file__) + os.sep
_PYTHON = os.path.dirname(os.__file__)
_MACHINERY = (
    _HERE,
    os.path.join(_PYTHON, "asyncio") + os.sep,
    os.path.join(_PYTHON, "importlib") + os.sep,
    "<frozen importlib",
)


def traceback_lines(exception: BaseException) -> list[str]:
    """Return the lines that Python would print, causes included, without frames that are not the user's.

    Where no frame is the user's, all are kept, except of code that cannot be read: the error itself names it.
    """
    told = traceback.TracebackException.from_exception(exception)
    for each in _chain(told):
        own = [frame for frame in each.stack if not frame.filename.startswith(_MACHINERY)]
        if own or getattr(each, "lineno", None):
            each.stack = traceback.StackSummary.from_list(own)
    return list(told.format())


def _chain(told: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    left: list[traceback.TracebackException | None] = [told]
    while left:
        if (each := left.pop()) is not None:
            yield each
            left += [each.__cause__, each.__context__, *(each.exceptions or ())]
