"""Laws of the heart, on generated workflows and event orders (`LAW_CASES` says how many, 300 by default).

1. A kept run and a new one fed all batches decide the same. 2. Every future ends with its own task's outcome.
The third is in `test_changed_code`.
"""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from cast import echo
from orders import HAPPENINGS, REASONS, cases
from overload import throttling
from programs import FEATURES

from simpleflow.context import Current
from simpleflow.perform import perform
from simpleflow.registry import registry

CASES = int(os.environ.get("LAW_CASES", "300"))


def test_the_activities_of_the_laws_say_who_they_are() -> None:
    assert perform(registry[None][echo.name], '{"args":["t"],"kwargs":{}}', Current()) == '"t"'


@pytest.mark.timeout(6_000)
def test_warm_and_cold_decide_the_same_and_every_future_has_its_own_outcome() -> None:
    seen: Counter[str] = Counter()
    for world in cases(CASES):
        seen.update(world.reasons())
        seen.update(world.happened)

    print(dict(sorted(seen.items())))
    assert not [name for name in FEATURES + REASONS + HAPPENINGS if not seen[name]]


@pytest.mark.timeout(6_000)
def test_they_do_and_it_has_where_amazon_throttles() -> None:
    rng = random.Random("throttling")
    with throttling(lambda kind: rng.random() < 0.15) as throttled:
        for _ in cases(CASES // 3):
            pass

    print(dict(throttled))
    assert len(throttled) == 7
    assert all(throttled.values())
