"""Events of histories: typed, in families, each aware of its state and of what may follow."""

from __future__ import annotations

from swf.models.event.compiled import (
    CompiledActivityTaskEvent,
    CompiledChildWorkflowExecutionEvent,
    CompiledDecisionTaskEvent,
    CompiledEvent,
    CompiledEventFactory,
    CompiledExternalWorkflowExecutionEvent,
    CompiledLambdaFunctionEvent,
    CompiledMarkerEvent,
    CompiledTimerEvent,
    CompiledWorkflowExecutionEvent,
)
from swf.models.event.event import Event
from swf.models.event.factory import EventFactory
from swf.models.event.families import (
    ActivityTaskEvent,
    ChildWorkflowExecutionEvent,
    DecisionTaskEvent,
    ExternalWorkflowExecutionEvent,
    LambdaFunctionEvent,
    MarkerEvent,
    TimerEvent,
    WorkflowExecutionEvent,
)

__all__ = [
    "ActivityTaskEvent",
    "ChildWorkflowExecutionEvent",
    "CompiledActivityTaskEvent",
    "CompiledChildWorkflowExecutionEvent",
    "CompiledDecisionTaskEvent",
    "CompiledEvent",
    "CompiledEventFactory",
    "CompiledExternalWorkflowExecutionEvent",
    "CompiledLambdaFunctionEvent",
    "CompiledMarkerEvent",
    "CompiledTimerEvent",
    "CompiledWorkflowExecutionEvent",
    "DecisionTaskEvent",
    "Event",
    "EventFactory",
    "ExternalWorkflowExecutionEvent",
    "LambdaFunctionEvent",
    "MarkerEvent",
    "TimerEvent",
    "WorkflowExecutionEvent",
]
