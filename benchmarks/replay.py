"""The cost of decisions: of the next one on a kept run, and of all of them from the bytes of a history.

Prints one JSON object as its last line: `resumed_growth` (cost of a warm decision, last tenth over first
tenth of 4,000 activities in sequence, each decision the best of the rounds), `cold_us_per_event` (from the
JSON bytes of that history to the decisions, median), and the floor `parse_us_per_event` of the same run.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "dataflow"))

from world import World

from simpleflow import Workflow, activity
from simpleflow.dataflow import batches
from swf.protocol.wire import decode_events, encode_events

ACTIVITIES = 4_000
ROUNDS = 5


@activity.with_attributes(version="1")
def inc(x: int) -> int:
    return x + 1


class Sequence(Workflow):
    name = "sequence"
    version = "1"
    task_list = "d"

    def run(self, n: int) -> int:
        x = 0
        for _ in range(n):
            x = self.submit(inc, x).result
        return x


def history() -> tuple[World, bytes]:
    """Return a world that has run, and its history as bytes."""
    world = World(Sequence, ACTIVITIES, compare=False)
    world.run()
    return world, encode_events(world.execution.events[:-2])


def warm(world: World, data: bytes) -> list[float]:
    """Return the seconds of each warm decision."""
    cut = list(batches(decode_events(data)))
    flow = world.new_flow()
    gc.collect()
    gc.freeze()
    costs = []
    for batch in cut:
        began = time.perf_counter()
        flow.feed(batch)
        costs.append(time.perf_counter() - began)
    flow.discard()
    return costs


def cold(world: World, data: bytes) -> float:
    """Return the seconds from the bytes to the decisions."""
    began = time.perf_counter()
    flow = world.new_flow()
    for batch in batches(decode_events(data)):
        flow.feed(batch)
    spent = time.perf_counter() - began
    flow.discard()
    return spent


def parse(data: bytes) -> float:
    """Return the seconds of parsing alone."""
    began = time.perf_counter()
    decode_events(data)
    return time.perf_counter() - began


def main() -> None:
    world, data = history()
    events = len(world.execution.events) - 2
    rounds = [warm(world, data) for _ in range(ROUNDS)]
    best = [min(costs) for costs in zip(*rounds, strict=True)]
    tenth = len(best) // 10
    figures: dict[str, Any] = {
        "resumed_growth": round(statistics.median(best[-tenth:]) / statistics.median(best[:tenth]), 3),
        "resumed_us": round(statistics.median(best) * 1e6, 1),
        "cold_us_per_event": round(
            statistics.median(cold(world, data) for _ in range(ROUNDS)) / events * 1e6, 2
        ),
        "parse_us_per_event": round(statistics.median(parse(data) for _ in range(ROUNDS)) / events * 1e6, 2),
        "events": events,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
