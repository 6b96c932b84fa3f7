"""A loss of power: only what was synced is left. What a client was told is among it; a task may be lost."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from engine.rows import rows_in
from engine.world import Life, register, start
from swf.engine import Engine, VirtualClock
from swf.exceptions import InternalFailure
from swf.protocol.requests import PollForDecisionTaskInput, RespondDecisionTaskCompletedInput
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DECISION = {"domain": "d", "taskList": {"name": "dl"}}


class Disk:
    """What is left of an engine's file when power is lost: as it stood when a sync began."""

    def __init__(self, file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = file
        self.folder = folder
        self.syncs = 0
        self.error: OSError | None = None
        self._sync = os.fdatasync
        self._lock = threading.Lock()
        monkeypatch.setattr(os, "fdatasync", self._synced)

    def _synced(self, number: int) -> None:
        if self.error is not None:
            raise self.error
        with self._lock:
            for suffix in ("", "-wal"):
                shutil.copy(f"{self.file}{suffix}", self.folder / f"disk.db{suffix}")
            self._sync(number)
            self.syncs += 1

    def left(self) -> Path:
        """Return a copy of what is on it."""
        with self._lock:
            copy = self.folder / f"left-{time.monotonic_ns()}.db"
            for suffix in ("", "-wal"):
                shutil.copy(self.folder / f"disk.db{suffix}", f"{copy}{suffix}")
            return copy


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engine.db"


@pytest.fixture
def disk(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(file, tmp_path, monkeypatch)


@pytest.fixture
def engine(file: Path, disk: Disk) -> Iterator[Engine]:
    with Engine(file, clock=VirtualClock()) as engine:
        yield engine
        disk.error = None


def test_a_file_may_lie_where_folders_cannot_be_synced(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(number: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    with Engine(file) as engine:
        register(engine.client())
    with Engine(file) as again:
        assert again.check() == []


def test_what_a_client_was_told_is_left_after_each_step_of_a_life(engine: Engine, disk: Disk) -> None:
    asked = 0
    client: Any = engine.client()
    for step in Life(client).steps():
        step()
        client.list_domains(registrationStatus="REGISTERED")  # what anybody is told is told when it lasts
        assert rows_in(disk.left()) == rows_in(disk.file)
        asked += 1
    assert asked > 20

    left = disk.left()
    with Engine(left, clock=VirtualClock()) as again:
        assert again.check() == []


def test_a_task_is_handed_out_before_it_is_on_the_disk(engine: Engine, disk: Disk) -> None:
    client: Any = engine.client()
    register(client)
    start(client)
    synced = disk.syncs

    task = client.poll_for_decision_task(**DECISION)

    assert disk.syncs == synced
    with Engine(disk.left(), clock=VirtualClock()) as again:
        once_more: Any = again.client()
        assert once_more.poll_for_decision_task(**DECISION)["taskToken"] == task["taskToken"]


def test_an_answer_of_which_nobody_outside_hears_comes_to_the_disk_soon(file: Path, disk: Disk) -> None:
    with Engine(file) as engine:
        client: Any = engine.client()
        register(client)
        start(client)
        task = client.poll_for_decision_task(**DECISION)
        client.stop_polling()
        answer = RespondDecisionTaskCompletedInput(task["taskToken"])
        poll = PollForDecisionTaskInput("d", TaskList("dl"))

        assert client.tell_and_poll([answer], poll)[0] == [None]

        while rows_in(disk.left()) != rows_in(file):
            time.sleep(0.001)


def test_what_is_on_its_way_comes_to_the_disk_when_the_engine_is_closed(file: Path, disk: Disk) -> None:
    with Engine(file) as engine:
        client: Any = engine.client()
        register(client)
        start(client)
        client.poll_for_decision_task(**DECISION)
        before = rows_in(file)

    assert rows_in(disk.left()) == before


def test_without_durability_nothing_is_synced(file: Path, disk: Disk) -> None:
    with Engine(file, durability="normal") as engine:
        client: Any = engine.client()
        register(client)
        start(client)

    assert not disk.syncs


def test_a_failing_disk_is_told_and_what_it_may_lack_is_brought_to_it_in_another_way(
    engine: Engine, disk: Disk, tmp_path: Path
) -> None:
    client: Any = engine.client()
    register(client)
    disk.error = OSError(errno.EIO, os.strerror(errno.EIO))

    for workflow_id in ("told", "told again"):
        with pytest.raises(InternalFailure, match=r"engine\.db: .*Input/output error"):
            start(client, workflow_id)
    disk.error = None
    start(client, "later")

    file_alone = tmp_path / "alone.db"
    shutil.copy(disk.file, file_alone)
    assert {row[2] for row in rows_in(file_alone)["executions"]} >= {"told", "told again"}
    assert {row[2] for row in rows_in(disk.left())["executions"]} == {"told", "told again", "later"}


def test_one_sync_is_for_all_that_was_asked_before_it_began(engine: Engine, disk: Disk) -> None:
    client: Any = engine.client()
    register(client)
    together = threading.Barrier(8)
    before = disk.syncs

    def signal(number: int) -> None:
        together.wait()
        for each in range(20):
            start(client, f"{number}-{each}")

    threads = [threading.Thread(target=signal, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert disk.syncs - before < 160
    assert rows_in(disk.left()) == rows_in(disk.file)
