"""Many open executions in a file (`ENGINE_EXECUTIONS`, 5,000 by default): the idle ones cost no memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.world import TYPE, register, start
from swf.client import HttpClient
from swf.engine import Engine
from swf.engine.call import Call
from swf.engine.waiter import Waiter
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from collections.abc import Iterator

EXECUTIONS = int(os.environ.get("ENGINE_EXECUTIONS", "5000"))
MEASURED = EXECUTIONS >= 100_000
"""Whether times are judged too: only in a run that asks for it, on a machine that is quiet."""
WANTED = 5
"""Of them, those that a poll waits for: the last that a domain has room for."""
CROWD = Path(__file__).with_name("crowd.py")
MB = 2**20


def fill(file: Path, executions: int) -> None:
    """Start executions, many in a transaction; each has a decision task that nobody takes."""
    requests = iter(
        {"domain": "d", "workflowId": f"crowd {number}", "workflowType": TYPE, "taskList": {"name": "idle"}}
        for number in range(executions)
    )
    with Engine(file, durability="normal") as engine:
        register(engine.client())
        while batch := list(islice(requests, 500)):
            waiters = [Waiter() for _ in batch]
            engine.perform(
                [
                    Call(
                        *("StartWorkflowExecution", convert("StartWorkflowExecution", request)),
                        *(waiter.done, lambda: True),
                    )
                    for request, waiter in zip(batch, waiters, strict=True)
                ]
            )
            refused = [waiter.outcome for waiter in waiters if isinstance(waiter.outcome, Exception)]
            assert refused == []


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("crowd") / "engine.db"
    fill(file, EXECUTIONS - WANTED)
    return file


@contextmanager
def opened(file: Path, *more: str) -> Iterator[dict[str, Any]]:
    """Open the file in a process of its own; yield what it says of itself."""
    process = subprocess.Popen(
        [sys.executable, str(CROWD), str(file), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.mark.timeout(900 if MEASURED else 60)
def test_idle_executions_are_not_in_memory(file: Path) -> None:
    with opened(file) as figures, closing(HttpClient(figures["url"])) as client:
        counted = client.count_open_workflow_executions(domain="d", startTimeFilter={"oldestDate": 0})
        assert counted["count"] == EXECUTIONS - WANTED
        served = [served_after(client, number) for number in range(WANTED)]
        print(json.dumps({"executions": EXECUTIONS, **figures, "waiting_poll_served_ms": served}))
        assert figures["held"] == 0
        assert figures["bytes"] - figures["before_bytes"] < 30 * MB
        if MEASURED:
            assert figures["opened_s"] < 3
            assert figures["bytes"] < 300 * MB
            assert statistics.median(served) < 50


def served_after(client: HttpClient, number: int) -> float:
    """Return after how many milliseconds a poll that waits is answered with a new execution's task."""
    tasks = {"name": f"wanted {number}"}
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(client.poll_for_decision_task, domain="d", taskList=tasks)
        time.sleep(0.05)  # nobody outside can see that it waits: if it does not yet, the figure is no worse
        began = time.perf_counter()
        run = start(client, f"wanted {number} {time.time()}", taskList=tasks)
        assert poll.result(30)["workflowExecution"]["runId"] == run
        return round((time.perf_counter() - began) * 1000, 2)


@pytest.mark.timeout(900 if MEASURED else 60)
def test_what_was_looked_at_stays_in_memory_only_as_long_as_there_is_room(file: Path) -> None:
    with opened(file, "touch") as figures:
        print(json.dumps({"executions": EXECUTIONS, "all_looked_at": figures}))
        assert figures["held"] < 6_000
        assert figures["bytes"] - figures["before_bytes"] < 100 * MB


def test_room_is_counted_in_events(tmp_path: Path) -> None:
    with Engine(tmp_path / "engine.db", durability="normal") as engine:
        register(engine.client())
        runs = engine._books.runs
        runs._room = 100
        client: Any = engine.client()
        for number in range(20):
            start(client, f"w{number}")
        assert runs._size <= 100
        assert len(runs._held) == 5  # of two events each, and what a run takes itself
        for _ in range(120):
            client.signal_workflow_execution(domain="d", workflowId="w7", signalName="s")
        assert [run.workflow_id for run in runs._held.values()] == [
            "w7"
        ]  # the one in use stays, however large
        assert engine.check() == []
