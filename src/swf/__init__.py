"""Amazon SWF: the service modelled, and the service embedded. Knows nothing of simpleflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from swf.protocol.client import Client

__all__ = ["__title__", "__version__", "connect", "version"]

__title__ = "python-simple-workflow"
version = (0, 1, 60)
"""Of the python-simple-workflow whose names the object layer has."""
__version__ = ".".join(map(str, version))


def connect(engine: str | os.PathLike[str] | Client | None = None) -> Client:
    """Connect this process to an engine of SWF, and return the client: see `swf.core.connect`."""
    from swf import core  # the engine itself, and who only needs that, do without

    return core.connect(engine)
