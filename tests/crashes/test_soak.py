"""Everything is killed at random, with SIGKILL, while workflows of many shapes run: each ends as it must."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crashes.sessions import living
from crashes.shapes import CLASSES, SHAPES
from simpleflow.client import Client
from simpleflow.testing import replay
from simpleflow.utils import full_class_name
from swf.client import connect, ensure_domain

WORKFLOWS = int(os.environ.get("SOAK_WORKFLOWS", "10"))
KILLS = int(os.environ.get("SOAK_KILLS", "1"))
"""How many of each kind."""
KEPT_RUNS = (1_000, 1) if "SOAK_WORKFLOWS" in os.environ else (1,)
SEED = int(os.environ.get("SOAK_SEED", "7"))
KINDS = {
    "simpleflow Engine[": "engine",
    "simpleflow EngineSupervisor[": "engine's supervisor",
    "simpleflow Standalone(": "supervisor",
    "simpleflow DeciderPoller(": "decider",
    "simpleflow ActivityPoller(": "worker",
}


class Crew:
    """The program under attack; started again whenever it has gone."""

    def __init__(self, file: Path, kept_runs: int) -> None:
        self._command = [sys.executable, "-m", "crashes.crew", str(file), str(kept_runs)]
        self._log = file.with_suffix(".log").open("ab")
        self.sessions: list[int] = []
        self._start()

    def _start(self) -> None:
        self._program = subprocess.Popen(
            self._command,
            cwd=Path(__file__).parent.parent,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.sessions.append(self._program.pid)

    def tend(self) -> None:
        """Start it again if it has gone."""
        if self._program.poll() is not None:
            self._start()

    def living(self) -> dict[str, list[int]]:
        """Return its processes by kind."""
        found: dict[str, list[int]] = {}
        for pid, title in processes(self.sessions):
            kind = next((name for start, name in KINDS.items() if title.startswith(start)), None)
            if kind == "worker" and "[" in title and title.rpartition("[")[2].startswith(("perf", "idle")):
                kind = "performer"
            if pid == self._program.pid:
                kind = "program"
            if kind is not None:
                found.setdefault(kind, []).append(pid)
        return found

    def end(self) -> None:
        """Ask it to end, and see that nothing is left."""
        self._program.terminate()
        self._program.wait(20)
        self._program.kill()
        deadline = time.monotonic() + 10
        while (left := processes(self.sessions)) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid, _ in left:
            os.kill(pid, signal.SIGKILL)
        self._log.close()
        assert left == []


def processes(sessions: list[int]) -> list[tuple[int, str]]:
    """Return pid and title of the processes that live in these sessions."""
    found = []
    for pid in living(*sessions):
        with contextlib.suppress(OSError):
            found.append((pid, Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()))
    return found


KILLED = ("engine", "engine's supervisor", "supervisor", "decider", "worker", "performer", "program")


@pytest.mark.timeout(60 + 30 * WORKFLOWS)
@pytest.mark.parametrize("kept_runs", KEPT_RUNS)
def test_each_workflow_ends_as_it_must_whatever_is_killed(tmp_path: Path, kept_runs: int) -> None:
    chosen = random.Random(SEED)
    crew = Crew(tmp_path / "soak.db", kept_runs)
    kills: Counter[str] = Counter()
    asks = connect(tmp_path / "soak.db", open_file=False)
    try:
        ensure_domain(asks, "soak")
        client = Client.of(asks, "soak")
        expected: dict[str, tuple[Any, Any]] = {}
        for number in range(WORKFLOWS):
            shape, result_of = SHAPES[number % len(SHAPES)]
            size = chosen.randint(2, 6)
            started = client.start(shape.with_options(workflow_id=f"w{number}"), size)
            expected[started.workflow_id] = (started, result_of(size))
        planned = [kind for kind in KILLED for _ in range(KILLS)]
        chosen.shuffle(planned)
        for kind in planned:
            time.sleep(chosen.uniform(0.1, 0.4))
            kills[kind] += kill_one(crew, kind, chosen)
            crew.tend()
        for workflow_id, (execution, result) in expected.items():
            while True:
                crew.tend()
                with contextlib.suppress(TimeoutError):
                    assert execution.result(timeout=1) == result, workflow_id
                    break
        check_histories(client)
    finally:
        asks.close()
        crew.end()
    print(f"\nkept runs {kept_runs}: {json.dumps(kills)}")
    assert set(kills) == set(KILLED)
    assert min(kills.values()) >= KILLS


def kill_one(crew: Crew, kind: str, chosen: random.Random) -> int:
    """Kill a process of this kind, as soon as there is one."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        crew.tend()
        if living := crew.living().get(kind):
            with contextlib.suppress(ProcessLookupError):
                os.kill(chosen.choice(living), signal.SIGKILL)
                return 1
        time.sleep(0.02)
    raise AssertionError(f"there was no {kind} to kill: {crew.living()}")


def check_histories(client: Client) -> None:
    """See that each completed activity stands once, and that each run decides cold what it records."""
    classes = {each.name: each for each in CLASSES} | {full_class_name(each): each for each in CLASSES}
    count = 0
    for execution in client.executions("CLOSED"):
        events: list[Any] = list(execution.history.events)
        scheduled = {
            each.event_id: each.attributes.activity_id
            for each in events
            if type(each).__name__ == "ActivityTaskScheduled"
        }
        completed = Counter(
            scheduled[each.attributes.scheduled_event_id]
            for each in events
            if type(each).__name__ == "ActivityTaskCompleted"
        )
        assert all(times == 1 for times in completed.values()), (execution, completed)
        started = events[0].attributes
        replay(
            events,
            classes[started.workflow_type.name],
            workflow_id=execution.workflow_id,
            run_id=execution.run_id,
        )
        count += 1
    assert count >= WORKFLOWS
