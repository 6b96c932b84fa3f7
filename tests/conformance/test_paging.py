"""Answers in pages: tokens, what they are bound to, and how long they live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER
from conformance.words import activity, attributes, complete, kinds, marker, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.region import Region

DAY = 86_400
TOO_OLD = "Specified token has exceeded its maximum lifetime"


def pages(
    ask: Callable[..., dict[str, Any]], members: str, size: int, **given: Any
) -> Iterator[list[dict[str, Any]]]:
    """Yield page after page of an answer."""
    more: dict[str, Any] = {}
    while True:
        answer = ask(**given, **more, maximumPageSize=size)
        yield answer[members]
        if "nextPageToken" not in answer:
            return
        assert 1 <= len(answer["nextPageToken"]) <= 2048
        more = {"nextPageToken": answer["nextPageToken"]}


def sizes(region: Region, operation: str, members: str, size: int, **given: Any) -> list[int]:
    ask = getattr(region.client, operation)
    return [len(page) for page in pages(ask, members, size, **given)]


@pytest.fixture
def three(region: Region) -> Region:
    """Three open executions, three closed ones, and three domains and types of a name besides."""
    for number in range(3):
        region.start(f"closed-{number}")
        region.advance(1)
        region.decide(complete())
    for number in range(3):
        region.start(f"open-{number}", taskList={"name": "ol"})
    for name in "efg":
        region.inside.register_domain(name=name, workflowExecutionRetentionPeriodInDays="1")
        region.inside.deprecate_domain(name=name)
        region.inside.register_workflow_type(domain="d", name="X", version=name)
        region.inside.register_activity_type(domain="d", name="X", version=name)
    return region


@pytest.mark.edge(105)
@pytest.mark.parametrize(
    ("operation", "members", "given"),
    [
        ("list_open_workflow_executions", "executionInfos", {"domain": "d", "startTimeFilter": EVER}),
        ("list_closed_workflow_executions", "executionInfos", {"domain": "d", "startTimeFilter": EVER}),
        ("list_closed_workflow_executions", "executionInfos", {"domain": "d", "closeTimeFilter": EVER}),
        ("list_domains", "domainInfos", {"registrationStatus": "DEPRECATED"}),
        (
            "list_workflow_types",
            "typeInfos",
            {"domain": "d", "name": "X", "registrationStatus": "REGISTERED"},
        ),
        (
            "list_activity_types",
            "typeInfos",
            {"domain": "d", "name": "X", "registrationStatus": "REGISTERED"},
        ),
    ],
    ids=["open", "closed", "by close", "domains", "workflow types", "activity types"],
)
def test_a_page_that_is_full_and_last_says_so(
    three: Region, operation: str, members: str, given: dict[str, Any]
) -> None:
    assert sizes(three, operation, members, 3, **given) == [3]
    assert sizes(three, operation, members, 2, **given) == [2, 1]
    assert sizes(three, operation, members, 1, **given) == [1, 1, 1]
    ask = getattr(three.client, operation)
    for backwards in (False, True):
        whole = ask(**given, reverseOrder=backwards)
        [full] = pages(ask, members, 0, **given, reverseOrder=backwards)
        paged = [entry for page in pages(ask, members, 1, **given, reverseOrder=backwards) for entry in page]
        assert "nextPageToken" not in whole
        assert paged == whole[members] == full
    forwards, reverse = (ask(**given, reverseOrder=backwards)[members] for backwards in (False, True))
    assert forwards == reverse[::-1]


def test_what_comes_between_neither_repeats_nor_shifts(three: Region) -> None:
    words = {"domain": "d", "startTimeFilter": EVER}
    first = three.client.list_open_workflow_executions(**words, maximumPageSize=1)
    three.advance(1)
    three.start("young", taskList={"name": "ol"})
    three.terminate(first["executionInfos"][0]["execution"]["workflowId"])
    rest = three.client.list_open_workflow_executions(**words, nextPageToken=first["nextPageToken"])

    names = [info["execution"]["workflowId"] for info in first["executionInfos"] + rest["executionInfos"]]
    assert sorted(names) == ["open-0", "open-1", "open-2"]


def test_the_size_of_pages_may_change(three: Region) -> None:
    words = {"domain": "d", "startTimeFilter": EVER}
    first = three.client.list_open_workflow_executions(**words, maximumPageSize=1)
    rest = three.client.list_open_workflow_executions(
        **words, maximumPageSize=5, nextPageToken=first["nextPageToken"]
    )

    assert len(rest["executionInfos"]) == 2
    assert "nextPageToken" not in rest


def test_an_empty_token_is_none(three: Region) -> None:
    words = {"domain": "d", "startTimeFilter": EVER, "nextPageToken": ""}

    assert len(three.client.list_open_workflow_executions(**words)["executionInfos"]) == 3


def test_a_token_is_bound_to_what_was_asked(three: Region) -> None:
    three.inside.register_domain(name="other", workflowExecutionRetentionPeriodInDays="1")
    words = {"domain": "d", "startTimeFilter": EVER}
    token = three.client.list_open_workflow_executions(**words, maximumPageSize=1)["nextPageToken"]

    def refuse(operation: str, **given: Any) -> None:
        with refused("ValidationException", "Invalid token"):
            getattr(three.client, operation)(**given)

    refuse("list_closed_workflow_executions", **words, nextPageToken=token)
    refuse("list_open_workflow_executions", **words | {"domain": "other"}, nextPageToken=token)
    refuse("list_open_workflow_executions", **words, reverseOrder=True, nextPageToken=token)
    refuse("list_open_workflow_executions", **words, nextPageToken="garbage")
    refuse("list_domains", registrationStatus="REGISTERED", nextPageToken=token)
    refuse("list_workflow_types", domain="d", registrationStatus="REGISTERED", nextPageToken=token)
    run = three.execution("open-0")
    refuse("get_workflow_execution_history", domain="d", execution=run, nextPageToken=token)
    refuse("poll_for_decision_task", domain="d", taskList={"name": "ol"}, nextPageToken=token)
    assert three.client.list_open_workflow_executions(**words, nextPageToken=token)


@pytest.mark.edge(106)
def test_a_token_lives_for_a_day(three: Region) -> None:
    words = {"domain": "d", "startTimeFilter": EVER}
    old = three.client.list_closed_workflow_executions(**words, maximumPageSize=1)["nextPageToken"]
    three.advance(DAY - 1)
    assert three.client.list_closed_workflow_executions(**words, nextPageToken=old)
    three.advance(2)

    with refused("ValidationException", TOO_OLD):
        three.client.list_closed_workflow_executions(**words, nextPageToken=old)


# Histories


@pytest.mark.edge(109)
def test_a_history_whose_length_is_that_of_a_page(region: Region) -> None:
    region.start()
    region.decide(marker(), complete())
    words = {"domain": "d", "execution": region.execution()}
    history = region.history()

    for size, expected in ((6, [6]), (7, [6]), (5, [5, 1]), (3, [3, 3]), (2, [2, 2, 2])):
        found = list(pages(region.client.get_workflow_execution_history, "events", size, **words))
        assert [len(page) for page in found] == expected
        assert [event for page in found for event in page] == history
    backwards = pages(region.client.get_workflow_execution_history, "events", 4, **words, reverseOrder=True)
    assert [event for page in backwards for event in page] == history[::-1]


def test_a_token_is_bound_to_its_run(region: Region) -> None:
    region.start()
    region.start("x")
    token = region.client.get_workflow_execution_history(
        domain="d", execution=region.execution(), maximumPageSize=1
    )["nextPageToken"]

    with refused("ValidationException", "Invalid token"):
        region.client.get_workflow_execution_history(
            domain="d", execution=region.execution("x"), nextPageToken=token
        )
    with refused("ValidationException", "Invalid token"):
        region.client.get_workflow_execution_history(
            domain="d", execution=region.execution(), nextPageToken=token, reverseOrder=True
        )


def test_a_history_may_grow_between_its_pages(region: Region) -> None:
    region.start()
    words = {"domain": "d", "execution": region.execution()}
    first = region.client.get_workflow_execution_history(**words, maximumPageSize=1)
    region.signal()
    rest = region.client.get_workflow_execution_history(**words, nextPageToken=first["nextPageToken"])

    assert kinds(first["events"] + rest["events"])[:2] == [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
    ]


# Decision tasks


def poll(region: Region, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = region.client.poll_for_decision_task(
        **{"domain": "d", "taskList": {"name": "dl"}} | given
    )
    return answer


@pytest.mark.edge(44)
def test_a_task_comes_in_pages(region: Region) -> None:
    region.start()
    first = region.poll(maximumPageSize=2)
    second = poll(region, nextPageToken=first["nextPageToken"], maximumPageSize=2)

    assert [event["eventId"] for event in first["events"]] == [1, 2]
    assert [event["eventId"] for event in second["events"]] == [3]
    assert "nextPageToken" not in second
    for same in (
        "taskToken",
        "startedEventId",
        "previousStartedEventId",
        "workflowExecution",
        "workflowType",
    ):
        assert second[same] == first[same]
    assert len(region.history()) == 3
    region.answer(second, complete())


@pytest.mark.edge(45)
def test_a_task_may_begin_where_the_last_one_was(region: Region) -> None:
    region.start()
    first = region.poll(startAtPreviousStartedEvent=True)
    region.answer(first, activity())
    region.done(region.work())
    second = region.poll(startAtPreviousStartedEvent=True, maximumPageSize=3)
    rest = poll(
        region,
        nextPageToken=second["nextPageToken"],
        startAtPreviousStartedEvent=True,
    )

    assert [event["eventId"] for event in first["events"]] == [1, 2, 3]
    assert second["previousStartedEventId"] == 3
    assert [event["eventId"] for event in second["events"]] == [3, 4, 5]
    assert [event["eventId"] for event in rest["events"]] == [6, 7, 8, 9]
    assert kinds(second["events"])[0] == "DecisionTaskStarted"


@pytest.mark.edge(46)
def test_tokens_of_polls_and_of_histories_are_apart(region: Region) -> None:
    region.start()
    task = region.poll(maximumPageSize=1)
    words = {"domain": "d", "execution": region.execution()}
    other = region.client.get_workflow_execution_history(**words, maximumPageSize=1)["nextPageToken"]

    with refused("ValidationException", "Invalid token"):
        region.client.get_workflow_execution_history(**words, nextPageToken=task["nextPageToken"])
    with refused("ValidationException", "Invalid token"):
        poll(region, nextPageToken=other)
    with refused("ValidationException", "Invalid token"):
        poll(region, nextPageToken=task["nextPageToken"], taskList={"name": "other"})
    with refused("ValidationException", "Invalid token"):
        poll(region, nextPageToken="garbage")


@pytest.mark.edge(47)
def test_a_task_may_come_backwards(region: Region) -> None:
    region.start()
    task = region.poll(reverseOrder=True, maximumPageSize=2)
    rest = poll(region, reverseOrder=True, nextPageToken=task["nextPageToken"])

    assert kinds(task["events"]) == ["DecisionTaskStarted", "DecisionTaskScheduled"]
    assert kinds(rest["events"]) == ["WorkflowExecutionStarted"]
    assert attributes(task["events"][0]) == {"scheduledEventId": 2}


def test_pages_of_a_task_take_no_other_task(region: Region) -> None:
    region.start()
    task = region.poll(maximumPageSize=2)
    region.start("x")
    again = poll(region, nextPageToken=task["nextPageToken"])

    assert again["workflowExecution"]["workflowId"] == "w"
    assert region.poll()["workflowExecution"]["workflowId"] == "x"


def test_pages_of_a_task_are_served_after_its_answer(region: Region) -> None:
    region.start()
    task = region.poll(maximumPageSize=2)
    region.answer(task, complete())

    rest = poll(region, nextPageToken=task["nextPageToken"])
    assert [event["eventId"] for event in rest["events"]] == [3]
