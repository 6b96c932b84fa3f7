"""The engine over HTTP, as Amazon SWF is: an asyncio server with true long polls.

Knows the engine by its interface and the wire; nothing in a request makes it import, evaluate or open a file.
"""

from __future__ import annotations

from swf.engine.front.bounds import Bounds
from swf.engine.front.server import Server, serve

__all__ = ["Bounds", "Server", "serve"]
