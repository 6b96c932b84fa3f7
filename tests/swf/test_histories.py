"""The histories recorded from Amazon: they are read, and they can be had by an execution of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scheduling import faults

from swf.engine.machine import Execution
from swf.exceptions import BrokenHistory
from swf.protocol.wire import decode_events, decode_history, encode_events

DATA = Path(__file__).parent.parent / "data" / "histories"
HISTORIES = sorted(DATA.glob("**/*.json"))
AT_FAULT = {"036": 11, "059": 6, "060": 7, "068": 11, "docs": 2}
"""What the scheduling rule finds: the first letters of the file, and the event."""


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.name[:60])
def test_a_recorded_history_is_read_and_written_alike(path: Path) -> None:
    events = decode_history(path.read_bytes())

    assert events
    assert decode_events(encode_events(events)) == events


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.name[:60])
def test_a_recorded_history_loads_unless_it_is_at_fault(path: Path) -> None:
    events = decode_history(path.read_bytes())
    fault = next((event_id for start, event_id in AT_FAULT.items() if path.name.startswith(start)), None)

    if fault is None:
        execution = Execution.load("w", "r", events)
        assert execution.events == events
    else:
        with pytest.raises(BrokenHistory) as caught:
            Execution.load("w", "r", events)
        assert caught.value.event_id == fault
        assert f"event {fault}" in str(caught.value)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.name[:60])
def test_the_scheduling_rule_holds_in_a_recorded_history_unless_it_is_at_fault(path: Path) -> None:
    found = {event_id for event_id, _ in faults(decode_history(path.read_bytes()))}

    assert found == {event_id for start, event_id in AT_FAULT.items() if path.name.startswith(start)}


def test_the_wire_shapes_are_those_of_the_service_model() -> None:
    root = Path(__file__).parent.parent.parent

    done = subprocess.run(
        [sys.executable, str(root / "scripts" / "protocol.py"), "--check"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
