from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from stall import Base, Checkout, Forever, Paid, Sale, Waits, charge

from simpleflow.exceptions import Nondeterminism, WorkflowFailed
from simpleflow.history import History
from simpleflow.testing import environment, record, replay
from swf.models.history import History as SWFHistory
from swf.protocol.wire import to_wire

HERE = Path(__file__).parent


class Changed(Base):
    """Checkout as it is today: it charges twice."""

    name = "shop.checkout"

    def run(self, card: str, cents: int) -> Any:
        self.sleep(30 * 86_400)
        charged = self.submit(charge, card, cents)
        return self.submit(charge, charged, 0).result


class Other(Base):
    name = "shop.checkout"

    def run(self, card: str, cents: int) -> Any:
        return self.submit(charge, card, cents).result


def test_code_that_decides_what_is_recorded_passes() -> None:
    with environment() as env:
        sale = env.start(Sale, ["visa", "amex"])
        sale.wait()
        waits = env.start(Forever)
        env.advance(hours=2)

        replay(sale, Sale)
        replay(waits, Forever)
        for execution in env.client.executions("CLOSED", workflow=env.client.workflow("stall.Checkout", "1")):
            replay(execution, Checkout)


def test_what_ended_in_any_way_passes() -> None:
    with environment() as env:
        terminated, canceled = env.start(Paid), env.start(Paid)
        env.advance()
        terminated.terminate()
        canceled.cancel("rain")
        canceled.wait()
        env.stub(charge, raising=OSError)
        failed = env.start(Checkout, "visa", 5)
        with pytest.raises(WorkflowFailed):
            failed.result()

        replay(terminated, Paid)
        replay(canceled, Paid)
        replay(failed, Checkout)


def test_what_is_open_passes_as_far_as_it_has_come() -> None:
    with environment() as env:
        execution = env.start(Checkout, "visa", 5)
        replay(execution, Checkout)
        env.advance(days=1)
        replay(execution, Checkout)

        with pytest.raises(Nondeterminism):
            replay(execution, Other)


def test_code_that_decides_otherwise_is_named_with_where_it_does() -> None:
    with environment() as env:
        execution = env.start(Checkout, "visa", 5)
        execution.wait()

        with pytest.raises(Nondeterminism) as caught:
            replay(execution, Changed)

    assert caught.value.recorded is not None
    assert caught.value.recorded.startswith('its completion with result "visa:5"')
    assert caught.value.asked is not None
    assert "activity-shop.charge-2" in caught.value.asked
    assert caught.value.where is not None
    assert caught.value.where.startswith(f"{HERE / 'test_replaying.py'}:")


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The history of a sale, in a file."""
    with environment() as env:
        execution = env.start(Sale, ["visa", "amex"])
        execution.wait()
        record(execution, tmp_path / "sale.json")
    return tmp_path / "sale.json"


def test_a_recorded_history_is_a_file(recorded: Path) -> None:
    replay(recorded, Sale)
    replay(str(recorded), Sale)
    with pytest.raises(Nondeterminism):
        replay(recorded, Checkout.with_options(name="x"))


def test_a_history_may_come_in_any_form(recorded: Path) -> None:
    told = json.loads(recorded.read_text())
    ids = {
        "workflow_id": told["workflowExecution"]["workflowId"],
        "run_id": told["workflowExecution"]["runId"],
    }
    as_boto3 = [
        {**event, "eventTimestamp": datetime.fromtimestamp(event["eventTimestamp"], UTC)}
        for event in told["events"]
    ]
    as_command_line = [{**event, "eventTimestamp": event["eventTimestamp"].isoformat()} for event in as_boto3]

    replay(told, Sale)
    for events in (told["events"], as_boto3, as_command_line):
        replay(events, Sale, **ids)
        replay({"events": events}, Sale, **ids)
        replay(SWFHistory.from_event_list(events), Sale, **ids)


def test_a_history_read_from_an_execution_is_one() -> None:
    with environment() as env:
        execution = env.start(Waits)
        execution.wait()

        replay(execution.history, Waits)
        assert isinstance(execution.history, History)
        replay([to_wire(event) for event in execution.history.events], Waits)


def test_ids_that_are_missing_are_asked_for(recorded: Path) -> None:
    events = json.loads(recorded.read_text())["events"]

    with pytest.raises(Nondeterminism) as caught:
        replay(events, Sale)

    assert "workflow_id=..., run_id=..." in caught.value.__notes__[0]


@pytest.mark.parametrize("history", [[], {}, {"events": []}, 5])
def test_what_is_no_history_is_refused(history: Any) -> None:
    with pytest.raises(ValueError, match="histor"):
        replay(history, Sale)


def test_a_history_without_its_beginning_is_refused(recorded: Path) -> None:
    events = json.loads(recorded.read_text())["events"]
    with pytest.raises(ValueError, match="begins with WorkflowExecutionStarted"):
        replay(events[1:], Sale)


def of_an_older_release(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events without our mark."""
    text = json.dumps(events)
    assert "testing" in text
    return list(json.loads(text.replace('\\"simpleflow\\"', '\\"pid\\"')))


class Old(Base):
    name = "old"

    def run(self, card: str) -> Any:
        return self.submit(charge, self.submit(charge, card, 1).result, 2).result


class OldToday(Base):
    name = "old"

    def run(self, card: str) -> Any:
        return self.submit(charge, card, 1).result


def test_what_an_older_release_decided_is_compared_at_its_end() -> None:
    with environment() as env:
        execution = env.start(Old, "visa")
        execution.wait()
        events = of_an_older_release([to_wire(event) for event in execution.history.events])

    for known in (len(events), 4, 3, 2):
        replay(events[:known], Old)
    with pytest.raises(Nondeterminism, match="WorkflowExecutionCompleted"):
        replay(events, OldToday)
