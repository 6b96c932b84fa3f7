"""The heart: the graph of tasks and futures of one execution, fed by events, emitting decisions.

Pure and synchronous: no network, no clock, no process.
"""

from __future__ import annotations

from simpleflow.dataflow.batches import batches
from simpleflow.dataflow.by_ids import ByIds
from simpleflow.dataflow.limits import Limits
from simpleflow.dataflow.run import Dataflow, Decided

__all__ = ["ByIds", "Dataflow", "Decided", "Limits", "batches"]
