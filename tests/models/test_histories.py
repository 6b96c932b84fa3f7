"""Histories of the object layer: recorded ones compile, broken ones are refused, pages come when needed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any, get_args

import pytest

from swf.exceptions import BrokenHistory, SWFError, TransitionError
from swf.models.event import CompiledEventFactory, Event, EventFactory
from swf.models.event import families as family_classes
from swf.models.history import History
from swf.protocol.events import Event as AnyEvent

FOLDER = Path(__file__).parent.parent / "data" / "histories"
BROKEN = {
    "036-requestcancelexternalworkflowexecution-request-cancel-external-workflow-execution-with-result-of-initiated",
    "059-schedulelambdafunction-schedule-lambda-function-with-result-of-scheduled",
    "060-schedulelambdafunction-schedule-lambda-function-with-result-of-started",
    "068-signalexternalworkflowexecution-signal-external-workflow-execution-with-result-of-initiated",
    "docs_2012_order_timed_out",
}
"""Written by hand, and wrong: no execution can have had them."""


def recorded() -> dict[str, list[dict[str, Any]]]:
    """Return the recorded histories by their names."""
    found = {}
    for path in sorted(FOLDER.rglob("*.json")):
        said = json.loads(path.read_text())
        events = said.get("events") if isinstance(said, dict) else said
        if events:
            found[path.stem] = events
    return found


RECORDED = recorded()


def test_there_are_recordings_to_test_with() -> None:
    assert len(RECORDED) > 100
    assert set(RECORDED) > BROKEN


@pytest.mark.parametrize("name", RECORDED)
def test_each_recorded_event_is_typed(name: str) -> None:
    for raw in RECORDED[name]:
        event = EventFactory(raw)
        assert type(event) is getattr(family_classes, f"{event.type}Event")
        assert (event.id, event.name) == (raw["eventId"], raw["eventType"])
        assert event.state == event.state.lower()
        for attribute in event.attributes:
            assert hasattr(event, attribute)
        assert pickle.loads(pickle.dumps(event)) == event


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - BROKEN))
def test_each_recorded_history_compiles_and_misses_no_event(name: str) -> None:
    events = RECORDED[name]
    compiled = History.from_event_list(events).compile()
    assert sum(1 for each in compiled if each.type == "WorkflowExecution") == 1
    for place in range(len(events) - 1):
        with pytest.raises(BrokenHistory) as told:
            History.from_event_list(events[:place] + events[place + 1 :]).compile()
        assert told.value.event_id > 0
        assert f"event {told.value.event_id}" in str(told.value)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_no_execution_can_have_had_is_refused(name: str) -> None:
    with pytest.raises(BrokenHistory):
        History.from_event_list(RECORDED[name]).compile()


def test_every_type_of_event_belongs_to_a_family() -> None:
    for kind in get_args(AnyEvent):
        name = kind.__name__
        raw = {
            "eventType": name,
            "eventId": 1,
            "eventTimestamp": 1.0,
            f"{name[0].lower()}{name[1:]}EventAttributes": {},
        }
        event = EventFactory(raw)
        assert type(event) is not Event, name
        assert event.state


@pytest.mark.parametrize(
    ("name", "type_", "state"),
    [
        ("ScheduleActivityTaskFailed", "ActivityTask", "schedule_failed"),
        ("StartChildWorkflowExecutionInitiated", "ChildWorkflowExecution", "start_initiated"),
        ("ExternalWorkflowExecutionSignaled", "ExternalWorkflowExecution", "execution_signaled"),
        (
            "SignalExternalWorkflowExecutionInitiated",
            "ExternalWorkflowExecution",
            "signal_execution_initiated",
        ),
        ("ActivityTaskCanceled", "ActivityTask", "canceled"),
        ("MarkerRecorded", "Marker", "recorded"),
        ("TimerFired", "Timer", "fired"),
        ("WorkflowExecutionSignaled", "WorkflowExecution", "signaled"),
        ("LambdaFunctionTimedOut", "LambdaFunction", "timed_out"),
    ],
)
def test_types_and_states_are_those_of_old(name: str, type_: str, state: str) -> None:
    event = EventFactory({"eventType": name, "eventId": 4, "eventTimestamp": 1.0})
    assert (event.type, event.state) == (type_, state)
    assert repr(event) == f"<Event 4 {type_} : {state} >"


def test_a_type_that_amazon_invents_later_is_a_plain_event() -> None:
    raw = {
        "eventType": "QuantumTaskEntangled",
        "eventId": 9,
        "eventTimestamp": 1.0,
        "quantumTaskEntangledEventAttributes": {"spinUp": True},
    }
    event = EventFactory(raw)
    assert type(event) is Event
    assert event.name == "QuantumTaskEntangled"
    assert event.raw == raw


def test_an_object_refuses_what_cannot_follow() -> None:
    def timer(name: str, number: int) -> Event:
        key = f"{name[0].lower()}{name[1:]}EventAttributes"
        return EventFactory(
            {"eventType": name, "eventId": number, "eventTimestamp": 1.0, key: {"timerId": "t"}}
        )

    compiled = CompiledEventFactory(timer("TimerStarted", 5))
    assert compiled.state == compiled.initial_state == "started"
    assert set(compiled.next_states) == {"fired", "canceled"}
    compiled.transit(timer("TimerFired", 6))
    assert compiled.state == "fired"
    with pytest.raises(TransitionError, match="event 7") as told:
        compiled.transit(timer("TimerCanceled", 7))
    assert isinstance(told.value, SWFError)


class Pages:
    """Answers pages of a history, and notes how much was asked for."""

    def __init__(self, events: list[dict[str, Any]], size: int) -> None:
        self.events = events
        self.size = size
        self.asked: list[str | None] = []

    def __call__(self, token: str | None) -> dict[str, Any]:
        self.asked.append(token)
        start = int(token or 0)
        page: dict[str, Any] = {"events": self.events[start : start + self.size]}
        if start + self.size < len(self.events):
            page["nextPageToken"] = str(start + self.size)
        return page


LONG = RECORDED["cassette_test_with_replays"]


def test_pages_are_fetched_as_far_as_they_are_read() -> None:
    pages = Pages(LONG, 3)
    history = History.from_pages(pages)
    assert pages.asked == []
    assert history[0].id == 1
    assert history[4].id == 5
    assert pages.asked == [None, "3"]
    assert [event.id for event in history[1:3]] == [2, 3]
    assert len(pages.asked) == 2
    assert len(history) == len(LONG)
    assert history.last.id == len(LONG)


def test_iterating_keeps_no_page() -> None:
    pages = Pages(LONG, 3)
    history = History.from_pages(pages)
    assert [event.id for event in history] == [event["eventId"] for event in LONG]
    first_time = len(pages.asked)
    assert [event.id for event in history] == [event["eventId"] for event in LONG]
    assert len(pages.asked) == 2 * first_time


def test_a_history_may_come_backwards() -> None:
    history = History.from_pages(Pages(LONG[::-1], 3), latest_first=True)
    assert history.last.id == len(LONG)
    assert [event.id for event in history.latest(2)] == [len(LONG) - 1, len(LONG)]
    assert history.finished
    assert len(history.compile()) == len(History.from_event_list(LONG).compile())


def test_what_can_be_asked_of_a_history() -> None:
    history = History.from_event_list(RECORDED["dump_workflow_execution_basic"])
    assert history.first.name == "WorkflowExecutionStarted"
    assert history.finished
    completed = history.filter(type="ActivityTask", state="completed")
    assert completed
    assert all(event.name == "ActivityTaskCompleted" for event in completed)
    assert [event.id for event in history.reversed] == list(range(len(history), 0, -1))
    assert [group[0].type for group in history.distinct][:2] == ["WorkflowExecution", "DecisionTask"]
    assert not history[:-1].finished
