"""What can be wrong with histories and decisions, found out here and not by the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.exceptions.root import SWFError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BrokenHistory", "InconsistentStateError", "InvalidDecision", "TransitionError"]


class BrokenHistory(SWFError):
    """A history that no execution can have had; names the event at fault."""

    def __init__(self, event_id: int, event_type: str, problem: str) -> None:
        Exception.__init__(self, event_id, event_type, problem)
        self.event_id = event_id
        self.event_type = event_type
        self.problem = problem

    def __str__(self) -> str:
        return f"event {self.event_id}, {self.event_type}: {self.problem}"


class InconsistentStateError(BrokenHistory):
    """The first event about something is not one with which it can begin."""


class TransitionError(BrokenHistory):
    """An event cannot follow what has happened to the same thing before."""


class InvalidDecision(SWFError):
    """A decision that SWF would not read; names all attributes at fault."""

    def __init__(self, decision_type: str, problems: Sequence[str]) -> None:
        Exception.__init__(self, decision_type, problems)
        self.decision_type = decision_type
        self.problems = problems

    def __str__(self) -> str:
        return f"{self.decision_type}: {'; '.join(self.problems)}"
