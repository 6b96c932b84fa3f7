"""Statistics and tables of executions, by the path that earlier releases gave them."""

from __future__ import annotations

from simpleflow.history import pretty
from simpleflow.history.stats import WorkflowStats

__all__ = ["WorkflowStats", "pretty"]
