"""An engine, one execution whose activities a test schedules, and a worker, in this process or its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simpleflow.swf.loading import Loader
from simpleflow.swf.worker import Worker
from swf.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swf.protocol.client import Client

__all__ = ["DOMAIN", "Ground", "Program", "lives", "numbers_in", "wait_until"]

DOMAIN = "d"
_ENDS = [f"ActivityTask{how}" for how in ("Completed", "Failed", "TimedOut", "Canceled")]


class Ground:
    """Schedules activities, and tells what became of them."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.engine = Engine(file)
        self.client = self.engine.client()
        self.client.register_domain(name=DOMAIN, workflowExecutionRetentionPeriodInDays="1")
        self.client.register_workflow_type(domain=DOMAIN, name="w", version="1")
        self.run_id = self.client.start_workflow_execution(
            domain=DOMAIN,
            workflowId="id",
            workflowType={"name": "w", "version": "1"},
            taskList={"name": "decisions"},
            executionStartToCloseTimeout="600",
            taskStartToCloseTimeout="600",
            childPolicy="TERMINATE",
        )["runId"]

    def schedule(
        self,
        name: str,
        *args: Any,
        activity_id: str = "a",
        meta: dict[str, Any] | None = None,
        **timeouts: str,
    ) -> None:
        """Schedule an activity on the task list t."""
        self.schedule_with(
            json.dumps({"args": args, "kwargs": {}, "meta": meta or {}}), name, activity_id, **timeouts
        )

    def schedule_with(self, input: str | None, name: str, activity_id: str = "a", **timeouts: str) -> None:
        """Schedule an activity with this input."""
        with suppress(self.client.exceptions.TypeAlreadyExistsFault):
            self.client.register_activity_type(domain=DOMAIN, name=name, version="1")
        given = {
            "scheduleToStartTimeout": "NONE",
            "scheduleToCloseTimeout": "NONE",
            "startToCloseTimeout": "NONE",
            "heartbeatTimeout": "NONE",
            **timeouts,
        }
        self.decide(
            "ScheduleActivityTask",
            activityType={"name": name, "version": "1"},
            activityId=activity_id,
            taskList={"name": "t"},
            **given,
            **({} if input is None else {"input": input}),
        )

    def decide(self, kind: str, **attributes: Any) -> None:
        """Make a decision."""
        if not self.history()[-1]["eventType"].startswith("DecisionTask"):
            self.client.signal_workflow_execution(domain=DOMAIN, workflowId="id", signalName="wake")
        task = self.client.poll_for_decision_task(domain=DOMAIN, taskList={"name": "decisions"})
        key = f"{kind[0].lower()}{kind[1:]}DecisionAttributes"
        self.client.respond_decision_task_completed(
            taskToken=task["taskToken"], decisions=[{"decisionType": kind, key: attributes}]
        )

    def cancel(self) -> None:
        """Ask for the cancellation of the activity a."""
        self.decide("RequestCancelActivityTask", activityId="a")

    def history(self) -> list[dict[str, Any]]:
        """Return the events of the execution."""
        found: list[dict[str, Any]] = self.client.get_workflow_execution_history(
            domain=DOMAIN, execution={"workflowId": "id", "runId": self.run_id}
        )["events"]
        return found

    def wait_for(self, *kinds: str, seconds: float = 30.0) -> dict[str, Any]:
        """Wait for the latest event to be of one of these kinds, and return its attributes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for event in reversed(self.history()):
                if event["eventType"] in kinds:
                    kind = event["eventType"]
                    attributes: dict[str, Any] = event[f"{kind[0].lower()}{kind[1:]}EventAttributes"]
                    return attributes
            time.sleep(0.005)
        raise AssertionError([event["eventType"] for event in self.history()])

    def ended(self) -> tuple[str, dict[str, Any]]:
        """Wait for the end of an activity, and return how it ended."""
        attributes = self.wait_for(*_ENDS)
        return self._ends()[-1].removeprefix("ActivityTask"), attributes

    def _ends(self) -> list[str]:
        return [each["eventType"] for each in self.history() if each["eventType"] in _ENDS]

    def results(self) -> list[str]:
        """Return the results of all activities that completed."""
        return [
            each["activityTaskCompletedEventAttributes"]["result"]
            for each in self.history()
            if each["eventType"] == "ActivityTaskCompleted"
        ]

    def works(self) -> bool:
        """Tell whether a worker takes one more task, and completes it."""
        before, ends = self.results(), len(self._ends())
        self.schedule("double", 1, activity_id="one more")
        wait_until(lambda: len(self._ends()) > ends)
        return self.results() == [*before, "2"]

    @contextmanager
    def worker(
        self, mode: Any = "process", make: Callable[[], Client] | None = None, **options: Any
    ) -> Iterator[Worker]:
        """Have a worker at work, in a thread of this process."""
        client = (make or self.engine.client)()
        worker = Worker(client, DOMAIN, "t", Loader(["worker.tasks"]), mode=mode, **options)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(15)
            assert not thread.is_alive()

    @contextmanager
    def program(self, *words: str, **options: Any) -> Iterator[Program]:
        """Have a worker at work in a process of its own."""
        assert self.file is not None
        self.engine.serve()
        program = Program(self.file, *words, **options)
        try:
            wait_until(lambda: self.engine.parked > 0)
            yield program
        finally:
            program.end()


class Program:
    """The program of `program.py`, run in a process."""

    def __init__(self, file: Path, *words: str, **options: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "worker.program", str(file), json.dumps(options), *words],
            cwd=Path(__file__).parents[1],
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def children(self) -> dict[str, int]:
        """Return its living children by what they do, as `ps` shows it."""
        found = {}
        for each in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            title = Path(f"/proc/{each}/cmdline").read_text().strip("\0")
            if lives(int(each)):
                found[title.partition("[")[2].partition("]")[0].partition(" ")[0]] = int(each)
        return found

    def child(self, state: str) -> int:
        """Wait for the child that does this, and return its pid."""
        wait_until(lambda: state in self.children())
        return self.children()[state]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """Stop it, if it lives; return its exit code, and what it said on stdout and stderr."""
        self.process.terminate()
        out, log = self.process.communicate(timeout=20)
        return self.process.returncode, out, log


def wait_until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def lives(pid: int) -> bool:
    """Tell whether a process lives; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def numbers_in(file: Path, count: int = 1) -> list[int]:
    """Wait until so many numbers are in a file, and return them."""
    wait_until(lambda: file.exists() and len(file.read_text().split()) == count)
    return [int(each) for each in file.read_text().split()]
