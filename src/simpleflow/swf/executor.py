"""`Executor(domain, workflow_class).replay(response)`: what a workflow decides on a history, by ids.

For test suites that build histories by hand (`swf.models.history.builder`). Deciders feed the heart instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from simpleflow.dataflow import ByIds
from simpleflow.executor import Executor as AbstractExecutor
from swf.protocol.wire import event_from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simpleflow.dataflow.passes import Pass
    from simpleflow.futures import Future
    from simpleflow.history import History
    from simpleflow.workflow import Workflow

__all__ = ["DecisionsAndContext", "Executor"]


class DecisionsAndContext(NamedTuple):
    """What is answered to a decision task."""

    decisions: list[dict[str, Any]]
    """As on the wire."""
    execution_context: dict[str, Any] | str | None = None


class Executor(AbstractExecutor):
    """Replays histories of one workflow. Every task goes to `task_list`, where one is given."""

    def __init__(self, domain: Any, workflow_class: type[Workflow], task_list: str | None = None) -> None:
        super().__init__(workflow_class)
        self.domain = domain
        self.task_list = task_list
        self._flow: ByIds | None = None

    def replay(self, decision_response: Any, decref_workflow: bool = True) -> DecisionsAndContext:
        """Return what `run` decides on a history: `decision_response.history`, or one given itself.

        Each submit takes the recorded task that bears its id. `.execution` says whose history it is, where
        ids and the run context need that. With `decref_workflow` the run is unwound afterwards.
        """
        history = getattr(decision_response, "history", decision_response)
        execution = getattr(decision_response, "execution", None)
        self.discard()
        flow = self._flow = ByIds(
            self.workflow_class,
            workflow_id=getattr(execution, "workflow_id", None),  # type: ignore[arg-type]  # ids say None then
            run_id=getattr(execution, "run_id", None) or "",
            domain=getattr(self.domain, "name", self.domain),
            task_list=self.task_list,
        )
        decided = flow.feed([event_from_wire(getattr(event, "raw", event)) for event in _events(history)])
        if decref_workflow:
            flow.discard()
        return DecisionsAndContext([to_wire(each) for each in decided.decisions], decided.execution_context)

    run = replay

    def discard(self) -> None:
        """Unwind the run that was replayed last."""
        if self._flow is not None:
            self._flow.discard()

    @property
    def history(self) -> History | None:
        """The history that was replayed last."""
        return None if self._flow is None else self._flow.history

    @property
    def workflow(self) -> Workflow:
        """The instance whose `run` was executed last."""
        return self._pass().workflow

    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit from a run in progress, as `Workflow.submit` does."""
        future: Future[Any] = self._pass().submit(submittable, args, kwargs)
        return future

    def get_run_context(self) -> dict[str, Any]:
        """Return which execution this is."""
        return {} if self._flow is None else self._flow.context()

    def _pass(self) -> Pass:
        if self._flow is None or self._flow.pass_ is None:
            raise RuntimeError("there is no run in progress")
        return self._flow.pass_


def _events(history: Any) -> Iterable[Any]:
    events: Iterable[Any] = history.events if hasattr(history, "events") else history
    return events
