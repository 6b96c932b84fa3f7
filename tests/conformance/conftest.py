"""The three ways to an engine, and what is checked after every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.coverage import Coverage
from conformance.region import WAYS, Options, Region
from conformance.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAST = "test_wholeness"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "edge(number, ...): cases of the specification's §7 that the test shows"
    )
    config.addinivalue_line("markers", "engine(**options): how the test wants its engine; see region.Options")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Judge the whole after its parts."""
    items.sort(key=lambda item: LAST in item.nodeid)


@pytest.fixture(scope="session")
def coverage() -> dict[str, Coverage]:
    """What the suite has used so far, by way."""
    return {way: Coverage() for way in WAYS}


@pytest.fixture(params=WAYS)
def region(request: pytest.FixtureRequest, tmp_path: Path, coverage: dict[str, Coverage]) -> Iterator[Region]:
    """An engine, reached in each way; after the test all its executions are checked."""
    options = _options(request)
    region = Region(request.param, options, tmp_path, coverage[request.param])
    try:
        yield region
        region.finish()
    finally:
        region.close()


@pytest.fixture
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    """A served engine, and its wire."""
    region = Region("http", _options(request), tmp_path, Coverage())
    assert region.server is not None
    try:
        yield Wire(region)
        region.finish()
    finally:
        region.close()


def _options(request: pytest.FixtureRequest) -> Options:
    marker = request.node.get_closest_marker("engine")
    return Options(**marker.kwargs) if marker else Options()
