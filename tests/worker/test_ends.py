"""How an attempt ends early: it is canceled, nobody waits for it any more, its worker stops."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from worker.ground import Ground, lives, numbers_in, wait_until

if TYPE_CHECKING:
    from pathlib import Path

MODES = ["process", "fork", "thread"]
SOON: dict[str, Any] = {"heartbeat": 0.05, "patience": 0.2}


@pytest.mark.parametrize("mode", MODES)
def test_an_activity_that_tells_hears_of_its_cancellation(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule("gives_in")
        ground.wait_for("ActivityTaskStarted")
        ground.cancel()
        how, attributes = ground.ended()
        assert ground.works()
    assert how == "Canceled"
    assert "step" in json.loads(attributes["details"])


@pytest.mark.parametrize(
    ("name", "details"),
    [("gives_in_with_words", "all put back"), ("asks_twice", '"once more"'), ("fails_when_canceled", None)],
)
def test_however_it_gives_in_it_is_canceled(ground: Ground, name: str, details: str | None) -> None:
    with ground.worker(**SOON):
        ground.schedule(name)
        ground.wait_for("ActivityTaskStarted")
        ground.cancel()
        how, attributes = ground.ended()
    assert how == "Canceled"
    assert details is None or attributes["details"] == details


def test_one_that_cleans_up_may_still_complete(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("polite", 1_000)
        ground.wait_for("ActivityTaskStarted")
        ground.cancel()
        how, attributes = ground.ended()
    assert how == "Completed"
    assert attributes["result"].startswith('"stopped at')


@pytest.mark.parametrize("mode", ["process", "fork"])
@pytest.mark.parametrize("name", ["tidies", "tidies_async"])
def test_a_silent_one_is_interrupted_and_cleans_up(
    ground: Ground, tmp_path: Path, mode: str, name: str
) -> None:
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    with ground.worker(mode, **SOON):
        ground.schedule(name, str(begun), str(tidied))
        (pid,) = numbers_in(begun)
        ground.cancel()
        how, _ = ground.ended()
        assert numbers_in(tidied) == [pid]
        assert lives(pid) == (mode == "process")
        assert ground.works()
    assert how == "Canceled"


@pytest.mark.parametrize("name", ["stubborn", "begins_others"])
def test_a_deaf_one_is_ended_by_force_with_all_its_processes(
    ground: Ground, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "pids"
    with ground.worker(**SOON):
        ground.schedule(name, str(file))
        _, *others = numbers_in(file, 3)
        ground.cancel()
        how, _ = ground.ended()
        for pid in others:
            wait_until(lambda: not lives(pid))  # noqa: B023
        assert ground.works()
    assert how == "Canceled"


def test_what_timed_out_is_stopped_and_not_answered(ground: Ground, tmp_path: Path) -> None:
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    with ground.worker(**SOON):
        ground.schedule("tidies", str(begun), str(tidied), startToCloseTimeout="1")
        how, _ = ground.ended()
        assert how == "TimedOut"
        assert numbers_in(tidied) == numbers_in(begun)
        assert ground.works()


@pytest.mark.parametrize("mode", MODES)
def test_what_nobody_waits_for_is_stopped_and_not_answered(ground: Ground, mode: str) -> None:
    with ground.worker(mode) as worker:
        ground.schedule("gives_in")
        ground.wait_for("ActivityTaskStarted")
        ground.client.terminate_workflow_execution(domain="d", workflowId="id")
        worker.stop()
    assert ground.history()[-1]["eventType"] == "WorkflowExecutionTerminated"


def test_a_signal_that_is_not_for_the_activity_does_not_end_it(ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with ground.worker():
        ground.schedule("sleeps", 0.5, str(file))
        (pid,) = numbers_in(file)
        os.kill(pid, signal.SIGTERM)  # systemd tells all processes
        how, _ = ground.ended()
    assert how == "Completed"


@pytest.mark.parametrize("mode", MODES)
def test_a_stop_lets_the_activity_end(ground: Ground, mode: str) -> None:
    with ground.worker(mode) as worker:
        ground.schedule("sleeps", 0.5)
        ground.schedule("sleeps", 0.5, activity_id="b")
        ground.wait_for("ActivityTaskStarted")
        worker.stop()
    assert ground.results() == ['"slept"']


@pytest.mark.parametrize("mode", ["process", "fork"])
def test_a_second_stop_does_not(ground: Ground, tmp_path: Path, mode: str) -> None:
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    with ground.worker(mode) as worker:
        ground.schedule("tidies", str(begun), str(tidied))
        numbers_in(begun)
        worker.stop()
        worker.stop_now()
        how, attributes = ground.ended()
        numbers_in(tidied)
    assert how == "Failed"
    assert attributes["reason"] == "the worker was stopped before the activity ended"


def test_grace_has_an_end(ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with ground.worker() as worker:
        ground.schedule("stubborn", str(file))
        pids = numbers_in(file, 3)
        worker.stop(grace=0.1)
        how, _ = ground.ended()
    assert how == "Failed"
    for pid in pids:
        wait_until(lambda: not lives(pid))  # noqa: B023


def test_in_a_thread_a_second_stop_is_heard_at_a_heartbeat(ground: Ground) -> None:
    with ground.worker("thread") as worker:
        ground.schedule("gives_in")
        ground.wait_for("ActivityTaskStarted")
        worker.stop_now()
        how, attributes = ground.ended()
    assert how == "Failed"
    assert attributes["reason"] == "the worker was stopped before the activity ended"


@pytest.mark.parametrize("mode", MODES)
def test_an_idle_worker_stops_at_once(ground: Ground, mode: str) -> None:
    with ground.worker(mode) as worker:
        wait_until(lambda: ground.engine.parked > 0)
        threading.Timer(0.0, worker.stop).start()
        began = time.monotonic()
    assert time.monotonic() - began < 2
    ground.schedule("double", 1)
    assert ground.history()[-1]["eventType"] == "ActivityTaskScheduled"
