"""Durable runs beside DBOS: the same trivial step, each step synced to disk, in the same run.

A sequence of 1,000 steps, a fan-out of 1,000, 200 workflows of 5 steps; ours with deciders and workers in
threads of one process (as DBOS runs), and across processes: an engine, a decider, two workers. DBOS on SQLite
in WAL mode, every connection at synchronous=FULL, its fan-out as child workflows. Each round runs all of them
one after the other, in processes of their own.

DBOS syncs each step before the next one begins. Ours syncs before anybody outside of the process is told of
anything; the answers of deciders and workers in the engine's own process come to the disk together, a
millisecond or two later.

Prints one JSON object as its last line: `sequence_vs_dbos`, `fanout_vs_dbos`, `workflows_vs_dbos` (ours over
DBOS's, per second; medians of the ratios of rounds), the same with `_processes`; `growth` (time of the last
tenth of 4,000 steps over the first), `syncs_per_step` (of a sequence, counted), `signal_ms` (from sending a
signal to a run across processes until the run has gone on, median); and the medians that the ratios are of.
Ratios are null where DBOS is not installed (`pip install --group bench`).
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import logging
import multiprocessing
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simpleflow
from simpleflow import Client, Workflow, activity
from simpleflow.swf.crew import Duties, Threads
from simpleflow.swf.loading import Loader
from swf.client import ensure_domain
from swf.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEPS = 1_000
LONG = 4_000
WORKFLOWS, EACH = 200, 5
ROUNDS = 3
SIGNALS = 50
THREADS = 4


@activity.with_attributes(version="1", task_list="bench")
def step(x: int) -> int:
    return x + 1


class Sequence(Workflow):
    name = "sequence"
    version = "1"
    task_list = "bench"

    def run(self, n: int) -> int:
        value = 0
        for _ in range(n):
            value = self.submit(step, value).result
        return value


class FanOut(Workflow):
    name = "fan-out"
    version = "1"
    task_list = "bench"

    def run(self, n: int) -> int:
        return sum(future.result for future in [self.submit(step, i) for i in range(n)])


class Signaled(Workflow):
    name = "signaled"
    version = "1"
    task_list = "bench"

    def run(self, n: int) -> int:
        for k in range(n):
            self.submit(self.next_signal("go")).wait()
            self.submit(self.record_marker("went", k)).wait()
        return n


def duties(mode: Any) -> Duties:
    """Return what deciders and workers do."""
    return Duties("bench", Loader([Sequence, FanOut, Signaled])).polling(["bench"], ["bench"]).in_mode(mode)


@contextlib.contextmanager
def in_process(file: Path) -> Iterator[Client]:
    """Have engine, decider and workers in this process."""
    with Engine(file) as engine:
        ensure_domain(engine.client(), "bench")
        with Threads(duties("thread"), engine.client, THREADS):
            yield Client.of(engine.client(), "bench")


@contextlib.contextmanager
def across_processes(file: Path) -> Iterator[Client]:
    """Have engine, decider and workers in processes of their own."""
    from simpleflow.swf.crew import Processes, ServedEngine

    with ServedEngine(file) as engine, contextlib.closing(engine.client()) as client:
        ensure_domain(client, "bench")
        with Processes(duties("process"), engine.client, workers=2):
            yield Client.of(client, "bench")


def per_second(count: int, work: Callable[[], object]) -> float:
    """Return how many a second."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def ours(client: Client) -> dict[str, float]:
    """Measure what both can do."""
    client.start(Sequence, 10).result()
    client.start(FanOut, 10).result()

    def many() -> None:
        for execution in [client.start(Sequence, EACH) for _ in range(WORKFLOWS)]:
            execution.result()

    return {
        "sequence": per_second(STEPS, lambda: client.start(Sequence, STEPS).result()),
        "fanout": per_second(STEPS, lambda: client.start(FanOut, STEPS).result()),
        "workflows": per_second(WORKFLOWS, many),
    }


def run_in_process(folder: Path) -> dict[str, float]:
    """Measure ours in one process."""
    with in_process(folder / "engine.db") as client:
        return ours(client)


def run_across_processes(folder: Path) -> dict[str, float]:
    """Measure ours across processes."""
    with across_processes(folder / "engine.db") as client:
        return ours(client)


def run_dbos(folder: Path) -> dict[str, float]:
    """Measure DBOS."""
    from dbos import DBOS
    from sqlalchemy import event
    from sqlalchemy.engine import Engine as Database

    file = folder / "dbos.db"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(Database, "connect")  # type: ignore[untyped-decorator, unused-ignore]
    def full(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA synchronous=FULL")

    DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{file}", "log_level": "CRITICAL"})

    @DBOS.step()
    def increment(x: int) -> int:
        return x + 1

    @DBOS.workflow()
    def sequence(n: int) -> int:
        value = 0
        for _ in range(n):
            value = increment(value)
        return value

    @DBOS.workflow()
    def one(x: int) -> int:
        return increment(x)

    @DBOS.workflow()
    def fan_out(n: int) -> int:
        return sum(handle.get_result() for handle in [DBOS.start_workflow(one, i) for i in range(n)])

    DBOS.launch()
    sequence(10)

    def many() -> None:
        for handle in [DBOS.start_workflow(sequence, EACH) for _ in range(WORKFLOWS)]:
            handle.get_result()

    figures = {
        "sequence": per_second(STEPS, lambda: sequence(STEPS)),
        "fanout": per_second(STEPS, lambda: fan_out(STEPS)),
        "workflows": per_second(WORKFLOWS, many),
    }
    DBOS.destroy()
    return figures


@contextlib.contextmanager
def counted_syncs() -> Iterator[list[int]]:
    """Count the times that this process asks the disk to hold what was written: one entry each."""
    syncs: list[int] = []
    sync = os.fdatasync

    def counting(file: int) -> None:
        syncs.append(file)
        sync(file)

    os.fdatasync = counting  # type: ignore[assignment]
    try:
        yield syncs
    finally:
        os.fdatasync = sync


def run_long(folder: Path) -> dict[str, float]:
    """Measure how the cost of a step grows, and count its syncs."""
    with counted_syncs() as syncs, in_process(folder / "engine.db") as client:
        client.start(Sequence, 10).result()
        syncs.clear()
        execution = client.start(Sequence, LONG)
        execution.result()
        count = len(syncs)
        events = execution.history.events
    times = [each.event_timestamp for each in events if type(each).__name__ == "ActivityTaskCompleted"]
    tenth = LONG // 10
    growth = (times[-1] - times[-tenth]) / (times[tenth - 1] - times[0])
    return {"growth": growth, "syncs": count / LONG}


def run_signals(folder: Path) -> dict[str, float]:
    """Measure how long it takes until a run has gone on after a signal, across processes."""
    with across_processes(folder / "engine.db") as client:
        execution = client.start(Signaled, SIGNALS)
        for _ in range(SIGNALS):
            execution.signal("go")
            time.sleep(0.02)
        execution.result()
        events = execution.history.events
    sent = [each.event_timestamp for each in events if type(each).__name__ == "WorkflowExecutionSignaled"]
    went = [each.event_timestamp for each in events if type(each).__name__ == "MarkerRecorded"]
    return {"ms": statistics.median(b - a for a, b in zip(sent, went, strict=True)) * 1_000}


def apart(work: Callable[[Path], dict[str, float]]) -> dict[str, float]:
    """Run in a process and a folder of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=_tell, args=(work, Path(folder), sender))
        process.start()
        sender.close()
        figures: dict[str, float] = receiver.recv()
        process.join()
    return figures


def _tell(work: Callable[[Path], dict[str, float]], folder: Path, sender: Any) -> None:
    logging.disable(logging.WARNING)
    sender.send(work(folder))


def main() -> None:
    """Measure, and print."""
    peer = importlib.util.find_spec("dbos") is not None
    rounds: dict[str, list[dict[str, float]]] = {"": [], "_processes": [], "dbos": []}
    for _ in range(ROUNDS):
        rounds[""].append(apart(run_in_process))
        if peer:
            rounds["dbos"].append(apart(run_dbos))
        rounds["_processes"].append(apart(run_across_processes))
    figures: dict[str, float | None] = {}
    for name in ("sequence", "fanout", "workflows"):
        for kind in ("", "_processes"):
            pairs = zip(rounds[kind], rounds["dbos"], strict=False)
            ratios = [own[name] / theirs[name] for own, theirs in pairs]
            figures[f"{name}_vs_dbos{kind}"] = round(statistics.median(ratios), 2) if ratios else None
        for kind, measured in rounds.items():
            if measured:
                median = statistics.median(each[name] for each in measured)
                figures[f"{name}_per_s{kind and '_' + kind.strip('_')}"] = round(median, 1)
    long = [apart(run_long) for _ in range(ROUNDS)]
    figures["growth"] = round(statistics.median(each["growth"] for each in long), 2)
    figures["syncs_per_step"] = round(statistics.median(each["syncs"] for each in long), 2)
    signals = [apart(run_signals) for _ in range(ROUNDS)]
    figures["signal_ms"] = round(statistics.median(each["ms"] for each in signals), 2)
    print(f"simpleflow {simpleflow.__version__}, Python {sys.version.split()[0]}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
