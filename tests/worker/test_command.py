"""`worker.start` as operators type it."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from worker.ground import Ground, lives, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = """
import os
import subprocess
from simpleflow import Workflow, activity


@activity.with_attributes(version="1")
def pack(x):
    return f"packed {x}"


class Sell(Workflow):
    name = "sell"
    version = "1"

    def run(self): ...
"""
HOOKS = """
def before(context):
    print("before", context["activity_id"], flush=True)

def after(context, result):
    print("after", result, flush=True)
"""


class Command:
    """`worker.start` in a folder with modules of a user."""

    def __init__(self, ground: Ground, folder: Path, words: tuple[str, ...]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SWF_", "AWS_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simpleflow", "worker.start", "--domain", "d", *words],
            cwd=folder,
            env={**kept, "SWF_ENGINE": str(ground.file)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return its exit code, and what it said on stdout and stderr."""
        out, log = self.process.communicate(timeout=30)
        return self.process.returncode, out, log

    def workers(self) -> list[int]:
        return _children(self.process.pid)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    (made / "shop.py").write_text(SHOP)
    (made / "hooks.py").write_text(HOOKS)
    return made


@contextmanager
def started(ground: Ground, folder: Path, *words: str) -> Iterator[Command]:
    ground.engine.serve()
    command = Command(ground, folder, words)
    try:
        wait_until(lambda: ground.engine.parked > 0)
        yield command
    finally:
        command.process.kill()
        command.process.communicate()


@pytest.mark.parametrize("modules", [["shop"], ["shop.Sell"], []])
def test_activities_are_worked_on_until_it_is_told_to_stop(
    file_ground: Ground, folder: Path, modules: list[str]
) -> None:
    with started(file_ground, folder, "-t", "t", "-N", "1", *modules) as command:
        file_ground.schedule("shop.pack", 1)
        assert file_ground.ended()[1]["result"] == '"packed 1"'
        command.process.terminate()
        code, out, log = command.end()
    assert (code, out) == (0, "")
    assert f"worker: 1 on {file_ground.file}, domain d" in log


@pytest.mark.parametrize(
    "name",
    [
        "subprocess.check_output",
        "os.system",
        "shop.os.system",
        "shop.subprocess.check_output",
        "shop.Sell",
        "effects.pack",
    ],
)
def test_what_the_wire_names_does_not_run_unless_it_is_an_activity_here(
    file_ground: Ground, folder: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "effects.py").write_text("open('touched', 'w').close()\n")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    with started(file_ground, folder, "-t", "t", "-N", "1"):
        file_ground.schedule(name, "touch touched")
        how, attributes = file_ground.ended()
    assert how == "Failed"
    assert attributes["reason"].startswith(f"DispatchError: there is no activity {name!r} here: ")
    assert "give it the module" in json.loads(attributes["details"])["message"]
    assert not (folder / "touched").exists()


def test_middlewares_are_called_around_activities(file_ground: Ground, folder: Path) -> None:
    hooks = ("--middleware-pre-execution", "hooks.before", "--middleware-post-execution", "hooks.after")
    with started(file_ground, folder, "-t", "t", "-N", "1", *hooks, "shop") as command:
        file_ground.schedule("shop.pack", 1)
        file_ground.ended()
        command.process.terminate()
        assert command.end()[1] == "before a\nafter packed 1\n"


@pytest.mark.parametrize("mode", ["process", "fork", "thread"])
def test_one_task_may_be_enough(file_ground: Ground, folder: Path, mode: str) -> None:
    with started(file_ground, folder, "-t", "t", "--one-task", "--process-mode", mode, "shop") as command:
        file_ground.schedule("shop.pack", 1)
        assert command.end()[0] == 0
    assert file_ground.results() == ['"packed 1"']


def test_a_task_can_be_handed_over(file_ground: Ground, folder: Path) -> None:
    file_ground.schedule("shop.pack", 1)
    task: dict[str, Any] = file_ground.client.poll_for_activity_task(domain="d", taskList={"name": "t"})
    file_ground.engine.serve()
    data = base64.b64encode(json.dumps(task).encode()).decode()
    assert Command(file_ground, folder, ("--poll-data", data)).end()[0] == 0
    assert file_ground.results() == ['"packed 1"']


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["shop"], 2, "Please provide a --task-list or some data via --poll-data"),
        (["-t", "t", "nowhere"], 2, "there is no module 'nowhere'"),
        (["-t", "t", "shop.nothing"], 2, "module shop has no nothing"),
        (["-t", "t", "broken"], 1, "ZeroDivisionError"),
        (["--poll-data", "%"], 2, "--poll-data is not the answer to a poll"),
        (["--poll-data", "eyJ9"], 2, "--poll-data is not the answer to a poll"),
        (["-t", "t", "--middleware-pre-execution", "hooks.nothing"], 2, "nothing"),
    ],
)
def test_what_cannot_be_meant_is_told(
    file_ground: Ground, folder: Path, words: list[str], code: int, said: str
) -> None:
    (folder / "broken.py").write_text("1 / 0\n")
    file_ground.engine.serve()
    ended, out, log = Command(file_ground, folder, tuple(words)).end()
    assert (ended, out) == (code, "")
    assert said in log


def test_killed_whole_nothing_of_it_lives_on(file_ground: Ground, folder: Path) -> None:
    with started(file_ground, folder, "-t", "t", "-N", "2", "shop") as command:
        wait_until(
            lambda: len(command.workers()) == 2 and all(len(_children(w)) == 2 for w in command.workers())
        )
        pids = [*command.workers(), *(each for worker in command.workers() for each in _children(worker))]
        command.process.send_signal(signal.SIGKILL)
        for pid in pids:
            wait_until(lambda: not lives(pid))  # noqa: B023


def test_a_worker_that_is_killed_is_replaced(file_ground: Ground, folder: Path) -> None:
    with started(file_ground, folder, "-t", "t", "-N", "1", "shop") as command:
        (worker,) = command.workers()
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: command.workers() not in ([], [worker]))
        file_ground.schedule("shop.pack", 1)
        assert file_ground.ended()[0] == "Completed"
