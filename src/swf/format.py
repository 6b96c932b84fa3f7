"""Cuts texts to what SWF takes. For what may be shortened: nothing here knows whether a text is JSON.

A decision that is too long says so when it is built (`swf.models.decision`); nothing is cut there.
"""

from __future__ import annotations

import logging
from typing import overload

from swf import constants

__all__ = ["details", "input", "reason", "result", "wrap"]

logger = logging.getLogger(__name__)


@overload
def wrap(message: str, max: int) -> str: ...
@overload
def wrap(message: None, max: int) -> None: ...
def wrap(message: str | None, max: int) -> str | None:
    """Return a text cut to this many characters, with a warning in the log if something was lost."""
    if message is None or len(message) <= max:
        return message
    logger.warning("a text of %d characters is cut to %d: %.60s...", len(message), max, message)
    return message[:max]


def reason(message: str | None) -> str | None:
    """Return a reason for failure or termination, cut to 256 characters."""
    return None if message is None else wrap(message, constants.MAX_REASON_LENGTH)


def details(message: str | None) -> str | None:
    """Return the details of something, cut to 32,768 characters."""
    return None if message is None else wrap(message, constants.MAX_DETAILS_LENGTH)


def input(message: str | None) -> str | None:
    """Return an input, cut to 32,000 characters."""
    return None if message is None else wrap(message, constants.MAX_INPUT_LENGTH)


def result(message: str | None) -> str | None:
    """Return a result, cut to 32,000 characters."""
    return None if message is None else wrap(message, constants.MAX_RESULT_LENGTH)
