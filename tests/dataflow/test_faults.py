"""The laws' own test: faults that are planted must each be found, or the laws prove nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from orders import Orders, cases

from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.dataflow import Dataflow, Decided
    from swf.engine.machine import ActivityTask, DecisionTask
    from swf.protocol.events import Event

ENOUGH = 60
"""Cases in which a fault must be found; each is in the first few."""
_NEWS = (e.ActivityTaskCompleted, e.ActivityTaskFailed, e.TimerFired, e.ChildWorkflowExecutionCompleted)


class SwappedIds(Orders):
    """Two activities end with each other's result."""

    def finish(self, task: ActivityTask) -> None:
        for other in self.tasks:
            if self.executions.is_open(other) and self.executions.is_open(task):
                self.tasks.remove(other)
                self._exchange(task, other)
                return
        super().finish(task)

    def _exchange(self, one: ActivityTask, other: ActivityTask) -> None:
        results = [f'"{each.scheduled.attributes.activity_id}"' for each in (one, other)]
        self.executions.complete_activity(one, results[1], self.now)
        self.executions.complete_activity(other, results[0], self.now)


class ForgottenEvent(Orders):
    """The dataflow that is kept misses an event of a batch."""

    def feed(self, kept: Dataflow, batch: Sequence[Event]) -> Decided:
        news = [event for event in batch if isinstance(event, _NEWS)]
        missed = news[-1] if news and self.rng.random() < 0.3 else None
        return kept.feed([event for event in batch if event is not missed])


class StaleRun(Orders):
    """The dataflow that is kept goes on although its answer was lost."""

    def is_there(self, kept: Dataflow, task: DecisionTask) -> bool:
        return True


class LateEvent(Orders):
    """An event is applied only after the run went on: it is news of the next batch."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.late: dict[Dataflow, list[Event]] = {}

    def feed(self, kept: Dataflow, batch: Sequence[Event]) -> Decided:
        held = self.late.pop(kept, [])
        news = [event for event in batch if isinstance(event, _NEWS)]
        if len(news) > 1 and self.rng.random() < 0.5:
            self.late[kept] = [news[-1]]
        decided = kept.feed([*held, *(event for event in batch if event not in self.late.get(kept, []))])
        return decided


@pytest.mark.parametrize("fault", [SwappedIds, ForgottenEvent, StaleRun, LateEvent])
def test_a_planted_fault_is_found(fault: type[Orders]) -> None:
    found: list[Any] = []
    try:
        for _ in cases(ENOUGH, fault):
            pass
    except Exception as error:  # whatever the laws stumble over: an assertion, a refusal, a broken graph
        found.append(error)

    assert found, f"{fault.__doc__} Nobody noticed."
