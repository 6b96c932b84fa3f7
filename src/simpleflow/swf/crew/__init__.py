"""Who makes executions go on: an engine where one is wanted, deciders, workers; processes or threads."""

from __future__ import annotations

from simpleflow.swf.crew.duties import Duties
from simpleflow.swf.crew.engine import ServedEngine
from simpleflow.swf.crew.processes import Processes
from simpleflow.swf.crew.threads import Threads

__all__ = ["Duties", "Processes", "ServedEngine", "Threads"]
