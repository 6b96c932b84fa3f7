"""`History` on histories that Amazon recorded, and on sequences written by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpleflow.history import History
from swf.protocol.wire import event_from_wire

if TYPE_CHECKING:
    from swf.protocol.events import Event

RECORDED = {
    path.stem: json.loads(path.read_text())["events"]
    for path in sorted((Path(__file__).parents[1] / "data/histories").glob("*.json"))
    if path.stem != "README"
}
"""The histories with timestamps: recorded from HTTP, or published."""

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
INCREMENT = {"name": "examples.basic.increment", "version": "1"}
CHILD = {"name": "examples.child", "version": "2"}
CHILD_EXECUTION = {"workflowId": "child-1", "runId": "run-c"}
HERE = {"name": "here"}


def typed(raw: list[dict[str, Any]]) -> list[Event]:
    return [event_from_wire(event) for event in raw]


def recorded(name: str) -> History:
    return History(typed(RECORDED[name]))


class Scribe:
    """Writes events by their type and the members of their attributes; the n-th is n seconds after `AT`."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def write(self, type: str, **attributes: Any) -> int:
        event_id = len(self.events) + 1
        raw = {
            "eventId": event_id,
            "eventTimestamp": AT.timestamp() + event_id,
            "eventType": type,
            f"{type[0].lower()}{type[1:]}EventAttributes": attributes,
        }
        self.events += typed([raw])
        return event_id

    def schedule(self, activity_id: str = "increment-1", **attributes: Any) -> int:
        return self.write(
            "ActivityTaskScheduled",
            activityId=activity_id,
            activityType=INCREMENT,
            taskList=HERE,
            decisionTaskCompletedEventId=4,
            **attributes,
        )

    def about_activity(self, type: str, scheduled: int, **attributes: Any) -> int:
        return self.write(type, scheduledEventId=scheduled, startedEventId=scheduled + 1, **attributes)

    def initiate(self, **attributes: Any) -> int:
        return self.write(
            "StartChildWorkflowExecutionInitiated",
            workflowId="child-1",
            workflowType=CHILD,
            taskList=HERE,
            childPolicy="TERMINATE",
            decisionTaskCompletedEventId=4,
            **attributes,
        )

    def about_child(self, type: str, initiated: int, **attributes: Any) -> int:
        return self.write(
            type,
            workflowExecution=CHILD_EXECUTION,
            workflowType=CHILD,
            initiatedEventId=initiated,
            **{"startedEventId": initiated + 1} if type != "ChildWorkflowExecutionStarted" else {},
            **attributes,
        )

    def send_signal(self) -> int:
        return self.write(
            "SignalExternalWorkflowExecutionInitiated",
            workflowId="other",
            runId="run-o",
            signalName="go",
            input='{"args":[1]}',
            control="note",
            decisionTaskCompletedEventId=4,
        )

    def seconds(self, event_id: int) -> datetime:
        return datetime.fromtimestamp(AT.timestamp() + event_id, UTC)

    @property
    def history(self) -> History:
        return History(self.events)


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


def snapshot(history: History) -> dict[str, Any]:
    names = [name for name, member in vars(History).items() if isinstance(member, property)]
    return {name: getattr(history, name) for name in names if name not in ("events", "_read")}


# On the whole


@given(data=st.data())
def test_any_prefix_of_a_recorded_history_is_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(list(RECORDED.values())))
    length = data.draw(st.integers(0, len(raw)))

    history = History(typed(raw[:length]))

    assert history.last_event_id == (raw[length - 1]["eventId"] if length else None)
    assert all({"type", "state", "name"} <= task.keys() for task in history.tasks)


@given(data=st.data())
def test_any_tail_of_a_recorded_history_is_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(list(RECORDED.values())))
    start = data.draw(st.integers(0, len(raw)))

    snapshot(History(typed(raw[start:])))


@given(data=st.data())
def test_reading_as_it_grows_gives_what_reading_at_once_gives(data: st.DataObject) -> None:
    whole = typed(data.draw(st.sampled_from(list(RECORDED.values()))))
    cuts = data.draw(st.lists(st.integers(0, len(whole))).map(sorted))
    growing: list[Event] = []
    history = History(growing)

    for cut in [*cuts, len(whole)]:
        growing.extend(whole[len(growing) : cut])
        history.parse()

    assert snapshot(history) == snapshot(History(whole))


def test_an_empty_history_has_nothing() -> None:
    assert not any(snapshot(History([])).values())


def test_nothing_is_read_before_it_is_asked_for() -> None:
    unreadable: list[Any] = [object()]

    history = History(unreadable)

    assert history.events is unreadable


def test_dictionaries_that_were_returned_grow_with_the_history(scribe: Scribe) -> None:
    history = scribe.history
    activities = history.activities

    scribe.schedule()
    history.parse()

    assert list(activities) == ["increment-1"]


def test_events_without_a_record_are_passed_over(scribe: Scribe) -> None:
    scribe.write("LambdaFunctionScheduled", id="1", name="f", decisionTaskCompletedEventId=4)
    scribe.write("LambdaFunctionCompleted", scheduledEventId=1, startedEventId=2, result="3")
    events: list[Any] = [*scribe.events, object()]

    history = History(events)

    assert history.tasks == []


def test_decisions_are_known_by_their_latest_events(scribe: Scribe) -> None:
    scribe.write("DecisionTaskScheduled", taskList=HERE)
    started = scribe.write("DecisionTaskStarted", scheduledEventId=1)
    completed = scribe.write("DecisionTaskCompleted", scheduledEventId=1, startedEventId=2)
    scribe.write("DecisionTaskScheduled", taskList=HERE)

    history = scribe.history

    assert (history.started_decision_id, history.completed_decision_id) == (started, completed)
    assert history.last_event_id == 4


# What Amazon recorded


def test_a_recorded_run_is_told_task_by_task() -> None:
    history = recorded("dump_workflow_execution_basic")

    assert history.workflow["state"] == "completed"
    assert {
        id: (task["state"], task["input"], task["result"]) for id, task in history.activities.items()
    } == {
        "activity-examples.basic.increment-1": ("completed", {"args": [1], "kwargs": {}}, "2"),
        "activity-examples.basic.Delay-1": ("completed", {"args": [30, 2], "kwargs": {}}, "2"),
        "activity-examples.basic.double-1": ("completed", {"args": [2], "kwargs": {}}, "4"),
    }
    assert [task["id"] for task in history.tasks] == list(history.activities)


def test_a_recorded_child_is_told_with_its_run() -> None:
    history = recorded("cassette_test_child_workflow")

    [child] = history.child_workflows.values()

    assert (child["state"], child["raw_input"], child["result"]) == (
        "completed",
        '{"args":[4],"kwargs":{}}',
        "[5,10]",
    )
    assert child["run_id"] == "22rJ7m9Td4dSdwOPKjIcoOdzKUcPNeiOPj9/ytfdrS1Xw="


def test_a_recorded_request_to_cancel_is_seen_by_its_event() -> None:
    history = recorded("cassette_test_cancel_requested")

    assert history.cancel_requested_id == 7
    assert history.workflow["state"] == "canceled"


def test_recorded_markers_and_timers_are_told_by_name() -> None:
    history = recorded("cassette_test_with_replays")

    assert list(history.markers) == ["marker 1", "marker 2"]
    assert history.timers["_simpleflow_wake_up_timer"]["state"] == "fired"


# The workflow itself


def test_the_workflow_is_known_from_its_start(scribe: Scribe) -> None:
    scribe.write(
        "WorkflowExecutionStarted",
        childPolicy="TERMINATE",
        taskList=HERE,
        workflowType=CHILD,
        input='{"args": [1]}',
        tagList=["a"],
        parentWorkflowExecution={"workflowId": "parent", "runId": "run-p"},
        parentInitiatedEventId=7,
        executionStartToCloseTimeout="60",
        taskStartToCloseTimeout="10",
    )

    assert scribe.history.workflow == {
        "state": "started",
        "started_id": 1,
        "started_timestamp": scribe.seconds(1),
        "child_policy": "TERMINATE",
        "task_list": HERE,
        "workflow_type": CHILD,
        "continued_execution_run_id": None,
        "execution_start_to_close_timeout": "60",
        "input": {"args": [1]},
        "lambda_role": None,
        "parent_initiated_event_id": 7,
        "parent_workflow_execution": {"workflowId": "parent", "runId": "run-p"},
        "tag_list": ["a"],
        "task_priority": None,
        "task_start_to_close_timeout": "10",
    }


@pytest.mark.parametrize(
    ("type", "attributes", "state", "told"),
    [
        ("WorkflowExecutionCompleted", {"result": "[4]"}, "completed", {"result": "[4]"}),
        (
            "WorkflowExecutionFailed",
            {"reason": "no", "details": "why"},
            "failed",
            {"reason": "no", "details": "why"},
        ),
        ("WorkflowExecutionCanceled", {"details": "enough"}, "canceled", {"details": "enough"}),
        (
            "WorkflowExecutionTerminated",
            {"childPolicy": "TERMINATE", "reason": "no", "cause": "OPERATOR_INITIATED"},
            "terminated",
            {"reason": "no", "cause": "OPERATOR_INITIATED", "details": None},
        ),
        (
            "WorkflowExecutionTimedOut",
            {"childPolicy": "TERMINATE", "timeoutType": "START_TO_CLOSE"},
            "timed_out",
            {"timeout_type": "START_TO_CLOSE"},
        ),
        (
            "WorkflowExecutionContinuedAsNew",
            {
                "newExecutionRunId": "next",
                "input": "2",
                "taskList": HERE,
                "childPolicy": "TERMINATE",
                "workflowType": CHILD,
            },
            "continued_as_new",
            {"new_execution_run_id": "next"},
        ),
    ],
)
def test_the_workflow_is_known_to_its_end(
    scribe: Scribe, type: str, attributes: dict[str, Any], state: str, told: dict[str, Any]
) -> None:
    decided = {} if state in ("terminated", "timed_out") else {"decisionTaskCompletedEventId": 4}

    scribe.write(type, **attributes, **decided)

    assert scribe.history.workflow == {
        "state": state,
        f"{state}_id": 1,
        f"{state}_timestamp": scribe.seconds(1),
        **told,
    }


def test_a_request_to_cancel_is_seen_and_so_is_the_refusal_of_the_end(scribe: Scribe) -> None:
    requested = scribe.write(
        "WorkflowExecutionCancelRequested",
        externalWorkflowExecution={"workflowId": "parent", "runId": "run-p"},
        externalInitiatedEventId=9,
    )
    scribe.write("CancelWorkflowExecutionFailed", cause="UNHANDLED_DECISION", decisionTaskCompletedEventId=4)

    history = scribe.history

    assert history.cancel_requested_id == requested
    assert history.cancel_requested == {
        "type": "cancel_requested",
        "event_id": requested,
        "timestamp": scribe.seconds(1),
        "cause": None,
        "external_initiated_event_id": 9,
        "external_run_id": "run-p",
        "external_workflow_id": "parent",
    }
    assert history.cancel_failed_decision_task_completed_event_id == 4
    assert history.cancel_failed == {
        "type": "cancel_failed",
        "event_id": 2,
        "timestamp": scribe.seconds(2),
        "cause": "UNHANDLED_DECISION",
        "decision_task_completed_event_id": 4,
    }


# Activities


def test_an_activity_is_told_by_its_events(scribe: Scribe) -> None:
    scheduled = scribe.schedule(input='{"args": [1]}', control="note")
    started = scribe.write("ActivityTaskStarted", scheduledEventId=scheduled, identity="me")
    completed = scribe.about_activity("ActivityTaskCompleted", scheduled, result='"2"')

    activity = scribe.history.activities["increment-1"]

    assert activity == {
        "type": "activity",
        "id": "increment-1",
        "name": "examples.basic.increment",
        "version": "1",
        "state": "completed",
        "scheduled_id": scheduled,
        "scheduled_timestamp": scribe.seconds(scheduled),
        "input": {"args": [1]},
        "control": "note",
        "task_list": HERE,
        "decision_task_completed_event_id": 4,
        "identity": "me",
        "started_id": started,
        "started_timestamp": scribe.seconds(started),
        "result": '"2"',
        "completed_id": completed,
        "completed_timestamp": scribe.seconds(completed),
    }
    assert History.get_event_id(activity) == scheduled


def test_failures_of_an_activity_are_counted_as_retries_in_one_record(scribe: Scribe) -> None:
    first = scribe.schedule()
    scribe.about_activity("ActivityTaskFailed", first, reason="no", details="why")
    retries = [scribe.history.activities["increment-1"]["retry"]]
    second = scribe.schedule(heartbeatTimeout="20")
    scribe.about_activity("ActivityTaskTimedOut", second, timeoutType="HEARTBEAT")

    activity = scribe.history.activities["increment-1"]

    assert [*retries, activity["retry"]] == [0, 1]
    assert activity["state"] == "timed_out"
    assert (activity["timeout_type"], activity["timeout_value"]) == ("HEARTBEAT", "20")
    assert (activity["reason"], activity["details"], activity["failed_id"]) == ("no", "why", 2)
    assert scribe.history.tasks == [activity]


@pytest.mark.parametrize("kind", ["START_TO_CLOSE", "SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE", "HEARTBEAT"])
def test_a_timed_out_activity_has_the_timeout_it_was_scheduled_with(scribe: Scribe, kind: str) -> None:
    timeouts = {
        "startToCloseTimeout": "1",
        "scheduleToStartTimeout": "2",
        "scheduleToCloseTimeout": "3",
        "heartbeatTimeout": "4",
    }

    scribe.about_activity("ActivityTaskTimedOut", scribe.schedule(**timeouts), timeoutType=kind)

    value = scribe.history.activities["increment-1"]["timeout_value"]
    words = kind.lower().split("_")
    assert value == timeouts["".join([words[0], *map(str.title, words[1:]), "Timeout"])]


def test_an_activity_is_canceled_when_the_history_says_so(scribe: Scribe) -> None:
    scheduled = scribe.schedule()
    scribe.write("ActivityTaskCancelRequested", activityId="increment-1", decisionTaskCompletedEventId=9)
    requested = dict(scribe.history.activities["increment-1"])
    scribe.about_activity("ActivityTaskCanceled", scheduled, details="enough")

    canceled = scribe.history.activities["increment-1"]

    assert requested["state"] == "cancel_requested"
    assert requested["cancel_requested_timestamp"] == scribe.seconds(2)
    assert requested["cancel_decision_task_completed_event_id"] == 9
    assert (canceled["state"], canceled["details"]) == ("canceled", "enough")
    assert canceled["canceled_timestamp"] == scribe.seconds(3)


def test_an_activity_that_could_not_be_scheduled_has_an_id_and_a_name(scribe: Scribe) -> None:
    scribe.write(
        "ScheduleActivityTaskFailed",
        activityId="increment-1",
        activityType=INCREMENT,
        cause="ACTIVITY_TYPE_DOES_NOT_EXIST",
        decisionTaskCompletedEventId=4,
    )
    refused = dict(scribe.history.activities["increment-1"])
    scribe.schedule()

    assert refused == {
        "type": "activity",
        "id": "increment-1",
        "name": "examples.basic.increment",
        "version": "1",
        "state": "schedule_failed",
        "cause": "ACTIVITY_TYPE_DOES_NOT_EXIST",
        "activity_type": INCREMENT,
        "schedule_failed_id": 1,
        "schedule_failed_timestamp": scribe.seconds(1),
    }
    assert [task["state"] for task in scribe.history.tasks] == ["scheduled"]


# Child workflows


def test_a_child_is_told_by_its_events(scribe: Scribe) -> None:
    initiated = scribe.initiate(input='{"args":[1]}', tagList=["a"])
    started = scribe.about_child("ChildWorkflowExecutionStarted", initiated)
    completed = scribe.about_child("ChildWorkflowExecutionCompleted", initiated, result="2")

    child = scribe.history.child_workflows["child-1"]

    assert child == {
        "type": "child_workflow",
        "id": "child-1",
        "name": "examples.child",
        "version": "2",
        "state": "completed",
        "initiated_event_id": initiated,
        "initiated_event_timestamp": scribe.seconds(initiated),
        "input": {"args": [1]},
        "raw_input": '{"args":[1]}',
        "child_policy": "TERMINATE",
        "control": None,
        "tag_list": ["a"],
        "task_list": HERE,
        "decision_task_completed_event_id": 4,
        "run_id": "run-c",
        "workflow_id": "child-1",
        "started_id": started,
        "started_timestamp": scribe.seconds(started),
        "result": "2",
        "completed_id": completed,
        "completed_timestamp": scribe.seconds(completed),
    }
    assert History.get_event_id(child) == initiated


@pytest.mark.parametrize(
    ("type", "attributes", "state", "told"),
    [
        ("Failed", {"reason": "no", "details": "why"}, "failed", {"reason": "no", "details": "why"}),
        (
            "TimedOut",
            {"timeoutType": "START_TO_CLOSE"},
            "timed_out",
            {"timeout_type": "START_TO_CLOSE", "timeout_value": "60"},
        ),
        ("Canceled", {"details": "enough"}, "canceled", {"details": "enough"}),
        ("Terminated", {}, "terminated", {}),
    ],
)
def test_every_bad_end_of_a_child_is_told_and_counted(
    scribe: Scribe, type: str, attributes: dict[str, Any], state: str, told: dict[str, Any]
) -> None:
    initiated = scribe.initiate(executionStartToCloseTimeout="60")
    scribe.about_child("ChildWorkflowExecutionStarted", initiated)
    ended = scribe.about_child(f"ChildWorkflowExecution{type}", initiated, **attributes)

    child = scribe.history.child_workflows["child-1"]

    expected = {"state": state, f"{state}_id": ended, f"{state}_timestamp": scribe.seconds(ended)}
    assert child | expected | told | {"retry": 0} == child


def test_a_child_that_could_not_be_started_has_an_id_and_a_name(scribe: Scribe) -> None:
    scribe.write(
        "StartChildWorkflowExecutionFailed",
        workflowId="child-1",
        workflowType=CHILD,
        cause="WORKFLOW_TYPE_DOES_NOT_EXIST",
        initiatedEventId=0,
        decisionTaskCompletedEventId=4,
    )

    assert scribe.history.child_workflows["child-1"] == {
        "type": "child_workflow",
        "id": "child-1",
        "name": "examples.child",
        "version": "2",
        "state": "start_failed",
        "cause": "WORKFLOW_TYPE_DOES_NOT_EXIST",
        "control": None,
        "start_failed_id": 1,
        "start_failed_timestamp": scribe.seconds(1),
        "retry": 0,
    }


# Signals


def test_signals_received_are_kept_in_order_and_the_latest_by_itself(scribe: Scribe) -> None:
    scribe.write("WorkflowExecutionSignaled", signalName="go", input='{"args":[1]}')
    sender = {"workflowId": "parent", "runId": "run-p"}
    scribe.write(
        "WorkflowExecutionSignaled",
        signalName="go",
        input="not JSON",
        externalWorkflowExecution=sender,
        externalInitiatedEventId=9,
    )

    history = scribe.history

    first, second = history.get_signal_events("go")
    assert first["input"] == {"args": [1]}
    assert second == {
        "type": "signal",
        "name": "go",
        "state": "signaled",
        "event_id": 2,
        "timestamp": scribe.seconds(2),
        "input": "not JSON",
        "external_initiated_event_id": 9,
        "external_run_id": "run-p",
        "external_workflow_id": "parent",
    }
    assert history.signals == {"go": second}
    assert history.signal_lists == {"go": [first, second]}
    assert history.tasks == [first, second]
    assert history.get_signal_events("stop") == []
    assert History.get_event_id(second) == 2


def test_a_signal_sent_is_told_to_its_delivery(scribe: Scribe) -> None:
    initiated = scribe.send_signal()
    other = {"workflowId": "other", "runId": "run-o"}
    delivered = scribe.write(
        "ExternalWorkflowExecutionSignaled", workflowExecution=other, initiatedEventId=initiated
    )

    history = scribe.history

    sent = history.external_workflows_signaling[initiated]
    assert sent == {
        "type": "external_workflow",
        "id": "other",
        "run_id": "run-o",
        "signal_name": "go",
        "state": "execution_signaled",
        "initiated_event_id": initiated,
        "initiated_event_timestamp": scribe.seconds(initiated),
        "input": {"args": [1]},
        "control": "note",
        "workflow_id": "other",
        "signaled_event_id": delivered,
        "signaled_timestamp": scribe.seconds(delivered),
    }
    assert history.signaled_workflows == {"go": [sent]}


def test_a_signal_that_is_not_delivered_has_a_cause(scribe: Scribe) -> None:
    initiated = scribe.send_signal()
    failure = {
        "workflowId": "other",
        "cause": "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION",
        "decisionTaskCompletedEventId": 4,
    }
    scribe.write("SignalExternalWorkflowExecutionFailed", initiatedEventId=initiated, **failure)
    at_once = scribe.write("SignalExternalWorkflowExecutionFailed", initiatedEventId=0, **failure)

    history = scribe.history

    assert list(history.external_workflows_signaling) == [initiated, at_once]
    for record in history.external_workflows_signaling.values():
        assert record["state"] == "signal_execution_failed"
        assert record["cause"] == "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION"
    assert history.signaled_workflows == {}


# Markers


def test_markers_of_a_name_are_kept_in_order_refused_ones_too(scribe: Scribe) -> None:
    scribe.write("MarkerRecorded", markerName="m", details='{"a":1}', decisionTaskCompletedEventId=4)
    scribe.write(
        "RecordMarkerFailed", markerName="m", cause="OPERATION_NOT_PERMITTED", decisionTaskCompletedEventId=4
    )

    assert scribe.history.markers == {
        "m": [
            {
                "type": "marker",
                "name": "m",
                "state": "recorded",
                "details": '{"a":1}',
                "event_id": 1,
                "timestamp": scribe.seconds(1),
            },
            {
                "type": "marker",
                "name": "m",
                "state": "record_failed",
                "cause": "OPERATION_NOT_PERMITTED",
                "record_failed_event_id": 2,
                "record_failed_event_timestamp": scribe.seconds(2),
            },
        ]
    }


# Timers


def test_a_timer_is_told_from_start_to_end(scribe: Scribe) -> None:
    started = scribe.write(
        "TimerStarted",
        timerId="t",
        startToFireTimeout="30",
        control='{"c":1}',
        decisionTaskCompletedEventId=4,
    )
    fired = scribe.write("TimerFired", timerId="t", startedEventId=started)

    timer = scribe.history.timers["t"]

    assert timer == {
        "type": "timer",
        "id": "t",
        "state": "fired",
        "start_to_fire_timeout": 30,
        "control": {"c": 1},
        "started_event_id": started,
        "started_event_timestamp": scribe.seconds(started),
        "decision_task_completed_event_id": 4,
        "fired_event_id": fired,
        "fired_event_timestamp": scribe.seconds(fired),
    }
    assert History.get_event_id(timer) == started


def test_a_canceled_timer_names_the_decision_that_canceled_it(scribe: Scribe) -> None:
    started = scribe.write(
        "TimerStarted", timerId="t", startToFireTimeout="30", decisionTaskCompletedEventId=4
    )
    scribe.write("TimerCanceled", timerId="t", startedEventId=started, decisionTaskCompletedEventId=9)

    timer = scribe.history.timers["t"]

    assert timer["state"] == "canceled"
    assert timer["canceled_event_timestamp"] == scribe.seconds(2)
    assert timer["decision_task_completed_event_id"] == 4
    assert timer["cancel_decision_task_completed_event_id"] == 9


@pytest.mark.parametrize(
    ("type", "cause", "state"),
    [
        ("StartTimerFailed", "OPEN_TIMERS_LIMIT_EXCEEDED", "start_failed"),
        ("CancelTimerFailed", "TIMER_ID_UNKNOWN", "cancel_failed"),
    ],
)
def test_a_refused_timer_that_never_was_has_an_id_and_a_cause(
    scribe: Scribe, type: str, cause: str, state: str
) -> None:
    scribe.write(type, timerId="t", cause=cause, decisionTaskCompletedEventId=4)

    timer = scribe.history.timers["t"]

    assert (timer["id"], timer["state"], timer["cause"]) == ("t", state, cause)
    assert timer[f"{state}_event_id"] == 1
