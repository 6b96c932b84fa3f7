"""From what a client is answered to the answer's struct.

An event that Amazon invents after us is an `UnknownEvent`, never a crash; zeros that another server leaves
out are put back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from swf.protocol import answers
from swf.protocol.operations import OPERATIONS
from swf.protocol.requests import REQUESTS
from swf.protocol.wire import event_from_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["answer_from_dict", "answer_from_json", "operation_of"]


def operation_of(request: msgspec.Struct) -> str:
    """Return the operation that takes this request."""
    return _OPERATIONS[type(request)]


def answer_from_json(operation: str, body: bytes) -> Any:
    """Return the answer that a body says; None where the operation answers nothing."""
    if (decoder := _DECODERS.get(operation)) is None:
        return None
    try:
        return decoder.decode(body)
    except msgspec.ValidationError:
        return answer_from_dict(operation, msgspec.json.decode(body))


def answer_from_dict(operation: str, said: Mapping[str, Any]) -> Any:
    """Return the answer that a dict with the names of the wire says; None where there is none."""
    if (kind := _ANSWERS.get(operation)) is None:
        return None
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError:
        if operation in _ZEROS:
            said = {**_ZEROS[operation], **said}
        if "events" not in said:
            return msgspec.convert(said, kind)
    events = [event_from_wire(event) for event in said["events"]]
    rest = msgspec.convert({**said, "events": []}, kind)
    return msgspec.structs.replace(rest, events=events)


_ZEROS = {
    "PollForActivityTask": {"startedEventId": 0},
    "PollForDecisionTask": {"startedEventId": 0, "previousStartedEventId": 0},
}
_OPERATIONS = {kind: operation for operation, kind in REQUESTS.items()}
_ANSWERS: dict[str, type[msgspec.Struct]] = {
    name: getattr(answers, operation.output) for name, operation in OPERATIONS.items() if operation.output
}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in _ANSWERS.items()}
