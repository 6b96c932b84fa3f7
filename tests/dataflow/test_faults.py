"""The laws' own test: faults that are planted must each be found, or the laws prove nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from orders import Orders, cases

from simpleflow.context import Current
from simpleflow.dataflow import Dataflow
from simpleflow.dataflow.kinds import EVENTS
from simpleflow.dataflow.records import Ledger
from simpleflow.exceptions import Nondeterminism
from simpleflow.perform import perform
from simpleflow.registry import registry
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.dataflow import Decided
    from simpleflow.dataflow.node import Node
    from swf.engine.machine import ActivityTask, DecisionTask, Execution
    from swf.protocol.events import Event

ENOUGH = 60
"""Cases in which a fault must be found; the most hidden one shows in about one of twenty."""
_NEWS = (e.ActivityTaskCompleted, e.ActivityTaskFailed, e.TimerFired, e.ChildWorkflowExecutionCompleted)


class SwappedResults(Orders):
    """Two activities end with each other's result, whoever reads of it."""

    def finish(self, task: ActivityTask) -> None:
        other = next(filter(self._echoes, self.tasks), None)
        if other is None or not self._echoes(task):
            super().finish(task)
            return
        self.tasks.remove(other)
        for each, its in ((task, other), (other, task)):
            result = perform(registry[None]["cast.echo"], its.scheduled.attributes.input, Current())
            self.executions.complete_activity(each, result, self.now)

    def _echoes(self, task: ActivityTask) -> bool:
        return self.executions.is_open(task) and task.scheduled.attributes.activity_type.name == "cast.echo"


class SwappedIds(Orders):
    """The dataflow that is kept takes the completions of two activities for each other's."""

    def feed(self, kept: Dataflow, batch: Sequence[Event]) -> Decided:
        swapped = list(batch)
        ends = [at for at, event in enumerate(batch) if isinstance(event, e.ActivityTaskCompleted)]
        if len(ends) > 1:
            one, other = ends[:2]
            swapped[one], swapped[other] = _with_id_of(batch, one, other), _with_id_of(batch, other, one)
        return kept.feed(swapped)


def _with_id_of(batch: Sequence[Any], one: int, other: int) -> Any:
    scheduled = batch[other].attributes.scheduled_event_id
    return replace(batch[one], attributes=replace(batch[one].attributes, scheduled_event_id=scheduled))


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


class Hasty(Dataflow):
    """Applies the last news of a batch only after the run went on."""

    late: Any = None

    def _apply(self, batch: Sequence[Event]) -> None:
        news = [event for event in batch if isinstance(event, _NEWS)]
        self.late = news[-1] if len(news) > 1 else None
        super()._apply([event for event in batch if event is not self.late])

    def _run_on(self) -> None:
        super()._run_on()
        if self.late is not None:
            EVENTS[type(self.late)](self, self.late)


class LateEvent(Orders):
    """The dataflow that is kept applies an event after the run went on; a new one does not."""

    def new_flow(self, execution: Execution | None = None) -> Dataflow:
        flow = super().new_flow(execution)
        flow.__class__ = Dataflow
        return flow

    def feed(self, kept: Dataflow, batch: Sequence[Event]) -> Decided:
        kept.__class__ = Hasty
        return kept.feed(batch)


@pytest.mark.parametrize("fault", [SwappedResults, SwappedIds, ForgottenEvent, StaleRun, LateEvent])
def test_a_planted_fault_is_found(fault: type[Orders]) -> None:
    with pytest.raises((AssertionError, Nondeterminism)):
        for _ in cases(ENOUGH, fault):
            pass


# Rules of the heart, each taken away


class Impatient(Orders):
    """A world in which nothing takes long."""

    patience = 300


def _any_record(ledger: Ledger[Any], key: Any, node: Node) -> Any:
    """Claim whatever was decided for that name, its arguments left aside."""
    ledger._index()
    for records in ledger._records.values():
        for record in records:
            if not record.claimed_in(node.pass_) and getattr(record.node, "name", 0) == node.task.name:
                record.node = node
                return record
    return None


def _numbered_anew(flow: Dataflow, reason: str, begin: Any = Dataflow._begin) -> None:
    flow.numbers.clear()
    begin(flow, reason)


@pytest.mark.parametrize(
    ("owner", "name", "fault"),
    [
        pytest.param(Ledger, "claim", _any_record, id="a task claims another's record"),
        pytest.param(Ledger, "claim", lambda *_: None, id="a later pass claims nothing"),
        pytest.param(Dataflow, "_begin", _numbered_anew, id="each pass numbers from 1"),
    ],
)
def test_a_rule_that_is_taken_away_is_missed(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, fault: Any
) -> None:
    monkeypatch.setattr(owner, name, fault)

    with pytest.raises((AssertionError, Nondeterminism)):
        for _ in cases(ENOUGH, Impatient):
            pass
