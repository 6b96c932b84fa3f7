"""The ground floor: the wire shapes of Amazon SWF. Imports nothing of ours.

`events`, `decisions`, `shapes`, `enums` and `operations` are generated from botocore's service model by
`make protocol`; `wire` reads and writes them as JSON or as the plain dicts of boto3.
"""

from __future__ import annotations

from swf.protocol.decisions import Decision
from swf.protocol.events import Event
from swf.protocol.wire import (
    UnknownEvent,
    decision_from_wire,
    decode_decisions,
    decode_events,
    decode_history,
    encode_decisions,
    encode_events,
    event_from_wire,
    to_wire,
)

__all__ = [
    "Decision",
    "Event",
    "UnknownEvent",
    "decision_from_wire",
    "decode_decisions",
    "decode_events",
    "decode_history",
    "encode_decisions",
    "encode_events",
    "event_from_wire",
    "to_wire",
]
