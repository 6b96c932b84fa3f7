"""What is known of workflow and activity types: their defaults, and whether they may be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["AnyTypes", "Defaults", "RegisteredTypes", "Types"]


@dataclass(frozen=True)
class Defaults:
    """The defaults of a type, as SWF has them on the wire; None for those it lacks.

    `task_start_to_close` is that of decision tasks for a workflow type, of the activity for an activity type.
    """

    task_list: str | None = None
    task_priority: str | None = None
    task_start_to_close: str | None = None
    execution_start_to_close: str | None = None
    child_policy: str | None = None
    lambda_role: str | None = None
    heartbeat: str | None = None
    schedule_to_start: str | None = None
    schedule_to_close: str | None = None
    deprecated: bool = False


class Types(Protocol):
    """The types of a domain."""

    def workflow(self, name: str, version: str) -> Defaults | None:
        """Return the defaults of a workflow type, None when it does not exist."""

    def activity(self, name: str, version: str) -> Defaults | None:
        """Return the defaults of an activity type, None when it does not exist."""


@dataclass
class RegisteredTypes:
    """The types that were registered, by name and version."""

    workflows: dict[tuple[str, str], Defaults] = field(default_factory=dict)
    activities: dict[tuple[str, str], Defaults] = field(default_factory=dict)

    def workflow(self, name: str, version: str) -> Defaults | None:
        return self.workflows.get((name, version))

    def activity(self, name: str, version: str) -> Defaults | None:
        return self.activities.get((name, version))


@dataclass(frozen=True)
class AnyTypes:
    """Every type exists, with these defaults."""

    workflow_defaults: Defaults
    activity_defaults: Defaults

    def workflow(self, name: str, version: str) -> Defaults | None:
        return self.workflow_defaults

    def activity(self, name: str, version: str) -> Defaults | None:
        return self.activity_defaults
