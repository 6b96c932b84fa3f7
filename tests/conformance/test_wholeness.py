"""The suite itself: every case of the specification is there, every operation and member was used."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.region import WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.coverage import Coverage

HERE = Path(__file__).parent
MODULES = {path.stem for path in HERE.glob("test_*.py")}
NEVER = {
    # nothing of ours is forbidden, and no function ever runs
    "RecordMarkerFailedEventAttributes",
    "LambdaFunctionStartedEventAttributes",
    "LambdaFunctionCompletedEventAttributes",
    "LambdaFunctionFailedEventAttributes",
    "LambdaFunctionTimedOutEventAttributes",
}


def edges() -> Iterator[int]:
    """Yield the numbers on all tests."""
    for module in sorted(MODULES):
        for function in vars(importlib.import_module(f"conformance.{module}")).values():
            for mark in getattr(function, "pytestmark", []):
                if getattr(mark, "name", "") == "edge":
                    yield from mark.args


def test_every_edge_case_is_there() -> None:
    counted = Counter(edges())

    assert set(counted) == set(range(1, 110))


@pytest.mark.parametrize("way", WAYS)
def test_every_operation_and_member_was_used(
    way: str, coverage: dict[str, Coverage], request: pytest.FixtureRequest
) -> None:
    ran = {Path(item.path).stem for item in request.session.items if Path(item.path).parent == HERE}
    if ran != MODULES or request.config.getoption("keyword") or request.session.testsfailed:
        pytest.skip("only after the whole suite, when it has passed")

    assert sorted(_possible(coverage[way].missing())) == []


def _possible(members: set[str]) -> Iterator[str]:
    for member in members:
        shape = member.split()[0]
        named = member.split()[-1]
        if shape not in NEVER and f"{named[0].upper()}{named[1:]}" not in NEVER:
            yield member
