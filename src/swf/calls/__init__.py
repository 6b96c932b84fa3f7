"""SWF's operations as the object layer asks for them: flat arguments in snake_case, what is None left out."""

from __future__ import annotations

from swf.calls.executions import ExecutionCalls
from swf.calls.registration import RegistrationCalls
from swf.calls.tasks import TaskCalls

__all__ = ["Calls"]


class Calls(RegistrationCalls, ExecutionCalls, TaskCalls):
    """All operations."""
