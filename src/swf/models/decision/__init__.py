"""Decisions: builders for each of the 13 types, checked against the service model as they are built."""

from __future__ import annotations

from swf.models.decision.decision import Decision
from swf.models.decision.executions import (
    ChildWorkflowExecutionDecision,
    ExternalWorkflowExecutionDecision,
    WorkflowExecutionDecision,
)
from swf.models.decision.notes import MarkerDecision, TimerDecision
from swf.models.decision.tasks import ActivityTaskDecision, LambdaFunctionDecision

__all__ = [
    "ActivityTaskDecision",
    "ChildWorkflowExecutionDecision",
    "Decision",
    "ExternalWorkflowExecutionDecision",
    "LambdaFunctionDecision",
    "MarkerDecision",
    "TimerDecision",
    "WorkflowExecutionDecision",
]
