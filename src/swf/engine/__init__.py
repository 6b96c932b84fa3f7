"""The embedded engine: so far its state machine, and executions in memory. Knows only `swf.protocol`.

`apply` changes one `Execution` by one command; `Executions` holds many and does what they ask of one another.
"""

from __future__ import annotations

from swf.engine.apply import Applied, apply
from swf.engine.clocks import ALL_CLOCKS, UNATTENDED, Clock, Deadline
from swf.engine.execution import Execution, OpenCounts
from swf.engine.executions import ActivityTask, DecisionTask, Executions
from swf.engine.limits import Limits
from swf.engine.types import AnyTypes, Defaults, RegisteredTypes, Types

__all__ = [
    "ALL_CLOCKS",
    "UNATTENDED",
    "ActivityTask",
    "AnyTypes",
    "Applied",
    "Clock",
    "Deadline",
    "DecisionTask",
    "Defaults",
    "Execution",
    "Executions",
    "Limits",
    "OpenCounts",
    "RegisteredTypes",
    "Types",
    "apply",
]
