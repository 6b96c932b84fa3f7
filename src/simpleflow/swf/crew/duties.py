"""What deciders and workers do, whoever runs them: where they poll, what they may run, how they behave."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from simpleflow.dataflow import Limits
from simpleflow.perform import Middlewares
from simpleflow.registry import registry
from simpleflow.swf.decider import Decider, KeptRuns
from simpleflow.swf.loading import Loader, loaded_workflows
from simpleflow.swf.worker import Mode, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.workflow import Workflow
    from swf.protocol.client import Client

__all__ = ["DEFAULT_LIST", "Duties", "named_lists"]

DEFAULT_LIST = "default"


@dataclass(frozen=True)
class Duties:
    """What the deciders and workers of a crew do.

    `loader` finds workflows and activities. With `reroute` every task of every execution goes to that one
    list; else `decision_lists` and `activity_lists` are polled.
    """

    domain: str
    loader: Loader
    decision_lists: Sequence[str] = (DEFAULT_LIST,)
    activity_lists: Sequence[str] = (DEFAULT_LIST,)
    reroute: str | None = None
    deciders: int = 1
    sticky: bool = False
    """Whether a run comes back to the process that keeps it; where one alone decides, it does anyway."""
    kept_runs: int = 1_000
    lanes: int = 4
    """How many answers of a decider may be on their way at once."""
    fail_on_error: bool = False
    mode: Mode = "process"
    """Where activities are performed."""
    heartbeat: float = 60.0
    middlewares: Middlewares = field(default_factory=Middlewares)

    def on(self, task_list: str) -> Duties:
        """Return the same, with everything on one task list."""
        return replace(self, decision_lists=(task_list,), activity_lists=(task_list,), reroute=task_list)

    def polling(self, decision_lists: Sequence[str], activity_lists: Sequence[str]) -> Duties:
        """Return the same, on these task lists."""
        return replace(self, decision_lists=decision_lists, activity_lists=activity_lists)

    def in_mode(self, mode: Mode) -> Duties:
        """Return the same, activities being performed there."""
        return replace(self, mode=mode)

    def decider(self, client: Client) -> Decider:
        """Return a decider."""
        return Decider(
            client,
            self.domain,
            self.decision_lists,
            self.loader,
            reroute=self.reroute,
            sticky=self.sticky or self.deciders > 1,
            kept=KeptRuns(self.kept_runs),
            limits=Limits.of(dict(os.environ)),
            fail_on_error=self.fail_on_error,
            lanes=self.lanes,
        )

    def worker(self, task_list: str, client: Client) -> Worker:
        """Return a worker of one task list."""
        return Worker(
            client,
            self.domain,
            task_list,
            self.loader,
            mode=self.mode,
            heartbeat=self.heartbeat,
            middlewares=self.middlewares,
        )


def named_lists(workflows: Sequence[type[Workflow]]) -> tuple[list[str], list[str]]:
    """Return the task lists that are named for decisions and for activities, as far as modules are loaded.

    Those of these workflows and of all classes that inherit from `Workflow`, and of all activities.
    """
    classes = [*workflows, *chain.from_iterable(loaded_workflows())]
    decisions = {each.task_list or DEFAULT_LIST for each in classes if each.name or each in workflows}
    activities = {each.task_list or DEFAULT_LIST for each in registry[None].values()}
    return sorted(decisions | {DEFAULT_LIST}), sorted(activities | {DEFAULT_LIST})
