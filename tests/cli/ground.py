"""An engine's file with a past, a module of the user's, and commands as users type them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from simpleflow.swf.starting import start
from simpleflow.workflow import Workflow
from swf.engine import Engine, VirtualClock

if TYPE_CHECKING:
    from pathlib import Path

    from cli.prepared import Prepared
    from swf.protocol.shapes import WorkflowExecution

__all__ = ["BEGAN", "Ground", "Past", "Ran", "complete", "environment", "schedule"]

MODULE = """
from __future__ import annotations
from datetime import date

from simpleflow import Workflow


class Shop(Workflow):
    name = "shop"
    version = "2"
    task_list = "counter"

    def run(self, day: date, *, count: int = 1) -> None: ...


class Careful(Shop):
    name = "careful"
    execution_timeout = 7200
    decision_tasks_timeout = 60
    child_policy = "ABANDON"
    tag_list = ["fragile", "blue"]

    def run(self) -> None: ...


class Nameless(Workflow):
    def run(self) -> None: ...
"""

BEGAN = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
"""Yesterday at noon: what closed long ago is kept no more."""


class Basic(Workflow):
    """What the past is about; nobody executes it."""

    name = "basic"
    version = "example"
    task_list = "example"
    tag_list = ("a=1", "b=foo")

    def run(self, x: int, t: int = 30) -> None: ...


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed, to the byte."""

    code: int
    out: str
    err: str


def environment(engine: Path) -> dict[str, str]:
    """Return ours, but what would say how commands behave; SWF_ENGINE is that file."""
    theirs = ("SWF_", "SIMPLEFLOW_", "AWS_", "LOG_LEVEL", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return {**kept, "SWF_ENGINE": str(engine)}


class Ground:
    """A folder with a module and an engine's file, in which commands are typed."""

    def __init__(self, folder: Path, prepared: Prepared) -> None:
        self.folder = folder
        self.file = folder / "engine.db"
        self._prepared = prepared
        (folder / "shop.py").write_text(MODULE)

    def run(self, *words: str, **variables: str) -> Ran:
        """Type `simpleflow WORDS`; SWF_ENGINE is the file."""
        code, out, err = self._prepared.run(words, self.folder, {**environment(self.file), **variables})
        return Ran(code, out.decode(), err.decode())


class Past:
    """Writes what happened in a domain, at times of its choice, from yesterday at noon on."""

    def __init__(self, file: Path) -> None:
        self.clock = VirtualClock(BEGAN.timestamp())
        self.engine = Engine(file, clock=self.clock)
        self.client = self.engine.client()
        self.client.register_domain(name="TestDomain", workflowExecutionRetentionPeriodInDays="90")
        self._tokens: dict[str, str] = {}

    def after(self, seconds: float) -> Past:
        self.clock.advance(seconds)
        return self

    def start(self, workflow_id: str, *args: Any) -> WorkflowExecution:
        return start(self.client, "TestDomain", Basic.with_options(workflow_id=workflow_id), args)

    def decide(self, *decisions: dict[str, Any]) -> None:
        task = self.client.poll_for_decision_task(domain="TestDomain", taskList={"name": "example"})
        self.client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=decisions)

    def take(self) -> str:
        """Start the activity that waits longest; return its token."""
        task = self.client.poll_for_activity_task(domain="TestDomain", taskList={"name": "quickstart"})
        token: str = task["taskToken"]
        return token

    def complete(self, token: str, result: str = "2") -> None:
        self.client.respond_activity_task_completed(taskToken=token, result=result)

    def fail(self, token: str) -> None:
        self.client.respond_activity_task_failed(taskToken=token, reason="KeyError", details="no key")

    def close(self) -> None:
        self.engine.close()


def schedule(name: str, number: int = 1) -> dict[str, Any]:
    """Return the decision that schedules an activity of the quickstart."""
    attributes = {
        "activityId": f"activity-examples.basic.{name}-{number}",
        "activityType": {"name": f"examples.basic.{name}", "version": "example"},
        "taskList": {"name": "quickstart"},
        "input": '{"args":[1],"kwargs":{}}',
        "startToCloseTimeout": "300",
        "scheduleToStartTimeout": "300",
        "scheduleToCloseTimeout": "300",
        "heartbeatTimeout": "300",
    }
    return {"decisionType": "ScheduleActivityTask", "scheduleActivityTaskDecisionAttributes": attributes}


def complete(result: str = "4") -> dict[str, Any]:
    """Return the decision that completes the execution."""
    return {
        "decisionType": "CompleteWorkflowExecution",
        "completeWorkflowExecutionDecisionAttributes": {"result": result},
    }
