"""Dataflow workflows in Python that survive anything."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

from simpleflow import activity, canvas, constants, exceptions, futures, registry, signal, task, utils
from simpleflow.activity import Activity
from simpleflow.signal import WaitForSignal
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from simpleflow import client, history, log, logging_context, testing
    from simpleflow.client import Client
    from simpleflow.client.standalone import standalone

__all__ = [
    "Activity",
    "Client",
    "WaitForSignal",
    "Workflow",
    "activity",
    "canvas",
    "client",
    "constants",
    "exceptions",
    "futures",
    "history",
    "log",
    "logger",
    "logging_context",
    "registry",
    "signal",
    "standalone",
    "task",
    "testing",
    "utils",
]
__version__ = "1.0.0.dev0"
__author__ = "The simpleflow authors"
__license__ = "MIT"

logger = logging.getLogger("simpleflow.runtime")

_LATER = {"client", "history", "log", "logging_context", "testing"}
_HELD = {"Client": "simpleflow.client", "standalone": "simpleflow.client.standalone"}


def __getattr__(name: str) -> Any:
    # Reachable as attributes, and loaded when asked for: importing simpleflow stays quick.
    if name in _LATER:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HELD:
        return getattr(importlib.import_module(_HELD[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
