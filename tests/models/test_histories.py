"""Histories of the object layer: recorded ones compile, broken ones are refused, pages come when needed."""

from __future__ import annotations

import json
import pickle
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type, get_args

import pytest
from one_domain import Domain, marker
from test_engine_laws import World

from swf.exceptions import BrokenHistory, SWFError, TransitionError
from swf.models.event import (
    ActivityTaskEvent,
    CompiledEventFactory,
    DecisionTaskEvent,
    Event,
    EventFactory,
    WorkflowExecutionEvent,
)
from swf.models.event import families as family_classes
from swf.models.history import History
from swf.protocol import to_wire
from swf.protocol.events import Event as AnyEvent

if TYPE_CHECKING:
    from swf.engine.machine import Execution

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
        assert told.value.event_id == place + 2
        assert f"event {place + 2}" in str(told.value)


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


def test_events_of_one_type_are_of_their_family() -> None:
    history = History.from_event_list(RECORDED["dump_workflow_execution_basic"])
    tasks = assert_type(history.filter(type="ActivityTask", state="started"), list[ActivityTaskEvent])
    assert all(task.scheduled_event_id for task in tasks)
    assert assert_type(history.filter(type="DecisionTask"), list[DecisionTaskEvent])[0].start_to_close_timeout
    ends = assert_type(history.filter(type="WorkflowExecution"), list[WorkflowExecutionEvent])
    assert [end.child_policy for end in ends[:1]] == ["TERMINATE"]
    assert assert_type(history.filter(state="started"), list[Event])


# What is fetched, and what is kept


class Noted(dict[str, Any]):
    """An event that can be told to be gone."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # one is what it is


def test_iterating_holds_one_page_and_what_is_kept_is_not_asked_for_again() -> None:
    alive: weakref.WeakSet[Noted] = weakref.WeakSet()
    pages = Pages(LONG, 3)

    def fetch(token: str | None) -> dict[str, Any]:
        page = pages(token)
        page["events"] = [Noted(each) for each in page["events"]]
        alive.update(page["events"])
        return page

    history = History.from_pages(fetch)
    most = 0
    for _ in history:
        most = max(most, len(alive))
    assert most <= 2 * 3  # the page that is read, while the next one comes in its place

    assert history[3].id == 4
    before = len(pages.asked)
    assert [event.id for event in history][:6] == [1, 2, 3, 4, 5, 6]
    assert len(pages.asked) == before + -(-len(LONG) // 3) - 2


def test_iterators_do_not_get_in_the_way_of_one_another() -> None:
    history = History.from_pages(Pages(LONG, 4))
    ids = list(range(1, len(LONG) + 1))

    one, other = iter(history), iter(history)
    assert [next(one).id for _ in range(5)] == [1, 2, 3, 4, 5]
    assert next(other).id == 1
    assert history[2].id == 3
    assert [event.id for event in one] == ids[5:]
    assert [event.id for event in other] == ids[1:]
    assert len(history) == len(LONG)
    assert [event.id for event in history] == ids


def test_the_first_page_may_be_at_hand() -> None:
    pages = Pages(LONG, 5)
    history = History.from_pages(pages, first=pages(None))

    assert history[4].id == 5
    assert pages.asked == [None]
    assert len(history) == len(LONG)
    assert pages.asked.count(None) == 1


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    "part",
    [slice(None), slice(2, 5), slice(-3, None), slice(None, -2), slice(None, None, -1), slice(1, 8, 3)],
)
def test_a_slice_is_a_history_of_these(size: int, part: slice) -> None:
    for raw, latest_first in ((LONG, False), (LONG[::-1], True)):
        history = History.from_pages(Pages(raw, size), latest_first=latest_first)
        sliced = history[part]
        assert [event.id for event in sliced] == [event["eventId"] for event in raw[part]]
        ids = [event.id for event in sliced]
        assert (sliced.first.id, sliced.last.id) == (min(ids), max(ids))


def test_an_index_past_the_end_is_an_error() -> None:
    for history in (History.from_pages(Pages(LONG, 3)), History()):
        with pytest.raises(IndexError):
            history[len(LONG)]
    with pytest.raises(IndexError):
        _ = History().last
    assert History().compile() == ()
    assert not History().finished
    assert History().latest(3) == []


@pytest.mark.parametrize(
    "name",
    [
        *("WorkflowExecutionCompleted", "WorkflowExecutionFailed", "WorkflowExecutionCanceled"),
        *("WorkflowExecutionTerminated", "WorkflowExecutionTimedOut", "WorkflowExecutionContinuedAsNew"),
    ],
)
def test_each_of_the_six_ends_finishes_a_history(name: str) -> None:
    assert History.from_event_list([{"eventId": 1, "eventType": name}]).finished


@pytest.mark.parametrize(
    "name",
    ["WorkflowExecutionSignaled", "CompleteWorkflowExecutionFailed", "ChildWorkflowExecutionCompleted"],
)
def test_nothing_else_finishes_it(name: str) -> None:
    assert not History.from_event_list([{"eventId": 1, "eventType": name}]).finished


# What compiles


def test_what_an_engine_records_compiles_whatever_is_asked_of_it() -> None:
    """Every event is about one object, and those are open that the engine has open."""
    objects = 0
    for case in range(20):
        world = World(case)
        for _ in range(150):
            world.step()
        for run in world.all_runs():
            history = History.from_event_list(map(to_wire, run.events))
            compiled = history.compile()
            objects += len(compiled)
            assert sorted(event.id for each in compiled for event in each.events) == list(
                range(1, len(history) + 1)
            )
            open_ = {(each.type, each.id) for each in compiled if each.next_states}
            assert open_ - {("WorkflowExecution", 1)} == opened(run, open_)
            assert (("WorkflowExecution", 1) in open_) is not run.closed
    assert objects > 500


def opened(run: Execution, decision_tasks: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return what an engine has open; of the decision tasks of a closed execution it knows nothing."""
    tasks = {each for each in decision_tasks if each[0] == "DecisionTask"}
    if not run.closed:
        waiting = [run.decision_scheduled.event_id] if run.decision_scheduled else []
        started = [run.decision_started.attributes.scheduled_event_id] if run.decision_started else []
        assert tasks == {("DecisionTask", each) for each in waiting + started}
    return tasks.union(
        (("ActivityTask", each) for each in run.activities),
        (("Timer", each.event_id) for each in run.timers.values()),
        (("ChildWorkflowExecution", each) for each in run.children),
        (("ExternalWorkflowExecution", each) for each in run.externals),
        (("LambdaFunction", each) for each in run.lambdas),
    )


def unknown(event_id: int, **attributes: Any) -> dict[str, Any]:
    return {
        "eventId": event_id,
        "eventTimestamp": 2_000.0,
        "eventType": "SecretKept",
        "secretKeptEventAttributes": attributes,
    }


def test_events_of_unknown_types_compile_wherever_they_stand() -> None:
    domain = Domain()
    domain.start()
    execution = domain.decide(marker(), marker())
    before = [to_wire(event) for event in execution.events[:5]]
    last = {**to_wire(execution.events[5]), "eventId": 7}
    asked = {**to_wire(execution.events[1]), "eventId": 9}

    history = History.from_event_list(
        [*before, unknown(6, decisionTaskCompletedEventId=4), last, unknown(8), asked]
    )

    assert [(each.id, each.type, each.state) for each in history.compile()][2:] == [
        (5, "Marker", "recorded"),
        (6, "SecretKept", "unknown"),
        (7, "Marker", "recorded"),
        (8, "SecretKept", "unknown"),
        (9, "DecisionTask", "scheduled"),
    ]


def test_an_event_that_cannot_be_read_is_named() -> None:
    started = {**LONG[0], "workflowExecutionStartedEventAttributes": {"childPolicy": 5}}

    with pytest.raises(
        BrokenHistory, match="event 1, WorkflowExecutionStarted: cannot be read: Expected `str`"
    ):
        History.from_event_list([started]).compile()


def test_compiled_is_compiled_once() -> None:
    history = History.from_event_list(LONG)

    assert history.compiled is history.compiled
    assert history.compile() is not None
