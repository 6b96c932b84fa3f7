"""What can go wrong with Amazon SWF, or with what stands for it: one tree."""

from __future__ import annotations

__all__ = ["BrokenHistory", "SWFError", "UnknownResource"]


class SWFError(Exception):
    """Something is wrong with SWF."""


class UnknownResource(SWFError):
    """What is named does not exist, or is not open any more."""


class BrokenHistory(SWFError):
    """A history that no execution can have had; names the event at fault."""

    def __init__(self, event_id: int, event_type: str, problem: str) -> None:
        super().__init__(event_id, event_type, problem)
        self.event_id = event_id
        self.event_type = event_type
        self.problem = problem

    def __str__(self) -> str:
        return f"event {self.event_id}, {self.event_type}: {self.problem}"
