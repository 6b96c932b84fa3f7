"""kill -9 under load, again and again (`ENGINE_KILLS` times, 10 by default): nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.reckoning import Reckoning, read_logs
from engine.world import register
from swf.engine import Engine, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = int(os.environ.get("ENGINE_KILLS", "10"))
PER_FILE = 10
CLIENTS = 2
LOAD = Path(__file__).with_name("load.py")


class Victim:
    """A file, the engine that has it until it is killed, and those who use it."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.file = folder / "engine.db"
        self.logs = [folder / f"{number}.log" for number in range(CLIENTS)]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self.engine: subprocess.Popen[str] | None = None
        with Engine(self.file) as engine:
            register(engine.client())
        self.clients = [
            subprocess.Popen(
                [sys.executable, str(LOAD), f"http://127.0.0.1:{self.port}", str(log), f"{seed}-{number}"],
                stdin=subprocess.PIPE,
            )
            for number, log in enumerate(self.logs)
        ]

    def serve(self) -> None:
        """Have the file served; returns when it is."""
        command = [sys.executable, "-m", "swf.engine", "--db", str(self.file), "--port", self.port]
        self.engine = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.engine.stderr is not None
        said = self.engine.stderr.readline()
        assert "listening on" in said, said

    def kill(self) -> str:
        """Kill the engine; return what it had to say."""
        assert self.engine is not None
        assert self.engine.stderr is not None
        self.engine.send_signal(signal.SIGKILL)
        said = self.engine.stderr.read()
        assert self.engine.wait(10) == -signal.SIGKILL
        self.engine.stderr.close()
        self.engine = None
        return said

    def end(self) -> None:
        """End the clients, and the engine if it lives."""
        for client in self.clients:
            assert client.stdin is not None
            client.stdin.close()
        try:
            assert [client.wait(75) for client in self.clients] == [0] * CLIENTS
        finally:
            for client in self.clients:
                if client.poll() is None:
                    client.kill()
                    client.wait()
            if self.engine is not None:
                self.kill()

    def told(self) -> list[dict[str, Any]]:
        return read_logs([log for log in self.logs if log.exists()])


@pytest.mark.timeout(60 + 5 * KILLS)
def test_nothing_that_was_acknowledged_is_lost_or_done_twice(tmp_path: Path) -> None:
    seed = os.environ.get("ENGINE_SEED", "kills")
    figures = {"kills": 0, "acknowledged": 0, "unknown": 0, "kept_tokens_honoured": 0, "executions": 0}
    for number, kills in enumerate(_portions(KILLS)):
        folder = tmp_path / str(number)
        folder.mkdir()
        _kill_again_and_again(folder, f"{seed}-{number}", kills, figures)
    print(json.dumps(figures))
    assert figures["kills"] == KILLS
    assert figures["acknowledged"] > 10 * KILLS


def _portions(kills: int) -> Iterator[int]:
    while kills > 0:
        yield min(PER_FILE, kills)
        kills -= PER_FILE


def _kill_again_and_again(folder: Path, seed: str, kills: int, figures: dict[str, int]) -> None:
    rng = random.Random(seed)
    victim = Victim(folder, seed)
    try:
        for number in range(kills):
            victim.serve()
            if not number:
                _wait_for_load(victim)
            time.sleep(rng.random() * 0.3)
            assert victim.kill() == ""
            figures["kills"] += 1
            wrong = _wrong(victim)
            assert not wrong, "\n".join(wrong[:20])
    finally:
        victim.end()
    told = victim.told()
    with Engine(victim.file, clock=VirtualClock(time.time() + 3_600)) as engine:
        for _ in range(3):  # what fires schedules, and times out; no timer fires again
            engine.tick()
        reckoning = Reckoning(engine, told)
        wrong = [*reckoning.wrong(), *reckoning.timers()]
        assert not wrong, "\n".join(wrong[:20])
        figures["executions"] += len(reckoning.histories)
    for each in told:
        figures["acknowledged"] += each["outcome"] == "done"
        figures["unknown"] += each["outcome"] == "unknown"
        figures["kept_tokens_honoured"] += each["outcome"] == "done" and each["what"] == "kept"


def _wait_for_load(victim: Victim) -> None:
    end = time.monotonic() + 20
    while len(victim.told()) < 20 * CLIENTS:
        assert time.monotonic() < end, "the clients do nothing"
        time.sleep(0.01)


def _wrong(victim: Victim) -> list[str]:
    """Return what is wrong with the file while nobody serves it.

    What the clients have noted is read first: what they may still note of the time before is no less true.
    """
    told = victim.told()
    with Engine(victim.file, clock=VirtualClock(time.time())) as engine:
        engine.tick()  # nothing happens between two looks
        return Reckoning(engine, told).wrong()
