"""A program of a user, for the tests of `standalone`: its own `__main__` holds what runs."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import simpleflow
from simpleflow import Workflow, activity


@activity.with_attributes(version="1", task_list="work", retry=2, heartbeat_timeout=2)
def slow(x: int, file: str) -> int:
    time.sleep(0.05)
    with open(file, "a") as log:
        log.write(f"{x}\n")
    return x + 1


class Counts(Workflow):
    name = "counts"
    version = "1"
    task_list = "decide"
    decision_tasks_timeout = 1

    def run(self, n: int, file: str) -> int:
        value = 0
        for _ in range(n):
            value = self.submit(slow, value, file).result
        return value


class Elsewhere(Workflow):
    name = "elsewhere"
    version = "1"

    def run(self, x: int, file: str) -> Any:
        other = slow.with_options(task_list="nobody-named-this")
        return [self.submit(Counts, 2, file).result, self.submit(other, x, file).result]


class Fails(Workflow):
    name = "fails"
    version = "1"

    def run(self) -> Any:
        return self.submit(slow.with_options(raises_on_failure=True, retry=0), 1, "/nowhere/at/all").result


if __name__ == "__main__":
    mode: Any
    mode, path, what, file = sys.argv[1:]
    with simpleflow.standalone(path or None, workflows=[Counts, Elsewhere], mode=mode) as client:
        if what == "elsewhere":
            print(client.start(Elsewhere, 5, file).result(timeout=30))
        else:
            once = Counts.with_options(workflow_id="once")
            try:
                execution = client.start(once, 10, file)
            except simpleflow.exceptions.ExecutionAlreadyRunning:
                print("goes on", file=sys.stderr)
                execution = client.execution("once")
            Path(f"{file}.started").touch()
            print(execution.result(timeout=50))
