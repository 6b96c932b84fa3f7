"""Replaying histories by ids: what older releases recorded, and what test suites build by hand."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from decider.ground import Ground
from simpleflow import Workflow, activity, futures
from simpleflow.swf.executor import Executor

if TYPE_CHECKING:
    from collections.abc import Iterator


@activity.with_attributes(name="double", version="1", task_list="t", retry=1)
def double(x: int) -> int:
    if x == 13:
        raise ValueError("unlucky")
    return 2 * x


class Mixed(Workflow):
    name = "mixed"
    version = "1"
    task_list = "t"

    def run(self, n: int) -> Any:
        first = self.submit(double, n)
        others = [self.submit(double, i) for i in range(3)]
        futures.wait(first, *others)
        self.submit(self.record_marker("half", {"n": n})).wait()
        self.submit(self.start_timer("t1", 0)).wait()
        failed = self.submit(double.with_options(raises_on_failure=False), 13)
        child = self.submit(Small, first)
        signaled = self.submit(self.signal("done", n))
        futures.wait(failed, child, signaled)
        return [child.result, str(failed.exception), self.submit(self.wait_signal("done")).result]


class Small(Workflow):
    name = "small"
    version = "1"
    task_list = "t"

    def run(self, x: int) -> int:
        return self.submit(double, x).result


@pytest.fixture
def ground() -> Iterator[Ground]:
    made = Ground(Mixed, Small, activities={"double": double})
    yield made
    made.engine.close()


def test_a_recorded_history_decides_what_it_records(ground: Ground) -> None:
    with ground.running(ground.decider()):
        run_id = ground.start("mixed", '{"args": [5]}')
        ground.closing(run_id)
    history = ground.history(run_id)
    execution = SimpleNamespace(workflow_id="id", run_id=run_id)
    executor = Executor("d", Mixed)
    compared = 0
    for answered in (each for each in history if each["eventType"] == "DecisionTaskCompleted"):
        started = answered["decisionTaskCompletedEventAttributes"]["startedEventId"]
        response = SimpleNamespace(history=history[:started], execution=execution)
        decisions = executor.replay(response).decisions
        assert [_named(each) for each in decisions] == _recorded(history, answered["eventId"])
        compared += len(decisions)
    assert compared >= 12


def _named(decision: dict[str, Any]) -> tuple[str, str]:
    (attributes,) = (value for value in decision.values() if isinstance(value, dict))
    return decision["decisionType"], _name_in(attributes)


def _name_in(attributes: dict[str, Any]) -> str:
    names = ("activityId", "timerId", "markerName", "signalName", "workflowId")
    return next((attributes[name] for name in names if name in attributes), "")


_RECORDED = {
    "ActivityTaskScheduled": "ScheduleActivityTask",
    "ScheduleActivityTaskFailed": "ScheduleActivityTask",
    "MarkerRecorded": "RecordMarker",
    "TimerStarted": "StartTimer",
    "StartChildWorkflowExecutionInitiated": "StartChildWorkflowExecution",
    "StartChildWorkflowExecutionFailed": "StartChildWorkflowExecution",
    "SignalExternalWorkflowExecutionInitiated": "SignalExternalWorkflowExecution",
    "WorkflowExecutionCompleted": "CompleteWorkflowExecution",
}


def _recorded(history: list[dict[str, Any]], answer: int) -> list[tuple[str, str]]:
    found = []
    for event in history:
        (attributes,) = (value for key, value in event.items() if key.endswith("Attributes"))
        if attributes.get("decisionTaskCompletedEventId") == answer and event["eventType"] in _RECORDED:
            found.append((_RECORDED[event["eventType"]], _name_in(attributes)))
    return found


def history_of(*results: Any) -> list[dict[str, Any]]:
    """Return a history by hand: the start, a decision task, and completed activities of `double`."""
    events: list[dict[str, Any]] = []

    def add(kind: str, **attributes: Any) -> int:
        key = f"{kind[0].lower()}{kind[1:]}EventAttributes"
        number = len(events) + 1
        events.append({"eventType": kind, "eventId": number, "eventTimestamp": 1.0, key: attributes})
        return number

    def decision_task() -> int:
        scheduled = add("DecisionTaskScheduled", taskList={"name": "t"})
        return add("DecisionTaskStarted", scheduledEventId=scheduled)

    kind = {"name": "mixed", "version": "1"}
    start = {"workflowType": kind, "childPolicy": "TERMINATE", "taskList": {"name": "t"}}
    add("WorkflowExecutionStarted", **start, parentInitiatedEventId=0, input='{"args": [7]}')
    started = decision_task()
    completed = add("DecisionTaskCompleted", scheduledEventId=started - 1, startedEventId=started)
    for number, result in enumerate(results, 1):
        scheduled = add(
            "ActivityTaskScheduled",
            activityType={"name": "double", "version": "1"},
            activityId=f"activity-double-{number}",
            taskList={"name": "t"},
            input="whatever was there",
            decisionTaskCompletedEventId=completed,
        )
        begun = add("ActivityTaskStarted", scheduledEventId=scheduled)
        add(
            "ActivityTaskCompleted",
            scheduledEventId=scheduled,
            startedEventId=begun,
            result=json.dumps(result),
        )
    decision_task()
    return events


def test_a_submit_takes_the_task_that_bears_its_id_whatever_its_input() -> None:
    decisions, context = Executor("d", Mixed).replay(history_of(1, 2, 3, 4))
    assert [_named(each) for each in decisions] == [
        ("RecordMarker", "half"),
        ("StartTimer", "_simpleflow_wake_up_timer"),
    ]
    assert context is None


def test_the_id_of_a_child_without_an_execution_says_so() -> None:
    class Parent(Workflow):
        name = "mixed"
        version = "1"

        def run(self, n: int) -> Any:
            return self.submit(Small, n).result

    decisions, _ = Executor("d", Parent).replay(history_of())
    assert _named(decisions[0]) == ("StartChildWorkflowExecution", "workflow-small-None--0--1")


def test_numbers_go_to_submits_whose_arguments_are_known() -> None:
    class Chained(Workflow):
        name = "mixed"
        version = "1"

        def run(self, n: int) -> Any:
            later = self.submit(double, self.submit(double, n))
            return later.result + self.submit(double, 10).result

    decisions, _ = Executor("d", Chained).replay(history_of())
    assert [_named(each)[1] for each in decisions] == ["activity-double-1"]
    decisions, _ = Executor("d", Chained).replay(history_of(14, 28, 20))
    assert decisions[0]["completeWorkflowExecutionDecisionAttributes"]["result"] == "48"


def test_an_execution_of_an_older_release_is_decided_by_ids_to_its_end(ground: Ground) -> None:
    run_id = ground.start("mixed", '{"args": [5]}')
    task = ground.client.poll_for_decision_task(
        domain="d", taskList={"name": "t"}, identity='{"hostname":"old","pid":1,"user":"u"}'
    )
    decision = {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityType": {"name": "double", "version": "1"},
            "activityId": "activity-double-1",
            "input": '{"kwargs": {}, "args": [5]}',
            "taskList": {"name": "t"},
            "scheduleToStartTimeout": "NONE",
            "scheduleToCloseTimeout": "NONE",
            "startToCloseTimeout": "NONE",
            "heartbeatTimeout": "NONE",
        },
    }
    ground.client.register_activity_type(domain="d", name="double", version="1")
    ground.client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=[decision])
    with ground.running(ground.decider()):
        closed = ground.closing(run_id)
    assert closed["eventType"] == "WorkflowExecutionCompleted"
    scheduled = [
        each["activityTaskScheduledEventAttributes"]["activityId"]
        for each in ground.history(run_id)
        if each["eventType"] == "ActivityTaskScheduled"
    ]
    assert scheduled == [f"activity-double-{n}" for n in (1, 2, 3, 4, 5, 5)]
