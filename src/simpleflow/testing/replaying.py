"""Recorded histories: kept in files, and fed to the code of today, which must decide what they record."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simpleflow.client import Execution
from simpleflow.dataflow import ByIds, Dataflow, Limits, batches
from simpleflow.dataflow.exact import RECORDS, asked, differs, recorded
from simpleflow.exceptions import Nondeterminism
from simpleflow.history import History
from simpleflow.swf.identity import is_ours
from swf.protocol.events import DecisionTaskCompleted, DecisionTaskStarted, WorkflowExecutionStarted
from swf.protocol.wire import event_from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.workflow import Workflow
    from swf.protocol.events import Event

__all__ = ["record", "replay"]

_NO_IDS = (
    "this history does not say its workflow id and run id, from which ids of children and random numbers "
    "follow: say them, replay(..., workflow_id=..., run_id=...)"
)


@dataclass(frozen=True)
class _Recording:
    events: Sequence[Event]
    workflow_id: str | None = None
    run_id: str | None = None


def record(execution: Execution[Any], path: str | os.PathLike[str]) -> None:
    """Write the history of an execution to a JSON file that `replay` reads."""
    events = execution.history.events
    run = {"workflowId": execution.workflow_id, "runId": execution.info.execution.run_id}
    lines = ",\n".join(json.dumps(to_wire(event)) for event in events)
    Path(path).write_text(f'{{"workflowExecution": {json.dumps(run)}, "events": [\n{lines}\n]}}\n')


def replay(
    history: Any,
    workflow: type[Workflow],
    *,
    workflow_id: str | None = None,
    run_id: str | None = None,
) -> None:
    """Check that a workflow decides today what a history records.

    `history` is an `Execution`, a `History`, the path of a JSON file (of `record`, or as the AWS command line
    prints it: `aws swf get-workflow-execution-history`), or what such a file holds: events, or an object with
    `events`. What does not say its `workflow_id` and `run_id` is told them, if the workflow needs them.

    Raises `Nondeterminism`, naming where they part, and what `run` raises where it is not a failure of the
    execution; `ValueError` for what is no history. An execution that an older release began is decided by
    the ids of its tasks: of that only the end is compared.
    """
    told = _read(history)
    if not told.events or not isinstance(told.events[0], WorkflowExecutionStarted):
        raise ValueError("a history begins with WorkflowExecutionStarted: this is none, or not all of it")
    known = _Recording(told.events, workflow_id or told.workflow_id, run_id or told.run_id)
    try:
        (_feed if _is_ours(known.events) else _feed_by_ids)(known, workflow)
    except Nondeterminism as error:
        if known.workflow_id is None or known.run_id is None:
            error.add_note(_NO_IDS)
        raise


def _feed(recording: _Recording, workflow: type[Workflow]) -> None:
    flow = _flow(Dataflow, recording, workflow)
    try:
        for batch in batches(recording.events):
            flow.feed(batch)
    finally:
        flow.discard()


def _feed_by_ids(recording: _Recording, workflow: type[Workflow]) -> None:
    """Feed what was known at the last decision, and compare that one if it closed the execution."""
    answered = [each for each in recording.events if isinstance(each, DecisionTaskCompleted)]
    if not answered:
        return
    flow = _flow(ByIds, recording, workflow)
    try:
        decided = flow.feed(recording.events[: answered[-1].attributes.started_event_id])
    finally:
        flow.discard()
    last = recording.events[-1]
    if type(last) in RECORDS and all(differs(each, last) for each in decided.decisions):
        now = ", ".join(map(asked, decided.decisions)) or None
        raise Nondeterminism(len(answered), last.event_id, recorded(last), now)


def _flow(kind: type[Dataflow], recording: _Recording, workflow: type[Workflow]) -> Dataflow:
    return kind(
        workflow,
        workflow_id=recording.workflow_id or "",
        run_id=recording.run_id or "",
        limits=Limits.of(dict(os.environ)),
    )


def _is_ours(events: Sequence[Event]) -> bool:
    """Tell whether a decider of this release or a later one made the first decision."""
    first = next((each for each in events if isinstance(each, DecisionTaskStarted)), None)
    return first is None or is_ours(first.attributes.identity)


# What is a history


def _read(history: Any) -> _Recording:
    if isinstance(history, Execution):
        events = history.history.events
        return _Recording(events, history.workflow_id, history.info.execution.run_id)
    if isinstance(history, (str, os.PathLike)):
        return _read(json.loads(Path(history).read_text()))
    if isinstance(history, Mapping):
        named = history.get("workflowExecution") or {}
        events = _events(history.get("events", ()))
        return _Recording(events, named.get("workflowId"), named.get("runId"))
    if isinstance(history, History):
        return _Recording(history.events)
    if isinstance(history, Iterable):
        return _Recording(_events(history))
    raise ValueError(f"{history!r} is no history")


def _events(given: Iterable[Any]) -> list[Event]:
    return [_event(each) for each in given]


def _event(given: Any) -> Event:
    """Return an event from a struct of ours, a dict of the wire, or an object that holds one (`raw`)."""
    raw = getattr(given, "raw", given)
    if not isinstance(raw, Mapping):
        event: Event = raw
        return event
    stamp = raw.get("eventTimestamp", 0.0)
    if isinstance(stamp, str):  # the AWS command line writes times as text
        raw = {**raw, "eventTimestamp": datetime.fromisoformat(stamp)}
    return event_from_wire(raw)
