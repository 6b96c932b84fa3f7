"""What Amazon SWF has been seen to answer is what models, querysets and actors read."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from swf.actors import ActivityWorker, Decider
from swf.core import ConnectedSWFObject
from swf.exceptions import Fault, PollTimeout
from swf.models import ActivityType, Domain, WorkflowExecution, WorkflowType
from swf.protocol.client import Client
from swf.protocol.faults import fault_from_wire
from swf.querysets import (
    ActivityTypeQuerySet,
    DomainQuerySet,
    HistoryQuerySet,
    WorkflowExecutionQuerySet,
    WorkflowTypeQuerySet,
)

if TYPE_CHECKING:
    from collections.abc import Callable

WIRE = Path(__file__).parents[1] / "data" / "wire"
ANSWERS = sorted([*WIRE.glob("*.json"), *WIRE.glob("docs_samples/*.json"), *WIRE.glob("polls/*.json")])
REFUSALS = sorted(WIRE.glob("errors/*.json"))


class Recorded(Client):
    """A client that answers what was recorded, whatever it is asked: the one page of it."""

    def __init__(self, answer: dict[str, Any] | Fault) -> None:
        self._answer = answer

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if isinstance(self._answer, Fault):
            raise self._answer
        answer: dict[str, Any] = json.loads(json.dumps(self._answer))
        answer.pop("nextPageToken", None)
        return answer


def recorded(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the operation, and the answer."""
    record = json.loads(path.read_text())
    body = record["response"].get("body") or {}
    return record["op"], json.loads(body) if isinstance(body, str) else body


def whole(told: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with the events that its recording leaves to a file of histories."""
    if not any("docs_2012_order_timed_out" in event for event in told.get("events", [])):
        return told
    path = WIRE.parent / "histories" / "docs_2012_order_timed_out.json"
    return told | {"events": json.loads(path.read_text())["events"][10:0:-1]}


def domain_told(domain: Domain, told: dict[str, Any]) -> None:
    found = DomainQuerySet(connection=domain.connection).get("orders")
    assert found.name == told["domainInfo"]["name"]
    assert str(found.retention_period) == told["configuration"]["workflowExecutionRetentionPeriodInDays"]


def domains_listed(domain: Domain, told: dict[str, Any]) -> None:
    found = DomainQuerySet(connection=domain.connection).all()
    assert [each.name for each in found] == [info["name"] for info in told["domainInfos"]]


def workflow_type_told(domain: Domain, told: dict[str, Any]) -> None:
    found = WorkflowType(domain, "n", "v").upstream()
    assert {"name": found.name, "version": found.version} == told["typeInfo"]["workflowType"]
    assert found.task_list == told["configuration"]["defaultTaskList"]["name"]
    assert found.execution_timeout == told["configuration"]["defaultExecutionStartToCloseTimeout"]
    assert_same_time(found.creation_date, told["typeInfo"]["creationDate"])


def activity_type_told(domain: Domain, told: dict[str, Any]) -> None:
    found = ActivityType(domain, "n", "v").upstream()
    assert {"name": found.name, "version": found.version} == told["typeInfo"]["activityType"]
    assert found.task_list == told["configuration"]["defaultTaskList"]["name"]
    assert found.task_heartbeat_timeout == told["configuration"]["defaultTaskHeartbeatTimeout"]
    assert_same_time(found.creation_date, told["typeInfo"]["creationDate"])


def workflow_types_listed(domain: Domain, told: dict[str, Any]) -> None:
    found = WorkflowTypeQuerySet(domain).all()
    assert [each.name for each in found] == [info["workflowType"]["name"] for info in told["typeInfos"]]


def activity_types_listed(domain: Domain, told: dict[str, Any]) -> None:
    found = ActivityTypeQuerySet(domain).all()
    assert [each.name for each in found] == [info["activityType"]["name"] for info in told["typeInfos"]]


def execution_told(domain: Domain, told: dict[str, Any]) -> None:
    found, info = WorkflowExecution(domain, "w", "r").upstream(), told["executionInfo"]
    assert {"workflowId": found.workflow_id, "runId": found.run_id} == info["execution"]
    assert (found.status, found.close_status) == (info["executionStatus"], info.get("closeStatus"))
    assert found.open_counts == told["openCounts"]
    assert found.task_list == told["executionConfiguration"]["taskList"]["name"]
    assert found.latest_execution_context == told.get("latestExecutionContext")
    assert_same_time(found.start_timestamp, info["startTimestamp"])
    assert_same_time(found.close_timestamp, info.get("closeTimestamp"))
    assert_same_time(found.latest_activity_task_timestamp, told.get("latestActivityTaskTimestamp"))


def open_executions_listed(domain: Domain, told: dict[str, Any]) -> None:
    found = WorkflowExecutionQuerySet(domain).all()
    assert [{"workflowId": each.workflow_id, "runId": each.run_id} for each in found] == [
        info["execution"] for info in told["executionInfos"]
    ]


def closed_executions_listed(domain: Domain, told: dict[str, Any]) -> None:
    found = WorkflowExecutionQuerySet(domain).all("CLOSED")
    assert [each.close_status for each in found] == [info["closeStatus"] for info in told["executionInfos"]]


def executions_counted(domain: Domain, told: dict[str, Any]) -> None:
    assert WorkflowExecutionQuerySet(domain).count() == told["count"]


def tasks_counted(domain: Domain, told: dict[str, Any]) -> None:
    assert domain.count_pending_activity_tasks("d", "l")["count"] == told["count"]
    assert domain.count_pending_decision_tasks("d", "l")["count"] == told["count"]


def history_told(domain: Domain, told: dict[str, Any]) -> None:
    history = HistoryQuerySet(domain).get("r", "w")
    assert [event.name for event in history] == [event["eventType"] for event in told["events"]]
    for event, raw in zip(history, told["events"], strict=True):
        assert_same_time(event.timestamp, raw["eventTimestamp"])
        assert event.state != "unknown"


def decision_task_told(domain: Domain, told: dict[str, Any]) -> None:
    if "taskToken" not in told:
        with pytest.raises(PollTimeout):
            Decider(domain, "l").poll()
        return
    task = Decider(domain, "l").poll()
    assert task.token == told["taskToken"]
    assert task.started_event_id == told["startedEventId"]
    assert [event.id for event in task.history] == [event["eventId"] for event in told["events"]]


def activity_task_told(domain: Domain, told: dict[str, Any]) -> None:
    if "taskToken" not in told:
        with pytest.raises(PollTimeout):
            ActivityWorker(domain, "l").poll()
        return
    token, task = ActivityWorker(domain, "l").poll()
    assert (token, task.activity_id, task.input) == (told["taskToken"], told["activityId"], told.get("input"))
    assert task.started_event_id == told["startedEventId"]


def execution_started(domain: Domain, told: dict[str, Any]) -> None:
    assert WorkflowType(domain, "n", "v").start_execution("w").run_id == told["runId"]


def heartbeat_told(domain: Domain, told: dict[str, Any]) -> None:
    assert ActivityWorker(domain, "l").heartbeat("token") == told


def nothing_told(domain: Domain, told: dict[str, Any]) -> None:
    """Registering, deprecating, telling and answering are answered with nothing."""
    assert told == {}
    domain.save()
    domain.delete()
    WorkflowExecution(domain, "w", "r").signal("s")
    WorkflowExecution(domain, "w", "r").terminate()
    Decider(domain, "l").complete("token")
    ActivityWorker(domain, "l").fail("token")


CHECKS: dict[str, Callable[[Domain, dict[str, Any]], None]] = {
    "CountClosedWorkflowExecutions": executions_counted,
    "CountOpenWorkflowExecutions": executions_counted,
    "CountPendingActivityTasks": tasks_counted,
    "CountPendingDecisionTasks": tasks_counted,
    "DescribeActivityType": activity_type_told,
    "DescribeDomain": domain_told,
    "DescribeWorkflowExecution": execution_told,
    "DescribeWorkflowType": workflow_type_told,
    "GetWorkflowExecutionHistory": history_told,
    "ListActivityTypes": activity_types_listed,
    "ListClosedWorkflowExecutions": closed_executions_listed,
    "ListDomains": domains_listed,
    "ListOpenWorkflowExecutions": open_executions_listed,
    "ListWorkflowTypes": workflow_types_listed,
    "PollForActivityTask": activity_task_told,
    "PollForDecisionTask": decision_task_told,
    "RecordActivityTaskHeartbeat": heartbeat_told,
    "StartWorkflowExecution": execution_started,
}


def assert_same_time(found: datetime | float | None, told: float | None) -> None:
    if told is None:
        assert found is None
    else:
        assert isinstance(found, datetime)
        assert found.tzinfo is not None
        assert found.timestamp() == pytest.approx(told, abs=0.001)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_answers_are_read(path: Path) -> None:
    operation, told = recorded(path)
    told = whole(told)
    domain = Domain("orders", connection=Recorded(told))
    CHECKS.get(operation, nothing_told)(domain, told)


@pytest.mark.parametrize("path", REFUSALS, ids=lambda path: path.stem)
def test_refusals_are_exceptions_of_their_own(path: Path) -> None:
    _, told = recorded(path)
    fault = fault_from_wire(400, json.dumps(told).encode())
    it = ConnectedSWFObject(connection=Recorded(fault))
    with pytest.raises(Fault) as raised:
        it.describe_domain("d")
    assert raised.value is fault
    assert type(fault) is not Fault, "one that is known"
    assert fault.error_code == told["__type"].rpartition("#")[2]


def test_there_are_recordings() -> None:
    assert len(ANSWERS) > 50
    assert {recorded(path)[0] for path in ANSWERS} >= CHECKS.keys()
