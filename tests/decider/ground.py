"""An engine, deciders and a worker in this process, for tests of deciders."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simpleflow.context import Current
from simpleflow.exceptions import failure_of
from simpleflow.perform import perform
from simpleflow.swf.decider import Decider
from simpleflow.utils import full_class_name
from swf.engine import Engine
from swf.protocol.requests import PollForActivityTaskInput
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpleflow.activity import Activity
    from simpleflow.workflow import Workflow

DOMAIN = "d"


class Named:
    """Workflows by the names of their types."""

    def __init__(self, *classes: type[Workflow]) -> None:
        self._classes = {each.name: each for each in classes} | {
            full_class_name(each): each for each in classes
        }

    def workflow(self, name: str, input: str | None = None, version: str | None = None) -> type[Workflow]:
        """Return the class of this name."""
        return self._classes[name]


class Ground:
    """Runs workflows on an engine in memory."""

    def __init__(self, *classes: type[Workflow], activities: dict[str, Activity[Any, Any]]) -> None:
        self.engine = Engine()
        self.client = self.engine.client()
        self.workflows = Named(*classes)
        self.activities = activities
        self.client.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
        for each in classes:
            self.client.register_workflow_type(domain=DOMAIN, name=each.name, version="1")

    def decider(self, **options: Any) -> Decider:
        """Return a decider of task list t."""
        return Decider(self.engine.client(), DOMAIN, ["t"], self.workflows, **options)

    def start(
        self,
        name: str,
        input: str = "{}",
        workflow_id: str = "id",
        decision_timeout: str = "30",
        version: str = "1",
    ) -> str:
        """Start an execution and return its run id."""
        run_id: str = self.client.start_workflow_execution(
            domain=DOMAIN,
            workflowId=workflow_id,
            workflowType={"name": name, "version": version},
            taskList={"name": "t"},
            input=input,
            executionStartToCloseTimeout="600",
            taskStartToCloseTimeout=decision_timeout,
            childPolicy="TERMINATE",
        )["runId"]
        return run_id

    @contextmanager
    def running(self, *deciders: Decider) -> Iterator[None]:
        """Let deciders and a worker run in threads."""
        worker = self.engine.client()
        threads = [threading.Thread(target=each.run) for each in deciders]
        over = threading.Event()
        threads.append(threading.Thread(target=self._work, args=(worker, over)))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for each in deciders:
                each.stop()
            worker.stop_polling()
            for thread in threads:
                thread.join(10)

    def _work(self, client: Any, over: threading.Event) -> None:
        poll = PollForActivityTaskInput(DOMAIN, TaskList("t"))
        while not over.is_set():
            task = client.ask(poll)
            if not task.task_token:
                continue
            try:
                result = perform(self.activities[task.activity_type.name], task.input, Current())
            except Exception as error:
                reason, details = failure_of(error)
                client.respond_activity_task_failed(taskToken=task.task_token, reason=reason, details=details)
            else:
                client.respond_activity_task_completed(taskToken=task.task_token, result=result)

    def closing(self, run_id: str, workflow_id: str = "id") -> dict[str, Any]:
        """Wait for the end of a run and return its last event."""
        while True:
            last = self.history(run_id, workflow_id, reverseOrder=True)[0]
            if last["eventType"].startswith(("WorkflowExecutionComp", "WorkflowExecutionFail")):
                return last
            threading.Event().wait(0.005)

    def history(self, run_id: str, workflow_id: str = "id", **how: Any) -> list[dict[str, Any]]:
        """Return the events of a run, its first thousand."""
        found: list[dict[str, Any]] = self.client.get_workflow_execution_history(
            domain=DOMAIN, execution={"workflowId": workflow_id, "runId": run_id}, **how
        )["events"]
        return found
