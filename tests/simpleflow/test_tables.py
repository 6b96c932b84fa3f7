"""Tables as text, and histories as tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simpleflow.history import History, pretty
from simpleflow.history.stats import WorkflowStats
from simpleflow.swf import stats
from simpleflow.tables import Format, render
from swf.protocol.shapes import WorkflowExecution
from swf.protocol.wire import event_from_wire

if TYPE_CHECKING:
    from collections.abc import Sequence

HISTORIES = sorted((Path(__file__).parents[1] / "data/histories").rglob("*.json"))
HEADER = ("Name", "Seconds")


def history(path: Path) -> History:
    """Return a recorded history; where no times are recorded, an event happens each second."""
    raw = json.loads(path.read_text())["events"]
    return History([event_from_wire({"eventTimestamp": number, **each}) for number, each in enumerate(raw)])


RECORDED = [path for path in HISTORIES if path.stem != "README" and "events" in json.loads(path.read_text())]


def written(*events: tuple[str, dict[str, Any]]) -> History:
    """Return a history of events, one each second."""
    raw: list[dict[str, Any]] = [
        {
            "eventId": number,
            "eventTimestamp": 1_000.0 + number,
            "eventType": kind,
            f"{kind[0].lower()}{kind[1:]}EventAttributes": attributes,
        }
        for number, (kind, attributes) in enumerate(events, 1)
    ]
    return History([event_from_wire(each) for each in raw])


STARTED = (
    "WorkflowExecutionStarted",
    {
        "childPolicy": "TERMINATE",
        "taskList": {"name": "t"},
        "workflowType": {"name": "w", "version": "1"},
        "parentInitiatedEventId": 0,
    },
)
SCHEDULED = (
    "ActivityTaskScheduled",
    {
        "activityType": {"name": "shop.pack", "version": "1"},
        "activityId": "activity-shop.pack-1",
        "taskList": {"name": "t"},
        "decisionTaskCompletedEventId": 1,
    },
)


def activity_started(scheduled: int) -> tuple[str, dict[str, Any]]:
    return "ActivityTaskStarted", {"scheduledEventId": scheduled}


def activity_failed(scheduled: int) -> tuple[str, dict[str, Any]]:
    return "ActivityTaskFailed", {"scheduledEventId": scheduled, "startedEventId": scheduled + 1}


@pytest.mark.parametrize("fmt", Format)
@pytest.mark.parametrize("with_header", [False, True])
def test_an_empty_table_is_printed_in_each_format(fmt: Format, with_header: bool) -> None:
    text = render(HEADER, [], fmt, with_header)
    assert text.strip() in ("", "[]", "Name    Seconds", "Name,Seconds", "Name\tSeconds")


@pytest.mark.parametrize(
    ("column", "lines"),
    [
        ((1.5, 10), [" 1.50", "10.00"]),
        ((7, 12), [" 7", "12"]),
        ((None, 1.0), ["", "1.00"]),
        (("1.10", "1.2"), ["1.10", "1.2"]),
        ((True, 1), ["True", "1"]),
        (("a", 2.0), ["a", "2.0"]),
    ],
)
def test_only_columns_of_numbers_are_aligned_to_the_right(column: Sequence[Any], lines: list[str]) -> None:
    assert render(["x"], [[each] for each in column]).splitlines() == lines


def test_every_row_is_shown_to_humans() -> None:
    text = render(HEADER, [("a", 1.25), ("b", None)], Format.HUMAN)
    assert text == "Name     a\nSeconds  1.25\n\nName     b\nSeconds\n"


def test_times_in_json_are_as_javascript_writes_them() -> None:
    moment = datetime(2026, 5, 4, 12, 0, 0, 68_055, UTC)
    assert render(["x"], [[moment]], Format.JSON) == '[["2026-05-04T12:00:00.068Z"]]\n'


def test_there_is_no_other_format() -> None:
    with pytest.raises(ValueError, match="xml"):
        render(HEADER, [], "xml")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_history_can_be_shown(path: Path) -> None:
    told = history(path)
    for table in (pretty.profile(told), pretty.status(told)):
        for fmt in Format:
            render(*table, fmt, with_header=True)
    for task in [*told.activities, *told.child_workflows]:
        pretty.get_task(told, task, details=True)
    assert len(json.loads(pretty.dump_history_to_json(told))) == len(told.tasks)
    if told.workflow.get("started_id"):
        header, [row] = pretty.info("d", WorkflowExecution("w", "r"), told)
        assert len(header) == len(row)


def test_what_runs_is_shown_after_what_has_ended() -> None:
    told = written(STARTED, SCHEDULED, activity_started(2))
    _, [row] = pretty.profile(told)
    assert row == (
        "activity-shop.pack-1",
        "started",
        "1970-01-01 00:16",
        1.0,
        "1970-01-01 00:16",
        None,
        None,
        None,
    )
    assert WorkflowStats(told).get_timings_with_percentage() == [None]


def test_a_task_that_is_scheduled_again_has_not_started_again() -> None:
    told = written(STARTED, SCHEDULED, activity_started(2), activity_failed(2), SCHEDULED)
    [timing] = WorkflowStats(told).get_timings()
    assert (timing.last_state, timing.start, timing.end, timing.seconds) == ("scheduled", None, None, None)
    assert timing.scheduled == datetime.fromtimestamp(1_005, UTC)
    assert pretty.profile(told)[1] == []


def test_timings_are_of_the_latest_attempt() -> None:
    told = written(
        STARTED,
        SCHEDULED,
        activity_started(2),
        activity_failed(2),
        SCHEDULED,
        activity_started(5),
        activity_failed(5),
    )
    [timed] = WorkflowStats(told).get_timings_with_percentage()
    assert timed is not None
    assert timed[-2:] == (1.0, pytest.approx(100 / 6))


def test_a_task_can_be_shown_alone() -> None:
    told = written(STARTED, SCHEDULED, activity_started(2), activity_failed(2))
    header, [row] = pretty.get_task(told, "activity-shop.pack-1")
    shown = dict(zip(header, row, strict=True))
    assert (shown["name"], shown["state"], shown["result"]) == ("shop.pack", "failed", None)
    with pytest.raises(KeyError):
        pretty.get_task(told, "activity-shop.pack-2")


def test_a_function_that_returns_a_table_can_return_its_text() -> None:
    show = pretty.formatted(with_header=True, fmt="csv")(lambda: (HEADER, [["a", 1]]))
    assert show() == "Name,Seconds\r\na,1\r\n"


def test_the_paths_of_earlier_releases_lead_here() -> None:
    assert stats.WorkflowStats is WorkflowStats
    assert stats.pretty is pretty


def test_no_history_takes_no_time() -> None:
    assert WorkflowStats(History([])).total_time() == 0.0
