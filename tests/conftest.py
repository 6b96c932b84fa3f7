"""What all tests share."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "dataflow"))


def pytest_collection_finish() -> None:
    """What was imported for the tests stays: nobody needs to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
