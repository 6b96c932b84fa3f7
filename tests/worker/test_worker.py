"""Workers: what they perform and where, what they answer, how an attempt ends early."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from worker.ground import DOMAIN, Ground

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODES = ["process", "fork", "thread"]


@pytest.fixture
def ground() -> Iterator[Ground]:
    made = Ground()
    yield made
    made.engine.close()


@pytest.mark.parametrize("mode", MODES)
def test_an_activity_is_performed(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule("double", 21)
        how, attributes = ground.ended()
    assert (how, attributes["result"]) == ("Completed", "42")


@pytest.mark.parametrize(
    ("mode", "others", "processes"), [("process", True, 1), ("fork", True, 3), ("thread", False, 1)]
)
def test_where_activities_are_performed(ground: Ground, mode: str, others: bool, processes: int) -> None:
    pids = []
    with ground.worker(mode):
        for number in range(3):
            ground.schedule("who", activity_id=str(number))
            _wait_until(lambda: len(_completed(ground)) == number + 1)  # noqa: B023
            pids.append(int(_completed(ground)[-1]))
    assert len(set(pids)) == processes
    assert (os.getpid() not in pids) == others


@pytest.mark.parametrize("mode", MODES)
def test_what_an_activity_knows_of_itself(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule("context")
        _, attributes = ground.ended()
    assert json.loads(attributes["result"]) == {
        "name": "context",
        "version": "1",
        "workflow_id": "id",
        "activity_id": "a",
        "input": '{"args": [], "kwargs": {}}',
        "domain_name": DOMAIN,
        "activity_task_list": "t",
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("raises", "ValueError: unlucky"),
        ("unserialisable", "CodecError: "),
        ("too_long", "CodecError: "),
        ("subprocess.check_output", "DispatchError: there is no activity 'subprocess.check_output' here"),
    ],
)
def test_a_failure_is_told_at_once(ground: Ground, mode: str, name: str, reason: str) -> None:
    with ground.worker(mode):
        ground.schedule(name)
        how, attributes = ground.ended()
    assert how == "Failed"
    assert attributes["reason"].startswith(reason)
    assert set(json.loads(attributes["details"])) == {"error", "error_type", "message", "traceback"}


@pytest.mark.parametrize("mode", ["process", "fork"])
@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("exits", [3], r"died: exit code 3 (exited with code 3)"),
        ("killed", [], r"died: exit code -9 (was killed by SIGKILL)"),
    ],
)
def test_a_dead_child_is_a_prompt_failure_and_the_next_task_is_worked_on(
    ground: Ground, mode: str, name: str, args: list[Any], reason: str
) -> None:
    with ground.worker(mode):
        ground.schedule(name, *args)
        how, attributes = ground.ended()
        assert how == "Failed"
        assert reason in attributes["reason"]
        assert json.loads(attributes["details"])["error_type"] == "simpleflow.exceptions.ActivityDied"
        ground.schedule("double", 1, activity_id="b")
        assert ground.wait_for("ActivityTaskCompleted")["result"] == "2"


def test_heartbeats_go_out_while_an_activity_is_silent(ground: Ground) -> None:
    with ground.worker(heartbeat=0.2):
        ground.schedule("sleeps", 2.5, heartbeatTimeout="1")
        how, _ = ground.ended()
    assert how == "Completed"


def test_a_third_of_the_activitys_own_heartbeat_timeout_is_soon_enough(ground: Ground) -> None:
    with ground.worker(heartbeat=60):
        ground.schedule("polite", 30, heartbeatTimeout="3")  # asks at most each half second, told or not
        how, attributes = ground.ended()
    assert (how, attributes["result"]) == ("Completed", '"all"')


@pytest.mark.parametrize("mode", MODES)
def test_an_activity_that_tells_hears_of_its_cancellation(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule("gives_in")
        ground.wait_for("ActivityTaskStarted")
        ground.decide("RequestCancelActivityTask", activityId="a")
        how, attributes = ground.ended()
    assert how == "Canceled"
    assert "step" in json.loads(attributes["details"])


def test_one_that_cleans_up_may_still_complete(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("polite", 1_000)
        ground.wait_for("ActivityTaskStarted")
        ground.decide("RequestCancelActivityTask", activityId="a")
        how, attributes = ground.ended()
    assert how == "Completed"
    assert attributes["result"].startswith('"stopped at')


def test_a_deaf_one_is_ended_by_force_with_all_its_processes(ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    with ground.worker(heartbeat=0.1, patience=0.2):
        ground.schedule("stubborn", str(file))
        _wait_until(lambda: file.exists() and len(file.read_text().split()) == 2)
        ground.decide("RequestCancelActivityTask", activityId="a")
        how, _ = ground.ended()
        assert how == "Canceled"
        for pid in map(int, file.read_text().split()):
            _wait_until(lambda: not _lives(pid))  # noqa: B023


def test_what_timed_out_is_stopped_and_not_answered(ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with ground.worker(heartbeat=0.2, patience=0.2):
        ground.schedule("sleeps", 60, str(file), startToCloseTimeout="1")
        how, _ = ground.ended()
        assert how == "TimedOut"
        _wait_until(lambda: not _lives(int(file.read_text())))
        ground.schedule("double", 1, activity_id="b")
        ground.wait_for("ActivityTaskCompleted")


def test_a_stop_lets_the_activity_end(ground: Ground) -> None:
    with ground.worker() as worker:
        ground.schedule("sleeps", 0.5)
        ground.wait_for("ActivityTaskStarted")
        worker.stop()
        how, _ = ground.ended()
    assert how == "Completed"


def test_a_second_stop_does_not(ground: Ground) -> None:
    with ground.worker() as worker:
        ground.schedule("sleeps", 60)
        ground.wait_for("ActivityTaskStarted")
        worker.stop()
        worker.stop_now()
        how, attributes = ground.ended()
    assert how == "Failed"
    assert attributes["reason"] == "ActivityDied: its worker was stopped"


def test_what_is_completed_later_stays_open(ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "token"
    with ground.worker():
        ground.schedule("later", str(file))
        _wait_until(lambda: file.exists() and file.read_text() != "")
        ground.schedule("double", 1, activity_id="b")
        ground.wait_for("ActivityTaskCompleted")
    ground.client.respond_activity_task_completed(taskToken=file.read_text(), result='"later"')
    assert ground.ended()[1]["result"] == '"later"'


def test_the_heartbeats_details_go_with_the_failure(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("resumes")
        _, attributes = ground.ended()
    assert json.loads(attributes["details"])["heartbeat"] == '{"done":7}'


def test_an_idle_worker_stops_at_once(ground: Ground) -> None:
    with ground.worker() as worker:
        _wait_until(lambda: ground.engine.parked > 0)
        threading.Timer(0.0, worker.stop).start()
        began = time.monotonic()
    assert time.monotonic() - began < 2


def _completed(ground: Ground) -> list[str]:
    return [
        each["activityTaskCompletedEventAttributes"]["result"]
        for each in ground.history()
        if each["eventType"] == "ActivityTaskCompleted"
    ]


def _wait_until(holds: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
