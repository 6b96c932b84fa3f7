"""What the service model cannot say of a request, yet needs no state to be refused: the third check (V8-V12).

A table by shape and member says which rule holds where; what concerns several members has a function.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

from swf.exceptions import InvalidRequest
from swf.protocol import decisions as d
from swf.protocol.limits import EXECUTION_SECONDS
from swf.protocol.operations import OPERATIONS, SHAPES
from swf.protocol.requests import REQUESTS
from swf.protocol.shapes import ActivityType, TaskList, WorkflowExecution, WorkflowType

if TYPE_CHECKING:
    from collections.abc import Callable

    from msgspec import Struct

    from swf.protocol import requests as r

__all__ = ["check"]


def check(operation: str, request: Struct) -> None:
    """Raise `InvalidRequest` for a request that was read but means nothing.

    To be asked once the domain of the request is found: an unknown one is told of first.
    """
    if (unfit := _unfit(_RULES[operation], request)) is not None:
        raise _refusal(*unfit)
    if (judge := _JUDGES.get(operation)) is not None:
        judge(request)


class _Kind(NamedTuple):
    accepts: Callable[[str], object]
    constraint: str


def _seconds(low: int, high: int) -> _Kind:
    def accepts(value: str) -> bool:
        return not value or (value.isdigit() and value.isascii() and low <= int(value) <= high)

    return _Kind(accepts, f"Member must be a number of seconds from {low} to {high}")


def _is_priority(value: str) -> bool:
    return not value or (bool(_INTEGER(value)) and -(2**31) <= int(value) < 2**31)


def _is_retention(value: str) -> bool:
    return value == "NONE" or (value.isdigit() and value.isascii() and int(value) <= _RETENTION_DAYS)


_RETENTION_DAYS: Final = 90
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,10}").fullmatch
_ALLOWED: Final = r"(?!arn\Z)[^:/|\x00-\x1f\x7f-\x9f]*"
_UNNAMEABLE: Final = "must not contain : / | or control characters, and must not be 'arn'"
_NAME: Final = _Kind(re.compile(_ALLOWED).fullmatch, f"Member {_UNNAMEABLE}")
_TRIMMED: Final = _Kind(
    re.compile(rf"(?!\s){_ALLOWED}(?<!\s)").fullmatch,
    f"Member must not start or end with white space, {_UNNAMEABLE}",
)
_TIMEOUT: Final = _Kind(
    re.compile(r"[0-9]*|NONE").fullmatch, "Member must be an unsigned number of seconds, or NONE"
)
_is_tag: Final = re.compile(r"[\w\s.:/=+\-@]*").fullmatch
_TAG: Final = "Member must have only letters, digits, white space, and _ . : / = + - @"
_KINDS: Final[dict[str, _Kind]] = {
    "WorkflowId": _NAME,
    "ActivityId": _NAME,
    "TimerId": _NAME,
    "MarkerName": _NAME,
    "SignalName": _NAME,
    "FunctionId": _NAME,
    "Name": _TRIMMED,
    "Version": _TRIMMED,
    "DurationInSecondsOptional": _TIMEOUT,
    "DurationInSeconds": _seconds(0, EXECUTION_SECONDS),
    "DurationInDays": _Kind(
        _is_retention, f"Member must be a number of days from 0 to {_RETENTION_DAYS}, or NONE"
    ),
    "TaskPriority": _Kind(_is_priority, "Member must be a signed integer of 32 bits"),
}
"""By shape. Domains that exist have good names already; what filters name need not exist."""
_MEMBERS: Final[dict[tuple[str, str], _Kind]] = {
    ("RegisterDomainInput", "name"): _TRIMMED,
    ("StartWorkflowExecutionInput", "executionStartToCloseTimeout"): _seconds(0, EXECUTION_SECONDS),
    ("RegisterWorkflowTypeInput", "defaultExecutionStartToCloseTimeout"): _seconds(0, EXECUTION_SECONDS),
    ("StartChildWorkflowExecutionDecisionAttributes", "executionStartToCloseTimeout"): _seconds(
        0, EXECUTION_SECONDS
    ),
    ("ContinueAsNewWorkflowExecutionDecisionAttributes", "executionStartToCloseTimeout"): _seconds(
        0, EXECUTION_SECONDS
    ),
    ("ScheduleLambdaFunctionDecisionAttributes", "startToCloseTimeout"): _seconds(1, 900),
}
"""By structure and member, where the shape does not say enough."""
_SEARCHES: Final = {"ListActivityTypesInput", "ListWorkflowTypesInput"}
_SHARED: Final[dict[str, type[Struct]]] = {
    "ActivityType": ActivityType,
    "WorkflowType": WorkflowType,
    "TaskList": TaskList,
    "WorkflowExecution": WorkflowExecution,
}


class _Rule(NamedTuple):
    """A member, or a member of that, which is held to a kind."""

    attribute: str
    inner: str | None
    accepts: Callable[[str], object]
    path: str
    constraint: str


def _unfit(rules: tuple[_Rule, ...], holder: Any) -> tuple[str, str, str] | None:
    """Return value, path and constraint of the first member that breaks its rule."""
    for attribute, inner, accepts, path, constraint in rules:
        if (value := getattr(holder, attribute)) is not None:
            if inner is not None:
                value = getattr(value, inner)
            if not accepts(value):
                return value, path, constraint
    return None


def _refusal(value: str, path: str, constraint: str) -> InvalidRequest:
    return InvalidRequest(f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}")


def _rules(shape: str, holder: type[Struct]) -> tuple[_Rule, ...]:
    """Return the rules of the members of a structure, and of the structures in it."""
    attributes = dict(zip(holder.__struct_encode_fields__, holder.__struct_fields__, strict=True))
    found = []
    for member, of in SHAPES[shape].members.items():
        attribute = attributes[member]
        if (kind := _kind(shape, member, of)) is not None:
            found.append(_Rule(attribute, None, kind.accepts, member, kind.constraint))
        elif (within := _SHARED.get(of)) is not None:
            found += [
                _Rule(attribute, rule.attribute, rule.accepts, f"{member}.{rule.path}", rule.constraint)
                for rule in _rules(of, within)
            ]
    return tuple(found)


def _kind(shape: str, member: str, of: str) -> _Kind | None:
    return None if shape in _SEARCHES else _MEMBERS.get((shape, member)) or _KINDS.get(of)


# What concerns several members


def _judge_decisions(request: r.RespondDecisionTaskCompletedInput) -> None:
    if request.task_list_schedule_to_start_timeout and request.task_list is None:
        raise InvalidRequest("taskListScheduleToStartTimeout needs a taskList")
    decisions = request.decisions or ()
    if any(type(each) in _CLOSING for each in decisions[:-1]):
        raise InvalidRequest("Close must be last decision in list")
    for number, decision in enumerate(decisions, 1):
        kind = type(decision)
        if (unfit := _unfit(_DECISION_RULES[kind], decision.attributes)) is not None:
            value, path, constraint = unfit
            raise _refusal(value, f"decisions.{number}.member.{_DECISION_MEMBERS[kind]}.{path}", constraint)


def _judge_tags(request: r.RegisterDomainInput | r.TagResourceInput) -> None:
    for number, tag in enumerate(request.tags or (), 1):
        for member, value in (("key", tag.key), ("value", tag.value or "")):
            if not _is_tag(value):
                raise _refusal(value, f"tags.{number}.member.{member}", _TAG)


def _judge_open(request: r.ListOpenWorkflowExecutionsInput | r.CountOpenWorkflowExecutionsInput) -> None:
    _judge_times(request.start_time_filter, "startTimeFilter")
    _judge_filters(request)


def _judge_closed(
    request: r.ListClosedWorkflowExecutionsInput | r.CountClosedWorkflowExecutionsInput,
) -> None:
    if request.start_time_filter is None and request.close_time_filter is None:
        raise InvalidRequest("Must specify time filter")
    if request.start_time_filter is not None and request.close_time_filter is not None:
        raise InvalidRequest("Cannot specify both start and close time filter")
    _judge_times(request.start_time_filter, "startTimeFilter")
    _judge_times(request.close_time_filter, "closeTimeFilter")
    _judge_filters(request)


def _judge_times(times: r.ExecutionTimeFilter | None, path: str) -> None:
    if times is not None and times.latest_date is not None and times.oldest_date > times.latest_date:
        raise InvalidRequest(f"oldestDate is later than latestDate at '{path}'")


def _judge_filters(request: Struct) -> None:
    given = [name for attribute, name in _EXCLUSIVE.items() if getattr(request, attribute, None) is not None]
    if len(given) > 1:
        raise InvalidRequest(
            f"Cannot specify more than one exclusive filters in the same query: [{', '.join(given)}]"
        )


_EXCLUSIVE: Final = {
    "execution_filter": "WorkflowExecutionFilter",
    "type_filter": "WorkflowTypeFilter",
    "tag_filter": "TagFilter",
    "close_status_filter": "CloseStatusFilter",
}
_CLOSING: Final = frozenset(
    {
        d.CompleteWorkflowExecution,
        d.FailWorkflowExecution,
        d.CancelWorkflowExecution,
        d.ContinueAsNewWorkflowExecution,
    }
)
_RULES: Final = {operation: _rules(OPERATIONS[operation].input, kind) for operation, kind in REQUESTS.items()}
_DECISION_MEMBERS: Final = {kind: kind.__struct_encode_fields__[0] for kind in get_args(d.Decision)}
_DECISION_RULES: Final = {
    kind: _rules(f"{kind.__name__}DecisionAttributes", getattr(d, f"{kind.__name__}Attributes"))
    for kind in get_args(d.Decision)
}
_JUDGES: Final[dict[str, Callable[[Any], None]]] = {
    "RegisterDomain": _judge_tags,
    "TagResource": _judge_tags,
    "RespondDecisionTaskCompleted": _judge_decisions,
    "ListOpenWorkflowExecutions": _judge_open,
    "CountOpenWorkflowExecutions": _judge_open,
    "ListClosedWorkflowExecutions": _judge_closed,
    "CountClosedWorkflowExecutions": _judge_closed,
}
