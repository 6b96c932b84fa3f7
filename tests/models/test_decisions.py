"""Decisions: all that is built is what SWF takes, and what it would not take is refused by name."""

from __future__ import annotations

import copy
import pickle
from datetime import timedelta
from enum import Enum
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, get_args

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from swf.exceptions import InvalidDecision, SWFError
from swf.models.decision import (
    ActivityTaskDecision,
    ChildWorkflowExecutionDecision,
    Decision,
    ExternalWorkflowExecutionDecision,
    LambdaFunctionDecision,
    MarkerDecision,
    TimerDecision,
    WorkflowExecutionDecision,
)
from swf.protocol import decision_from_wire
from swf.protocol import decisions as d
from swf.protocol.enums import ChildPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

KIND = {"name": "n", "version": "1"}


@cache
def answer_shape() -> Any:
    model = botocore.session.get_session().get_service_model("swf")
    return model.operation_model("RespondDecisionTaskCompleted").input_shape


def is_taken(decision: Decision) -> None:
    """Assert that botocore, and the engine, take a decision."""
    report = ParamValidator().validate({"taskToken": "t", "decisions": [decision]}, answer_shape())
    assert not report.has_errors(), report.generate_report()
    assert type(decision_from_wire(decision)).__name__ == decision.type
    assert set(decision) == {"decisionType", decision.attributes_key}


# Whatever users give

names = st.text("abc-_. é", min_size=1, max_size=20).filter(lambda text: text == text.strip())
texts = st.text(max_size=40)
data = st.one_of(
    st.none(), texts, st.integers(), st.lists(st.booleans()), st.dictionaries(texts, st.floats())
)
seconds = st.one_of(
    st.none(),
    st.integers(0, 10**7),
    st.integers(0, 10**7).map(str),
    st.integers(0, 10**6).map(lambda number: timedelta(seconds=number)),
)
timeouts = seconds | st.just("NONE")
kinds = st.builds(lambda name, version: {"name": name, "version": version}, names, names)
types = kinds | kinds.map(lambda kind: SimpleNamespace(**kind))
lists = st.none() | names | names.map(lambda name: {"name": name})
priorities = st.none() | st.integers(-(2**31), 2**31 - 1) | st.integers(-99, 99).map(str)
policies = st.none() | st.sampled_from(["TERMINATE", "REQUEST_CANCEL", "ABANDON", ChildPolicy.ABANDON])
tags = st.none() | texts | st.lists(texts, max_size=5) | st.lists(texts, max_size=5).map(tuple)
roles = st.none() | names
runs = st.none() | names

ANY: dict[str, st.SearchStrategy[Decision]] = {
    "ScheduleActivityTask": st.builds(
        ActivityTaskDecision,
        st.just("schedule"),
        activity_id=names,
        activity_type=types,
        control=data,
        heartbeat_timeout=timeouts,
        input=data,
        duration_timeout=timeouts,
        schedule_timeout=timeouts,
        task_timeout=timeouts,
        task_list=lists,
        task_priority=priorities,
    ),
    "RequestCancelActivityTask": st.builds(ActivityTaskDecision, st.just("request_cancel"), names),
    "CompleteWorkflowExecution": st.builds(WorkflowExecutionDecision, st.just("complete"), data),
    "FailWorkflowExecution": st.builds(
        WorkflowExecutionDecision, st.just("fail"), details=data, reason=st.none() | texts
    ),
    "CancelWorkflowExecution": st.builds(WorkflowExecutionDecision, st.just("cancel"), data),
    "ContinueAsNewWorkflowExecution": st.builds(
        WorkflowExecutionDecision,
        st.just("continue_as_new"),
        child_policy=policies,
        execution_timeout=seconds,
        task_timeout=timeouts,
        input=data,
        tag_list=tags,
        task_list=lists,
        task_priority=priorities,
        workflow_type_version=runs,
        lambda_role=roles,
    ),
    "StartChildWorkflowExecution": st.builds(
        ChildWorkflowExecutionDecision,
        st.just("start"),
        workflow_type=types,
        workflow_id=names,
        child_policy=policies,
        execution_timeout=seconds,
        task_timeout=timeouts,
        control=data,
        input=data,
        tag_list=tags,
        task_list=lists,
        task_priority=priorities,
        lambda_role=roles,
    ),
    "SignalExternalWorkflowExecution": st.builds(
        ExternalWorkflowExecutionDecision,
        st.just("signal"),
        signal_name=names,
        workflow_id=names,
        control=data,
        input=data,
        run_id=runs,
    ),
    "RequestCancelExternalWorkflowExecution": st.builds(
        ExternalWorkflowExecutionDecision,
        st.just("request_cancel"),
        workflow_id=names,
        control=data,
        run_id=runs,
    ),
    "RecordMarker": st.builds(MarkerDecision, st.just("record"), name=names, details=data),
    "StartTimer": st.builds(
        TimerDecision,
        st.just("start"),
        id=names,
        start_to_fire_timeout=seconds.filter(lambda each: each is not None),
        control=data,
    ),
    "CancelTimer": st.builds(TimerDecision, st.just("cancel"), id=names),
    "ScheduleLambdaFunction": st.builds(
        LambdaFunctionDecision,
        st.just("schedule"),
        id=names,
        name=names,
        control=data,
        input=data,
        task_timeout=st.none() | st.integers(1, 900),
    ),
}


def test_there_is_a_builder_for_each_type() -> None:
    assert set(ANY) == {each.__name__ for each in get_args(d.Decision)}


@pytest.mark.parametrize("decision_type", ANY)
def test_whatever_is_built_is_taken(decision_type: str) -> None:
    @given(ANY[decision_type])
    def holds(decision: Decision) -> None:
        assert decision.type == decision_type
        is_taken(decision)

    holds()


# What is sent


def test_an_activity_is_scheduled_as_the_wire_has_it() -> None:
    decision = ActivityTaskDecision(
        "schedule",
        activity_id="a",
        activity_type=SimpleNamespace(**KIND),
        input={"b": [1], "a": None},
        control="noted",
        heartbeat_timeout=60,
        duration_timeout="NONE",
        schedule_timeout=timedelta(minutes=2),
        task_timeout=0,
        task_list="main",
        task_priority=-5,
    )

    assert decision == {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityId": "a",
            "activityType": KIND,
            "control": "noted",
            "heartbeatTimeout": "60",
            "input": '{"a":null,"b":[1]}',
            "scheduleToCloseTimeout": "NONE",
            "scheduleToStartTimeout": "120",
            "startToCloseTimeout": "0",
            "taskList": {"name": "main"},
            "taskPriority": "-5",
        },
    }


def test_what_is_zero_or_empty_is_sent_and_what_is_none_is_not() -> None:
    assert TimerDecision("start", "now", 0, control="")["startTimerDecisionAttributes"] == {
        "timerId": "now",
        "startToFireTimeout": "0",
        "control": "",
    }
    assert MarkerDecision("record", "m", 0)["recordMarkerDecisionAttributes"] == {
        "markerName": "m",
        "details": "0",
    }
    assert WorkflowExecutionDecision("complete", None)["completeWorkflowExecutionDecisionAttributes"] == {}


def test_a_new_run_names_its_task_list_as_swf_wants_it() -> None:
    decision = WorkflowExecutionDecision("continue_as_new", task_list="main", tag_list="one")

    assert decision["continueAsNewWorkflowExecutionDecisionAttributes"] == {
        "taskList": {"name": "main"},
        "tagList": ["one"],
    }


def test_a_child_without_a_task_list_goes_to_that_of_its_type() -> None:
    attributes = ChildWorkflowExecutionDecision("start", KIND, "w")[
        "startChildWorkflowExecutionDecisionAttributes"
    ]

    assert attributes == {
        "workflowType": KIND,
        "workflowId": "w",
        "executionStartToCloseTimeout": "300",
        "taskStartToCloseTimeout": "300",
    }


def test_a_decision_is_made_by_a_method_too_and_is_a_dict() -> None:
    decision = MarkerDecision()
    assert (decision.type, decision.attributes_key, decision) == ("", "", {})

    assert decision.record("m") is decision
    assert decision == MarkerDecision("record", "m")
    for same in (copy.deepcopy(decision), pickle.loads(pickle.dumps(decision))):
        assert same == decision
        assert type(same) is MarkerDecision


# What is refused


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "over-long": (
        lambda: ActivityTaskDecision("schedule", "a" * 257, KIND, input="x" * 32_769),
        (
            "ScheduleActivityTask: activityId: must have length less than or equal to 256, and has 257; "
            "input: must have length less than or equal to 32768, and has 32769"
        ),
    ),
    "missing": (
        lambda: ActivityTaskDecision("schedule", None, None),
        "ScheduleActivityTask: activityType is missing; activityId is missing",
    ),
    "missing argument": (
        lambda: TimerDecision("start", "t"),
        "TimerDecision.start: missing a required argument: 'start_to_fire_timeout'",
    ),
    "unknown argument": (
        lambda: TimerDecision("cancel", "t", reason="why"),
        "TimerDecision.cancel: got an unexpected keyword argument 'reason'",
    ),
    "empty": (
        lambda: ActivityTaskDecision("schedule", "", KIND, task_list=""),
        (
            "ScheduleActivityTask: activityId: must have length greater than or equal to 1, and has 0; "
            "taskList.name: must have length greater than or equal to 1, and has 0"
        ),
    ),
    "half a type": (
        lambda: ActivityTaskDecision("schedule", "a", {"name": "n"}),
        "ScheduleActivityTask: activityType.version is missing",
    ),
    "no type": (
        lambda: ActivityTaskDecision("schedule", "a", "n"),
        "ScheduleActivityTask: activityType: must have a name and a version, which str has not",
    ),
    "no text": (lambda: MarkerDecision("record", 5), "RecordMarker: markerName: must be text, not int"),
    "a name with a colon": (
        lambda: TimerDecision("start", "a:b", 1),
        "StartTimer: timerId: must not contain : / | or control characters, and must not be 'arn'",
    ),
    "a part of a second": (
        lambda: TimerDecision("start", "t", 1.5),
        "StartTimer: startToFireTimeout: must be whole seconds, not 1.5",
    ),
    "a negative time": (
        lambda: TimerDecision("start", "t", -1),
        "StartTimer: startToFireTimeout: must be a number of seconds from 0 to 31536000",
    ),
    "no end of time": (
        lambda: TimerDecision("start", "t", float("inf")),
        "StartTimer: startToFireTimeout: must be whole seconds, not inf",
    ),
    "no number": (
        lambda: TimerDecision("start", "t", True),
        "StartTimer: startToFireTimeout: must be a number of seconds, not bool",
    ),
    "no priority": (
        lambda: ActivityTaskDecision("schedule", "a", KIND, task_priority="high"),
        "ScheduleActivityTask: taskPriority: must be a signed integer of 32 bits",
    ),
    "no policy": (
        lambda: WorkflowExecutionDecision("continue_as_new", child_policy="KEEP"),
        (
            "ContinueAsNewWorkflowExecution: childPolicy: must satisfy enum value set: "
            "[TERMINATE, REQUEST_CANCEL, ABANDON]"
        ),
    ),
    "too many tags": (
        lambda: WorkflowExecutionDecision("continue_as_new", tag_list=list("abcdef")),
        "ContinueAsNewWorkflowExecution: tagList: must have length less than or equal to 5",
    ),
    "no tags": (
        lambda: WorkflowExecutionDecision("continue_as_new", tag_list=5),
        "ContinueAsNewWorkflowExecution: tagList: must be a list of texts, not int",
    ),
    "no JSON": (
        lambda: WorkflowExecutionDecision("complete", object()),
        "CompleteWorkflowExecution: result: Object of type object is not JSON serializable",
    ),
    "unknown action": (
        lambda: TimerDecision("begin"),
        "TimerDecision: there is no 'begin': it can start, cancel",
    ),
    "no such decision": (
        lambda: WorkflowExecutionDecision("terminate", "enough"),
        (
            "TerminateWorkflowExecution: a decider cannot terminate: fail or cancel, "
            "or call terminate() of the WorkflowExecution"
        ),
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_swf_would_not_take_is_refused_by_name(why: str) -> None:
    build, told = REFUSED[why]

    with pytest.raises(InvalidDecision) as caught:
        build()
    assert str(caught.value) == told
    assert isinstance(caught.value, SWFError)


def test_a_refused_decision_leaves_what_was_decided() -> None:
    decision = TimerDecision("start", "t", 1)

    with pytest.raises(InvalidDecision):
        decision.start("", 1)
    assert decision == TimerDecision("start", "t", 1)


def test_members_of_enumerations_of_texts_are_texts() -> None:
    class Mixed(str, Enum):  # noqa: UP042  # its str() is not its text, as in older code
        NAME = "real"

    decision = MarkerDecision("record", Mixed.NAME, Mixed.NAME)
    assert decision["recordMarkerDecisionAttributes"] == {"markerName": "real", "details": "real"}
    assert {type(value) for value in decision["recordMarkerDecisionAttributes"].values()} == {str}
