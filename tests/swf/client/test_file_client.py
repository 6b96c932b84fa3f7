"""The engine on a file, wherever it runs: real processes open it, serve it, lose it, kill one another."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from client.processes import Process
from client.scripted import Scripted, answer
from swf.client import connect, ensure_domain
from swf.client import file as of_file
from swf.client.file import FileClient
from swf.engine import Engine
from swf.engine.store import StoreFailed
from swf.exceptions import EngineInUse, EngineUnreachable, MissingAuthenticationToken
from swf.places import lock_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engine.db"


@pytest.fixture
def process(file: Path) -> Iterator[Callable[[], Process]]:
    processes: list[Process] = []

    def process() -> Process:
        processes.append(Process(file))
        return processes[-1]

    yield process
    for each in processes:
        each.dispose()


def nobody() -> str:
    """Return an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def domains(client: FileClient) -> set[str]:
    return {each["name"] for each in client.list_domains(registrationStatus="REGISTERED")["domainInfos"]}


def open_here(file: Path) -> FileClient:
    return FileClient(file).open()


# Who has it


def test_who_finds_nobody_opens_it_in_a_folder_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "engine.db"
    with closing(connect(str(file), domain="d")) as client:
        assert client.describe_domain(name="d")["domainInfo"]["status"] == "REGISTERED"
        assert "in this process" in repr(client)
    assert file.parent.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0


def test_others_go_to_who_has_it(file: Path, process: Callable[[], Process]) -> None:
    with closing(open_here(file)) as client:
        ensure_domain(client, "mine")
        other = process().ready()
        assert not other.holds
        assert other.domains() == {"mine"}
        other.register("theirs")
        assert domains(client) == {"mine", "theirs"}
        assert other.end() == 0


def test_a_second_client_in_the_same_process_goes_to_the_first(file: Path) -> None:
    with closing(open_here(file)) as one, closing(open_here(file)) as two:
        ensure_domain(two, "d")
        assert domains(one) == {"d"}
        one.close()
        assert domains(two) == {"d"}
        assert "in this process" in repr(two)


def test_a_task_is_handed_to_another_process_the_moment_it_exists(
    file: Path, process: Callable[[], Process]
) -> None:
    with closing(open_here(file)) as client:
        ensure_domain(client, "d")
        client.register_workflow_type(
            domain="d",
            name="W",
            version="1",
            defaultTaskStartToCloseTimeout="10",
            defaultExecutionStartToCloseTimeout="10",
            defaultTaskList={"name": "l"},
            defaultChildPolicy="TERMINATE",
        )
        poller = process().ready()
        poller.tell("poll_for_decision_task", domain="d", taskList={"name": "l"})
        time.sleep(0.2)
        client.start_workflow_execution(
            domain="d", workflowId="w", workflowType={"name": "W", "version": "1"}
        )
        assert poller.hear()["workflowExecution"]["workflowId"] == "w"


def test_all_at_the_same_instant(file: Path, process: Callable[[], Process]) -> None:
    processes = [process() for _ in range(6)]
    for number, each in enumerate(processes):
        each.ready()
        each.register(f"d{number}")
    assert sum(each.holds for each in processes) == 1
    assert all(each.domains() == {f"d{number}" for number in range(6)} for each in processes)


def test_a_missing_domain_is_registered_once_by_many(file: Path) -> None:
    with closing(open_here(file)) as client:
        threads = [threading.Thread(target=ensure_domain, args=(client, "d")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert domains(client) == {"d"}


# Who loses it


def test_when_the_holder_is_killed_another_opens_the_file(file: Path, process: Callable[[], Process]) -> None:
    holder = process().ready()
    others = [process().ready() for _ in range(3)]
    others[0].register("before")
    holder.kill()
    for each in others:
        assert each.domains() == {"before"}
    assert sum(each.holds for each in others) == 1


def test_when_the_holder_ends_an_open_poll_is_answered_and_the_next_call_opens(
    file: Path, process: Callable[[], Process]
) -> None:
    holder = process().ready()
    with closing(open_here(file)) as client:
        ensure_domain(client, "d")
        answers: list[object] = []
        poll = threading.Thread(
            target=lambda: answers.append(client.poll_for_decision_task(domain="d", taskList={"name": "l"}))
        )
        poll.start()
        time.sleep(0.2)
        assert holder.end() == 0
        poll.join(5)
        assert answers == [{"startedEventId": 0, "previousStartedEventId": 0}]
        assert domains(client) == {"d"}
        assert "in this process" in repr(client)


def test_when_the_holder_is_killed_an_open_poll_goes_on_at_the_next(
    file: Path, process: Callable[[], Process]
) -> None:
    holder = process().ready()
    with closing(open_here(file)) as client:
        ensure_domain(client, "d")
        poller = process().ready()
        poller.tell("poll_for_decision_task", domain="d", taskList={"name": "l"})
        time.sleep(0.2)
        holder.kill()
        client.register_workflow_type(
            domain="d",
            name="W",
            version="1",
            defaultTaskStartToCloseTimeout="10",
            defaultExecutionStartToCloseTimeout="10",
            defaultTaskList={"name": "l"},
            defaultChildPolicy="TERMINATE",
        )
        client.start_workflow_execution(
            domain="d", workflowId="w", workflowType={"name": "W", "version": "1"}
        )
        assert poller.hear()["workflowExecution"]["workflowId"] == "w"


def test_the_holder_dies_between_the_look_and_the_call(
    file: Path, process: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = process().ready()
    holder.register("d")
    looked = of_file._address_in

    def look_then_kill(lock: Path) -> str | None:
        address = looked(lock)
        if address is not None:
            holder.kill()
        return address

    monkeypatch.setattr(of_file, "_address_in", look_then_kill)
    with closing(open_here(file)) as client:
        assert domains(client) == {"d"}
        assert "in this process" in repr(client)


def test_kill_after_kill_nothing_acknowledged_is_missing(file: Path, process: Callable[[], Process]) -> None:
    acknowledged: set[str] = set()
    doubtful: set[str] = set()
    processes = [process().ready() for _ in range(3)]
    for number in range(12):
        holder = next(each for each in processes if each.holds)
        others = [each for each in processes if each is not holder]
        names = [f"d{number}-{other}" for other in range(len(others))]
        for each, name in zip(others, names, strict=True):
            each.tell("register_domain", name=name, workflowExecutionRetentionPeriodInDays="1")
        os.kill(holder.pid, signal.SIGKILL)
        for each, name in zip(others, names, strict=True):
            said = each.hear()
            if said == {}:
                acknowledged.add(name)
            else:
                assert said[0] == "EngineUnreachable", said
                doubtful.add(name)
        holder.dispose()
        processes = [*others, process().ready()]
        assert acknowledged <= processes[0].domains() <= acknowledged | doubtful
    assert len(acknowledged) > 0
    for each in processes:
        each.kill()
    with Engine(file) as engine:
        assert engine.check() == []


# What the lock says


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"pid": 1}',
        '{"pid": 1, "address": null}',
        '{"pid": 1, "address": 7}',
        '{"pid": 1, "address": "file:///etc"}',
        "\udcff",
    ],
)
def test_a_lock_that_nobody_holds_is_nobody_s(file: Path, text: str) -> None:
    lock_of(file).write_bytes(text.encode("utf-8", "surrogateescape"))
    with closing(open_here(file)) as client:
        assert "in this process" in repr(client)


def test_an_address_where_nobody_is_any_more(file: Path) -> None:
    lock_of(file).write_text(json.dumps({"pid": 1, "address": nobody()}))
    with closing(open_here(file)) as client:
        assert "in this process" in repr(client)


@pytest.mark.parametrize(
    "said", [answer(b"<html>"), answer(b"{}"), answer(b"[]"), answer(b"", "404 Not Found"), b"SSH-2.0\r\n"]
)
def test_an_address_that_somebody_else_has_now(file: Path, said: bytes) -> None:
    stranger = Scripted(Scripted.answers(said))
    lock_of(file).write_text(json.dumps({"pid": 1, "address": stranger.url}))
    with closing(open_here(file)) as client:
        assert "in this process" in repr(client)
    assert stranger.requests[0].startswith(b"GET /health ")
    stranger.join()


def test_an_address_that_another_engine_has_now(tmp_path: Path, file: Path) -> None:
    with closing(FileClient(tmp_path / "another.db").open()) as another:
        ensure_domain(another, "elsewhere")
        lock_of(file).write_bytes(lock_of(tmp_path / "another.db").read_bytes())
        with closing(open_here(file)) as client:
            assert domains(client) == set()
            assert "in this process" in repr(client)


def test_another_engine_at_the_address_of_the_lost_one_is_noticed(tmp_path: Path, file: Path) -> None:
    engine = Engine(file)
    server = engine.serve()
    with closing(open_here(file)) as client:
        ensure_domain(client, "d")
        engine.close()
        other = Engine(tmp_path / "other.db")
        other.serve(port=server.port)
        assert domains(client) == {"d"}
        assert "in this process" in repr(client)
        other.close()


def test_who_has_it_and_serves_nobody_is_named(file: Path) -> None:
    engine = Engine(file)
    began = time.monotonic()
    with pytest.raises(EngineInUse, match=f"held by process {os.getpid()}"):
        FileClient(file, patience=0.3).open()
    assert 0.2 < time.monotonic() - began < 5
    engine.close()


def test_who_is_about_to_serve_is_waited_for(file: Path) -> None:
    engine = Engine(file)
    threading.Timer(0.3, engine.serve).start()
    with closing(open_here(file)) as client:
        assert "at http://" in repr(client)
        assert domains(client) == set()
    engine.close()


def test_who_hangs_is_named(
    file: Path, process: Callable[[], Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = process().ready()
    os.kill(holder.pid, signal.SIGSTOP)
    os.waitpid(holder.pid, os.WUNTRACED)  # all its threads stand still
    monkeypatch.setattr(of_file, "_HEALTH_SECONDS", 0.3)
    with pytest.raises(EngineInUse, match=f"held by process {holder.pid}"):
        FileClient(file, patience=0.5).open()
    os.kill(holder.pid, signal.SIGCONT)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "engine.db", Path("/proc/engine.db")):
        with pytest.raises(StoreFailed, match=str(path)):
            connect(path)


# Its end


def test_a_closed_client_says_so(file: Path) -> None:
    client = open_here(file)
    client.close()
    client.close()
    with pytest.raises(EngineUnreachable, match="this client is closed"):
        domains(client)


def test_a_client_that_nobody_closed_gives_the_file_back(file: Path, process: Callable[[], Process]) -> None:
    open_here(file)
    with closing(open_here(file)) as client:
        assert "in this process" in repr(client)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_goes_to_the_engine_of_its_parent(file: Path) -> None:
    with closing(open_here(file)) as client:
        ensure_domain(client, "d")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                ensure_domain(client, "of the child")
                code = 0 if "at http://" in repr(client) else 2
                client.close()
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        assert domains(client) == {"d", "of the child"}
        assert "in this process" in repr(client)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_does_not_keep_the_file_of_its_dead_parent(file: Path) -> None:
    client = open_here(file)
    child = os.fork()
    if child == 0:
        time.sleep(30)
        os._exit(0)
    try:
        client.close()
        with closing(open_here(file)) as other:
            assert "in this process" in repr(other)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


# Signed


def test_by_path_to_an_engine_that_wants_signatures(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(file)
    engine.serve(credentials={"A": "secret"})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with closing(connect(file)) as client, pytest.raises(MissingAuthenticationToken):
        ensure_domain(client, "d")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with closing(connect(file)) as client:
        ensure_domain(client, "d")
    engine.close()
