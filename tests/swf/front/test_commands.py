"""`server.start`, `server.check` and `python -m swf.engine`, as processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from front.wire import POLL, Wire, request
from simpleflow.cli import cli
from swf.client import HttpClient, connect, ensure_domain
from swf.engine import Engine
from swf.protocol.sigv4 import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START = [sys.executable, "-m", "simpleflow", "server.start"]
ALONE = [sys.executable, "-m", "swf.engine"]


class Started:
    """A server that was started and says where it listens."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        assert self.process.stderr is not None
        self.said = self.process.stderr.readline()
        if "listening on http://" not in self.said:
            self.dispose()
            pytest.fail(self.said)
        self.url = self.said.split("listening on ")[1].split(";")[0]

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Signal it; return its exit code and the rest of what it says."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> tuple[int, str]:
        assert self.process.stderr is not None
        rest = self.process.stderr.read()
        return self.process.wait(10), rest

    def dispose(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def started() -> Iterator[Callable[..., Started]]:
    servers: list[Started] = []

    def started(*command: str, **environment: str) -> Started:
        servers.append(Started(*command, **environment))
        return servers[-1]

    yield started
    for each in servers:
        each.dispose()


def refused(*command: str, **environment: str) -> str:
    """Run a command that cannot be done; return the one line that it says."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, env={**os.environ, **environment}, check=False
    )
    assert done.returncode == 2, done
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize("command", [START, ALONE], ids=["simpleflow", "alone"])
def test_it_says_where_it_listens_and_stores_and_stops_on_either_signal(
    started: Callable[..., Started], tmp_path: Path, command: list[str]
) -> None:
    file = tmp_path / "folder" / "engine.db"
    for number in (signal.SIGTERM, signal.SIGINT):
        server = started(*command, "--port", "0", "--db", str(file))
        assert str(file) in server.said
        with closing(HttpClient(server.url)) as client:
            ensure_domain(client, "d")
            assert client.health() == {**client.health(), "status": "ok", "store": str(file)}
        code, rest = server.stop(number)
        assert (code, rest) == (0, "swf engine: stopped\n")


def test_the_default_file_is_in_the_data_directory(started: Callable[..., Started], tmp_path: Path) -> None:
    server = started(*START, "--port", "0", XDG_DATA_HOME=str(tmp_path))
    assert str(tmp_path / "simpleflow" / "engine.db") in server.said
    assert server.stop()[0] == 0
    assert (tmp_path / "simpleflow" / "engine.db").exists()


def test_in_memory_says_that_all_is_lost(started: Callable[..., Started]) -> None:
    server = started(*START, "--port", "0", "--in-memory")
    assert "in memory" in server.said
    with closing(HttpClient(server.url)) as client:
        ensure_domain(client, "d")
    assert server.stop()[0] == 0


def test_open_polls_are_answered_when_it_stops(started: Callable[..., Started]) -> None:
    server = started(*START, "--port", "0", "--in-memory")
    with closing(HttpClient(server.url)) as client, Wire(server.url) as wire:
        ensure_domain(client, "d")
        wire.send(request(*POLL))
        time.sleep(0.2)
        code, _ = server.stop()
        assert code == 0
        assert wire.answer().body == b'{"startedEventId":0}'
        assert wire.ended()


def test_a_second_signal_ends_it_at_once(started: Callable[..., Started]) -> None:
    server = started(*START, "--port", "0", "--in-memory")
    with Wire(server.url) as wire:
        wire.send(request(*POLL)[:-5])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert server.process.poll() is None
        began = time.monotonic()
        assert server.stop(signal.SIGINT)[0] == 0
        assert time.monotonic() - began < 2


def test_a_client_by_path_goes_to_it(started: Callable[..., Started], tmp_path: Path) -> None:
    file = tmp_path / "engine.db"
    server = started(*START, "--port", "0", "--db", str(file))
    with closing(connect(file, domain="d")) as client:
        assert f"at {server.url}" in repr(client)
        assert server.stop()[0] == 0
        assert client.describe_domain(name="d")["domainInfo"]["name"] == "d"
        assert "in this process" in repr(client)


@pytest.mark.parametrize("command", [START, ALONE], ids=["simpleflow", "alone"])
def test_a_second_one_on_the_file_names_the_first(
    started: Callable[..., Started], tmp_path: Path, command: list[str]
) -> None:
    file = tmp_path / "engine.db"
    server = started(*START, "--port", "0", "--db", str(file))
    said = refused(*command, "--port", "0", "--db", str(file))
    assert str(file) in said
    assert f"process {server.process.pid}" in said
    assert server.url in said


@pytest.mark.parametrize("command", [START, ALONE], ids=["simpleflow", "alone"])
def test_what_cannot_be_served_is_one_line(command: list[str], tmp_path: Path) -> None:
    db = ("--db", str(tmp_path / "engine.db"))
    (tmp_path / "file").write_text("this is not SQLite, and long enough for it to be seen " * 100)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in refused(
            *command, *db, "--port", port
        )
    assert "no port 70000" in refused(*command, *db, "--port", "70000")
    assert "no.such.host.invalid" in refused(*command, *db, "--host", "no.such.host.invalid")
    assert "must sign" in refused(*command, *db, "--host", "0.0.0.0", "--port", "0")
    assert "nothing" in refused(*command, *db, "--credentials", str(tmp_path / "nothing"))
    assert str(tmp_path) in refused(*command, "--db", str(tmp_path))
    assert "file" in refused(*command, "--port", "0", "--db", str(tmp_path / "file"))
    assert "file" in refused(*command, "--port", "0", "--db", str(tmp_path / "file" / "engine.db"))
    assert "cannot open /proc/engine.db" in refused(*command, "--port", "0", "--db", "/proc/engine.db")


def test_with_credentials_any_address_is_served(started: Callable[..., Started], tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("[default]\naws_access_key_id = A\naws_secret_access_key = secret\n")
    server = started(*START, "--host", "0.0.0.0", "--port", "0", "--in-memory", "--credentials", str(keys))
    assert server.url.startswith("http://0.0.0.0:")
    with closing(HttpClient(server.url, Credentials("A", "secret"))) as client:
        ensure_domain(client, "d")
    with closing(HttpClient(server.url)) as client, pytest.raises(client.exceptions.ClientError):
        ensure_domain(client, "d")
    assert server.stop()[0] == 0


# server.check


def check(file: Path) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "simpleflow", "server.check", "--db", str(file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_sound_file_is_checked_in_silence(tmp_path: Path) -> None:
    file = tmp_path / "engine.db"
    with closing(connect(file, domain="d")):
        pass
    done = check(file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_problems_are_told_one_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "engine.db"
    Engine(file).close()
    monkeypatch.setattr(Engine, "check", lambda _: ["one is wrong", "two is too"])
    done = CliRunner().invoke(cli, ["server.check", "--db", str(file)])
    assert (done.exit_code, done.stdout) == (1, "one is wrong\ntwo is too\n")


def test_a_file_that_is_not_there_or_held_is_not_checked(
    started: Callable[..., Started], tmp_path: Path
) -> None:
    file = tmp_path / "engine.db"
    assert check(file).returncode == 2
    assert not file.exists()
    server = started(*START, "--port", "0", "--db", str(file))
    done = check(file)
    assert done.returncode == 2
    assert f"process {server.process.pid}" in done.stderr
