"""A worker as a program: FILE OPTIONS, the options as JSON; logs on stderr."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from simpleflow.swf.loading import Loader
from simpleflow.swf.process.signals import stopping
from simpleflow.swf.worker import Worker
from swf.client import connect

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    client = connect(Path(sys.argv[1]), open_file=False)
    worker = Worker(client, "d", "t", Loader(["worker.tasks"]), **json.loads(sys.argv[2]))
    with stopping(worker.stop, worker.stop_now):
        worker.run()
