"""The tasks, by the path that earlier releases gave them."""

from __future__ import annotations

from simpleflow.task import (
    ActivityTask,
    CancelTimerTask,
    ContinueAsNewWorkflowTask,
    MarkerTask,
    NonPythonicActivityTask,
    SignalTask,
    TimerTask,
    WorkflowTask,
)
from simpleflow.task import Task as SwfTask

__all__ = [
    "ActivityTask",
    "CancelTimerTask",
    "ContinueAsNewWorkflowTask",
    "MarkerTask",
    "NonPythonicActivityTask",
    "SignalTask",
    "SwfTask",
    "TimerTask",
    "WorkflowTask",
]
