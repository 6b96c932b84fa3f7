"""What reading a long history costs: 25,000 events as typed events, beside botocore's parsing of the same.

The history is that of a sequence of activities, in pages of 1,000 events as GetWorkflowExecutionHistory
answers them. Ours: the page's JSON to dicts, and those to typed events whose attributes are read. botocore's:
its own parser on the same bytes, which gives dicts. Prints one JSON object as its last line: `us_per_event`,
`botocore_us_per_event`, `vs_botocore` (its time over ours), `compile_us_per_event`, and `held_events`, the
most events that iterating through the pages held at once. Medians of rounds, ratios within each round.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
import weakref
from typing import TYPE_CHECKING, Any

import botocore.parsers
import botocore.session
import msgspec

from swf.models.event import EventFactory
from swf.models.history import History

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = 25_000
PAGE = 1_000
ROUNDS = 5


def recorded() -> list[dict[str, Any]]:
    """Return the events of a sequence of activities, as the wire has them."""
    events: list[dict[str, Any]] = []

    def add(kind: str, **attributes: Any) -> int:
        key = f"{kind[0].lower()}{kind[1:]}EventAttributes"
        number = len(events) + 1
        events.append(
            {"eventId": number, "eventTimestamp": 1.7e9 + number, "eventType": kind, key: attributes}
        )
        return number

    add(
        "WorkflowExecutionStarted",
        childPolicy="TERMINATE",
        taskList={"name": "decisions"},
        workflowType={"name": "sequence", "version": "1"},
        executionStartToCloseTimeout="86400",
        taskStartToCloseTimeout="30",
        parentInitiatedEventId=0,
        input='{"args":[1],"kwargs":{}}',
    )
    step = 0
    while len(events) <= EVENTS - 6:
        step += 1
        scheduled = add("DecisionTaskScheduled", taskList={"name": "decisions"}, startToCloseTimeout="30")
        started = add("DecisionTaskStarted", scheduledEventId=scheduled, identity="decider")
        completed = add("DecisionTaskCompleted", scheduledEventId=scheduled, startedEventId=started)
        activity = add(
            "ActivityTaskScheduled",
            activityType={"name": "examples.increment", "version": "1"},
            activityId=f"activity-examples.increment-{step}",
            input='{"args":[1],"kwargs":{}}',
            decisionTaskCompletedEventId=completed,
            taskList={"name": "work"},
            scheduleToStartTimeout="300",
            scheduleToCloseTimeout="300",
            startToCloseTimeout="300",
            heartbeatTimeout="300",
        )
        begun = add("ActivityTaskStarted", scheduledEventId=activity, identity="worker")
        add("ActivityTaskCompleted", scheduledEventId=activity, startedEventId=begun, result="2")
    add("DecisionTaskScheduled", taskList={"name": "decisions"}, startToCloseTimeout="30")
    return events


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes, the collector at rest."""
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    work()
    taken = time.perf_counter() - began
    gc.enable()
    return taken


def read(pages: list[bytes]) -> int:
    """Read all events, and of each what most programs do."""
    seen = 0
    for page in pages:
        for raw in msgspec.json.decode(page)["events"]:
            event: Any = EventFactory(raw)
            seen += len(event.state) > 0 and event.id > 0 and event.timestamp is not None
            if event.type == "ActivityTask" and event.state == "scheduled":
                seen += bool(event.activity_id)
    return seen


def most_held(pages: list[dict[str, Any]]) -> int:
    """Return how many events live at once, at most, while a lazy history is iterated."""

    def fetch(token: str | None) -> dict[str, Any]:
        place = int(token or 0)
        more = {"nextPageToken": str(place + 1)} if place + 1 < len(pages) else {}
        return {"events": [Kept(each) for each in pages[place]["events"]], **more}

    alive: weakref.WeakSet[Kept] = weakref.WeakSet()

    class Kept(dict[str, Any]):
        def __init__(self, raw: dict[str, Any]) -> None:
            super().__init__(raw)
            alive.add(self)

        def __hash__(self) -> int:  # type: ignore[override]  # one is what it is
            return id(self)

    most = 0
    for event in History.from_pages(fetch):
        if event.id % 250 == 0:
            most = max(most, len(alive))
    return most


def main() -> None:
    """Measure, and print."""
    events = recorded()
    cut = [events[start : start + PAGE] for start in range(0, len(events), PAGE)]
    pages = [json.dumps({"events": page}).encode() for page in cut]
    model = botocore.session.get_session().get_service_model("swf")
    shape = model.operation_model("GetWorkflowExecutionHistory").output_shape
    parser: Any = botocore.parsers.JSONParser()

    def by_botocore() -> None:
        for page in pages:
            parser.parse({"status_code": 200, "headers": {}, "body": page}, shape)

    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: read(pages)) / len(events) * 1e6)
        theirs.append(seconds(by_botocore) / len(events) * 1e6)
    compiling = seconds(History.from_event_list(events).compile) / len(events) * 1e6
    figures = {
        "us_per_event": round(statistics.median(ours), 2),
        "botocore_us_per_event": round(statistics.median(theirs), 2),
        "vs_botocore": round(statistics.median(b / a for a, b in zip(ours, theirs, strict=True)), 2),
        "compile_us_per_event": round(compiling, 2),
        "held_events": most_held([{"events": page} for page in cut]),
        "events": len(events),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
