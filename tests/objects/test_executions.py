"""Executions: started, told things, ended, and looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swf.exceptions import (
    DefaultUndefined,
    DoesNotExistError,
    SWFError,
    TypeDeprecated,
    WorkflowExecutionAlreadyStartedError,
)
from swf.models import Domain, WorkflowExecution, WorkflowType
from swf.models.workflow import WorkflowExecutionDoesNotExist, WorkflowTypeDoesNotExist

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def kind(domain: Domain) -> WorkflowType:
    made = WorkflowType(domain, "greet", "1", task_list="deciders")
    made.save()
    return made


def started(execution: WorkflowExecution) -> dict[str, Any]:
    return dict(execution.history().first.wire)


def test_what_is_started_is_open_and_has_a_run_id(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")

    assert execution.run_id
    assert execution.status == "OPEN"
    assert execution.exists
    upstream = execution.upstream()
    assert (upstream.workflow_id, upstream.run_id) == ("w", execution.run_id)
    assert upstream.task_list == "deciders"
    assert upstream.child_policy == "TERMINATE"
    assert upstream.workflow_type == kind
    assert upstream.start_timestamp
    assert upstream.open_counts is not None
    assert upstream.open_counts["openDecisionTasks"] == 1


def test_an_execution_without_an_id_gets_its_own(kind: WorkflowType) -> None:
    one, other = kind.start_execution(), kind.start_execution()
    assert one.workflow_id != other.workflow_id
    assert one.workflow_id.startswith("greet-1-")


def test_options_say_more_than_the_type(kind: WorkflowType) -> None:
    execution = kind.start_execution(
        "w",
        task_list="others",
        child_policy="ABANDON",
        execution_timeout=timedelta(hours=1),
        input={"b": 1, "a": "é"},
        tag_list=["one", "two"],
        decision_tasks_timeout=20,
    )

    told = started(execution)
    assert told["taskList"] == {"name": "others"}
    assert told["childPolicy"] == "ABANDON"
    assert told["executionStartToCloseTimeout"] == "3600"
    assert told["taskStartToCloseTimeout"] == "20"
    assert execution.upstream().tag_list == ["one", "two"]
    assert told["input"] == r'{"a":"\u00e9","b":1}'
    assert execution.is_synced


@pytest.mark.beyond_moto("it forgets the priority and the role")
def test_priority_and_lambda_role_are_options_too(kind: WorkflowType) -> None:
    execution = kind.start_execution("w", task_priority=3, lambda_role="arn:aws:iam::123456789012:role/l")
    assert started(execution)["taskPriority"] == "3"
    assert execution.upstream().task_priority == "3"
    assert execution.upstream().lambda_role == "arn:aws:iam::123456789012:role/l"


@pytest.mark.beyond_moto("its histories have no tags")
def test_no_input_is_an_empty_object_and_one_tag_a_list(kind: WorkflowType) -> None:
    told = started(kind.start_execution("w", tag_list="alone"))
    assert told["input"] == "{}"
    assert told["tagList"] == ["alone"]


def test_what_the_type_says_is_what_the_execution_gets(domain: Domain) -> None:
    WorkflowType(domain, "w", "1", task_list="registered", execution_timeout=100).save()
    mine = WorkflowType(domain, "w", "1", task_list="mine", child_policy="REQUEST_CANCEL")
    told = started(mine.start_execution("w"))
    assert told["taskList"] == {"name": "mine"}
    assert told["childPolicy"] == "REQUEST_CANCEL"
    assert told["executionStartToCloseTimeout"] == "100"


def test_an_id_runs_once_at_a_time(kind: WorkflowType) -> None:
    kind.start_execution("w")
    with pytest.raises(WorkflowExecutionAlreadyStartedError, match="execution w is open already"):
        kind.start_execution("w")


def test_what_cannot_be_started_says_why(domain: Domain, kind: WorkflowType) -> None:
    with pytest.raises(ValueError, match="invalid child policy value: KILL"):
        kind.start_execution("w", child_policy="KILL")
    with pytest.raises(WorkflowTypeDoesNotExist):
        WorkflowType(domain, "nope", "1").start_execution("w", task_list="l")
    with pytest.raises(SWFError, match="has no workflow_type"):
        WorkflowExecution(domain, "w").start()
    kind.delete()
    with pytest.raises(TypeDeprecated):
        kind.start_execution("w")


@pytest.mark.beyond_moto("it knows a default for everything")
def test_a_missing_default_is_named(domain: Domain) -> None:
    bare = WorkflowType.named(domain, "bare", "1")
    bare.save()
    with pytest.raises(DefaultUndefined):
        bare.start_execution("w", task_list="l", child_policy="TERMINATE", decision_tasks_timeout=10)


def test_signals_are_in_the_history(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")

    execution.signal("hello", "text as it is")
    execution.signal("hello", {"n": 1})

    signals = execution.history().filter(type="WorkflowExecution", state="signaled")
    assert [(each.wire["signalName"], each.input) for each in signals] == [
        ("hello", "text as it is"),
        ("hello", '{"n":1}'),
    ]


@pytest.mark.beyond_moto("it does not say when")
def test_a_closed_execution_says_when(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    execution.terminate()
    upstream = execution.upstream()
    assert isinstance(upstream.start_timestamp, datetime)
    assert isinstance(upstream.close_timestamp, datetime)
    assert upstream.start_timestamp.tzinfo is not None
    assert upstream.close_timestamp >= upstream.start_timestamp


@pytest.mark.beyond_moto("it wants an input")
def test_a_signal_without_an_input_has_none(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    execution.signal("bye")
    assert [each.input for each in execution.history().filter(state="signaled")] == [None]


def test_a_signal_may_go_to_another_execution(kind: WorkflowType) -> None:
    one, other = kind.start_execution("one"), kind.start_execution("other")
    one.signal("hello", "you", workflow_id="other")
    assert [event.state for event in other.history()].count("signaled") == 1
    assert [event.state for event in one.history()].count("signaled") == 0


@pytest.mark.beyond_moto("it cannot")
def test_a_cancellation_is_asked_for(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    execution.request_cancel()
    assert execution.history().filter(state="cancel_requested")
    assert execution.status == "OPEN"
    assert execution.upstream().cancel_requested


def test_a_terminated_execution_is_closed_and_tells_why(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")

    execution.terminate(child_policy="ABANDON", details="of the matter", reason="enough")

    upstream = execution.upstream()
    assert upstream.status == WorkflowExecution.STATUS_CLOSED
    assert upstream.close_status == WorkflowExecution.CLOSE_STATUS_TERMINATED
    last = execution.history().last
    assert (last.type, last.state) == ("WorkflowExecution", "terminated")
    assert (last.wire["reason"], last.wire["details"]) == ("enough", "of the matter")
    assert execution.history().finished
    assert execution.changes.differing_fields()[:1] == ["status"]


def test_what_is_closed_cannot_be_told_anything(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    execution.terminate()
    tells: list[Callable[[], object]] = [lambda: execution.signal("s", "late"), execution.terminate]
    for tell in tells:
        with pytest.raises(WorkflowExecutionDoesNotExist, match="w"):
            tell()


@pytest.mark.beyond_moto("it cannot cancel")
def test_what_is_closed_cannot_be_canceled(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    execution.terminate()
    with pytest.raises(WorkflowExecutionDoesNotExist):
        execution.request_cancel()


def test_what_is_not_there_is_told_as_the_executions_own_exception(domain: Domain) -> None:
    nope = WorkflowExecution(domain, "nope", "run")
    assert not nope.exists
    asks: list[Callable[[], object]] = [nope.upstream, nope.terminate, lambda: nope.history().first]
    for ask in asks:
        with pytest.raises(WorkflowExecutionDoesNotExist) as raised:
            ask()
        assert isinstance(raised.value, DoesNotExistError)
    with pytest.raises(WorkflowExecutionDoesNotExist, match="No such workflow execution: nope"):
        WorkflowExecution(domain, "nope").upstream()


@pytest.mark.beyond_moto("it lists closed executions in no order")
def test_without_a_run_id_it_is_the_open_run_else_the_latest_closed_one(kind: WorkflowType) -> None:
    first = kind.start_execution("w")
    first.terminate()
    second = kind.start_execution("w")
    whichever = WorkflowExecution(kind.domain, "w")

    assert whichever.upstream().run_id == second.run_id
    whichever.signal("to the open one", "hello")
    whichever.terminate()

    assert second.upstream().status == "CLOSED"
    assert whichever.upstream().run_id == second.run_id
    assert whichever.history().finished
    assert first.history().filter(state="signaled") == []


def test_executions_do_not_change_and_are_values() -> None:
    execution: Any = WorkflowExecution(Domain("d"), "w", "r")
    with pytest.raises(AttributeError):
        execution.status = "CLOSED"
    assert execution == WorkflowExecution(Domain("d"), "w", "r")
    assert execution != WorkflowExecution(Domain("d"), "w", "other")
    assert len({execution, WorkflowExecution(Domain("d"), "w", "r")}) == 1
    assert repr(execution) == "<WorkflowExecution domain=d workflow_id=w run_id=r status=OPEN>"


def test_close_statuses_are_swfs_own_words() -> None:
    assert WorkflowExecution.CLOSE_STATUS_CONTINUED_AS_NEW == "CONTINUED_AS_NEW"
    assert WorkflowExecution.CLOSE_TIMED_OUT == "TIMED_OUT"


# Histories


def test_a_history_comes_in_pages_forwards_and_backwards(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    for number in range(20):
        execution.signal(f"s{number}", "hello")

    pages: list[list[dict[str, Any]]] = []
    forwards = execution.history(page_size=5)
    backwards = execution.history(page_size=5, reverse=True)
    told = execution.history(callback=pages.append, page_size=5)

    ids = [event.id for event in forwards]
    assert ids == list(range(1, len(ids) + 1))
    assert len(ids) >= 22
    assert [event.id for event in backwards] == ids[::-1]
    assert backwards.first == forwards.first
    assert backwards.last == forwards.last
    assert [event["eventId"] for page in pages for event in page] == ids == [event.id for event in told]
    assert [event["eventId"] for event in execution.history_events()] == ids


def test_so_many_events_at_most_are_so_many(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    for number in range(20):
        execution.signal(f"s{number}", "hello")
    assert [event.id for event in execution.history(max_results=7, page_size=5)] == [1, 2, 3, 4, 5, 6, 7]
    assert len(execution.history(max_results=3, page_size=100)) == 3
    assert len(execution.history(max_results=0)) == 0


def test_a_history_compiles_to_what_became_of_everything(kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    execution.terminate()
    objects = execution.history().compile()
    assert [(each.type, each.state) for each in objects][:1] == [("WorkflowExecution", "terminated")]
