"""Histories made by hand: they are what the engine would have recorded, and our executor decides on them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from one_domain import Domain, cancel_timer, marker, timer
from one_domain import activity as scheduled

from simpleflow import Workflow, activity, futures
from simpleflow.swf.executor import Executor
from swf.exceptions import BrokenHistory
from swf.models.history.builder import History
from swf.protocol import to_wire
from swf.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ROOT = Path(__file__).parents[2]
TIMEOUTS = [
    f"task_{each}_timeout"
    for each in ("schedule_to_close", "schedule_to_start", "start_to_close", "heartbeat")
]

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
    assert (raw["heartbeatTimeout"], raw["startToCloseTimeout"]) == ("3", "300")


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
    with pytest.raises(
        ValueError, match="last_state is 'eaten'; it can be schedule_failed, scheduled, started"
    ):
        history.add_activity_task(ACTIVITY, last_state="eaten")
    with pytest.raises(ValueError, match="last_state is 'eaten'; it can be start_initiated, started, compl"):
        history.add_child_workflow(WORKFLOW, last_state="eaten")
    refusals: list[tuple[Callable[[], object], str]] = [
        (lambda: history.add_timer_fired("t"), "event 4, Timer: 't' is not open"),
        (lambda: history.add_activity_task_started(), "event 4, ActivityTask: none is open"),
        (lambda: history.add_activity_task_started(2), "event 4, ActivityTask: none is open of event 2"),
        (lambda: history.add_child_workflow_started(), "event 4, ChildWorkflowExecution: none is open"),
        (lambda: history.add_marker("m", decision_id=9), "decision_id is 9: there is no such event"),
        (lambda: history.add_decision_task_completed(started=2), "started by event 3, not 2"),
    ]
    for refused, problem in refusals:
        with pytest.raises(BrokenHistory, match=problem):
            refused()
    assert history.last_id == 3


def test_tasks_end_once_and_after_they_began() -> None:
    history = History(WORKFLOW).add_activity_task(ACTIVITY, last_state="scheduled", activity_id="a")

    with pytest.raises(BrokenHistory, match="'a' is not started"):
        history.add_activity_task_completed()
    with pytest.raises(BrokenHistory, match="activity 'a' is open"):
        history.add_activity_task(ACTIVITY, activity_id="a")
    history.add_activity_task_started(5).add_activity_task_completed(5, 6)
    with pytest.raises(BrokenHistory, match="none is open of event 5"):
        history.add_activity_task_failed(5)


def test_nothing_times_out_that_has_no_timeout() -> None:
    endless = SimpleNamespace(name="e", version="1", task_heartbeat_timeout="NONE")

    with pytest.raises(BrokenHistory, match="event 5, ActivityTaskScheduled: has no heartbeat timeout that"):
        History(WORKFLOW).add_activity_task(endless, last_state="timed_out", timeout_type="HEARTBEAT")


# One decision task decides what names it


def test_what_a_completed_decision_task_decides_as_well_stands_with_the_rest() -> None:
    history = History(WORKFLOW)
    first = history.last_id
    history.add_activity_task(ACTIVITY, first, result=1).add_activity_task(ACTIVITY, first, "failed")

    assert names(history)[3:] == [
        *("DecisionTaskCompleted", "ActivityTaskScheduled", "ActivityTaskScheduled"),
        *("ActivityTaskStarted", "ActivityTaskCompleted", "DecisionTaskScheduled"),
        *("ActivityTaskStarted", "ActivityTaskFailed"),
    ]
    assert [event.id for event in history] == list(range(1, 12))
    assert {each.decision_task_completed_event_id for each in history.filter(state="scheduled")[1:3]} == {4}  # type: ignore[attr-defined]  # activity tasks
    history.compile()


@pytest.mark.parametrize("event", [2, 3, 4, 5, 6, 7])
def test_any_event_of_a_decision_task_names_it(event: int) -> None:
    history = History(WORKFLOW).add_activity_task(ACTIVITY).add_marker("m", decision_id=event)

    assert names(history)[3:6] == ["DecisionTaskCompleted", "ActivityTaskScheduled", "MarkerRecorded"]
    history.compile()


def test_a_decision_task_that_waits_is_taken_and_completed_by_what_names_it() -> None:
    history = History(WORKFLOW).add_activity_task(ACTIVITY)
    history.add_marker("m", decision_id=history.last_id)

    assert names(history)[7:] == [
        *("DecisionTaskScheduled", "DecisionTaskStarted", "DecisionTaskCompleted", "MarkerRecorded"),
    ]


def test_a_decision_task_that_timed_out_decides_nothing() -> None:
    history = History(WORKFLOW).add_decision_task_timed_out()

    with pytest.raises(BrokenHistory, match="the decision task of event 3 has timed out"):
        history.add_marker("m", decision_id=3)
    history.add_marker("m").compile()


def test_where_nothing_asks_for_a_decision_a_signal_does() -> None:
    history = History(WORKFLOW).add_activity_task(ACTIVITY, last_state="scheduled")
    history.add_decision_task_scheduled().add_decision_task_started()

    assert names(history)[5:] == ["WorkflowExecutionSignaled", "DecisionTaskScheduled", "DecisionTaskStarted"]
    assert history.filter(signal_name="wake-up")
    history.compile()


def test_values_are_json_and_texts_are_themselves() -> None:
    history = History(WORKFLOW, input="text").add_activity_task(
        ACTIVITY, input={"b": 1, "a": [2]}, result="r"
    )
    history.add_activity_task(ACTIVITY, last_state="failed", details={"x": 1}, control="c")
    history.add_signal("s").add_marker("m", "text")

    assert [event.input for event in history if event.input is not None] == ["text", '{"a":[2],"b":1}', "{}"]
    told = [event.attributes for event in history]
    assert [each["result"] for each in told if "result" in each] == ['"r"']
    assert [each["details"] for each in told if "details" in each] == ['{"x":1}', '"text"']
    assert [event.control for event in history if event.control is not None] == ["c"]


# They are what the engine records


def every_state() -> dict[str, History]:
    activities = {
        f"activity-{state}": History(WORKFLOW).add_activity_task(ACTIVITY, last_state=state)
        for state in (
            "schedule_failed",
            "scheduled",
            "started",
            "completed",
            "failed",
            "timed_out",
            "canceled",
        )
    }
    timeouts = {
        f"timeout-{kind}": History(WORKFLOW).add_activity_task(ACTIVITY, None, "timed_out", timeout_type=kind)
        for kind in ("START_TO_CLOSE", "HEARTBEAT", "SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE")
    }
    children = {
        f"child-{state}": History(WORKFLOW).add_child_workflow(WORKFLOW, state)
        for state in (
            "start_initiated",
            "started",
            "completed",
            "failed",
            "timed_out",
            "canceled",
            "terminated",
        )
    }
    others = {
        "start": History(WORKFLOW),
        "timed-out": History(WORKFLOW).add_decision_task_timed_out().add_decision_task("c"),
        "woken": History(WORKFLOW).add_decision_task().add_decision_task_started(),
        "all": History(WORKFLOW, {"args": [1]}, "tag")
        .add_activity_task(ACTIVITY, 3)
        .add_timer_started("t", 3, decision_id=3)
        .add_signal("s", 1)
        .add_timer_fired("t")
        .add_activity_task(ACTIVITY, 3, "failed")
        .add_child_workflow(WORKFLOW, decision_id=3)
        .add_marker("m")
        .add_timer_started("u", 3)
        .add_timer_canceled("u")
        .add_request_cancel()
        .add_decision_task("context"),
    }
    return activities | timeouts | children | others


def test_the_engine_records_the_same_when_it_is_asked_what_they_say(tmp_path: Path) -> None:
    built = every_state()
    for name, history in built.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({"events": [event.raw for event in history]}))

    command = [sys.executable, str(ROOT / "scripts" / "histories"), str(tmp_path)]
    played = subprocess.run(command, capture_output=True, text=True)

    assert (
        played.stdout.splitlines()[-1]
        == f"{len(built)} histories: {len(built)} played, 0 mismatched, 0 not playable"
    )
    assert played.returncode == 0


def test_they_are_what_an_engine_in_memory_has_of_the_same() -> None:
    domain = Domain()
    execution = domain.start(input='{"args":[1]}', tag_list=["x"])
    domain.decide(scheduled("a"), timer("t", "3"), marker(details='{"x":1}'))
    domain.executions.complete_activity(domain.work(), "5", domain.now)
    domain.executions.signal(execution, "s", "1", domain.now)
    domain.wait(3)
    domain.decide(scheduled("b"), timer("u"), cancel_timer("u"), execution_context="context")
    domain.executions.fail_activity(domain.work(), "why", "details", domain.now)
    domain.executions.request_cancel(execution, domain.now)
    domain.poll()

    kind = SimpleNamespace(name="A", version="1", task_list="al", **dict.fromkeys(TIMEOUTS, "NONE"))
    workflow = SimpleNamespace(
        name="W", version="1", task_list="dl", execution_timeout=1000, decision_tasks_timeout=100
    )
    history = History(workflow, {"args": [1]}, ["x"]).add_activity_task_scheduled(kind, 3, "a", "")
    history.add_timer_started("t", 3).add_marker("m", {"x": 1})
    history.add_activity_task_started().add_activity_task_completed(result=5)
    history.add_signal("s", 1).add_timer_fired("t")
    history.add_decision_task("context").add_activity_task_scheduled(kind, history.last_id, "b", "")
    history.add_timer_started("u", 10).add_timer_canceled("u")
    history.add_activity_task_started().add_activity_task_failed(reason="why", details="details")
    history.add_request_cancel().add_decision_task_started()

    assert said(event.raw for event in history) == said(map(to_wire, execution.events))


def said(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what events say but for their time, and an empty input, which the builder cannot leave out."""
    found = [{name: value for name, value in each.items() if name != "eventTimestamp"} for each in events]
    for each in found:
        if each["eventType"] == "ActivityTaskScheduled":
            each["activityTaskScheduledEventAttributes"].pop("input", None)
    return found


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
