"""Log lines: how they look, and what of the work in hand they say."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from simpleflow import log, logging_context

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _nothing_said() -> Iterator[None]:
    logging_context.reset()
    yield
    logging_context.reset()


def record(message: str, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("simpleflow", level, __file__, 1, message, (), None)


def test_what_is_worked_on_is_kept_in_the_environment() -> None:
    logging_context.set("workflow_id", "w-1")
    logging_context.set("event_id", 5)
    assert os.environ["_SWF_CONTEXT_WORKFLOW_ID"] == "w-1"
    assert logging_context.get("event_id") == "5"
    assert logging_context.get("domain") is None

    logging_context.set("event_id", None)
    assert "_SWF_CONTEXT_EVENT_ID" not in os.environ

    logging_context.reset()
    assert logging_context.get("workflow_id") is None


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError):
        logging_context.set("nothing", "x")
    with pytest.raises(KeyError):
        logging_context.get("nothing")


def test_a_line_is_colored_where_colors_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "color_mode", log.ColorModes.ALWAYS)
    assert log.colorize("ERROR", "no") == f"{log.RED}no{log.END}"
    assert log.colorize(log.BLUE, "sky") == f"{log.BLUE}sky{log.END}"
    monkeypatch.setattr(log, "color_mode", log.ColorModes.NEVER)
    assert log.colorize("ERROR", "no") == "no"


def test_a_line_for_people_says_when_how_bad_where_and_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "color_mode", log.ColorModes.NEVER)
    line = log.SimpleflowFormatter().format(record("hello"))
    assert line.endswith(f" WARNING [process=MainProcess, pid={os.getpid()}]: hello")


def test_a_line_for_syslog_says_which_task_of_which_workflow() -> None:
    logging_context.set("workflow_id", "w" * 70)
    logging_context.set("task_type", "decision")
    logging_context.set("event_id", 7)
    line = log.SyslogFormatter().format(record("hello"))
    assert line == f"{'w' * 64}: decision#7 WARNING pid={os.getpid()} hello"
