"""How long the fields of the wire may be, in characters, and what else the service bounds (§1.4)."""

from __future__ import annotations

__all__ = [
    "DATA",
    "DESCRIPTION",
    "EXECUTION_SECONDS",
    "HEARTBEAT_DETAILS",
    "IDENTITY",
    "NAME",
    "REASON",
    "REQUEST_BYTES",
    "RUN_ID",
    "TAG",
    "TAGS",
    "TASK_TOKEN",
    "VERSION",
]

NAME = 256
"""Ids and names of every kind, of task lists too."""
VERSION = 64
RUN_ID = 64
DATA = 32_768
"""Input, result, control, details, execution context."""
HEARTBEAT_DETAILS = 2_048
REASON = 256
IDENTITY = 256
DESCRIPTION = 1_024
TAG = 256
TAGS = 5
TASK_TOKEN = 1_024
REQUEST_BYTES = 1_000_000
EXECUTION_SECONDS = 31_536_000
"""The longest that an execution may run, and a timer."""
