"""Executions from any Python program: start them, find them, signal them, wait for their results."""

from __future__ import annotations

from simpleflow.client.client import Client
from simpleflow.client.execution import Execution, Status
from simpleflow.client.named import NamedWorkflow

__all__ = ["Client", "Execution", "NamedWorkflow", "Status"]
