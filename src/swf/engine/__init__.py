"""The embedded engine: so far its state machine, and executions in memory. Knows only `swf.protocol`."""

from __future__ import annotations

from swf.engine.execution import Execution
from swf.engine.limits import Limits
from swf.engine.memory import ActivityTask, DecisionTask, Executions
from swf.engine.types import AnyTypes, Defaults, RegisteredTypes, Types

__all__ = [
    "ActivityTask",
    "AnyTypes",
    "DecisionTask",
    "Defaults",
    "Execution",
    "Executions",
    "Limits",
    "RegisteredTypes",
    "Types",
]
