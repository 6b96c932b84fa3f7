"""The worker: polls for activity tasks, has them performed, answers; heartbeats while they run."""

from __future__ import annotations

from simpleflow.swf.worker.worker import Mode, Worker

__all__ = ["Mode", "Worker"]
