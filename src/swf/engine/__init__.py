"""The embedded engine: Amazon SWF in one SQLite file, served. Knows only `swf.protocol`.

Rooms: `machine` (what executions are, pure), `store` (what is kept), `service` (operations), `front` (HTTP).
"""

from __future__ import annotations

from swf.engine.engine import POLL_SECONDS, Engine
from swf.engine.machine.limits import Limits
from swf.engine.time import SystemClock, TimeSource, VirtualClock

__all__ = ["POLL_SECONDS", "Engine", "Limits", "SystemClock", "TimeSource", "VirtualClock"]
