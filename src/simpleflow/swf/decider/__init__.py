"""The decider: polls for decision tasks, feeds the heart, answers with its decisions."""

from __future__ import annotations

from simpleflow.swf.decider.decider import Decider
from simpleflow.swf.decider.kept import KeptRuns

__all__ = ["Decider", "KeptRuns"]
