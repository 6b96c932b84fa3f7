"""How much of everything there may be; conformance tests use small numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """Amazon SWF's limits: of one execution, of a domain, of an account."""

    open_activities: int = 1_000
    open_timers: int = 1_000
    open_children: int = 1_000
    open_lambdas: int = 1_000
    events: int = 25_000
    """The event with this id closes the execution, if nothing else has."""
    open_executions: int = 100_000
    types: int = 10_000
    """Of each kind in a domain, deprecated ones too."""
    domains: int = 100
    pollers: int = 1_000
    """Of one task list at a time."""
    domain_tags: int = 50

    lambda_backend: bool = False
    """Whether Lambda functions run for executions that have a role; the embedded engine runs none."""

    def __post_init__(self) -> None:
        if self.events < 2:
            raise ValueError(f"events is {self.events}: an execution needs one to start and one to end, 2")
