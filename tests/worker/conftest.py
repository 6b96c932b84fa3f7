"""Engines for tests of workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from worker.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ground() -> Iterator[Ground]:
    """An engine in memory, for workers in this process."""
    made = Ground()
    yield made
    made.engine.close()


@pytest.fixture
def file_ground(tmp_path: Path) -> Iterator[Ground]:
    """An engine on a file, for workers in processes of their own."""
    made = Ground(tmp_path / "engine.db")
    yield made
    made.engine.close()
