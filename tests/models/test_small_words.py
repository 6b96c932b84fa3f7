"""The small modules that code written for python-simple-workflow imports."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from swf import constants, format, utils


@pytest.mark.parametrize(
    ("camel", "underscore"),
    [
        ("ScheduleActivityTask", "schedule_activity_task"),
        ("decisionTaskCompletedEventId", "decision_task_completed_event_id"),
        ("input", "input"),
        ("ARNOfRole", "arn_of_role"),
    ],
)
def test_camel_becomes_underscore(camel: str, underscore: str) -> None:
    assert utils.camel_to_underscore(camel) == underscore


def test_underscore_becomes_camel() -> None:
    assert utils.underscore_to_camel("schedule_activity_task") == "ScheduleActivityTask"
    assert utils.decapitalize(utils.underscore_to_camel("request_cancel")) == "requestCancel"
    assert utils.decapitalize("") == ""


def test_times() -> None:
    assert utils.past_day(2) - (datetime.now(UTC) - timedelta(days=2)) < timedelta(seconds=5)
    assert utils.datetime_timestamp(datetime(2020, 1, 1, tzinfo=UTC)) == 1_577_836_800


def test_what_stands_at_a_path_of_keys() -> None:
    nested = {"a": {"b": {"c": 1}}, "d": 2}

    assert utils.get_subkey(nested, ["a", "b", "c"]) == 1
    assert utils.get_subkey(nested, ["a", "x", "c"]) is None
    assert utils.get_subkey(nested, ["d", "b"]) is None


def test_constants_as_attributes() -> None:
    policies = utils.Enum("TERMINATE", ABANDON="abandon")

    assert (policies.TERMINATE, policies.ABANDON) == ("TERMINATE", "abandon")


def test_instances_of_an_immutable_class_stay_as_they_were_made() -> None:
    @utils.immutable
    class Point:
        def __init__(self, x: int) -> None:
            self.x = x

        @utils.cached_property
        def double(self) -> int:
            return 2 * self.x

    point = Point(1)
    assert (point.x, point.double) == (1, 2)
    with pytest.raises(AttributeError, match="Point is immutable: x stays as it is"):
        point.x = 2
    with pytest.raises(AttributeError, match="Point is immutable: x stays as it is"):
        del point.x
    assert Point(3).x == 3


def test_texts_that_are_too_long_are_cut_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert format.reason("r" * 257) == "r" * constants.MAX_REASON_LENGTH
        assert len(format.details("d" * 40_000) or "") == constants.MAX_DETAILS_LENGTH
        assert len(format.input("i" * 40_000) or "") == constants.MAX_INPUT_LENGTH
        assert len(format.result("r" * 40_000) or "") == constants.MAX_RESULT_LENGTH
    assert len(caplog.records) == 4
    assert "a text of 257 characters is cut to 256" in caplog.text


def test_texts_that_fit_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert format.reason("short") == "short"
    assert format.result(None) is None
    assert format.wrap(None, 5) is None
    assert format.wrap("12345", 5) == "12345"
    assert caplog.records == []
