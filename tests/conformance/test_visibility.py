"""Executions listed, counted and described, and tasks that wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER
from conformance.words import (
    WORKFLOW,
    activity,
    cancel,
    child,
    complete,
    fail,
    kinds,
    refused,
    within,
)

if TYPE_CHECKING:
    from conformance.region import Region

EXCLUSIVE = "Cannot specify more than one exclusive filters in the same query: "
FILTERS: dict[str, tuple[str, dict[str, str]]] = {
    "executionFilter": ("WorkflowExecutionFilter", {"workflowId": "w"}),
    "typeFilter": ("WorkflowTypeFilter", {"name": "W"}),
    "tagFilter": ("TagFilter", {"tag": "t"}),
    "closeStatusFilter": ("CloseStatusFilter", {"status": "COMPLETED"}),
}


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def opened(region: Region, **given: Any) -> list[str]:
    """Return the workflow ids of the open executions; counting them says as many."""
    words = {"domain": "d", "startTimeFilter": EVER} | given
    infos = region.client.list_open_workflow_executions(**words)["executionInfos"]
    counting = {name: value for name, value in words.items() if name != "reverseOrder"}
    assert region.client.count_open_workflow_executions(**counting) == {
        "count": len(infos),
        "truncated": False,
    }
    return [info["execution"]["workflowId"] for info in infos]


def closed(region: Region, **given: Any) -> list[str]:
    words = {"domain": "d"} | given
    if "closeTimeFilter" not in given:
        words = {"startTimeFilter": EVER} | words
    infos = region.client.list_closed_workflow_executions(**words)["executionInfos"]
    counting = {name: value for name, value in words.items() if name != "reverseOrder"}
    assert region.client.count_closed_workflow_executions(**counting) == {
        "count": len(infos),
        "truncated": False,
    }
    return [info["execution"]["workflowId"] for info in infos]


# What must be given


@pytest.mark.edge(101)
def test_open_executions_are_asked_for_by_time(region: Region) -> None:
    message = (
        "1 validation error detected: Value null at 'startTimeFilter' failed to satisfy constraint: "
        "Member must not be null"
    )

    with refused("ValidationException", message):
        region.client.list_open_workflow_executions(domain="d", startTimeFilter=None)
    with refused("ValidationException", message):
        region.client.count_open_workflow_executions(domain="d", startTimeFilter=None)
    with refused("ValidationException", within("startTimeFilter.oldestDate", "must not be null")):
        region.client.list_open_workflow_executions(domain="d", startTimeFilter={})


@pytest.mark.edge(102)
@pytest.mark.parametrize("verb", ["list", "count"])
def test_closed_executions_are_asked_for_by_one_time(region: Region, verb: str) -> None:
    ask = getattr(region.client, f"{verb}_closed_workflow_executions")

    with refused("ValidationException", "Must specify time filter"):
        ask(domain="d")
    with refused("ValidationException", "Cannot specify both start and close time filter"):
        ask(domain="d", startTimeFilter=EVER, closeTimeFilter=EVER)


@pytest.mark.edge(103)
def test_filters_exclude_one_another(region: Region) -> None:
    def given(*names: str) -> dict[str, Any]:
        return {"domain": "d", "startTimeFilter": EVER} | {name: FILTERS[name][1] for name in names}

    with refused("ValidationException", f"{EXCLUSIVE}[WorkflowTypeFilter, CloseStatusFilter]"):
        region.client.list_closed_workflow_executions(**given("typeFilter", "closeStatusFilter"))
    with refused("ValidationException", f"{EXCLUSIVE}[WorkflowTypeFilter, CloseStatusFilter]"):
        region.client.count_closed_workflow_executions(**given("closeStatusFilter", "typeFilter"))
    with refused("ValidationException", f"{EXCLUSIVE}[WorkflowExecutionFilter, TagFilter]"):
        region.client.list_open_workflow_executions(**given("tagFilter", "executionFilter"))
    with refused(
        "ValidationException", f"{EXCLUSIVE}[WorkflowExecutionFilter, WorkflowTypeFilter, TagFilter]"
    ):
        region.client.count_open_workflow_executions(**given("executionFilter", "typeFilter", "tagFilter"))


@pytest.mark.parametrize("which", ["list_open", "list_closed", "count_open", "count_closed"])
def test_a_time_window_has_its_ends_in_order(region: Region, which: str) -> None:
    window = {"oldestDate": at(2000), "latestDate": at(1000)}

    with refused("ValidationException"):
        getattr(region.client, f"{which}_workflow_executions")(domain="d", startTimeFilter=window)
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        getattr(region.client, f"{which}_workflow_executions")(domain="nope", startTimeFilter=EVER)


# Filters


@pytest.fixture
def family(region: Region) -> Region:
    """Four open and three closed executions, a second between their starts."""
    region.client.register_workflow_type(domain="d", name="W", version="2")
    bare = {
        "taskList": {"name": "bl"},
        "executionStartToCloseTimeout": "1000",
        "taskStartToCloseTimeout": "9",
        "childPolicy": "ABANDON",
    }
    for workflow_id, version, tags, closing in (
        ("done", "1", ["t", "u"], complete()),
        ("broken", "2", ["u"], fail()),
        ("ended", "1", [], cancel()),
        ("w", "1", ["t"], None),
        ("x", "2", ["u", "t"], None),
        ("y", "bare", ["T"], None),
    ):
        region.start(workflow_id, version, tagList=tags, **bare)
        if closing:
            region.decide(closing, task_list="bl")
        region.advance(1)
    region.decide(child("c", taskList={"name": "cl"}), task_list="bl")
    return region


def test_open_executions_are_listed_youngest_first(family: Region) -> None:
    assert opened(family) == ["c", "y", "x", "w"]
    assert opened(family, reverseOrder=True) == ["w", "x", "y", "c"]


def test_open_executions_are_found_by_each_filter(family: Region) -> None:
    assert opened(family, executionFilter={"workflowId": "x"}) == ["x"]
    assert opened(family, executionFilter={"workflowId": "done"}) == []
    assert opened(family, typeFilter={"name": "W"}) == ["c", "y", "x", "w"]
    assert opened(family, typeFilter={"name": "W", "version": "2"}) == ["x"]
    assert opened(family, typeFilter={"name": "W", "version": ""}) == ["c", "y", "x", "w"]
    assert opened(family, typeFilter={"name": "w"}) == []
    assert opened(family, tagFilter={"tag": "t"}) == ["x", "w"]
    assert opened(family, tagFilter={"tag": "T"}) == ["y"]
    assert opened(family, tagFilter={"tag": "%"}) == []


def test_closed_executions_are_found_by_each_filter(family: Region) -> None:
    assert closed(family) == ["ended", "broken", "done"]
    assert closed(family, executionFilter={"workflowId": "done"}) == ["done"]
    assert closed(family, executionFilter={"workflowId": "w"}) == []
    assert closed(family, typeFilter={"name": "W", "version": "1"}) == ["ended", "done"]
    assert closed(family, typeFilter={"name": "W"}, reverseOrder=True) == ["done", "broken", "ended"]
    assert closed(family, tagFilter={"tag": "u"}) == ["broken", "done"]
    assert closed(family, closeStatusFilter={"status": "FAILED"}) == ["broken"]
    assert closed(family, closeStatusFilter={"status": "TIMED_OUT"}) == []
    assert closed(family, closeTimeFilter=EVER, closeStatusFilter={"status": "CANCELED"}) == ["ended"]


def test_time_windows_hold_both_their_ends(region: Region) -> None:
    start = region.now()
    for workflow_id in "abc":
        region.start(workflow_id)
        region.advance(1)

    def window(oldest: float, latest: float | None = None) -> list[str]:
        ends = {"oldestDate": at(start + oldest)}
        if latest is not None:
            ends["latestDate"] = at(start + latest)
        return opened(region, startTimeFilter=ends, reverseOrder=True)

    assert window(0) == ["a", "b", "c"]
    assert window(1, 1) == ["b"]
    assert window(0, 1) == ["a", "b"]
    assert window(0.001, 1.999) == ["b"]
    assert window(2.001) == []


@pytest.mark.edge(104)
def test_closed_executions_go_by_the_time_that_was_asked_for(region: Region) -> None:
    start = region.now()
    region.advance(1)
    region.start("A", taskList={"name": "A"})
    region.advance(1)
    region.start("B", taskList={"name": "B"})
    region.advance(3)
    region.decide(complete(), task_list="B")
    region.advance(5)
    region.decide(complete(), task_list="A")

    assert closed(region) == ["B", "A"]
    assert closed(region, closeTimeFilter=EVER) == ["A", "B"]
    assert closed(region, reverseOrder=True) == ["A", "B"]
    assert closed(region, closeTimeFilter=EVER, reverseOrder=True) == ["B", "A"]
    early = {"oldestDate": at(start), "latestDate": at(start + 5)}
    assert closed(region, closeTimeFilter=early) == ["B"]
    assert closed(region, startTimeFilter={"oldestDate": at(start + 2)}) == ["B"]


# Records


def test_records_say_what_is_known(family: Region) -> None:
    parent = family.execution("w")
    words = {"domain": "d", "startTimeFilter": EVER}
    open_infos = family.client.list_open_workflow_executions(**words)["executionInfos"]
    closed_infos = family.client.list_closed_workflow_executions(**words)["executionInfos"]

    infos = {info["execution"]["workflowId"]: info for info in open_infos + closed_infos}
    for workflow_id, info in infos.items():
        assert info == family.info(workflow_id), workflow_id
    assert infos["x"]["tagList"] == ["u", "t"]
    assert "tagList" not in infos["ended"]
    assert infos["c"]["parent"]["workflowId"] == parent["workflowId"]
    assert infos["c"]["workflowType"] == WORKFLOW
    assert infos["w"]["executionStatus"] == "OPEN"
    assert not infos["w"].keys() & {"closeStatus", "closeTimestamp", "parent"}
    assert (infos["broken"]["executionStatus"], infos["broken"]["closeStatus"]) == ("CLOSED", "FAILED")


def test_a_cancel_request_shows_in_lists(region: Region) -> None:
    region.start()
    region.request_cancel()
    region.start("x")

    infos = region.client.list_open_workflow_executions(domain="d", startTimeFilter=EVER)["executionInfos"]
    assert {info["execution"]["workflowId"]: info["cancelRequested"] for info in infos} == {
        "w": True,
        "x": False,
    }


def test_lists_of_nothing_are_there(region: Region) -> None:
    words = {"domain": "d", "startTimeFilter": EVER}

    assert region.client.list_open_workflow_executions(**words) == {"executionInfos": []}
    assert region.client.list_closed_workflow_executions(**words) == {"executionInfos": []}
    assert region.client.list_domains(registrationStatus="DEPRECATED") == {"domainInfos": []}


def test_everything_of_a_deprecated_domain_can_be_read(family: Region) -> None:
    family.client.deprecate_domain(name="d")

    assert opened(family) == ["c", "y", "x", "w"]
    assert closed(family) == ["ended", "broken", "done"]
    assert family.describe("w")
    assert family.history("w")


# Single executions


@pytest.mark.edge(108)
def test_a_run_is_named_by_both_its_ids(region: Region) -> None:
    run_id = region.start()
    message = (
        "1 validation error detected: Value null at 'execution.runId' failed to satisfy constraint: "
        "Member must not be null"
    )

    for ask in (region.client.get_workflow_execution_history, region.client.describe_workflow_execution):
        with refused("ValidationException", message):
            ask(domain="d", execution={"workflowId": "w"})
        with refused(
            "UnknownResourceFault", "Unknown execution: WorkflowExecution=[workflowId=w, runId=nope]"
        ):
            ask(domain="d", execution={"workflowId": "w", "runId": "nope"})
        with refused(
            "UnknownResourceFault", f"Unknown execution: WorkflowExecution=[workflowId=x, runId={run_id}]"
        ):
            ask(domain="d", execution={"workflowId": "x", "runId": run_id})
        with refused("UnknownResourceFault", "Unknown domain: nope"):
            ask(domain="nope", execution={"workflowId": "w", "runId": run_id})


def test_a_history_can_be_read_backwards(region: Region) -> None:
    region.start()
    region.decide()

    answer = region.client.get_workflow_execution_history(
        domain="d", execution=region.execution(), reverseOrder=True
    )
    assert kinds(answer["events"]) == [
        "DecisionTaskCompleted",
        "DecisionTaskStarted",
        "DecisionTaskScheduled",
        "WorkflowExecutionStarted",
    ]


# Tasks that wait


@pytest.mark.edge(107)
@pytest.mark.parametrize("kind", ["activity", "decision"])
def test_nothing_waits_in_a_list_that_nobody_uses(region: Region, kind: str) -> None:
    count = getattr(region.client, f"count_pending_{kind}_tasks")

    assert count(domain="d", taskList={"name": "never"}) == {"count": 0, "truncated": False}
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        count(domain="nope", taskList={"name": "never"})


def test_tasks_are_counted_while_they_wait(region: Region) -> None:
    def waiting() -> tuple[int, int]:
        decisions = region.client.count_pending_decision_tasks(domain="d", taskList={"name": "dl"})
        activities = region.client.count_pending_activity_tasks(domain="d", taskList={"name": "al"})
        return decisions["count"], activities["count"]

    region.start()
    region.start("x")
    assert waiting() == (2, 0)
    task = region.poll()
    region.signal()
    assert waiting() == (1, 0)
    region.answer(task, activity("a"), activity("b"), activity("c"))
    assert waiting() == (2, 3)
    region.work()
    assert waiting() == (2, 2)
    region.terminate()
    assert waiting() == (1, 0)
