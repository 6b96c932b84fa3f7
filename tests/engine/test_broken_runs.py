"""Somebody has written to the file: the run that is broken is named, and the others go on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from engine.world import EVER, register, start
from swf.engine import Engine, VirtualClock
from swf.exceptions import InternalFailure
from swf.protocol.requests import PollForDecisionTaskInput
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "no JSON": lambda _: b"\x00\xff",
    "no UTF-8": lambda events: events.replace(b"broken", b"\xff\xfe").replace(b"W", b"\xff"),
    "cut short": lambda events: events[:100],
    "no events": lambda _: b"{},{}",
    "of an unknown type": lambda events: events.replace(b"WorkflowExecutionStarted", b"Nonsense"),
    "with a gap": lambda events: events.replace(b'"eventId":2', b'"eventId":7'),
}


@pytest.fixture(params=list(BROKEN))
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    file = tmp_path / "engine.db"
    with Engine(file, clock=VirtualClock(), durability="normal") as engine:
        client: Any = engine.client()
        register(client)
        for name in ("broken", "sound"):
            start(client, name, executionStartToCloseTimeout="50", taskList={"name": name})
    with closing(sqlite3.connect(file)) as db:
        (events,) = db.execute("SELECT events FROM history WHERE execution = 1").fetchone()
        broken = BROKEN[request.param](events)
        assert broken != events
        db.execute("UPDATE history SET events = ? WHERE execution = 1", (broken,))
        db.commit()
    return file


def test_a_broken_run_is_named_by_the_check(file: Path) -> None:
    with Engine(file, clock=VirtualClock()) as engine:
        found = engine.check()
        assert len(found) == 1
        assert found[0].startswith("broken 2")
        assert "\n" not in found[0]


def test_who_asks_for_a_broken_run_is_told_which(file: Path) -> None:
    with Engine(file, clock=VirtualClock()) as engine:
        client: Any = engine.client()
        with pytest.raises(InternalFailure, match=r"^broken 2"):
            client.signal_workflow_execution(domain="d", workflowId="broken", signalName="s")
        with pytest.raises(InternalFailure, match=r"^broken 2"):
            client.poll_for_decision_task(domain="d", taskList={"name": "broken"})
        client.signal_workflow_execution(domain="d", workflowId="sound", signalName="s")
        assert len(engine.check()) == 1


def test_a_broken_run_keeps_no_task_before_its_own_from_being_taken(file: Path) -> None:
    with Engine(file, clock=VirtualClock()) as engine:
        client: Any = engine.client()
        start(client, "first", taskList={"name": "broken"}, taskPriority="1")
        _, tasks = client.tell_and_poll([], PollForDecisionTaskInput("d", TaskList("broken")), 4)
        assert [task.workflow_execution.workflow_id for task in tasks] == ["first"]


def test_the_clocks_of_a_broken_run_keep_nobody_from_going_on(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Engine(file, clock=VirtualClock(1_700_000_100.0)) as engine:
        engine.tick()
        assert engine.next_deadline is None
        client: Any = engine.client()
        assert "its clocks stand still: broken 2" in caplog.text
        assert client.count_closed_workflow_executions(domain="d", startTimeFilter=EVER)["count"] == 1
        start(client, "new")
        assert client.poll_for_decision_task(domain="d", taskList={"name": "dl"})["startedEventId"] == 3
