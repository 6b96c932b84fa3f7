"""What clients were told, held against what the file has."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from conformance.rules import problems
from conformance.words import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swf.engine import Engine

__all__ = ["Reckoning", "read_logs"]

_CARRIES = {
    # type of event: what was done, and the attribute that has the key of the call
    "WorkflowExecutionSignaled": ("signal", "input"),
    "ActivityTaskCompleted": ("activity", "result"),
    "DecisionTaskCompleted": ("decision", "executionContext"),
}


def read_logs(logs: list[Path]) -> list[dict[str, Any]]:
    """Return what was noted; a line that is being written does not count yet."""
    return [json.loads(line) for log in logs for line in log.read_text().splitlines(True) if line[-1] == "\n"]


class Reckoning:
    """The file of an engine, as its clients may expect it."""

    def __init__(self, engine: Engine, told: list[dict[str, Any]]) -> None:
        self.engine = engine
        self.client: Any = engine.client()
        self.told = told
        self.histories: dict[str, list[dict[str, Any]]] = {}
        self.described: dict[str, dict[str, Any]] = {}
        self.names: Counter[str] = Counter()
        self._read()

    def _read(self) -> None:
        since = {"oldestDate": 0}
        for list_them in (
            self.client.list_open_workflow_executions,
            self.client.list_closed_workflow_executions,
        ):
            token = None
            while True:
                page = list_them(domain="d", startTimeFilter=since, nextPageToken=token)
                for info in page["executionInfos"]:
                    self._add(info["execution"])
                if (token := page.get("nextPageToken")) is None:
                    break

    def _add(self, execution: dict[str, str]) -> None:
        of = {"domain": "d", "execution": execution}
        run = execution["runId"]
        self.names[execution["workflowId"]] += 1
        self.histories[run] = self.client.get_workflow_execution_history(**of)["events"]
        self.described[run] = self.client.describe_workflow_execution(**of)

    def wrong(self) -> list[str]:
        """Return all that is not as it must be, in words."""
        return [
            *self.engine.check(),
            *self._histories(),
            *self._acknowledged(),
            *self._refused(),
            *self._handed_over(),
            *self._heartbeats(),
        ]

    def _histories(self) -> Iterator[str]:
        for run, events in self.histories.items():
            yield from (f"{run}: {problem}" for problem in problems(events, self.described[run]))

    def _done(self) -> dict[str, Counter[str]]:
        """Return how often each key is in the histories."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        found["start"] = self.names
        for events in self.histories.values():
            for event in events:
                if (carried := _CARRIES.get(event["eventType"])) is not None:
                    what, member = carried
                    found[what][attributes(event)[member]] += 1
        found["kept"] = found["activity"]
        return found

    def _acknowledged(self) -> Iterator[str]:
        found = self._done()
        for what, counts in found.items():
            yield from (f"{what} {key} happened {count} times" for key, count in counts.items() if count > 1)
        for each in self.told:
            what, key = each["what"], each["key"]
            if what not in found:
                continue
            count = found[what][key]
            if each["outcome"] == "done" and count != 1:
                yield f"{what} {key} was acknowledged and happened {count} times"
            if each["outcome"] == "not sent" and count:
                yield f"{what} {key} was never sent and happened"
            if each["outcome"] == "done" and what == "start" and each["run"] not in self.histories:
                yield f"run {each['run']} was acknowledged and is not there"

    def _refused(self) -> Iterator[str]:
        """Whoever is refused must have lost the task: to its end, or to an attempt of theirs."""
        for each in self.told:
            if each["what"] == "again":
                if each["outcome"] == "done":
                    yield f"the token of {each['key']} was honoured twice"
            elif each["outcome"] == "refused":
                if each["why"] != "UnknownResourceFault":
                    yield f"{each['what']} {each['key']}: {each['why']}: {each['text']}"
                elif each["what"] in ("kept", "activity", "decision") and not self._has_ended(each):
                    yield f"the token of {each['key']} was not honoured: {each['text']}"

    def _has_ended(self, each: dict[str, Any]) -> bool:
        events = self.histories[each["run"]]
        if self.described[each["run"]]["executionInfo"]["executionStatus"] == "CLOSED":
            return True
        ends = ("TaskCompleted", "TaskTimedOut", "TaskFailed", "TaskCanceled")
        return any(
            event["eventType"].endswith(ends) and attributes(event)["startedEventId"] == each["started"]
            for event in events
        )

    def _handed_over(self) -> Iterator[str]:
        counts: Counter[tuple[str, int]] = Counter()
        for each in self.told:
            if each["what"].endswith(" task") and each["outcome"] == "done" and each["started"]:
                counts[each["run"], each["started"]] += 1
                event = self.histories[each["run"]][each["started"] - 1 :][:1]
                kind = "DecisionTaskStarted" if each["what"] == "decision task" else "ActivityTaskStarted"
                if [one["eventType"] for one in event] != [kind]:
                    yield f"{each['what']} {each['started']} of {each['run']} was told and is not started"
        yield from (
            f"task {task} was handed over {count} times" for task, count in counts.items() if count > 1
        )

    def _heartbeats(self) -> Iterator[str]:
        """An acknowledged heartbeat is kept until a later one, or the end of its task."""
        kept = {}
        rows = self.engine._store._rows(
            "SELECT workflow_id, details FROM heartbeats JOIN executions ON execution = executions.id"
        )
        for name, details in rows:
            key, number = details.split()
            kept[name, key] = int(number)
        over = {
            (self.described[run]["executionInfo"]["execution"]["workflowId"], attributes(event)["result"])
            for run, events in self.histories.items()
            for event in events
            if event["eventType"] == "ActivityTaskCompleted"
        }
        for each in self.told:
            if each["what"] == "heartbeat" and each["outcome"] == "done":
                name, _, number = each["place"]
                if (name, each["key"]) in over or self._is_closed(name):
                    continue
                if kept.get((name, each["key"]), -1) < number:
                    yield f"heartbeat {number} of {each['key']} was acknowledged and is lost"

    def _is_closed(self, workflow_id: str) -> bool:
        return any(
            each["executionInfo"]["executionStatus"] == "CLOSED"
            for each in self.described.values()
            if each["executionInfo"]["execution"]["workflowId"] == workflow_id
        )

    def timers(self) -> Iterator[str]:
        """When every timer is overdue and time has been told: each has fired once, or its run is closed."""
        for run, events in self.histories.items():
            if self.described[run]["executionInfo"]["executionStatus"] == "CLOSED":
                continue
            started = Counter(attributes(e)["timerId"] for e in events if e["eventType"] == "TimerStarted")
            fired = Counter(attributes(e)["timerId"] for e in events if e["eventType"] == "TimerFired")
            if started != fired:
                yield f"{run}: timers {started - fired} have not fired, {fired - started} too often"
