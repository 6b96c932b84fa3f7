"""Workers as programs: what they print, how they stop, what is left of them when they are killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from worker.ground import Ground, lives, numbers_in, wait_until

MODES = ["process", "fork"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_one_ends_within_a_moment(file_ground: Ground, number: int) -> None:
    with file_ground.program() as program:
        children = [program.child("guarding"), program.child("idle")]
        began = time.monotonic()
        program.signal(number)
        assert program.process.wait(10) == 0
        took = time.monotonic() - began
    assert not any(map(lives, children))
    assert took < 2  # a tenth of a second where nothing else runs


@pytest.mark.parametrize("mode", MODES)
def test_what_activities_print_arrives_before_they_have_ended(file_ground: Ground, mode: str) -> None:
    with file_ground.program(mode=mode) as program:
        file_ground.schedule("prints", "hello")
        file_ground.ended()
        assert program.process.stdout is not None
        assert program.process.stdout.readline() == "hello\n"


def test_a_stop_lets_the_activity_end_and_a_second_does_not(file_ground: Ground, tmp_path: Path) -> None:
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    with file_ground.program() as program:
        file_ground.schedule("sleeps", 0.7)
        file_ground.wait_for("ActivityTaskStarted")
        program.signal(signal.SIGTERM)
        assert program.process.wait(10) == 0
    assert file_ground.results() == ['"slept"']
    with file_ground.program() as program:
        file_ground.schedule("tidies", str(begun), str(tidied), activity_id="b")
        numbers_in(begun)
        program.signal(signal.SIGTERM)
        time.sleep(0.3)  # two in one breath are one
        program.signal(signal.SIGTERM)
        assert program.process.wait(10) == 0
    assert file_ground.ended()[1]["reason"] == "the worker was stopped before the activity ended"
    assert numbers_in(tidied) == numbers_in(begun)


@pytest.mark.parametrize("mode", MODES)
def test_one_that_is_killed_takes_with_it_what_it_began(
    file_ground: Ground, tmp_path: Path, mode: str
) -> None:
    file = tmp_path / "pids"
    with file_ground.program(mode=mode) as program:
        file_ground.schedule("begins_others", str(file))
        performing, near, far = numbers_in(file, 3)
        children = program.children()
        assert children["performing"] == performing
        program.signal(signal.SIGKILL)
        program.process.wait(10)
        for pid in (*children.values(), near):
            wait_until(lambda: not lives(pid))  # noqa: B023
        os.kill(far, signal.SIGKILL)  # it has left the group: nobody knows of it any more


def test_a_child_that_is_killed_is_replaced(file_ground: Ground) -> None:
    with file_ground.program() as program:
        assert file_ground.works()
        for state in ("idle", "guarding", "idle", "guarding"):
            os.kill(killed := program.child(state), signal.SIGKILL)
            wait_until(lambda: not lives(killed))
            assert file_ground.works()
            assert program.child(state) != killed


def test_a_worker_leaves_no_zombies(file_ground: Ground) -> None:
    with file_ground.program(mode="fork") as program:
        for _ in range(3):
            assert file_ground.works()
        pid = program.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        assert all(lives(int(each)) for each in children)


def test_it_can_be_told_apart_in_ps(file_ground: Ground, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with file_ground.program() as program:
        file_ground.schedule("sleeps", 0.3, str(file))
        (pid,) = numbers_in(file)
        assert _title(program.process.pid) == "simpleflow ActivityPoller(task_list=t)[processing a]"
        assert _title(pid) == "simpleflow ActivityPoller(task_list=t)[performing a]"
        file_ground.ended()
        wait_until(lambda: _title(program.process.pid) == "simpleflow ActivityPoller(task_list=t)[polling]")


def _title(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().strip("\0")
