"""Activities for the tests of workers."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from simpleflow import activity
from simpleflow.exceptions import TaskCanceled

LONG = 60


@activity.with_attributes(name="double", version="1")
def double(x: int) -> int:
    return 2 * x


@activity.with_attributes(name="who", version="1")
def who() -> int:
    return os.getpid()


@activity.with_attributes(name="prints", version="1")
def prints(text: str) -> None:
    sys.stdout.write(f"{text}\n")


@activity.with_attributes(name="raises", version="1")
def raises() -> None:
    raise ValueError("unlucky")


@activity.with_attributes(name="raises_oddly", version="1")
def raises_oddly() -> None:
    raise OSError(b"no \xff".decode(errors="surrogateescape"))


@activity.with_attributes(name="leaves", version="1")
def leaves() -> None:
    sys.exit(3)


@activity.with_attributes(name="gives_up_its_loop", version="1")
async def gives_up_its_loop() -> None:
    raise asyncio.CancelledError


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
def killed(number: int) -> None:
    os.kill(os.getpid(), number)


@activity.with_attributes(name="sleeps", version="1")
def sleeps(seconds: float, file: str = "") -> str:
    if file:
        _say_who(file)
    time.sleep(seconds)
    return "slept"


@activity.with_attributes(name="sleeps_and_says_so", version="1", heartbeat_timeout=1)
def sleeps_and_says_so(seconds: float) -> None:
    time.sleep(seconds)


@activity.with_attributes(name="tidies", version="1")
def tidies(begun: str, tidied: str) -> None:
    try:
        _say_who(begun)
        time.sleep(LONG)
    finally:
        _say_who(tidied)


@activity.with_attributes(name="tidies_async", version="1")
async def tidies_async(begun: str, tidied: str) -> None:
    try:
        _say_who(begun)
        await asyncio.sleep(LONG)
    finally:
        _say_who(tidied)


def _say_who(file: str) -> None:
    Path(file).write_text(str(os.getpid()))


@activity.with_attributes(name="stubborn", version="1")
def stubborn(file: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _begin_others(file)
    while True:
        time.sleep(1)


@activity.with_attributes(name="begins_others", version="1")
def begins_others(file: str, seconds: float = LONG) -> None:
    _begin_others(file)
    time.sleep(seconds)


def _begin_others(file: str) -> None:
    sleep = [sys.executable, "-c", f"import time; time.sleep({LONG})"]
    near, far = subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)
    Path(file).write_text(f"{os.getpid()} {near.pid} {far.pid}")


@activity.with_attributes(name="pools", version="1")
def pools(numbers: list[int]) -> list[int]:
    """Leaving the block terminates the pool's processes."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(abs, numbers)


@activity.with_attributes(name="ends_another", version="1")
def ends_another() -> int | None:
    """Fork a process, and end it as `multiprocessing` does."""
    other = multiprocessing.get_context("fork").Process(target=time.sleep, args=(LONG,))
    other.start()
    other.terminate()
    other.join(10)
    return other.exitcode


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


@activity.with_attributes(name="gives_in_with_words", version="1", heartbeat_timeout=3)
def gives_in_with_words() -> None:
    try:
        gives_in.callable()
    except TaskCanceled:
        raise TaskCanceled("all put back") from None


@activity.with_attributes(name="fails_when_canceled", version="1", heartbeat_timeout=3)
def fails_when_canceled() -> None:
    try:
        gives_in.callable()
    except TaskCanceled:
        raise ValueError("in the way") from None


@activity.with_attributes(name="asks_twice", version="1", heartbeat_timeout=3)
def asks_twice() -> None:
    try:
        gives_in.callable()
    except TaskCanceled:
        activity.current().heartbeat("once more")


@activity.with_attributes(name="tells_from_threads", version="1", heartbeat_timeout=3)
def tells_from_threads(count: int) -> str:
    current = activity.current()

    def tell() -> None:
        for step in range(100):
            current.heartbeat("x" * step)

    threads = [threading.Thread(target=tell) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return "told"


@activity.with_attributes(name="resumes", version="1", heartbeat_timeout=3)
def resumes() -> Any:
    found = activity.current().details
    if found is None:
        activity.current().heartbeat({"done": 7})
        os._exit(1)
    return found


@activity.with_attributes(name="tells", version="1")
def tells(details: Any, seconds: float = 0.0) -> None:
    activity.current().heartbeat(details)
    time.sleep(seconds)


@activity.with_attributes(name="later", version="1")
def later(file: str) -> Any:
    Path(file).write_text(activity.current()["task_token"])
    return activity.DoNotComplete


@activity.with_attributes(name="context", version="1")
def context() -> Any:
    return {key: value for key, value in activity.current().items() if key not in ("run_id", "task_token")}


@activity.with_attributes(name="context_of_both", version="1")
class ContextOfBoth:
    context: Any

    def execute(self) -> list[str]:
        assert double.context is not None
        return [self.context["activity_id"], double.context["activity_id"]]
