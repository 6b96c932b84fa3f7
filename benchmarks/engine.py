"""What the engine costs, durable: one execution's four calls a step, in process and over HTTP.

A step is: poll for a decision task, schedule an activity, poll for it, complete it. Beside it, in the same
run, the floors (a bare commit at the same durability, a bare HTTP echo) and moto's server doing the same, by
our client and as many steps: its cost grows with the history.
Prints one JSON object as its last line: `in_process_steps_per_s`, `http_steps_per_s` (one client process),
`http16_steps_per_s` (16 executions at once), `handover_ms` (from a task's becoming available to the answer of
the poll that waits, median); the floors `commit_us` and `echo_us`; `in_process_vs_floor` and `http_vs_floor`,
the time of a step over that of its two synced commits (and four echoes); `moto_steps_per_s` and `vs_moto`,
null where moto is not installed (`pip install --group bench`). Medians of rounds, ratios within each round.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import multiprocessing
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from httptools import HttpRequestParser

from swf.client import HttpClient
from swf.client.connection import Connection
from swf.engine import Engine
from swf.protocol.sigv4 import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS = 400
ROUNDS = 4
AT_ONCE = 16
DOMAIN = "bench"
WORKFLOW = {"name": "W", "version": "1"}
ACTIVITY = {"name": "A", "version": "1"}


def register(client: Any) -> None:
    """Register what a step needs."""
    client.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
    client.register_workflow_type(
        domain=DOMAIN,
        **WORKFLOW,
        defaultTaskList={"name": "d"},
        defaultExecutionStartToCloseTimeout="100000",
        defaultTaskStartToCloseTimeout="300",
        defaultChildPolicy="TERMINATE",
    )
    client.register_activity_type(
        domain=DOMAIN,
        **ACTIVITY,
        defaultTaskList={"name": "a"},
        defaultTaskStartToCloseTimeout="300",
        defaultTaskScheduleToStartTimeout="300",
        defaultTaskScheduleToCloseTimeout="300",
        defaultTaskHeartbeatTimeout="300",
    )


def start(client: Any, name: str) -> None:
    """Start an execution with task lists of its own."""
    client.start_workflow_execution(
        domain=DOMAIN, workflowId=name, workflowType=WORKFLOW, taskList={"name": f"d-{name}"}
    )


def step(client: Any, name: str, number: int, **paging: Any) -> None:
    """Make the four calls of a step."""
    decision = client.poll_for_decision_task(domain=DOMAIN, taskList={"name": f"d-{name}"}, **paging)
    schedule = {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityId": f"a{number}",
            "activityType": ACTIVITY,
            "taskList": {"name": f"a-{name}"},
            "input": '{"args":[1],"kwargs":{}}',
        },
    }
    client.respond_decision_task_completed(taskToken=decision["taskToken"], decisions=[schedule])
    task = client.poll_for_activity_task(domain=DOMAIN, taskList={"name": f"a-{name}"})
    client.respond_activity_task_completed(taskToken=task["taskToken"], result="2")


def per_second(client: Any, name: str, steps: int, **paging: Any) -> float:
    """Return how many steps a second an execution of this name makes."""
    start(client, name)
    began = time.perf_counter()
    for number in range(steps):
        step(client, name, number, **paging)
    return steps / (time.perf_counter() - began)


NEW_EVENTS: dict[str, Any] = {"startAtPreviousStartedEvent": True}


# Those who run


def in_process(name: str) -> float:
    """One thread, no HTTP."""
    with tempfile.TemporaryDirectory() as folder, Engine(Path(folder) / "engine.db") as engine:
        client = engine.client()
        register(client)
        return per_second(client, name, STEPS, **NEW_EVENTS)


@contextlib.contextmanager
def server(folder: str) -> Iterator[str]:
    """Serve an engine in a process of its own; give its address."""
    command = [sys.executable, "-m", "swf.engine", "--db", f"{folder}/engine.db", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        yield next(word.rstrip(";,") for word in line.split() if word.startswith("http://"))
        process.terminate()


def _client_process(url: str, names: list[str], ready: Any, go: Any, done: Any) -> None:
    """Make steps for several executions at once, a thread each."""
    threads = [
        threading.Thread(target=per_second, args=(HttpClient(url), name, STEPS // 4), kwargs=NEW_EVENTS)
        for name in names
    ]
    ready.release()
    go.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.release()


def http16(url: str, round_: int) -> float:
    """Return the steps a second of 16 executions at once, from two client processes."""
    context = multiprocessing.get_context("spawn")
    ready, go, done = context.Semaphore(0), context.Event(), context.Semaphore(0)
    names = [f"many-{round_}-{number}" for number in range(AT_ONCE)]
    processes = [
        context.Process(target=_client_process, args=(url, names[part::2], ready, go, done))
        for part in range(2)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    for _ in processes:
        done.acquire()
    spent = time.perf_counter() - began
    for process in processes:
        process.join()
    return AT_ONCE * (STEPS // 4) / spent


def handover(url: str, name: str, times: int = 60) -> float:
    """Return the median milliseconds from a signal sent to the waiting poll answered."""
    client, poller = HttpClient(url), HttpClient(url)
    start(client, name)
    taken = poller.poll_for_decision_task(domain=DOMAIN, taskList={"name": f"d-{name}"}, **NEW_EVENTS)
    client.respond_decision_task_completed(taskToken=taken["taskToken"])
    spent, arrived = [], threading.Semaphore(0)
    answered = [0.0]

    def wait() -> None:
        for _ in range(times):
            task = poller.poll_for_decision_task(domain=DOMAIN, taskList={"name": f"d-{name}"}, **NEW_EVENTS)
            answered[0] = time.perf_counter()
            poller.respond_decision_task_completed(taskToken=task["taskToken"])
            arrived.release()

    thread = threading.Thread(target=wait)
    thread.start()
    for _ in range(times):
        time.sleep(0.01)  # the poll waits by then
        began = time.perf_counter()
        client.signal_workflow_execution(domain=DOMAIN, workflowId=name, signalName="s")
        arrived.acquire()
        spent.append(answered[0] - began)
    thread.join()
    return statistics.median(spent) * 1e3


# Floors and a peer


def commit_us(times: int = 500) -> float:
    """Return the median microseconds of a bare commit that is synced."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE t (a)")
        spent = []
        for _ in range(times):
            began = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO t VALUES (?)", ("x" * 300,))
            db.execute("COMMIT")
            spent.append(time.perf_counter() - began)
        db.close()
        return statistics.median(spent) * 1e6


class _Echo(asyncio.Protocol):
    """Answers each request with its body."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def _serve_echo(port: Any) -> None:
    async def main() -> None:
        serving = await asyncio.get_running_loop().create_server(_Echo, "127.0.0.1", 0)
        port.send(serving.sockets[0].getsockname()[1])
        await serving.serve_forever()

    asyncio.run(main())


def echo_us(times: int = 1_000) -> float:
    """Return the median microseconds of a call to a bare echo over HTTP, bytes in and bytes out."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve_echo, args=(there,), daemon=True)
    process.start()
    connection = Connection("127.0.0.1", here.recv(), connect_seconds=5.0, answer_seconds=5.0)
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n" + b"x" * 300
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        connection.ask(request)
        spent.append(time.perf_counter() - began)
    connection.close()
    process.terminate()
    return statistics.median(spent) * 1e6


@contextlib.contextmanager
def moto() -> Iterator[HttpClient | None]:
    """Serve moto in a process of its own; give our client for it, None without moto."""
    if any(importlib.util.find_spec(name) is None for name in ("moto", "flask", "flask_cors")):
        print("moto is not installed, so it is not measured: pip install --group bench", file=sys.stderr)
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield HttpClient(f"http://127.0.0.1:{port}", Credentials("key", "secret"))
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    """Return when somebody listens there, or after half a minute."""
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)


def main() -> None:
    measured: dict[str, list[float]] = {}

    def note(name: str, figure: float) -> float:
        measured.setdefault(name, []).append(figure)
        return figure

    with tempfile.TemporaryDirectory() as folder, server(folder) as url, moto() as peer:
        client = HttpClient(url)
        register(client)
        if peer is not None:
            register(peer)
        for number in range(ROUNDS):
            commits = 2 * note("commit_us", commit_us())
            inside = note("in_process_steps_per_s", in_process(f"in-{number}"))
            note("in_process_vs_floor", 1e6 / inside / commits)
            echoes = 4 * note("echo_us", echo_us())
            served = note("http_steps_per_s", per_second(client, f"http-{number}", STEPS, **NEW_EVENTS))
            note("http_vs_floor", 1e6 / served / (commits + echoes))
            note("http16_steps_per_s", http16(url, number))
            note("handover_ms", handover(url, f"handover-{number}"))
            if peer is not None:
                note("vs_moto", served / note("moto_steps_per_s", per_second(peer, f"m{number}", STEPS)))
    figures: dict[str, float | None] = {"moto_steps_per_s": None, "vs_moto": None}
    figures |= {name: round(statistics.median(each), 2) for name, each in measured.items()}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
