"""Activities for the tests of workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from simpleflow import activity
from simpleflow.exceptions import TaskCanceled


@activity.with_attributes(name="double", version="1")
def double(x: int) -> int:
    return 2 * x


@activity.with_attributes(name="who", version="1")
def who() -> int:
    return os.getpid()


@activity.with_attributes(name="raises", version="1")
def raises() -> None:
    raise ValueError("unlucky")


@activity.with_attributes(name="unserialisable", version="1")
def unserialisable() -> Any:
    return object()


@activity.with_attributes(name="too_long", version="1")
def too_long() -> str:
    return "x" * 40_000


@activity.with_attributes(name="exits", version="1")
def exits(code: int) -> None:
    os._exit(code)


@activity.with_attributes(name="killed", version="1")
def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@activity.with_attributes(name="sleeps", version="1")
def sleeps(seconds: float, file: str = "") -> str:
    if file:
        Path(file).write_text(str(os.getpid()))
    time.sleep(seconds)
    return "slept"


@activity.with_attributes(name="stubborn", version="1")
def stubborn(file: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(file).write_text(f"{os.getpid()} {child.pid}")
    while True:
        time.sleep(1)


@activity.with_attributes(name="polite", version="1", heartbeat_timeout=3)
def polite(steps: int) -> str:
    current = activity.current()
    for step in range(current.details or 0, steps):
        try:
            current.heartbeat(step)
        except TaskCanceled:
            return f"stopped at {step}"
        time.sleep(0.05)
    return "all"


@activity.with_attributes(name="gives_in", version="1", heartbeat_timeout=3)
def gives_in() -> None:
    for step in range(1_000):
        activity.current().heartbeat({"step": step})
        time.sleep(0.05)


@activity.with_attributes(name="resumes", version="1", heartbeat_timeout=3)
def resumes() -> Any:
    found = activity.current().details
    if found is None:
        activity.current().heartbeat({"done": 7})
        os._exit(1)
    return found


@activity.with_attributes(name="later", version="1")
def later(file: str) -> Any:
    Path(file).write_text(activity.current()["task_token"])
    return activity.DoNotComplete


@activity.with_attributes(name="context", version="1")
def context() -> Any:
    return {key: value for key, value in activity.current().items() if key not in ("run_id", "task_token")}
