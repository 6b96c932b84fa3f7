"""Engine, deciders and workers on a file, until killed: `python -m crashes.crew FILE KEPT_RUNS`."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from pathlib import Path

from crashes.shapes import CLASSES
from simpleflow.swf.crew import Duties, Processes, ServedEngine
from simpleflow.swf.loading import Loader
from swf.client import ensure_domain


def main(file: str, kept_runs: str) -> None:
    """Run until killed; exit when a supervisor is gone."""
    duties = Duties(
        "soak",
        Loader(CLASSES),
        decision_lists=["decide"],
        activity_lists=["work"],
        deciders=2,
        kept_runs=int(kept_runs),
    )
    with ServedEngine(Path(file)) as engine:
        with closing(engine.client()) as client:
            ensure_domain(client, "soak")
        with Processes(duties, engine.client, workers=2, grace=1.0) as crew:
            while not crew.ended and not engine.ended:
                time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
