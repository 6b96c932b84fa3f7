"""Events: their families, states and attributes, whatever the wire says or lacks."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec
import pytest

from models.recorded import HISTORIES, events_of
from swf.exceptions import SWFError
from swf.models import event as models
from swf.models.event import CompiledEvent, CompiledEventFactory, Event, EventFactory, shapes
from swf.models.event.transitions import INITIAL, TRANSITIONS
from swf.protocol import events as e
from swf.protocol.wire import event_from_wire

if TYPE_CHECKING:
    from pathlib import Path

STATES = {
    "WorkflowExecution": {
        "WorkflowExecutionStarted": "started",
        "WorkflowExecutionSignaled": "signaled",
        "WorkflowExecutionCancelRequested": "cancel_requested",
        "WorkflowExecutionCompleted": "completed",
        "WorkflowExecutionFailed": "failed",
        "WorkflowExecutionTimedOut": "timed_out",
        "WorkflowExecutionCanceled": "canceled",
        "WorkflowExecutionTerminated": "terminated",
        "WorkflowExecutionContinuedAsNew": "continued_as_new",
        "CompleteWorkflowExecutionFailed": "complete_failed",
        "FailWorkflowExecutionFailed": "fail_failed",
        "CancelWorkflowExecutionFailed": "cancel_failed",
        "ContinueAsNewWorkflowExecutionFailed": "continue_as_new_failed",
    },
    "DecisionTask": {
        "DecisionTaskScheduled": "scheduled",
        "DecisionTaskStarted": "started",
        "DecisionTaskCompleted": "completed",
        "DecisionTaskTimedOut": "timed_out",
    },
    "ActivityTask": {
        "ActivityTaskScheduled": "scheduled",
        "ActivityTaskStarted": "started",
        "ActivityTaskCompleted": "completed",
        "ActivityTaskFailed": "failed",
        "ActivityTaskTimedOut": "timed_out",
        "ActivityTaskCanceled": "canceled",
        "ActivityTaskCancelRequested": "cancel_requested",
        "ScheduleActivityTaskFailed": "schedule_failed",
        "RequestCancelActivityTaskFailed": "request_cancel_failed",
    },
    "ChildWorkflowExecution": {
        "StartChildWorkflowExecutionInitiated": "start_initiated",
        "StartChildWorkflowExecutionFailed": "start_failed",
        "ChildWorkflowExecutionStarted": "started",
        "ChildWorkflowExecutionCompleted": "completed",
        "ChildWorkflowExecutionFailed": "failed",
        "ChildWorkflowExecutionTimedOut": "timed_out",
        "ChildWorkflowExecutionCanceled": "canceled",
        "ChildWorkflowExecutionTerminated": "terminated",
    },
    "ExternalWorkflowExecution": {
        "SignalExternalWorkflowExecutionInitiated": "signal_execution_initiated",
        "SignalExternalWorkflowExecutionFailed": "signal_execution_failed",
        "ExternalWorkflowExecutionSignaled": "execution_signaled",
        "RequestCancelExternalWorkflowExecutionInitiated": "request_cancel_execution_initiated",
        "RequestCancelExternalWorkflowExecutionFailed": "request_cancel_execution_failed",
        "ExternalWorkflowExecutionCancelRequested": "execution_cancel_requested",
    },
    "Marker": {"MarkerRecorded": "recorded", "RecordMarkerFailed": "record_failed"},
    "Timer": {
        "TimerStarted": "started",
        "TimerFired": "fired",
        "TimerCanceled": "canceled",
        "StartTimerFailed": "start_failed",
        "CancelTimerFailed": "cancel_failed",
    },
    "LambdaFunction": {
        "LambdaFunctionScheduled": "scheduled",
        "LambdaFunctionStarted": "started",
        "LambdaFunctionCompleted": "completed",
        "LambdaFunctionFailed": "failed",
        "LambdaFunctionTimedOut": "timed_out",
        "ScheduleLambdaFunctionFailed": "schedule_failed",
        "StartLambdaFunctionFailed": "start_failed",
    },
}
"""Each type of events by its family, and the state that it says."""
TYPES = [(family, name, state) for family, states in STATES.items() for name, state in states.items()]
ALL = {each.__name__: each for each in get_args(e.Event)}
RENAMED = {"id": "function_id", "name": "function_name"}


def raw(event_type: str, event_id: int = 7, **attributes: Any) -> dict[str, Any]:
    key = f"{event_type[0].lower()}{event_type[1:]}EventAttributes"
    return {"eventId": event_id, "eventType": event_type, "eventTimestamp": 1_700_000_000.5, key: attributes}


def members_of(event_type: str) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(getattr(e, f"{event_type}Attributes"))


def filled(event_type: str) -> dict[str, Any]:
    """Return an event that says all that its type can say."""
    return raw(event_type, **{each.encode_name: _some(each.type) for each in members_of(event_type)})


def _some(annotation: Any) -> Any:
    inner = next(each for each in get_args(annotation) or (annotation,) if each is not type(None))
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        return {name: f"some {name}" for name in inner.__struct_encode_fields__}
    return {int: 5, str: "text"}.get(inner, ["a", "b"])


def test_the_families_have_all_types_of_the_service_model() -> None:
    assert {name for _, name, _ in TYPES} == set(ALL)
    assert len(TYPES) == 54


@pytest.mark.parametrize(("family", "name", "state"), TYPES, ids=[name for _, name, _ in TYPES])
def test_each_type_is_of_its_family_and_says_a_state(family: str, name: str, state: str) -> None:
    event = EventFactory(raw(name))

    assert type(event) is getattr(models, f"{family}Event")
    assert (event.id, event.name, event.type, event.state) == (7, name, family, state)
    assert repr(event) == f"<Event 7 {family} : {state} >"


@pytest.mark.parametrize("name", ALL)
def test_each_type_has_its_attributes(name: str) -> None:
    said = filled(name)
    event = EventFactory(said)

    for member in members_of(name):
        wire = said[f"{name[0].lower()}{name[1:]}EventAttributes"][member.encode_name]
        assert getattr(event, RENAMED.get(member.name, member.name)) == wire
    assert len(event.attributes) == len(members_of(name))
    assert event.to_protocol() == event_from_wire(said)


@pytest.mark.parametrize("name", ALL)
def test_what_the_wire_does_not_say_is_none_or_empty(name: str) -> None:
    event = EventFactory({"eventId": 1, "eventType": name})

    for member in members_of(name):
        lost = getattr(event, RENAMED.get(member.name, member.name))
        assert lost == ({int: 0, str: ""}.get(member.type) if member.required else None)
    assert event.attributes == {}
    assert event.input is None
    assert event.control is None
    assert event.timestamp == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("family", STATES)
def test_the_families_declare_what_their_events_have(family: str) -> None:
    declared = get_type_hints(getattr(models, f"{family}Event"), vars(shapes))
    members: dict[str, list[msgspec.structs.FieldInfo]] = {}
    for name in STATES[family]:
        for member in members_of(name):
            members.setdefault(RENAMED.get(member.name, member.name), []).append(member)
    everyone = {"input", "control"}

    assert set(declared) == set(members) - everyone
    for name in set(members) - everyone:
        expected = {_declared(each.type) for each in members[name]}
        assert str(declared[name]) in expected
        assert ("None" in str(declared[name])) is any("None" in str(each.type) for each in members[name])


def _declared(annotation: Any) -> str:
    return str(annotation).replace("swf.protocol.shapes", "swf.models.event.shapes")


def test_structures_are_dicts_as_on_the_wire() -> None:
    event = EventFactory(filled("ActivityTaskScheduled"))

    assert isinstance(event, models.ActivityTaskEvent)
    assert event.activity_type["name"] == "some name"
    assert event.task_list == {"name": "some name"}


def test_a_bare_name_stands_for_its_structure() -> None:
    """Derived histories have lost some."""
    event = EventFactory(raw("DecisionTaskScheduled", taskList="main"))

    assert isinstance(event, models.DecisionTaskEvent)
    assert event.task_list == {"name": "main"}


def test_what_a_type_never_has_is_an_error_that_says_what_it_has() -> None:
    event: Any = EventFactory(raw("TimerFired"))

    with pytest.raises(
        AttributeError, match="TimerFired has no attribute 'result'; its own are: timer_id, sta"
    ):
        _ = event.result
    assert not hasattr(event, "activity_id")


def test_input_and_control_are_there_for_every_event() -> None:
    scheduled = EventFactory(raw("ActivityTaskScheduled", input="[1]", control="mine"))

    assert (scheduled.input, scheduled.control) == ("[1]", "mine")
    assert EventFactory(raw("DecisionTaskStarted")).input is None


def test_the_id_and_name_of_a_lambda_function_are_not_those_of_its_event() -> None:
    event = EventFactory(raw("LambdaFunctionScheduled", id="f1", name="resize"))

    assert isinstance(event, models.LambdaFunctionEvent)
    assert (event.id, event.name) == (7, "LambdaFunctionScheduled")
    assert (event.function_id, event.function_name) == ("f1", "resize")


def test_an_unknown_type_is_a_plain_event_with_its_attributes() -> None:
    event: Any = EventFactory(raw("ActivityTaskPaused", pausedEventId=5, taskList={"name": "x"}))
    kind: type = type(event)

    assert kind is Event
    assert (event.type, event.state, event.next_states) == ("ActivityTaskPaused", "unknown", ())
    assert repr(event) == "<Event 7 ActivityTaskPaused : unknown >"
    assert event.paused_event_id == 5
    assert event.attributes == {"paused_event_id": 5, "task_list": {"name": "x"}}
    with pytest.raises(AttributeError, match="ActivityTaskPaused has no attribute 'result'"):
        _ = event.result
    assert CompiledEventFactory(event).state == "unknown"


@pytest.mark.parametrize("none", [{}, {"eventId": 1}, {"eventType": "TimerFired"}, None, 5])
def test_what_is_no_event_is_refused(none: Any) -> None:
    with pytest.raises(SWFError, match="an event is a dict with eventId and eventType, this is none: "):
        EventFactory(none)


@pytest.mark.parametrize(
    "stamp",
    [1_700_000_000.5, datetime.fromtimestamp(1_700_000_000.5, UTC), "2023-11-14T22:13:20.500000+00:00"],
    ids=type,
)
def test_times_are_aware_however_the_wire_has_them(stamp: Any) -> None:
    event = EventFactory({**raw("DecisionTaskScheduled"), "eventTimestamp": stamp})

    assert event.timestamp == datetime(2023, 11, 14, 22, 13, 20, 500_000, UTC)
    assert event.to_protocol().event_timestamp == 1_700_000_000.5


def test_events_are_equal_by_what_they_say_and_can_be_copied() -> None:
    event = EventFactory(filled("TimerStarted"))

    for same in (copy.deepcopy(event), pickle.loads(pickle.dumps(event))):
        assert same == event
        assert hash(same) == hash(event)
        assert type(same) is models.TimerEvent
    assert event != EventFactory(raw("TimerStarted"))
    assert event != 5


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.name[:60])
def test_every_recorded_event_is_typed(path: Path) -> None:
    for said in events_of(path):
        event = EventFactory(said)
        known = {RENAMED.get(member.name, member.name) for member in members_of(event.name)}

        assert type(event) is not Event
        assert {name for name in known if getattr(event, name) != event.attributes.get(name)} <= {
            member.name for member in members_of(event.name) if member.required
        }
        assert event.to_protocol() == event_from_wire(said)


# States


def test_each_family_knows_its_states_and_no_other() -> None:
    assert set(TRANSITIONS) == set(INITIAL) == set(STATES)
    for family, transitions in TRANSITIONS.items():
        assert set(transitions) == set(STATES[family].values())
        follow = {state for states in transitions.values() for state in states}
        assert follow | set(INITIAL[family]) == set(transitions)


@pytest.mark.parametrize(("family", "name", "state"), TYPES, ids=[name for _, name, _ in TYPES])
def test_each_event_knows_what_may_follow(family: str, name: str, state: str) -> None:
    assert EventFactory(raw(name)).next_states == TRANSITIONS[family][state]


def test_an_object_is_moved_on_by_its_events() -> None:
    scheduled, started, completed = (
        EventFactory(raw(f"ActivityTask{state}", number))
        for number, state in enumerate(("Scheduled", "Started", "Completed"), 5)
    )

    task = CompiledEventFactory(scheduled)
    assert isinstance(task, models.CompiledActivityTaskEvent)
    assert (task.initial_state, task.state) == ("scheduled", "scheduled")
    assert task.next_states == ("started", "timed_out", "cancel_requested")
    task.transit(started)
    task.transit(completed)

    assert (task.id, task.type, task.state) == (5, "ActivityTask", "completed")
    assert not task.next_states
    assert task.event is completed
    assert task.events == [scheduled, started, completed]
    assert repr(task) == "<CompiledEvent 5 ActivityTask : completed >"
    assert set(task.transitions) == set(task.states)


@pytest.mark.parametrize("name", ["ActivityTaskCompleted", "TimerStarted"])
def test_what_cannot_follow_is_an_error_that_names_the_event(name: str) -> None:
    task = CompiledEventFactory(EventFactory(raw("ActivityTaskScheduled", 5)))

    with pytest.raises(
        SWFError, match=rf"event 9, {name}: ActivityTask 5 is scheduled, after which comes st"
    ):
        task.transit(EventFactory(raw(name, 9)))
    assert task.state == "scheduled"


@pytest.mark.parametrize(("family", "name", "state"), TYPES, ids=[name for _, name, _ in TYPES])
def test_an_object_begins_with_an_event_that_can_begin_it(family: str, name: str, state: str) -> None:
    event = EventFactory(raw(name))

    if state in INITIAL[family]:
        assert CompiledEventFactory(event).state == state
        return
    with pytest.raises(SWFError, match=rf"event 7, {name}: {family} begins as {INITIAL[family][0]}"):
        CompiledEventFactory(event)


def test_users_may_have_objects_of_their_own() -> None:
    class Short(CompiledEvent):
        family = "Timer"

    assert (Short.initial_state, Short.states) == ("started", tuple(TRANSITIONS["Timer"]))
