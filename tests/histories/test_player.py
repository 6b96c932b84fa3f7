"""`make histories` plays what was recorded, and finds what was tampered with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "data" / "histories"
REPLAYED = RECORDED / "cassette_test_simpleflow_activity_rerun.json"
"""Recorded from Amazon: attributes count."""


def played(folder: Path) -> tuple[int, list[str]]:
    """Play a folder; return the exit code and the lines."""
    command = [sys.executable, str(ROOT / "scripts" / "histories"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_recorded_histories_are_what_the_engine_does() -> None:
    code, lines = played(RECORDED)

    assert code == 0
    assert lines[-1] == "119 histories: 108 played, 0 mismatched, 11 not playable"
    assert all(line.startswith("S ") and ": event " in line for line in lines[:-1])


def _attributes(event: dict[str, Any]) -> dict[str, Any]:
    kind = event["eventType"]
    found: dict[str, Any] = event[f"{kind[0].lower()}{kind[1:]}EventAttributes"]
    return found


def _first(events: list[dict[str, Any]], kind: str) -> int:
    return next(place for place, event in enumerate(events) if event["eventType"] == kind)


def _change_an_attribute(events: list[dict[str, Any]]) -> None:
    _attributes(events[_first(events, "DecisionTaskScheduled")])["taskList"] = {"name": "another"}


def _change_a_reference(events: list[dict[str, Any]]) -> None:
    _attributes(events[_first(events, "ActivityTaskCompleted")])["startedEventId"] -= 1


def _drop_the_end_of_a_batch(events: list[dict[str, Any]]) -> None:
    del events[_first(events, "ActivityTaskCompleted") + 1]
    for place, event in enumerate(events, 1):
        event["eventId"] = place


def _exchange_two_events(events: list[dict[str, Any]]) -> None:
    at = _first(events, "DecisionTaskCompleted")
    events[at], events[at + 1] = events[at + 1], events[at]
    events[at]["eventId"], events[at + 1]["eventId"] = at + 1, at + 2


@pytest.mark.parametrize(
    "tamper",
    [
        _change_an_attribute,
        _change_a_reference,
        _drop_the_end_of_a_batch,
        _exchange_two_events,
    ],
)
def test_what_was_tampered_with_is_not_played(
    tamper: Callable[[list[dict[str, Any]]], None], tmp_path: Path
) -> None:
    history = json.loads(REPLAYED.read_text())
    tamper(history["events"])
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "tampered.json").write_text(json.dumps(history))

    code, lines = played(tmp_path)

    assert lines[0][0] in "MS"
    assert "event " in lines[0]
    assert code == (1 if lines[0].startswith("M") else 0)
    assert "0 played" in lines[-1]


def test_an_attribute_that_differs_is_named_with_both_values(tmp_path: Path) -> None:
    history = json.loads(REPLAYED.read_text())
    _change_an_attribute(history["events"])
    (tmp_path / "tampered.json").write_text(json.dumps(history))

    code, lines = played(tmp_path)

    assert code == 1
    assert lines[0].startswith("M tampered.json: event 2: taskList is recorded as {'name': 'another'}")


def test_a_history_may_be_told_backwards_with_times_as_text(tmp_path: Path) -> None:
    history = json.loads(REPLAYED.read_text())
    for event in history["events"]:
        event["eventTimestamp"] = "2017-06-13T16:35:10.073000+00:00"
    (tmp_path / "backwards.json").write_text(json.dumps({"events": history["events"][::-1]}))

    assert played(tmp_path) == (0, ["1 histories: 1 played, 0 mismatched, 0 not playable"])


def test_what_is_no_history_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text('{"about": "no events"}')
    (tmp_path / "strange.json").write_text('{"events": [{"eventId": 1, "eventType": "Nope"}]}')
    (tmp_path / "good.json").write_text(REPLAYED.read_text())

    code, lines = played(tmp_path)

    assert code == 0
    assert [line.split(":")[0] for line in lines[:-1]] == ["S broken.json", "S strange.json"]
    assert lines[-1] == "3 histories: 1 played, 0 mismatched, 2 not playable"
