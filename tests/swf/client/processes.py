"""Processes that use the engine on a file, and are told what to do line by line."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Process"]

_PROGRAM = """
import json, os, sys, time
from swf.client import connect
from swf.exceptions import SWFError
client = connect(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    what, arguments = json.loads(line)
    try:
        if what == "where":
            said = repr(client)
        elif what == "wait_until":
            time.sleep(arguments["at"] - time.time())
            said = None
        elif what == "reconnect":
            client.close()
            client = connect(sys.argv[1])
            said = repr(client)
        else:
            said = getattr(client, what)(**arguments)
        print(json.dumps({"said": said}, default=str), flush=True)
    except SWFError as error:
        print(json.dumps({"error": type(error).__name__, "text": str(error)}), flush=True)
client.close()
"""


class Process:
    """One process with a client of its own."""

    def __init__(self, file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> Process:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        return self

    def tell(self, what: str, **arguments: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, arguments]) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """Return what the process says: an answer, or the name of an error."""
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        return said["said"] if "said" in said else (said["error"], said["text"])

    def ask(self, what: str, **arguments: Any) -> Any:
        self.tell(what, **arguments)
        return self.hear()

    @property
    def holds(self) -> bool:
        return "in this process" in self.ask("where")

    def domains(self) -> set[str]:
        return {
            each["name"] for each in self.ask("list_domains", registrationStatus="REGISTERED")["domainInfos"]
        }

    def register(self, name: str) -> Any:
        return self.ask("register_domain", name=name, workflowExecutionRetentionPeriodInDays="1")

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._end()

    def end(self) -> int:
        """Let it end by itself; return its exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._end()

    def _end(self) -> int:
        code = self._process.wait(20)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):  # it will not hear what was still to be told
                    pipe.close()
        return code

    def dispose(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._end()
