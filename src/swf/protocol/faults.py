"""Faults as the wire has them: `__type` with its prefix, and a message under one of two spellings."""

from __future__ import annotations

from typing import Any

import msgspec

from swf import exceptions
from swf.exceptions import Fault, InternalFailure, Serialization, UnknownOperation

__all__ = ["FAULTS", "Exceptions", "fault_from_wire", "fault_of", "fault_to_wire"]

FAULTS: dict[str, type[Fault]] = {
    kind.code: kind
    for kind in vars(exceptions).values()
    if isinstance(kind, type) and issubclass(kind, Fault) and kind is not Fault
}
"""The class of each fault by its code."""


class Exceptions:
    """The faults under the names that boto3's `client.exceptions` has for them."""

    ClientError = Fault
    DefaultUndefinedFault = exceptions.DefaultUndefined
    DomainAlreadyExistsFault = exceptions.DomainAlreadyExists
    DomainDeprecatedFault = exceptions.DomainDeprecated
    LimitExceededFault = exceptions.LimitExceeded
    OperationNotPermittedFault = exceptions.OperationNotPermitted
    TooManyTagsFault = exceptions.TooManyTags
    TypeAlreadyExistsFault = exceptions.TypeAlreadyExists
    TypeDeprecatedFault = exceptions.TypeDeprecated
    TypeNotDeprecatedFault = exceptions.TypeNotDeprecated
    UnknownResourceFault = exceptions.UnknownResource
    WorkflowExecutionAlreadyStartedFault = exceptions.ExecutionAlreadyStarted


def fault_to_wire(fault: Fault) -> bytes:
    """Return the body that tells of a fault; its status is `fault.status`."""
    wire = {"__type": f"{fault.prefix}{fault.code}"}
    if isinstance(fault, Serialization):
        wire["Message"] = fault.message
    elif isinstance(fault, UnknownOperation):
        wire["message"] = ""
    elif fault.message != InternalFailure().message:  # that Amazon does not tell
        wire["message"] = fault.message
    return msgspec.json.encode(wire)


def fault_from_wire(status: int, body: bytes) -> Fault:
    """Return the fault that an answer of this status tells of, whatever its body is."""
    try:
        wire = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # no service wrote this: a proxy, say
        wire = {}
    prefix, _, code = str(wire.get("__type", "")).rpartition("#")
    message = wire.get("message") or wire.get("Message")
    if not code:
        code, message = f"HTTP {status}", message or body[:200].decode("utf-8", "replace").strip()
    fault = fault_of(code, str(message) if message else None, status)
    if type(fault) is Fault and prefix:
        fault.prefix = f"{prefix}#"
    return fault


def fault_of(code: str, message: str | None, status: int) -> Fault:
    """Return the fault of this code; one that is not known here keeps its code."""
    kind = FAULTS.get(code, InternalFailure if status >= 500 else Fault)
    fault = kind(message, code=None if code == kind.code else code)
    fault.status = status
    return fault
