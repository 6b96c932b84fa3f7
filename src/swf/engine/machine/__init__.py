"""The state machine of executions. Pure: no store, no clock, no process.

`apply` changes one `Execution` by one command; `Executions` holds many, for runs that are not stored.
"""

from __future__ import annotations

from swf.engine.machine.apply import Applied, apply
from swf.engine.machine.clocks import ALL_CLOCKS, UNATTENDED, Clock, Deadline
from swf.engine.machine.execution import Execution, OpenCounts
from swf.engine.machine.executions import ActivityTask, DecisionTask, Executions
from swf.engine.machine.limits import Limits
from swf.engine.machine.types import AnyTypes, Defaults, RegisteredTypes, Types

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
