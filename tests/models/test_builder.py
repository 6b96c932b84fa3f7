"""Histories made by hand: each step leaves what the service would record, and our executor decides on them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from simpleflow import Workflow, activity, futures
from simpleflow.swf.executor import Executor
from swf.exceptions import BrokenHistory
from swf.models.history.builder import History
from swf.responses import Response

WORKFLOW = SimpleNamespace(
    name="w", version="1", task_list="t", decision_tasks_timeout="30", execution_timeout="100"
)
ACTIVITY = SimpleNamespace(name="m.a", version="2", task_list="al", task_heartbeat_timeout=3)


def names(history: History) -> list[str]:
    return [event.name for event in history]


def test_it_begins_with_a_decision_task_started() -> None:
    history = History(WORKFLOW, input={"args": [1]}, tag_list=["x"])
    assert names(history) == ["WorkflowExecutionStarted", "DecisionTaskScheduled", "DecisionTaskStarted"]
    assert (history.last_id, history.next_id) == (3, 4)
    started: Any = history[0]
    assert json.loads(started.input) == {"args": [1]}
    assert started.tag_list == ["x"]
    history.compile()


@pytest.mark.parametrize("state", ["schedule_failed", "completed", "failed", "timed_out", "canceled"])
def test_an_activity_in_each_state_that_ends_it(state: str) -> None:
    history = History(WORKFLOW).add_activity_task(ACTIVITY, last_state=state, result={"x": 1})
    history.add_activity_task(ACTIVITY, decision_id=history.last_id, last_state=state)
    history.add_decision_task_scheduled().add_decision_task_started()
    objects = [each for each in history.compile() if each.type == "ActivityTask"]
    assert [each.state for each in objects] == [state, state]
    assert names(history)[-2:] == ["DecisionTaskScheduled", "DecisionTaskStarted"]


@pytest.mark.parametrize("state", ["scheduled", "started"])
def test_an_activity_that_is_open(state: str) -> None:
    history = History(WORKFLOW).add_activity_task(ACTIVITY, last_state=state)
    assert history.compile()[-1].state == state
    raw = history[4].raw["activityTaskScheduledEventAttributes"]
    assert raw["activityType"] == {"name": "m.a", "version": "2"}
    assert raw["activityId"] == "activity-m.a-1"
    assert raw["taskList"] == {"name": "al"}
    assert (raw["heartbeatTimeout"], raw["startToCloseTimeout"]) == ("3", "NONE")


@pytest.mark.parametrize("state", ["completed", "failed", "timed_out", "canceled", "terminated"])
def test_a_child_in_each_state_that_ends_it(state: str) -> None:
    history = History(WORKFLOW).add_child_workflow(WORKFLOW, last_state=state, workflow_id="c", result=1)
    history.add_decision_task()
    (child,) = [each for each in history.compile() if each.type == "ChildWorkflowExecution"]
    assert child.state == state


def test_signals_markers_timers_and_requests() -> None:
    history = (
        History(WORKFLOW)
        .add_signal("s", {"a": 1})
        .add_marker("m", {"x": 1})
        .add_timer_started("t", 3)
        .add_timer_fired("t")
        .add_timer_started("u", 1)
        .add_timer_canceled("u")
        .add_request_cancel()
        .add_decision_task_timed_out()
        .add_decision_task("context")
    )
    states = {(each.type, each.state) for each in history.compile()}
    assert {("Timer", "fired"), ("Timer", "canceled"), ("Marker", "recorded")} <= states


def test_what_makes_no_sense_is_refused() -> None:
    history = History(WORKFLOW)
    with pytest.raises(ValueError, match="an activity is one of schedule_failed, scheduled"):
        history.add_activity_task(ACTIVITY, last_state="eaten")
    with pytest.raises(ValueError, match="a child is one of"):
        history.add_child_workflow(WORKFLOW, last_state="eaten")
    with pytest.raises(ValueError, match="no timer 't' was started"):
        history.add_timer_fired("t")
    with pytest.raises(BrokenHistory, match="nothing has triggered it"):
        history.add_decision_task().add_decision_task_scheduled().compile()


@activity.with_attributes(name="double", version="1")
def double(x: int) -> int:
    return 2 * x


class Two(Workflow):
    name = "two"
    version = "1"
    task_list = "t"
    execution_timeout = "60"
    decision_tasks_timeout = "30"

    def run(self, x: int) -> Any:
        first = self.submit(double, x)
        second = self.submit(double, first)
        futures.wait(second)
        return second.result


def test_an_executor_decides_on_it_step_by_step() -> None:
    history = History(Two, input={"args": [4]})
    executor = Executor("domain", Two)
    decisions, _ = executor.replay(Response(history=history, execution=None))
    assert [each["decisionType"] for each in decisions] == ["ScheduleActivityTask"]
    history.add_activity_task(
        double, decision_id=history.last_id, last_state="completed", activity_id="activity-double-1", result=8
    )
    history.add_decision_task_scheduled().add_decision_task_started()
    decisions, _ = executor.replay(Response(history=history, execution=None))
    scheduled = decisions[0]["scheduleActivityTaskDecisionAttributes"]
    assert (scheduled["activityId"], json.loads(scheduled["input"])["args"]) == ("activity-double-2", [8])
    history.add_activity_task(double, last_state="completed", activity_id="activity-double-2", result=16)
    decisions, _ = executor.replay(history)
    assert decisions[0]["completeWorkflowExecutionDecisionAttributes"]["result"] == "16"
