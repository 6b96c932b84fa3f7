"""What is refused though its form is good: names, durations, priorities, filters, the order of decisions."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.model import OPERATIONS, full, input_of
from swf.exceptions import InvalidRequest
from swf.protocol.reading import check, convert

TYPE = {"name": "W", "version": "1"}
LIST = {"name": "l"}
START = {"domain": "d", "workflowId": "w", "workflowType": TYPE}
REGISTER = {"domain": "d", "name": "n", "version": "1"}
DOMAIN = {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}
EVER = {"oldestDate": 0}
CLOSE = {"decisionType": "CompleteWorkflowExecution"}
MARKER = {"decisionType": "RecordMarker", "recordMarkerDecisionAttributes": {"markerName": "m"}}
NAMED = "must not contain : / | or control characters, and must not be 'arn'"
TRIMMED = f"Member must not start or end with white space, {NAMED}"


def said_of(operation: str, **request: Any) -> str | None:
    read = convert(operation, request)
    try:
        check(operation, read)
    except InvalidRequest as fault:
        return fault.message
    return None


def refused(value: str, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def decided(kind: str, **attributes: Any) -> str | None:
    own = f"{kind[0].lower()}{kind[1:]}DecisionAttributes"
    return said_of(
        "RespondDecisionTaskCompleted", taskToken="t", decisions=[{"decisionType": kind, own: attributes}]
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_judged(operation: str) -> None:
    request = full(input_of(operation))
    for key in ("closeTimeFilter", "typeFilter", "tagFilter", "closeStatusFilter"):
        request.pop(key, None)

    assert said_of(operation, **request) is None


# Names


BAD = ["a:b", "a/b", "a|b", "a\x01b", "a\x7f", "a\x9fb", "a\nb", "b\n", "arn"]
GOOD = ["learn", "arn1", "Arn", "a b", "a-b_c.d", "é", "日本", "a\xa0b"]


@pytest.mark.parametrize("name", BAD)
def test_a_workflow_id_with_forbidden_characters_is_refused(name: str) -> None:
    assert said_of("StartWorkflowExecution", **{**START, "workflowId": name}) == refused(
        name, "workflowId", f"Member {NAMED}"
    )


@pytest.mark.parametrize("name", GOOD)
def test_other_names_are_taken(name: str) -> None:
    assert said_of("StartWorkflowExecution", **{**START, "workflowId": name}) is None
    assert said_of("RegisterDomain", **{**DOMAIN, "name": name}) is None


@pytest.mark.parametrize("name", [" a", "a ", "\ta", " ", "a\u3000", *BAD])
def test_names_of_domains_types_and_lists_are_trimmed(name: str) -> None:
    said = refused(name, "name", TRIMMED)

    assert said_of("RegisterDomain", **{**DOMAIN, "name": name}) == said
    assert said_of("RegisterWorkflowType", **{**REGISTER, "name": name}) == said
    assert said_of("RegisterActivityType", **{**REGISTER, "version": name}) == refused(
        name, "version", TRIMMED
    )
    assert said_of("PollForActivityTask", domain="d", taskList={"name": name}) == refused(
        name, "taskList.name", TRIMMED
    )
    assert said_of("StartWorkflowExecution", **{**START, "workflowType": {"name": name, "version": "1"}}) == (
        refused(name, "workflowType.name", TRIMMED)
    )


def test_other_names_may_begin_with_white_space() -> None:
    assert said_of("StartWorkflowExecution", **{**START, "workflowId": " w "}) is None


@pytest.mark.parametrize(
    ("kind", "attributes", "member"),
    [
        ("ScheduleActivityTask", {"activityType": TYPE}, "activityId"),
        ("RequestCancelActivityTask", {}, "activityId"),
        ("StartTimer", {"startToFireTimeout": "1"}, "timerId"),
        ("CancelTimer", {}, "timerId"),
        ("RecordMarker", {}, "markerName"),
        ("SignalExternalWorkflowExecution", {"workflowId": "w"}, "signalName"),
        ("SignalExternalWorkflowExecution", {"signalName": "s"}, "workflowId"),
        ("RequestCancelExternalWorkflowExecution", {}, "workflowId"),
        ("StartChildWorkflowExecution", {"workflowType": TYPE}, "workflowId"),
        ("ScheduleLambdaFunction", {"name": "f"}, "id"),
    ],
)
def test_names_in_decisions_are_held_to_the_same(kind: str, attributes: dict[str, Any], member: str) -> None:
    path = f"decisions.1.member.{kind[0].lower()}{kind[1:]}DecisionAttributes.{member}"

    assert decided(kind, **attributes, **{member: "a:b"}) == refused("a:b", path, f"Member {NAMED}")
    assert decided(kind, **attributes, **{member: "ab"}) is None


def test_what_a_search_names_need_not_be_a_good_name() -> None:
    assert said_of("ListWorkflowTypes", domain="d", registrationStatus="REGISTERED", name="a:b") is None
    assert (
        said_of(
            "CountOpenWorkflowExecutions",
            domain="d",
            startTimeFilter=EVER,
            executionFilter={"workflowId": "a:b"},
        )
        is None
    )


# Durations, priorities, retention


TASK_TIMEOUT = "Member must be an unsigned number of seconds, or NONE"
EXECUTION_TIMEOUT = "Member must be a number of seconds from 0 to 31536000"


@pytest.mark.parametrize(
    ("value", "task", "execution"),
    [
        ("0", True, True),
        ("31536000", True, True),
        ("31536001", True, False),
        ("NONE", True, False),
        ("", True, True),
        ("none", False, False),
        ("-1", False, False),
        ("1.5", False, False),
        (" 1", False, False),
        ("1\n", False, False),
        ("٣", False, False),
        ("²", False, False),
    ],
)
def test_durations(value: str, task: bool, execution: bool) -> None:
    asked = said_of("StartWorkflowExecution", **START, taskStartToCloseTimeout=value)
    whole = said_of("StartWorkflowExecution", **START, executionStartToCloseTimeout=value)

    assert asked == (None if task else refused(value, "taskStartToCloseTimeout", TASK_TIMEOUT))
    assert whole == (None if execution else refused(value, "executionStartToCloseTimeout", EXECUTION_TIMEOUT))


DURATIONS = [
    ("RegisterWorkflowType", REGISTER, "defaultTaskStartToCloseTimeout", True),
    ("RegisterWorkflowType", REGISTER, "defaultExecutionStartToCloseTimeout", False),
    ("RegisterActivityType", REGISTER, "defaultTaskStartToCloseTimeout", True),
    ("RegisterActivityType", REGISTER, "defaultTaskHeartbeatTimeout", True),
    ("RegisterActivityType", REGISTER, "defaultTaskScheduleToStartTimeout", True),
    ("RegisterActivityType", REGISTER, "defaultTaskScheduleToCloseTimeout", True),
    ("StartWorkflowExecution", START, "taskStartToCloseTimeout", True),
    ("StartWorkflowExecution", START, "executionStartToCloseTimeout", False),
    (
        "RespondDecisionTaskCompleted",
        {"taskToken": "t", "taskList": LIST},
        "taskListScheduleToStartTimeout",
        True,
    ),
]
DECIDED_DURATIONS = [
    ("ScheduleActivityTask", "scheduleToCloseTimeout", True),
    ("ScheduleActivityTask", "scheduleToStartTimeout", True),
    ("ScheduleActivityTask", "startToCloseTimeout", True),
    ("ScheduleActivityTask", "heartbeatTimeout", True),
    ("StartTimer", "startToFireTimeout", False),
    ("ContinueAsNewWorkflowExecution", "executionStartToCloseTimeout", False),
    ("ContinueAsNewWorkflowExecution", "taskStartToCloseTimeout", True),
    ("StartChildWorkflowExecution", "executionStartToCloseTimeout", False),
    ("StartChildWorkflowExecution", "taskStartToCloseTimeout", True),
    ("ScheduleLambdaFunction", "startToCloseTimeout", False),
]


@pytest.mark.parametrize(("operation", "request_", "member", "none"), DURATIONS)
def test_each_duration_of_a_request_knows_whether_it_may_be_none(
    operation: str, request_: dict[str, Any], member: str, none: bool
) -> None:
    assert (said_of(operation, **request_, **{member: "NONE"}) is None) == none
    assert said_of(operation, **request_, **{member: "60"}) is None
    assert said_of(operation, **request_, **{member: "soon"}) is not None


@pytest.mark.parametrize(("kind", "member", "none"), DECIDED_DURATIONS)
def test_each_duration_of_a_decision_knows_whether_it_may_be_none(kind: str, member: str, none: bool) -> None:
    attributes = full(f"{kind}DecisionAttributes")

    assert (decided(kind, **{**attributes, member: "NONE"}) is None) == none
    assert decided(kind, **{**attributes, member: "60"}) is None
    assert decided(kind, **{**attributes, member: "soon"}) is not None


@pytest.mark.parametrize(("value", "good"), [("0", False), ("1", True), ("900", True), ("901", False)])
def test_a_function_has_from_one_to_900_seconds(value: str, good: bool) -> None:
    assert (decided("ScheduleLambdaFunction", id="i", name="f", startToCloseTimeout=value) is None) == good


@pytest.mark.parametrize(("value", "good"), [("31536000", True), ("31536001", False), ("-1", False)])
def test_a_timer_runs_for_a_year_at_most(value: str, good: bool) -> None:
    assert (decided("StartTimer", timerId="t", startToFireTimeout=value) is None) == good


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("0", True),
        ("90", True),
        ("NONE", True),
        ("91", False),
        ("-1", False),
        ("7 days", False),
        ("007", True),
    ],
)
def test_retention_is_up_to_90_days(value: str, good: bool) -> None:
    said = said_of("RegisterDomain", **{**DOMAIN, "workflowExecutionRetentionPeriodInDays": value})

    assert said == (
        None
        if good
        else refused(
            value,
            "workflowExecutionRetentionPeriodInDays",
            "Member must be a number of days from 0 to 90, or NONE",
        )
    )


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("0", True),
        ("-5", True),
        ("+5", True),
        ("2147483647", True),
        ("-2147483648", True),
        ("", True),
        ("2147483648", False),
        ("-2147483649", False),
        ("1.0", False),
        ("high", False),
        ("5\n", False),
        ("9" * 5000, False),
    ],
)
def test_priorities_are_signed_integers_of_32_bits(value: str, good: bool) -> None:
    constraint = "Member must be a signed integer of 32 bits"

    assert said_of("StartWorkflowExecution", **START, taskPriority=value) == (
        None if good else refused(value, "taskPriority", constraint)
    )
    for operation in ("RegisterWorkflowType", "RegisterActivityType"):
        assert (said_of(operation, **REGISTER, defaultTaskPriority=value) is None) == good


@pytest.mark.parametrize(
    ("tag", "path"),
    [({"key": "a!"}, "tags.2.member.key"), ({"key": "k", "value": "a\x00"}, "tags.2.member.value")],
)
def test_tags_of_domains_have_an_alphabet(tag: dict[str, str], path: str) -> None:
    tags = [{"key": "team: é_.:/=+-@ 1", "value": ""}, tag]
    said = refused(
        list(tag.values())[-1],
        path,
        "Member must have only letters, digits, white space, and _ . : / = + - @",
    )

    assert said_of("RegisterDomain", **DOMAIN, tags=tags) == said
    assert said_of("TagResource", resourceArn="a", tags=tags) == said
    assert said_of("TagResource", resourceArn="a", tags=tags[:1]) is None


# Several members


def test_a_closing_decision_must_be_the_last() -> None:
    def said(*decisions: Any) -> str | None:
        return said_of("RespondDecisionTaskCompleted", taskToken="t", decisions=list(decisions))

    assert said(MARKER, CLOSE) is None
    assert said(CLOSE, MARKER) == said(CLOSE, CLOSE) == "Close must be last decision in list"
    for kind in ("FailWorkflowExecution", "CancelWorkflowExecution", "ContinueAsNewWorkflowExecution"):
        assert said({"decisionType": kind}, MARKER) == "Close must be last decision in list"
        assert said(MARKER, {"decisionType": kind}) is None


def test_a_timeout_for_a_task_list_needs_the_list() -> None:
    said = said_of("RespondDecisionTaskCompleted", taskToken="t", taskListScheduleToStartTimeout="10")

    assert said == "taskListScheduleToStartTimeout needs a taskList"


FILTERS = {
    "executionFilter": {"workflowId": "w"},
    "typeFilter": {"name": "W"},
    "tagFilter": {"tag": "t"},
    "closeStatusFilter": {"status": "FAILED"},
}


@pytest.mark.parametrize("operation", ["ListClosedWorkflowExecutions", "CountClosedWorkflowExecutions"])
def test_filters_exclude_each_other(operation: str) -> None:
    def said(*names: str) -> str | None:
        return said_of(operation, domain="d", startTimeFilter=EVER, **{name: FILTERS[name] for name in names})

    message = "Cannot specify more than one exclusive filters in the same query: "
    assert [said(name) for name in FILTERS] == [None] * 4
    assert said("closeStatusFilter", "typeFilter") == message + "[WorkflowTypeFilter, CloseStatusFilter]"
    assert said(*FILTERS) == (
        message + "[WorkflowExecutionFilter, WorkflowTypeFilter, TagFilter, CloseStatusFilter]"
    )


@pytest.mark.parametrize("operation", ["ListOpenWorkflowExecutions", "CountOpenWorkflowExecutions"])
def test_filters_of_open_executions_exclude_each_other_too(operation: str) -> None:
    filters = {name: FILTERS[name] for name in ("tagFilter", "executionFilter")}

    assert said_of(operation, domain="d", startTimeFilter=EVER, **filters) == (
        "Cannot specify more than one exclusive filters in the same query: "
        "[WorkflowExecutionFilter, TagFilter]"
    )


@pytest.mark.parametrize("operation", ["ListClosedWorkflowExecutions", "CountClosedWorkflowExecutions"])
def test_closed_executions_are_sought_by_one_time(operation: str) -> None:
    assert said_of(operation, domain="d") == "Must specify time filter"
    assert said_of(operation, domain="d", startTimeFilter=EVER, closeTimeFilter=EVER) == (
        "Cannot specify both start and close time filter"
    )
    assert said_of(operation, domain="d", closeTimeFilter=EVER) is None


def test_a_window_of_time_does_not_end_before_it_begins() -> None:
    backwards, instant = {"oldestDate": 2, "latestDate": 1}, {"oldestDate": 2, "latestDate": 2}

    for operation, member in (
        ("ListOpenWorkflowExecutions", "startTimeFilter"),
        ("CountClosedWorkflowExecutions", "closeTimeFilter"),
        ("ListClosedWorkflowExecutions", "startTimeFilter"),
    ):
        said = said_of(operation, domain="d", **{member: backwards})
        assert said == f"oldestDate is later than latestDate at '{member}'"
        assert said_of(operation, domain="d", **{member: instant}) is None
