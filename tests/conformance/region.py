"""One engine, reached in one of three ways, with a clock that tests turn; and short words for its clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config

from conformance.coverage import OPERATIONS, Coverage
from conformance.rules import problems
from conformance.words import ACTIVITY, WORKFLOW, attributes
from swf.client import HttpClient
from swf.engine import Engine, Limits, SystemClock, VirtualClock
from swf.exceptions import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["EVER", "NOW", "WAYS", "Options", "Region", "boto3_client"]

NOW = 1_700_000_000.0
WAYS = ("in process", "http", "boto3")
EVER = {"oldestDate": datetime(2000, 1, 1, tzinfo=UTC)}
WORKFLOW_DEFAULTS: dict[str, Any] = {
    "defaultTaskList": {"name": "dl"},
    "defaultExecutionStartToCloseTimeout": "1000",
    "defaultTaskStartToCloseTimeout": "100",
    "defaultChildPolicy": "TERMINATE",
}
ACTIVITY_DEFAULTS: dict[str, Any] = {
    "defaultTaskList": {"name": "al"},
    "defaultTaskStartToCloseTimeout": "NONE",
    "defaultTaskScheduleToStartTimeout": "NONE",
    "defaultTaskScheduleToCloseTimeout": "NONE",
    "defaultTaskHeartbeatTimeout": "NONE",
}
ANSWERS = {
    "respond_decision_task_completed",
    "respond_activity_task_completed",
    "respond_activity_task_failed",
    "respond_activity_task_canceled",
}
_METHODS = {xform_name(operation): operation for operation in OPERATIONS}


@dataclass(frozen=True)
class Options:
    """How a test wants its engine; `@pytest.mark.engine(...)` gives them."""

    limits: Limits = field(default_factory=Limits)
    poll_seconds: float = 0.03
    stored: bool = False
    """In a file, so that it can be restarted."""
    real_time: bool = False
    """With the system's clock: polls wait truly, on every way."""


def boto3_client(url: str) -> Any:
    """Return boto3's client of an engine, which leaves all judgement of requests to it."""
    config = Config(
        parameter_validation=False,
        retries={"total_max_attempts": 1},
        read_timeout=70,
        max_pool_connections=32,
    )
    return _session().client("swf", endpoint_url=url, config=config)


@cache
def _session() -> boto3.session.Session:
    """Reads the service model once."""
    return boto3.session.Session(
        aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
    )


class Watched:
    """A client that notes what it was asked and answered, and which task tokens were answered."""

    def __init__(self, client: Any, coverage: Coverage, answered: list[tuple[str, str]]) -> None:
        self._client = client
        self._coverage = coverage
        self._answered = answered

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        return self._watched(name, method) if name in _METHODS else method

    def _watched(self, name: str, method: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def call(**given: Any) -> dict[str, Any]:
            """Leave out what is None, unless the client itself insists on it."""
            if isinstance(self._client, BaseClient):
                given = {member: value for member, value in given.items() if value is not None}
            answer = dict(method(**given))
            answer.pop("ResponseMetadata", None)
            self._coverage.note(_METHODS[name], given, answer)
            if name in ANSWERS:
                self._answered.append((name, given["taskToken"]))
            return answer

        return call


class Region:
    """An engine with domain `d`: types `W` and `A`, version 1 with all defaults, version `bare` with none."""

    def __init__(self, way: str, options: Options, path: Path, coverage: Coverage) -> None:
        self.way = way
        self.options = options
        self.limits = options.limits
        self.clock: Any = SystemClock() if options.real_time else VirtualClock(NOW)
        self._path = path / "engine.db" if options.stored else None
        self._coverage = coverage
        self._answered: list[tuple[str, str]] = []
        self._clients: list[Any] = []
        self.closed = False
        self._open()
        self._register()

    # The engine

    def _open(self) -> None:
        self.engine = Engine(
            self._path, clock=self.clock, limits=self.limits, poll_seconds=self.options.poll_seconds
        )
        self.inside: Any = self.engine.client()
        self.server = None if self.way == "in process" else self.engine.serve()
        self.client = self.connect()

    def _register(self) -> None:
        do = self.inside
        do.register_domain(name="d", workflowExecutionRetentionPeriodInDays="7")
        do.register_workflow_type(domain="d", **WORKFLOW, **WORKFLOW_DEFAULTS)
        do.register_workflow_type(domain="d", name="W", version="bare")
        do.register_activity_type(domain="d", **ACTIVITY, **ACTIVITY_DEFAULTS)
        do.register_activity_type(domain="d", name="A", version="bare")

    def connect(self) -> Any:
        """Return one more client, for a thread of its own."""
        if self.server is None:
            client: Any = self.engine.client()
        elif self.way == "http":
            client = HttpClient(self.server.url)
        else:
            client = boto3_client(self.server.url)
        self._clients.append(client)
        return Watched(client, self._coverage, self._answered)

    def close(self) -> None:
        """Let go of the engine, which answers those who wait, and of all clients."""
        if self.closed:
            return
        self.closed = True
        if self.server is not None:
            self.server.close()
        self.engine.close()
        for client in self._clients:
            client.close()
        self._clients.clear()

    def restart(self) -> None:
        """Close the engine, and open its file again."""
        assert self.options.stored, "an engine in memory cannot be restarted"
        self.close()
        self._open()
        self.closed = False

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.engine.tick()

    def advance(self, seconds: float) -> None:
        """Let time go on, and all clocks expire that are due at its end."""
        self.clock.advance(seconds)
        self.settle()

    def now(self) -> float:
        """Return the engine's time, in seconds since the epoch."""
        at: float = self.clock.time()
        return at

    # Starters

    def start(self, workflow_id: str = "w", version: str = "1", **given: Any) -> str:
        """Start an execution of `W`; return its run id."""
        kind = {"workflowType": {"name": "W", "version": version}}
        answer = self.client.start_workflow_execution(
            **{"domain": "d", "workflowId": workflow_id} | kind | given
        )
        run_id: str = answer["runId"]
        return run_id

    def signal(self, workflow_id: str = "w", name: str = "s", **given: Any) -> None:
        self.client.signal_workflow_execution(domain="d", workflowId=workflow_id, signalName=name, **given)

    def request_cancel(self, workflow_id: str = "w", **given: Any) -> None:
        self.client.request_cancel_workflow_execution(domain="d", workflowId=workflow_id, **given)

    def terminate(self, workflow_id: str = "w", **given: Any) -> None:
        self.client.terminate_workflow_execution(domain="d", workflowId=workflow_id, **given)
        self.settle()

    # Deciders

    def poll(self, task_list: str = "dl", **given: Any) -> dict[str, Any]:
        """Take the next decision task."""
        self.settle()
        task: dict[str, Any] = self.client.poll_for_decision_task(
            domain="d", taskList={"name": task_list}, **given
        )
        assert "taskToken" in task, f"nothing to decide in {task_list}"
        return task

    def nothing_to_decide(self, task_list: str = "dl") -> bool:
        self.settle()
        return "taskToken" not in self.client.poll_for_decision_task(domain="d", taskList={"name": task_list})

    def answer(self, task: dict[str, Any], *decisions: dict[str, Any], **given: Any) -> None:
        """Answer a decision task."""
        self.client.respond_decision_task_completed(
            taskToken=task["taskToken"], decisions=list(decisions), **given
        )
        self.settle()

    def decide(self, *decisions: dict[str, Any], task_list: str = "dl", **given: Any) -> dict[str, Any]:
        """Take the next decision task and answer it; return it."""
        task = self.poll(task_list)
        self.answer(task, *decisions, **given)
        return task

    # Workers

    def work(self, task_list: str = "al", **given: Any) -> dict[str, Any]:
        """Take the next activity task."""
        task: dict[str, Any] = self.client.poll_for_activity_task(
            domain="d", taskList={"name": task_list}, **given
        )
        assert "taskToken" in task, f"nothing to do in {task_list}"
        return task

    def nothing_to_do(self, task_list: str = "al") -> bool:
        return "taskToken" not in self.client.poll_for_activity_task(domain="d", taskList={"name": task_list})

    def done(self, task: dict[str, Any], result: str | None = None) -> None:
        """Complete an activity task."""
        given = {} if result is None else {"result": result}
        self.client.respond_activity_task_completed(taskToken=task["taskToken"], **given)

    def beat(self, task: dict[str, Any], details: str | None = None) -> bool:
        """Say that an activity task goes on; return whether it should rather not."""
        given = {} if details is None else {"details": details}
        answer = self.client.record_activity_task_heartbeat(taskToken=task["taskToken"], **given)
        assert answer.keys() == {"cancelRequested"}
        requested: bool = answer["cancelRequested"]
        return requested

    # Observers

    def execution(self, workflow_id: str = "w", run_id: str | None = None) -> dict[str, str]:
        """Name a run: this one, else the open one, else the last."""
        if run_id is None:
            runs = [run for run in self.runs() if run["workflowId"] == workflow_id]
            assert runs, f"no run of {workflow_id}"
            return runs[0]
        return {"workflowId": workflow_id, "runId": run_id}

    def history(self, workflow_id: str = "w", run_id: str | None = None) -> list[dict[str, Any]]:
        """Return the events of a run."""
        answer = self.client.get_workflow_execution_history(
            domain="d", execution=self.execution(workflow_id, run_id)
        )
        events: list[dict[str, Any]] = answer["events"]
        return events

    def describe(self, workflow_id: str = "w", run_id: str | None = None) -> dict[str, Any]:
        """Return what is said of a run."""
        answer: dict[str, Any] = self.client.describe_workflow_execution(
            domain="d", execution=self.execution(workflow_id, run_id)
        )
        return answer

    def info(self, workflow_id: str = "w", run_id: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.describe(workflow_id, run_id)["executionInfo"]
        return found

    def counts(self, workflow_id: str = "w", run_id: str | None = None) -> dict[str, int]:
        found: dict[str, int] = self.describe(workflow_id, run_id)["openCounts"]
        return found

    def runs(self, domain: str = "d") -> list[dict[str, str]]:
        """Return all runs, the open ones first, then the last ones first."""
        opened = self.inside.list_open_workflow_executions(domain=domain, startTimeFilter=EVER)
        closed = self.inside.list_closed_workflow_executions(domain=domain, startTimeFilter=EVER)
        return [info["execution"] for info in opened["executionInfos"] + closed["executionInfos"]]

    # Afterwards

    def finish(self) -> None:
        """Check all executions, and let go of the engine, once."""
        if not self.closed:
            found = self.problems()
            self.close()
            assert found == []

    def problems(self) -> list[str]:
        """Return what is wrong with the engine and its executions, in words."""
        found = list(self.engine.check())
        for status in ("REGISTERED", "DEPRECATED"):
            domains = self.inside.list_domains(registrationStatus=status)["domainInfos"]
            for domain in domains:
                found += self._problems_of(domain["name"])
        return found + [f"{method} took a token twice" for method in self._honoured_twice()]

    def _problems_of(self, domain: str) -> Iterator[str]:
        histories = {}
        for run in self.runs(domain):
            given = {"domain": domain, "execution": run}
            events = self.inside.get_workflow_execution_history(**given)["events"]
            histories[run["runId"]] = events
            found = problems(events, self.inside.describe_workflow_execution(**given))
            yield from (f"{run['workflowId']}: {problem}" for problem in found)
        for events in histories.values():
            yield from _wrong_parent(events, histories)

    def _honoured_twice(self) -> Iterator[str]:
        for method, token in self._answered:
            try:
                getattr(self.inside, method)(taskToken=token)
            except Fault as fault:
                if fault.code == "UnknownResourceFault":
                    continue
            yield method


def _wrong_parent(events: list[dict[str, Any]], histories: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    started = attributes(events[0])
    parent = histories.get(started.get("parentWorkflowExecution", {}).get("runId", ""))
    if parent is not None:
        initiated = parent[started["parentInitiatedEventId"] - 1]
        if initiated["eventType"] != "StartChildWorkflowExecutionInitiated":
            yield f"a child names {initiated['eventType']} as what initiated it"
