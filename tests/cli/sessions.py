"""Commands, each in a session of its own, as in a terminal: interrupted, killed, seen to end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simpleflow
from cli.ground import Ground, Ran, environment
from crashes.sessions import living

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.prepared import Prepared

__all__ = ["Orchard", "Session", "until"]

PATIENCE = 25.0


def until(
    holds: Callable[[], object], told: Callable[[], object] = lambda: "", seconds: float = PATIENCE
) -> None:
    """Wait until something holds; say what is told when it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, told()
        time.sleep(0.01)


class Session:
    """A command, and whatever it began: all processes of one session."""

    def __init__(self, folder: Path, engine: Path, number: int, *words: str) -> None:
        self._out, self._err = folder / f"{number}.out", folder / f"{number}.err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "simpleflow", *words],
                cwd=folder,
                env=environment(engine),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    def hears(self, word: str) -> None:
        """Wait until it says this on stderr."""
        until(lambda: word in self.err or self._process.poll() is not None, lambda: self.err)
        assert word in self.err, self.err

    def interrupt(self) -> None:
        """Type Ctrl-C: the terminal signals the whole group in its foreground."""
        os.killpg(self._process.pid, signal.SIGINT)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        """Kill every process, as a power cut does."""
        while living := self.living():
            for pid in living:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        self._process.wait()

    def ended(self) -> Ran:
        """Wait for its end, and see that nothing of it is left."""
        until(lambda: self._process.poll() is not None, lambda: self.out + self.err)
        until(lambda: not self.living(), lambda: f"{self.living()} live on: {self.err}", 10)
        return Ran(self._process.returncode, self.out, self.err)

    def living(self) -> list[int]:
        """Return its processes."""
        return living(self._process.pid)


class Orchard(Ground):
    """A folder with `orchard.py`, an engine's file, and notes of what activities did."""

    def __init__(self, folder: Path, prepared: Prepared) -> None:
        super().__init__(folder, prepared)
        self.module = folder / "orchard.py"
        shutil.copy(Path(__file__).with_name("orchard.py"), self.module)
        self._begun: list[Session] = []

    def begin(self, *words: str) -> Session:
        """Type a command, and leave it running."""
        self._begun.append(Session(self.folder, self.file, len(self._begun), *words))
        return self._begun[-1]

    def see(self, *words: str) -> Ran:
        """Type a command, and see how it ends."""
        return self.begin(*words).ended()

    def refuses(self, command: str, told: dict[tuple[str, ...], str]) -> None:
        """See that each of these arguments is refused in a line that says this, and nothing is begun."""
        begun = [(self.begin(command, *words), said) for words, said in told.items()]
        for session, said in begun:
            ran = session.ended()
            assert (ran.code, ran.out) == (2, "")
            [line] = ran.err.splitlines()
            assert line.startswith("Error: ")
            assert said in line
        assert not self.file.exists()

    def notes(self) -> list[str]:
        """Return what activities noted."""
        file = self.folder / "notes"
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def noted(self, word: str) -> None:
        """Wait until this is noted."""
        until(lambda: word in self.notes(), lambda: [each.err for each in self._begun])

    def open(self, gate: str = "gate") -> None:
        (self.folder / gate).touch()

    def client(self) -> simpleflow.Client:
        return simpleflow.Client(self.file)

    def status(self, workflow_id: str) -> str:
        with self.client() as client:
            return str(client.execution(workflow_id).status)

    def events(self, workflow_id: str) -> list[Any]:
        """Return the attributes of its events, in order."""
        with self.client() as client:
            return [each.attributes for each in client.execution(workflow_id).history.events]

    def completed(self, workflow_id: str) -> Counter[str]:
        """Return how often each activity completed."""
        events = self.events(workflow_id)
        return Counter(
            events[each.scheduled_event_id - 1].activity_id
            for each in events
            if type(each).__name__.startswith("ActivityTaskCompleted")
        )

    def clear(self) -> None:
        """Kill what a test that failed has left."""
        for each in self._begun:
            each.kill()
