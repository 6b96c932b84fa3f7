"""An engine's file in which something has happened, and one that is not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cli.ground import Ground, Past, complete, schedule
from cli.prepared import Prepared
from cli.sessions import Orchard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def prepared() -> Iterator[Prepared]:
    """What makes commands start fast."""
    made = Prepared()
    yield made
    made.close()


@pytest.fixture
def ground(tmp_path: Path, prepared: Prepared) -> Ground:
    """No engine yet."""
    return Ground(tmp_path, prepared)


@pytest.fixture
def orchard(tmp_path: Path, prepared: Prepared) -> Iterator[Orchard]:
    """A module that may run, and no engine yet. Nothing that is begun here outlives the test."""
    made = Orchard(tmp_path, prepared)
    yield made
    made.clear()


@pytest.fixture(scope="session")
def yesterday(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Ground:
    """Executions in TestDomain that have ended; for commands that only read.

    `basic` ran twice; the later run is the quickstart. `odd` has what else there is in histories.
    """
    ground = Ground(tmp_path_factory.mktemp("yesterday"), prepared)
    past = Past(ground.file)
    for name in ("increment", "double", "delay"):
        past.client.register_activity_type(
            domain="TestDomain", name=f"examples.basic.{name}", version="example"
        )
    past.start("basic", 0)
    past.after(1).decide(complete())
    quickstart(past.after(59))
    odd(past.after(60))
    past.close()
    return ground


def quickstart(past: Past) -> None:
    """12:01:00 to 12:01:10."""
    past.start("basic", 1, 5)
    past.after(0.5).decide(schedule("increment"))
    token = past.after(1).take()
    past.after(0.25).complete(token)
    past.after(0.25).decide(schedule("delay"), schedule("double"))
    delay, double = past.after(1).take(), past.take()
    past.after(1).complete(double, "4")
    past.after(4).complete(delay)
    past.after(2).decide(complete())


def odd(past: Past) -> None:
    """12:02:10 on: a signal, a failure and a retry, a child that cannot start, an unknown activity type."""
    past.start("odd", 0)
    past.client.signal_workflow_execution(domain="TestDomain", workflowId="odd", signalName="go")
    past.after(1).decide(schedule("increment"), schedule("nothing"), child("later"))
    past.fail(past.after(1).take())
    past.after(1).decide(schedule("increment"))
    past.after(1).client.terminate_workflow_execution(domain="TestDomain", workflowId="odd", reason="enough")


def child(name: str) -> dict[str, Any]:
    attributes = {"workflowType": {"name": name, "version": "1"}, "workflowId": f"workflow-{name}-1"}
    return {
        "decisionType": "StartChildWorkflowExecution",
        "startChildWorkflowExecutionDecisionAttributes": attributes,
    }
