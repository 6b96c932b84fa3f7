"""Executions found, listed, filtered and counted, in lists that fetch what is asked for and no more."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swf.engine import Engine
from swf.exceptions import InvalidKeywordArgumentError, SWFError
from swf.models import Domain, WorkflowExecution, WorkflowType
from swf.models.workflow import WorkflowExecutionDoesNotExist
from swf.protocol.client import Client
from swf.querysets import WorkflowExecutionQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterator


class Counted(Client):
    """A client that notes which operations another is asked for."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.asked: list[str] = []

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(operation)
        return self._client._call(operation, request)


@pytest.fixture
def counted(client: Client) -> Counted:
    return Counted(client)


@pytest.fixture
def executions(domain: Domain, counted: Counted) -> WorkflowExecutionQuerySet:
    """Three of `greet`: `one` and `two` are open, `three` is terminated; and an open `part` of `other`."""
    greet = WorkflowType(domain, "greet", "1", task_list="deciders")
    other = WorkflowType(domain, "other", "2", task_list="deciders")
    greet.save()
    other.save()
    greet.start_execution("one", tag_list=["red"])
    greet.start_execution("two", tag_list=["red", "blue"])
    greet.start_execution("three", tag_list=["blue"]).terminate()
    other.start_execution("part")
    return WorkflowExecutionQuerySet(domain, connection=counted)


def ids(found: Any) -> list[str]:
    return sorted(execution.workflow_id for execution in found)


# What is found


def test_open_executions_are_listed_by_default(executions: WorkflowExecutionQuerySet) -> None:
    assert ids(executions.all()) == ids(executions.filter()) == ["one", "part", "two"]
    assert all(each.status == "OPEN" for each in executions.all())


def test_closed_executions_are_listed_when_they_are_asked_for(executions: WorkflowExecutionQuerySet) -> None:
    for found in (executions.all(status="CLOSED"), executions.filter(status=WorkflowExecution.STATUS_CLOSED)):
        assert ids(found) == ["three"]
        assert found[0].close_status == "TERMINATED"
        assert found[0].workflow_type is not None
        assert found[0].workflow_type.name == "greet"


@pytest.mark.beyond_moto("it lists in no order")
def test_the_latest_are_first_unless_it_is_said_otherwise(executions: WorkflowExecutionQuerySet) -> None:
    found = [each.workflow_id for each in executions.all()]
    assert found == ["part", "two", "one"]
    assert [each.workflow_id for each in executions.filter(reverse_order=True)] == found[::-1]


@pytest.mark.beyond_moto("it overlooks executions without tags")
def test_filters_by_tag_and_type(executions: WorkflowExecutionQuerySet) -> None:
    assert ids(executions.filter(tag="red")) == ["one", "two"]
    assert ids(executions.filter(workflow_type_name="greet", workflow_type_version="1")) == ["one", "two"]
    assert ids(executions.filter(status="CLOSED", tag="blue")) == ["three"]
    assert ids(executions.filter(status="CLOSED", tag="red")) == []
    assert executions.count(tag="red") == 2


@pytest.mark.beyond_moto("it fails without a version")
def test_filters_by_type_in_all_versions(executions: WorkflowExecutionQuerySet) -> None:
    assert ids(executions.filter(workflow_type_name="greet")) == ["one", "two"]
    assert executions.count(workflow_type_name="greet") == 2
    assert ids(executions.filter(workflow_type_name="other", workflow_type_version="1")) == []


@pytest.mark.beyond_moto("it ignores these")
def test_filters_by_id_and_by_how_it_closed(executions: WorkflowExecutionQuerySet) -> None:
    assert ids(executions.filter(workflow_id="one")) == ["one"]
    assert ids(executions.filter(status="CLOSED", workflow_id="one")) == []
    assert ids(executions.filter(status="CLOSED", close_status="TERMINATED")) == ["three"]
    assert ids(executions.filter(status="CLOSED", close_status="COMPLETED")) == []


@pytest.mark.beyond_moto("it ignores these")
def test_filters_by_date(executions: WorkflowExecutionQuerySet) -> None:
    now, yesterday = datetime.now(UTC) + timedelta(minutes=1), datetime.now(UTC) - timedelta(days=1)
    everything = ["one", "part", "two"]
    assert ids(executions.filter(oldest_date=1)) == everything
    assert ids(executions.filter(oldest_date=timedelta(hours=1))) == everything
    assert ids(executions.filter(oldest_date=yesterday, latest_date=now)) == everything
    assert ids(executions.filter(oldest_date=yesterday.date(), latest_date=now)) == everything
    assert ids(executions.filter(latest_date=1)) == []
    assert ids(executions.filter(oldest_date=30, latest_date=yesterday.replace(tzinfo=None))) == []
    assert ids(executions.filter("CLOSED", start_oldest_date=1)) == ["three"]
    assert ids(executions.filter("CLOSED", close_oldest_date=1, close_latest_date=now)) == ["three"]
    assert ids(executions.filter("CLOSED", close_latest_date=yesterday)) == []
    assert ids(executions.all("CLOSED", start_oldest_date=1)) == ["three"]


@pytest.mark.beyond_moto("it fails without a filter")
def test_executions_are_counted(executions: WorkflowExecutionQuerySet) -> None:
    assert executions.count() == 3
    assert executions.count("CLOSED") == 1


# What SWF would refuse is refused before it is asked


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        ({"tag": "t", "workflow_id": "w"}, "tag and workflow_id exclude one another"),
        ({"tag": "t", "workflow_type_name": "n"}, "tag and workflow_type_name exclude one another"),
        ({"workflow_type_version": "1"}, "workflow_type_version: SWF takes it with workflow_type_name"),
        (
            {"status": "CLOSED", "tag": "t", "close_status": "FAILED"},
            "tag and close_status exclude one another",
        ),
        (
            {"status": "CLOSED", "start_oldest_date": 1, "close_oldest_date": 1},
            "start_oldest_date and close_oldest_date exclude one another",
        ),
        ({"nope": 1}, "Invalid keyword arguments supplied: nope"),
        ({"close_status": "FAILED"}, "Invalid keyword arguments supplied: close_status"),
        ({"status": "CLOSED", "oldest_date": 1}, "Invalid keyword arguments supplied: oldest_date"),
        ({"oldest_date": "yesterday"}, "oldest_date: a time, or a number of days ago, not 'yesterday'"),
    ],
)
def test_what_swf_does_not_take_is_refused_with_the_reason(
    filters: dict[str, Any], why: str, domain: Domain, counted: Counted
) -> None:
    queryset = WorkflowExecutionQuerySet(domain, connection=counted)
    for ask in (queryset.filter, queryset.count):
        with pytest.raises(InvalidKeywordArgumentError, match=why) as raised:
            ask(**filters)
        assert isinstance(raised.value, SWFError)
    assert counted.asked == []


def test_a_status_that_there_is_not_is_refused(domain: Domain) -> None:
    with pytest.raises(ValueError, match="Unknown status provided: REGISTERED"):
        WorkflowExecutionQuerySet(domain).all("REGISTERED")


# One


def test_a_run_is_got(executions: WorkflowExecutionQuerySet) -> None:
    three = executions.all("CLOSED")[0]
    assert executions.get("three", three.run_id).close_status == "TERMINATED"
    assert executions.get("three").run_id == three.run_id
    assert executions.get("one").status == "OPEN"
    with pytest.raises(WorkflowExecutionDoesNotExist):
        executions.get("one", three.run_id)
    with pytest.raises(WorkflowExecutionDoesNotExist, match="No such workflow execution: nope"):
        executions.get("nope")


def test_an_execution_is_made_once(executions: WorkflowExecutionQuerySet, domain: Domain) -> None:
    greet = WorkflowType(domain, "greet", "1", task_list="deciders")
    one = executions.get("one")
    assert executions.get_or_create(greet, "one").run_id == one.run_id
    made = executions.get_or_create(greet, "four", input=[1])
    assert made.history().first.input == "[1]"
    assert executions.create(greet, "five").exists


# Lists


@pytest.fixture
def many(domain: Domain, counted: Counted) -> WorkflowExecutionQuerySet:
    """Ten open executions, listed in pages of three."""
    kind = WorkflowType(domain, "w", "1", task_list="deciders")
    kind.save()
    for number in range(10):
        kind.start_execution(f"w{number}")
    queryset = WorkflowExecutionQuerySet(domain, connection=counted)
    queryset.page_size = 3
    return queryset


def test_a_list_asks_for_nothing_until_it_is_read(many: WorkflowExecutionQuerySet, counted: Counted) -> None:
    found = many.all()
    assert "..." in repr(found)
    assert counted.asked == []


@pytest.mark.beyond_moto("it has no pages of executions")
def test_indices_and_slices_fetch_what_they_need_once(
    many: WorkflowExecutionQuerySet, counted: Counted
) -> None:
    found = many.all()

    assert found[0].workflow_id == "w9"
    assert bool(found)
    assert len(counted.asked) == 1
    assert [each.workflow_id for each in found[2:5]] == ["w7", "w6", "w5"]
    assert len(counted.asked) == 2
    assert found[5].workflow_id == "w4"
    assert len(counted.asked) == 2, "the second page has it"
    assert len(found) == 10
    assert found[-1].workflow_id == "w0"
    assert [each.workflow_id for each in found[::-3]] == ["w0", "w3", "w6", "w9"]
    assert len(list(found)) == 10
    assert counted.asked == ["ListOpenWorkflowExecutions"] * 4
    with pytest.raises(IndexError):
        found[10]


@pytest.mark.beyond_moto("it has no pages of executions")
def test_iterating_fetches_page_by_page_each_time_over(
    many: WorkflowExecutionQuerySet, counted: Counted
) -> None:
    found = many.all()
    for place, _ in enumerate(found):
        assert len(counted.asked) == place // 3 + 1
    assert len(list(found)) == 10
    assert len(counted.asked) == 8
    outer = [(one.workflow_id, other.workflow_id) for one in found for other in found]
    assert len(set(outer)) == 100, "two loops over one list do not disturb each other"


@pytest.mark.beyond_moto("it has no pages of executions")
def test_a_callback_is_given_each_page(many: WorkflowExecutionQuerySet) -> None:
    pages: list[list[WorkflowExecution]] = []
    found = many.filter(callback=pages.append)
    told = [each.run_id for page in pages for each in page]
    assert sorted(filter(None, told)) == sorted(each.run_id or "" for each in found)
    assert len(told) == 10


@pytest.mark.beyond_moto("it has no pages of executions")
def test_a_list_is_equal_to_what_it_has(many: WorkflowExecutionQuerySet) -> None:
    assert many.all() == list(many.all())
    assert many.all() != []
    assert many.filter(tag="nothing") == []
    assert not many.filter(tag="nothing")


def test_iterating_over_ten_thousand_executions_holds_one_page() -> None:
    with Engine() as engine:
        client = engine.client()
        domain = Domain("d", connection=client)
        domain.save()
        kind = WorkflowType(domain, "w", "1", task_list="deciders")
        kind.save()
        for number in range(10_000):
            kind.start_execution(str(number))
        pages = Remembered(client)

        seen = 0
        for execution in WorkflowExecutionQuerySet(domain, connection=pages).all():
            seen += 1
            if seen % 500 == 1:
                assert sum(page() is not None for page in pages.answered) == 1
                assert len([*_executions()]) <= 2
                assert execution.run_id

        assert seen == 10_000
        assert len(pages.answered) == 10


class Page(dict[str, Any]):
    """A dict that can be referred to weakly."""


class Remembered(Client):
    """A client that knows which of its answers are still held by somebody."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.answered: list[weakref.ref[Page]] = []

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        assert not any(page() is not None for page in self.answered)
        page = Page(self._client._call(operation, request))
        self.answered.append(weakref.ref(page))
        return page


def _executions() -> Iterator[WorkflowExecution]:
    return (each for each in gc.get_objects() if type(each) is WorkflowExecution)
