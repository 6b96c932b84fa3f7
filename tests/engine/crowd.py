"""A process with an engine on a file that many open executions are in: `python crowd.py FILE [touch]`.

It prints what it took to open as JSON, then serves until stdin ends. `touch` looks at every execution first.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from swf.engine import Engine


def resident() -> int:
    """Return how many bytes of this process are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def main(file: str, *more: str) -> None:
    before = resident()
    began = time.perf_counter()
    with Engine(file) as engine:
        opened = time.perf_counter() - began
        if more:
            for number in list(engine._store.run_ids()):
                engine._books.run(number)
                engine._books.runs.settle()
        figures = {
            "url": engine.serve().url,
            "opened_s": round(opened, 3),
            "before_bytes": before,
            "bytes": resident(),
            "held": len(engine._books.runs._held),
        }
        print(json.dumps(figures), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
