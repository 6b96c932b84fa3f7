"""From bytes or a dict to a request, and from an answer to bytes.

A request that keeps the rules of the service model is read by msgspec alone. What that refuses is walked
again, slowly, to say what is wrong with it in the words of Amazon SWF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import msgspec

from swf.exceptions import InvalidRequest, UnknownOperation
from swf.protocol.constraints import MOST_PROBLEMS, problems
from swf.protocol.decisions import Decision
from swf.protocol.deserializing import deserialized, parsed
from swf.protocol.meaning import check
from swf.protocol.operations import OPERATIONS
from swf.protocol.requests import (
    REQUESTS,
    DecisionOnWire,
    RespondDecisionTaskCompletedInput,
    RespondDecisionTaskCompletedInputOnWire,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["check", "convert", "encode_answer", "read"]

_ENCODER = msgspec.json.Encoder(order="sorted")
_REFUSED = (msgspec.DecodeError, ValueError, RecursionError, OverflowError)


def read(operation: str, body: bytes) -> msgspec.Struct:
    """Return the request that a body says; an empty one says `{}`.

    Raises `UnknownOperation`, `Serialization` when the body is of another form than the operation takes, and
    `InvalidRequest` naming all members that break a constraint of the service model.
    """
    if (reader := _READERS.get(operation)) is None:
        raise UnknownOperation
    try:
        return reader(body or b"{}")
    except _REFUSED:
        return _walked(operation, parsed(body or b"{}"))


def convert(operation: str, params: Mapping[str, Any]) -> msgspec.Struct:
    """Return the request that a dict with the names of the wire says; raises as `read` does."""
    if (converter := _CONVERTERS.get(operation)) is None:
        raise UnknownOperation
    try:
        return converter(params)
    except _REFUSED:
        return _walked(operation, params)


def encode_answer(answer: msgspec.Struct | None) -> bytes:
    """Return the body that says an answer: compact, the keys of every object in order; nothing for None."""
    return b"" if answer is None else _ENCODER.encode(answer)


def _walked(operation: str, said: Any) -> msgspec.Struct:
    shape = OPERATIONS[operation].input
    said = deserialized(shape, said)
    if found := problems(shape, said):
        found = found[:MOST_PROBLEMS]
        counted = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
        raise InvalidRequest(counted + "; ".join(found))
    return _CONVERTERS[operation](said)


def _decided(
    read: Callable[[Any], RespondDecisionTaskCompletedInputOnWire],
) -> Callable[[Any], RespondDecisionTaskCompletedInput]:
    """Return a reader that makes of each decision what its type says."""

    def decided(said: Any) -> RespondDecisionTaskCompletedInput:
        request = read(said)
        decisions = request.decisions
        return RespondDecisionTaskCompletedInput(
            request.task_token,
            None if decisions is None else [_decision(each) for each in decisions],
            request.execution_context,
            request.task_list,
            request.task_list_schedule_to_start_timeout,
        )

    return decided


def _decision(said: DecisionOnWire) -> Decision:
    kind, attributes = _DECISIONS[said.decision_type]
    if (own := getattr(said, attributes)) is None:
        raise msgspec.ValidationError(attributes)  # the slow path puts empty ones there
    decision: Decision = kind(own)
    return decision


def _converter(kind: type[msgspec.Struct]) -> Callable[[Any], Any]:
    return lambda said: msgspec.convert(said, kind)


_WIRE: dict[str, type[msgspec.Struct]] = {
    **REQUESTS,
    "RespondDecisionTaskCompleted": RespondDecisionTaskCompletedInputOnWire,
}
_READERS: dict[str, Callable[[bytes], msgspec.Struct]] = {
    operation: msgspec.json.Decoder(kind).decode for operation, kind in _WIRE.items()
}
_CONVERTERS: dict[str, Callable[[Any], msgspec.Struct]] = {
    operation: _converter(kind) for operation, kind in _WIRE.items()
}
for _readers in (_READERS, _CONVERTERS):
    _readers["RespondDecisionTaskCompleted"] = _decided(_readers["RespondDecisionTaskCompleted"])  # type: ignore[arg-type]  # reads that one

_NAMES = dict(zip(DecisionOnWire.__struct_encode_fields__, DecisionOnWire.__struct_fields__, strict=True))
_DECISIONS: dict[str, tuple[type[Any], str]] = {
    kind.__name__: (kind, _NAMES[kind.__struct_encode_fields__[0]]) for kind in get_args(Decision)
}
"""By the type of a decision: its class, and which attributes are its own."""
