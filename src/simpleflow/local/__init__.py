"""Runs in this process: no account, no queue, nothing stored; the same semantics as everywhere."""

from __future__ import annotations

from simpleflow.local.executor import Executor, Stuck, run

__all__ = ["Executor", "Stuck", "run"]
