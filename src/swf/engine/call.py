"""A request on its way through the engine: what is asked, and where the answer goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swf.exceptions import InternalFailure, SWFError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import msgspec

    from swf.exceptions import Fault

__all__ = ["Call", "Outcome", "failure"]


@dataclass(slots=True, eq=False)
class Call:
    """One request. `done` is called once, when what it did is committed, perhaps in another thread.

    `alive` tells whether an answer can still reach whoever asked. `lasting`: whoever asked is told when what
    was done is on the disk, not before; the tasks that polls bring never wait for that. A poll may take up
    to `most` tasks where they are there: those after the first are `more`.
    """

    operation: str
    request: msgspec.Struct
    done: Callable[[msgspec.Struct | Fault | None], None]
    alive: Callable[[], bool]
    lasting: bool = True
    most: int = 1
    more: Sequence[msgspec.Struct] = ()


Outcome = tuple[Call, "msgspec.Struct | Fault | None"]
"""What came of a call."""


def failure(error: Exception | None) -> InternalFailure:
    """Return what a client is told: the store's trouble in its own words, of a defect nothing."""
    return InternalFailure(str(error)) if isinstance(error, SWFError) else InternalFailure()
