"""An engine, one execution whose activities a test schedules, and a worker."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from simpleflow.swf.loading import Loader
from simpleflow.swf.worker import Worker
from swf.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swf.protocol.client import Client

DOMAIN = "d"


class Ground:
    """Schedules activities, and tells what became of them."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.client = self.engine.client()
        self.client.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
        self.client.register_workflow_type(domain=DOMAIN, name="w", version="1")
        self.run_id = self.client.start_workflow_execution(
            domain=DOMAIN,
            workflowId="id",
            workflowType={"name": "w", "version": "1"},
            taskList={"name": "decisions"},
            executionStartToCloseTimeout="600",
            taskStartToCloseTimeout="600",
            childPolicy="TERMINATE",
        )["runId"]

    def schedule(self, name: str, *args: Any, activity_id: str = "a", **timeouts: str) -> None:
        """Schedule an activity on the task list t."""
        with suppress(self.client.exceptions.TypeAlreadyExistsFault):
            self.client.register_activity_type(domain=DOMAIN, name=name, version="1")
        given = {
            "scheduleToStartTimeout": "NONE",
            "scheduleToCloseTimeout": "NONE",
            "startToCloseTimeout": "NONE",
            "heartbeatTimeout": "NONE",
            **timeouts,
        }
        self.decide(
            "ScheduleActivityTask",
            activityType={"name": name, "version": "1"},
            activityId=activity_id,
            input=json.dumps({"args": args, "kwargs": {}}),
            taskList={"name": "t"},
            **given,
        )

    def decide(self, kind: str, **attributes: Any) -> None:
        """Make a decision."""
        if not self.history()[-1]["eventType"].startswith("DecisionTask"):
            self.client.signal_workflow_execution(domain=DOMAIN, workflowId="id", signalName="wake")
        task = self.client.poll_for_decision_task(domain=DOMAIN, taskList={"name": "decisions"})
        key = f"{kind[0].lower()}{kind[1:]}DecisionAttributes"
        self.client.respond_decision_task_completed(
            taskToken=task["taskToken"], decisions=[{"decisionType": kind, key: attributes}]
        )

    def history(self) -> list[dict[str, Any]]:
        """Return the events of the execution."""
        found: list[dict[str, Any]] = self.client.get_workflow_execution_history(
            domain=DOMAIN, execution={"workflowId": "id", "runId": self.run_id}
        )["events"]
        return found

    def wait_for(self, *kinds: str, seconds: float = 30.0) -> dict[str, Any]:
        """Wait for the latest event to be of one of these kinds, and return its attributes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for event in reversed(self.history()):
                if event["eventType"] in kinds:
                    kind = event["eventType"]
                    attributes: dict[str, Any] = event[f"{kind[0].lower()}{kind[1:]}EventAttributes"]
                    return attributes
            time.sleep(0.005)
        raise AssertionError([event["eventType"] for event in self.history()])

    def ended(self) -> tuple[str, dict[str, Any]]:
        """Wait for the end of an activity, and return how it ended."""
        kinds = [f"ActivityTask{how}" for how in ("Completed", "Failed", "TimedOut", "Canceled")]
        attributes = self.wait_for(*kinds)
        kind = next(each["eventType"] for each in reversed(self.history()) if each["eventType"] in kinds)
        return kind.removeprefix("ActivityTask"), attributes

    @contextmanager
    def worker(
        self, mode: Any = "process", make: Callable[[], Client] | None = None, **options: Any
    ) -> Iterator[Worker]:
        """Have a worker at work, in a thread of this process."""
        client = (make or self.engine.client)()
        worker = Worker(client, DOMAIN, "t", Loader(["worker.tasks"]), mode=mode, **options)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(15)
            assert not thread.is_alive()
