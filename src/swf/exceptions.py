"""What can go wrong with Amazon SWF, or with what stands for it: one tree.

A `Fault` is the service's refusal of what was asked: nothing has changed. Its message is Amazon's own.
"""

from __future__ import annotations

__all__ = [
    "BrokenHistory",
    "DefaultUndefined",
    "ExecutionAlreadyStarted",
    "Fault",
    "InvalidRequest",
    "LimitExceeded",
    "SWFError",
    "TypeDeprecated",
    "UnknownResource",
]


class SWFError(Exception):
    """Something is wrong with SWF."""


class Fault(SWFError):
    """The service refuses what was asked."""


class UnknownResource(Fault):
    """What is named does not exist, or is not open any more."""


class ExecutionAlreadyStarted(Fault):
    """The workflow id has an open run."""


class TypeDeprecated(Fault):
    """The type is deprecated."""


class DefaultUndefined(Fault):
    """Neither the request nor the type gives this value."""


class LimitExceeded(Fault):
    """There are too many of these."""


class InvalidRequest(Fault):
    """The request contradicts itself or the rules of the wire."""


class BrokenHistory(SWFError):
    """A history that no execution can have had; names the event at fault."""

    def __init__(self, event_id: int, event_type: str, problem: str) -> None:
        super().__init__(event_id, event_type, problem)
        self.event_id = event_id
        self.event_type = event_type
        self.problem = problem

    def __str__(self) -> str:
        return f"event {self.event_id}, {self.event_type}: {self.problem}"
