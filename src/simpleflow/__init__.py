"""Dataflow workflows in Python that survive anything."""

from __future__ import annotations

import logging

from simpleflow import activity, canvas, constants, exceptions, futures, registry, signal, task, utils
from simpleflow.activity import Activity
from simpleflow.signal import WaitForSignal
from simpleflow.workflow import Workflow

__all__ = [
    "Activity",
    "WaitForSignal",
    "Workflow",
    "activity",
    "canvas",
    "constants",
    "exceptions",
    "futures",
    "logger",
    "registry",
    "signal",
    "task",
    "utils",
]
__version__ = "1.0.0.dev0"
__author__ = "The simpleflow authors"
__license__ = "MIT"

logger = logging.getLogger("simpleflow.runtime")
