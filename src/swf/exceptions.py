"""What can go wrong with Amazon SWF, or with what stands for it: one tree.

A `Fault` is the service's refusal of what was asked: nothing has changed. Its message is Amazon's own; where
none is given, the docstring of its class speaks.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AccessDenied",
    "BrokenHistory",
    "CannotServe",
    "DefaultUndefined",
    "DomainAlreadyExists",
    "DomainDeprecated",
    "EngineInUse",
    "EngineUnreachable",
    "ExecutionAlreadyStarted",
    "Fault",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidRequest",
    "InvalidSignature",
    "LimitExceeded",
    "Misdirected",
    "MissingAuthenticationToken",
    "NotConfigured",
    "OperationNotPermitted",
    "SWFError",
    "Serialization",
    "Throttling",
    "TooManyTags",
    "TypeAlreadyExists",
    "TypeDeprecated",
    "TypeNotDeprecated",
    "UnknownOperation",
    "UnknownResource",
    "UnrecognizedClient",
]

_CORAL = "com.amazon.coral.service#"


class SWFError(Exception):
    """Something is wrong with SWF."""


class Fault(SWFError):
    """The service refuses what was asked."""

    code: str = "Fault"
    """What SDKs call it; a fault that this library does not know keeps the name that the service gave it."""
    prefix: str = "com.amazonaws.swf.base.model#"
    """What stands before the code on the wire."""
    status: int = 400
    """The HTTP status that it comes with."""

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        super().__init__(self.message)
        if code is not None:
            self.code = code

    @property
    def response(self) -> dict[str, Any]:
        """The answer as boto3's `ClientError.response` has it."""
        return {
            "Error": {"Code": self.code, "Message": self.message},
            "ResponseMetadata": {"HTTPStatusCode": self.status},
        }


class UnknownResource(Fault):
    """What is named does not exist, or is not open any more."""

    code = "UnknownResourceFault"


class DomainAlreadyExists(Fault):
    """The domain exists, registered or deprecated."""

    code = "DomainAlreadyExistsFault"


class DomainDeprecated(Fault):
    """The domain is deprecated."""

    code = "DomainDeprecatedFault"


class TypeAlreadyExists(Fault):
    """The type exists in this version, registered or deprecated."""

    code = "TypeAlreadyExistsFault"


class TypeDeprecated(Fault):
    """The type is deprecated."""

    code = "TypeDeprecatedFault"


class TypeNotDeprecated(Fault):
    """The type is currently registered and cannot be deleted in its current state"""

    code = "TypeNotDeprecatedFault"


class ExecutionAlreadyStarted(Fault):
    """Already Started"""

    code = "WorkflowExecutionAlreadyStartedFault"


class DefaultUndefined(Fault):
    """Neither the request nor the type gives this value."""

    code = "DefaultUndefinedFault"


class LimitExceeded(Fault):
    """There are too many of these."""

    code = "LimitExceededFault"


class OperationNotPermitted(Fault):
    """The caller may not do this."""

    code = "OperationNotPermittedFault"


class TooManyTags(Fault):
    """A domain can have at most 50 tags."""

    code = "TooManyTagsFault"


class InvalidRequest(Fault):
    """The request contradicts itself or the rules of the wire."""

    code = "ValidationException"
    prefix = "com.amazon.coral.validate#"


class Serialization(Fault):
    """The body of the request is not what the operation takes."""

    code = "SerializationException"
    prefix = _CORAL


class UnknownOperation(Fault):
    """There is no such operation."""

    code = "UnknownOperationException"
    prefix = _CORAL


class Throttling(Fault):
    """Rate exceeded"""

    code = "ThrottlingException"
    prefix = "com.amazon.coral.availability#"


class InternalFailure(Fault):
    """The service failed: what was asked may or may not have happened."""

    code = "InternalFailure"
    prefix = _CORAL
    status = 500


class UnrecognizedClient(Fault):
    """The security token included in the request is invalid."""

    code = "UnrecognizedClientException"
    prefix = _CORAL


class InvalidSignature(Fault):
    """The request signature we calculated does not match the signature you provided."""

    code = "InvalidSignatureException"
    prefix = _CORAL


class IncompleteSignature(Fault):
    """The Authorization header lacks a part of the signature."""

    code = "IncompleteSignatureException"
    prefix = _CORAL


class MissingAuthenticationToken(Fault):
    """Request is missing Authentication Token"""

    code = "MissingAuthenticationTokenException"
    prefix = _CORAL


class EngineInUse(SWFError):
    """Another process holds the file; one file has one engine."""

    def __init__(self, path: str, pid: int | None = None, address: str | None = None) -> None:
        super().__init__(path, pid, address)
        self.path = path
        self.pid = pid
        self.address = address

    def __str__(self) -> str:
        holder = "another process" if self.pid is None else f"process {self.pid}"
        remedy = f"talk to it at {self.address}" if self.address else "end it, or wait until it has ended"
        return f"{self.path} is held by {holder}: {remedy}"


class BrokenHistory(SWFError):
    """A history that no execution can have had; names the event at fault."""

    def __init__(self, event_id: int, event_type: str, problem: str) -> None:
        super().__init__(event_id, event_type, problem)
        self.event_id = event_id
        self.event_type = event_type
        self.problem = problem

    def __str__(self) -> str:
        return f"event {self.event_id}, {self.event_type}: {self.problem}"


class AccessDenied(Fault):
    """Only programs of this machine may ask, by the name of this machine."""

    code = "AccessDeniedException"
    prefix = _CORAL
    status = 403


class Misdirected(Fault):
    """This is not the engine that the request is for."""

    code = "MisdirectedRequestException"
    prefix = _CORAL
    status = 421


class EngineUnreachable(SWFError):
    """An engine does not answer. `maybe_done`: the request may have arrived there and been carried out."""

    def __init__(self, url: str, why: str, *, maybe_done: bool = False) -> None:
        super().__init__(url, why)
        self.url = url
        self.why = why
        self.maybe_done = maybe_done

    def __str__(self) -> str:
        doubt = "; the request may have been carried out" if self.maybe_done else ""
        return f"the engine at {self.url} does not answer: {self.why}{doubt}"


class NotConfigured(SWFError):
    """Nothing says which engine is meant, or how to prove to it who asks."""


class CannotServe(SWFError):
    """An engine cannot be served like this."""
