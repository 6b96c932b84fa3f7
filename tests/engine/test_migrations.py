"""The file: what an engine finds there, brings to its own version, or refuses in one line."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.rows import rows_in
from engine.world import Life, register
from swf.engine import Engine, VirtualClock
from swf.engine.store import Store, StoreFailed
from swf.engine.store.statements import MIGRATIONS
from swf.exceptions import SWFError

if TYPE_CHECKING:
    from collections.abc import Iterator

NEXT = max(MIGRATIONS) + 1
COLUMN = "ALTER TABLE executions ADD COLUMN color TEXT; UPDATE executions SET color = 'red';"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of this release, in use for a while."""
    file = tmp_path / "engine.db"
    with Engine(file, clock=VirtualClock(), durability="normal") as engine:
        for step in Life(engine.client()).steps():
            step()
    return file


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        (number,) = db.execute("PRAGMA user_version").fetchone()
    return int(number)


def refusal(file: Path) -> str:
    """Return the one line that says why a file is not opened; its lock is free afterwards."""
    for _ in range(2):
        with pytest.raises(SWFError) as caught:
            Engine(file)
    said = str(caught.value)
    assert isinstance(caught.value, StoreFailed)
    assert "\n" not in said
    assert str(file) in said
    return said


# Versions


def test_a_file_of_an_earlier_release_keeps_all(file: Path) -> None:
    before = rows_in(file)
    Store(file, migrations={**MIGRATIONS, NEXT: COLUMN}).close()

    after = rows_in(file)
    assert version(file) == NEXT
    assert {row[-1] for row in after["executions"]} == {"red"}
    after["executions"] = [row[:-1] for row in after["executions"]]
    assert after == before


def test_an_engine_lives_on_in_a_file_that_was_migrated(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MIGRATIONS, NEXT, COLUMN)
    with Engine(file, clock=VirtualClock()) as engine:
        assert engine.check() == []
        client: Any = engine.client()
        client.undeprecate_workflow_type(domain="d", workflowType={"name": "W", "version": "1"})
        client.start_workflow_execution(
            domain="d", workflowId="new", workflowType={"name": "W", "version": "1"}
        )
        assert engine.check() == []
    assert version(file) == NEXT


def test_a_new_file_gets_every_migration_in_turn(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    Store(file, migrations={**MIGRATIONS, NEXT: COLUMN, NEXT + 1: "CREATE TABLE more (x);"}).close()
    assert version(file) == NEXT + 1


def test_a_migration_that_fails_leaves_the_file_as_it_was(file: Path) -> None:
    before = rows_in(file)
    for broken in (COLUMN + "INSERT INTO nowhere VALUES (1);", COLUMN + "this is no SQL;"):
        with pytest.raises(StoreFailed, match=r"engine\.db: "):
            Store(file, migrations={**MIGRATIONS, NEXT: broken})
        assert rows_in(file) == before
        assert version(file) == NEXT - 1
    with Engine(file, clock=VirtualClock()) as engine:
        assert engine.check() == []


def test_migrations_before_the_one_that_fails_stand(file: Path) -> None:
    with pytest.raises(StoreFailed):
        Store(file, migrations={**MIGRATIONS, NEXT: COLUMN, NEXT + 1: "nonsense;"})
    assert version(file) == NEXT


def test_a_file_of_a_later_release_is_refused_and_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")
    before = rows_in(file)
    said = refusal(file)
    assert "version 99" in said
    assert "Upgrade simpleflow" in said
    assert rows_in(file) == before
    assert version(file) == 99


# What is no engine's file


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "text.db"
    file.write_text("this is not SQLite " * 100)
    assert "not a database" in refusal(file)
    assert file.read_text() == "this is not SQLite " * 100


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    for number in (0, 1):
        file = tmp_path / f"places{number}.sqlite"
        with closing(sqlite3.connect(file)) as db:
            db.execute("CREATE TABLE bookmarks (url)")
            db.execute(f"PRAGMA user_version = {number}")
        before = file.read_bytes()
        assert "something else" in refusal(file)
        assert file.read_bytes() == before


def test_a_file_that_is_cut_short_is_said(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = file.stat().st_size
    os.truncate(file, 4096 + 100)
    assert size > 4096 + 100
    with pytest.raises(SWFError, match=r"engine\.db: "):
        checked(file)


def checked(file: Path) -> list[str]:
    with Engine(file, clock=VirtualClock()) as engine:
        return engine.check()


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "engine.db"
    file.touch()
    with Engine(file) as engine:
        register(engine.client())
        assert engine.check() == []


def test_a_folder_is_said_and_gets_no_lock_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "is a folder" in refusal(folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_path_through_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "Not a directory" in refusal(tmp_path / "file" / "engine.db")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "No such file or directory" in refusal(tmp_path / "none" / "engine.db")


# Permissions


def test_only_its_owner_may_read_a_file_and_what_stands_beside_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Engine(tmp_path / "engine.db") as engine:
            register(engine.client())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["engine.db", "engine.db-shm", "engine.db-wal", "engine.db.lock"], 0o600)


@contextmanager
def unprivileged() -> Iterator[Path]:
    """Be somebody whom permissions bind, with a folder of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder, root = Path(name), os.geteuid() == 0
        if root:
            os.chown(folder, 65_534, 65_534)
            os.seteuid(65_534)
        try:
            yield folder
        finally:
            for path in [folder, *folder.iterdir()]:
                path.chmod(0o700)
            if root:
                os.seteuid(0)


@pytest.mark.parametrize("mode", [0o000, 0o400], ids=["unreadable", "read-only"])
def test_a_file_that_may_not_be_read_and_written_is_said(mode: int) -> None:
    with unprivileged() as folder:
        file = folder / "engine.db"
        Engine(file).close()
        file.chmod(mode)
        assert "Permission denied" in refusal(file)


def test_a_folder_in_which_nothing_may_be_made_is_said() -> None:
    with unprivileged() as folder:
        folder.chmod(0o500)
        assert "Permission denied" in refusal(folder / "engine.db")
