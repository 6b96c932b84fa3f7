"""Fixtures for pytest, which finds this module by itself. Nothing is loaded before a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpleflow.testing.environment import Environment


@pytest.fixture
def simpleflow_env() -> Iterator[Environment]:
    """Return a `simpleflow.testing.environment`, where time passes only when the test says so."""
    from simpleflow.testing.environment import environment

    with environment() as env:
        yield env
