"""`standalone` in programs: threads and processes, in memory and on a file, killed and run again."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import pytest

import simpleflow
from crashes.sessions import living
from simpleflow.exceptions import WorkflowFailed
from standalone.program import Fails

PROGRAM = Path(__file__).parent / "program.py"
MODES = ["process", "thread"]


def program(*arguments: object) -> subprocess.Popen[str]:
    """Run the program, in a session of its own."""
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kept", [False, True])
def test_a_programs_own_workflows_run(tmp_path: Path, mode: str, kept: bool) -> None:
    path = tmp_path / "engine.db" if kept else ""
    run = program(mode, path, "counts", tmp_path / "log")
    out, err = run.communicate(timeout=50)
    assert (run.returncode, out) == (0, "10\n"), err
    assert living(run.pid) == []
    assert kept == (tmp_path / "engine.db").exists()


@pytest.mark.parametrize("mode", MODES)
def test_in_memory_every_task_list_is_worked_on(tmp_path: Path, mode: str) -> None:
    run = program(mode, "", "elsewhere", tmp_path / "log")
    out, err = run.communicate(timeout=50)
    assert (run.returncode, out) == (0, "[2, 6]\n"), err


@pytest.mark.parametrize("mode", MODES)
def test_what_was_open_when_it_was_killed_goes_on(tmp_path: Path, mode: str) -> None:
    log = tmp_path / "log"
    first = program(mode, tmp_path / "engine.db", "counts", log)
    while not log.exists() or len(log.read_text().split()) < 5:
        time.sleep(0.01)
        assert first.poll() is None, first.communicate()
    first.kill()
    first.communicate()
    while living(first.pid):
        time.sleep(0.01)
    second = program(mode, tmp_path / "engine.db", "counts", log)
    out, err = second.communicate(timeout=55)
    assert (second.returncode, out) == (0, "10\n"), err
    assert "goes on" in err
    assert sorted(set(map(int, log.read_text().split()))) == list(range(10))
    assert len(log.read_text().split()) <= 11  # the one that was killed at work may have written twice


@pytest.mark.parametrize("mode", MODES)
def test_a_failure_is_raised_as_what_it_is(mode: Literal["process", "thread"]) -> None:
    with (
        simpleflow.standalone(workflows=[Fails], mode=mode) as client,
        pytest.raises(WorkflowFailed, match="No such file"),
    ):
        client.start(Fails).result(timeout=20)
