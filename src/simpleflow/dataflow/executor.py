"""What a workflow instance talks to in a pass: `Workflow`'s methods, answered by the dataflow."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simpleflow.canvas import FuncGroup, Group
from simpleflow.dataflow.kinds.markers import list_markers
from simpleflow.dataflow.passes import Failed
from simpleflow.executor import Executor
from simpleflow.futures import Future

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simpleflow.activity import Activity
    from simpleflow.dataflow.passes import Pass
    from simpleflow.history import History
    from simpleflow.marker import Marker
    from simpleflow.task import TaskFailureContext

__all__ = ["PassExecutor"]


class PassExecutor(Executor):
    """The executor of one pass."""

    def __init__(self, pass_: Pass) -> None:
        super().__init__(pass_.run.workflow_class)
        self._pass = pass_

    @property
    def history(self) -> History:
        """The history so far; what is read there counts as seen."""
        run = self._pass.run
        self._pass.see("history", lambda: len(run.events))
        return run.history

    @property
    def replaying(self) -> bool:
        """Whether `run` goes over what it has been through before."""
        run, current = self._pass.run, self._pass
        return run.replaying or (current.number > 1 and current.heard < run.batch)

    @property
    def domain(self) -> str:
        """The name of the domain."""
        return self._pass.run.domain

    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = self._pass.submit(submittable, args, kwargs)
        return future

    def map(self, activity: Activity[Any, Any], iterable: Iterable[Any] | Future[Any]) -> Future[Any]:
        """Submit one task per item."""
        return self.starmap(activity, iterable, star=False)

    def starmap(
        self, activity: Activity[Any, Any], iterable: Iterable[Any] | Future[Any], star: bool = True
    ) -> Future[Any]:
        """Submit one task per item, which holds its arguments."""

        def group(items: Iterable[Any]) -> Group:
            return Group(*((activity, *(item if star else (item,))) for item in items))

        if isinstance(iterable, Future):
            return self.submit(FuncGroup(lambda items=iterable: group(items.result)))
        return self.submit(group(iterable))

    def fail(self, reason: str, details: Any = None) -> None:
        """End the run as failed; does not return."""
        self._pass.outcome = Failed(None, reason, details)
        self._pass.hold()

    def now(self) -> datetime:
        """Return the time of the latest batch waited for."""
        return datetime.fromtimestamp(self._pass.run.times[self._pass.news - 1], UTC)

    def random(self) -> float:
        """Return the next number of this pass."""
        return self._pass.random.random()

    def uuid4(self) -> uuid.UUID:
        """Return the next UUID of this pass."""
        return uuid.UUID(int=self._pass.random.getrandbits(128), version=4)

    def list_markers(self, all: bool = False) -> list[Marker]:
        """Return the markers recorded; seen."""
        run = self._pass.run
        self._pass.see("markers", lambda: len(run.markers))
        return list_markers(run, all)

    def get_event_details(self, event_type: str, event_name: str) -> dict[str, Any] | None:
        """Return the latest event of a signal, marker or timer; seen."""
        run = self._pass.run
        if event_type not in ("signal", "marker", "timer"):
            raise ValueError(f"Unimplemented type {event_type!r} for get_event_details")

        def look() -> Any:
            if event_type == "signal":
                return run.history.signals.get(event_name)
            if event_type == "marker":
                recorded = run.history.markers.get(event_name)
                return recorded[-1] if recorded else None
            return run.history.timers.get(event_name)

        details = self._pass.see((event_type, event_name), lambda: _copied(look()))
        if event_type == "marker" and details is not None:
            from simpleflow.utils import json_loads_or_raw

            details = {**details, "details": json_loads_or_raw(details.get("details"))}
        return details  # type: ignore[no-any-return]

    def default_failure_handling(self, context: TaskFailureContext) -> TaskFailureContext:
        """Leave the decision to the default handling."""
        context.decision = context.Decision.none
        return context

    def get_run_context(self) -> dict[str, Any]:
        return self._pass.run.context()


def _copied(details: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if details is None else dict(details)
