"""Tests of workflows: the program as it is, an engine in memory, time that passes when a test says so.

`environment()` runs workflows, `replay` checks that what is recorded is what the code of today decides.
"""

from __future__ import annotations

from simpleflow.exceptions import Stuck
from simpleflow.testing.environment import Environment, environment
from simpleflow.testing.replaying import record, replay
from simpleflow.testing.stubs import Call, Stub

__all__ = ["Call", "Environment", "Stub", "Stuck", "environment", "record", "replay"]
