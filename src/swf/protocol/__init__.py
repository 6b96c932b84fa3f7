"""The ground floor: the wire shapes of Amazon SWF. Imports nothing of ours but `swf.exceptions`.

`events`, `decisions`, `requests`, `answers`, `client`, `operations` and what these are made of (`shapes`,
`scalars`, `enums`) are generated from botocore's service model by `make protocol`. `wire` reads and writes
histories and decisions; `reading` reads requests (`deserializing`, `constraints` and `meaning` say what is
wrong with one) and writes answers; `faults` and `sigv4` are what else travels.
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
