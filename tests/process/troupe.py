"""A program with a supervisor that says on stdout what its children do: BEHAVIOUR COUNT GRACE."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time

from simpleflow.swf.process.child import Child
from simpleflow.swf.process.signals import stopping
from simpleflow.swf.process.supervisor import Group, Supervisor


def say(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def steady() -> int:
    """Live until asked to stop, then stop at once."""
    asked = threading.Event()
    with stopping(asked.set, asked.set):
        say("born", os.getpid())
        asked.wait()
    say("stopped", os.getpid())
    return 0


def busy() -> int:
    """Finish nothing before it must."""
    must = threading.Event()
    with stopping(lambda: say("asked", os.getpid()), must.set):
        say("born", os.getpid())
        must.wait()
    say("gave-up", os.getpid())
    return 3


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("born", os.getpid())
    while True:
        time.sleep(60)


def brief() -> int:
    say("born", os.getpid(), time.monotonic())
    return 1


def hopeless() -> int:
    say("born", os.getpid())
    return 2


def raising() -> None:
    say("born", os.getpid())
    raise ValueError("no such task")


def littering() -> None:
    """Leave a process behind, and fail."""
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    say("born", os.getpid(), left.pid)
    time.sleep(600)


def reading() -> int:
    say("read", repr(sys.stdin.read()))
    return 2


def nested() -> int:
    """Supervise in a process of its own."""
    child = Child(Supervisor(Group("inner", steady, 2), grace=5).run, "supervisor")
    child.start()
    say("inner", child.pid)
    code = child.wait()
    return -1 if code is None else code


BEHAVIOURS = (steady, busy, stubborn, brief, hopeless, raising, littering, reading)

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    name, count, grace = sys.argv[1:]
    if name == "nested":
        sys.exit(nested())
    targets = {each.__name__: each for each in BEHAVIOURS}
    sys.exit(Supervisor(Group(name, targets[name], int(count)), name="Troupe", grace=float(grace)).run())
