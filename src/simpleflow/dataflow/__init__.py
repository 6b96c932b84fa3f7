"""The heart: the graph of tasks and futures of one execution, fed by events, emitting decisions.

Pure and synchronous: no network, no clock, no process.
"""

from __future__ import annotations

from simpleflow.dataflow.batches import batches
from simpleflow.dataflow.limits import Limits
from simpleflow.dataflow.run import Dataflow, Decided

__all__ = ["Dataflow", "Decided", "Limits", "batches"]
