"""The faults of the service: each a refusal of what was asked, after which nothing has changed.

Their messages are Amazon's own; where none is given, the docstring of the class speaks.
"""

from __future__ import annotations

from typing import Any

from swf.exceptions.root import (
    AlreadyExistsError,
    DoesNotExistError,
    InvalidCredentialsError,
    RateLimitExceededError,
    ResponseError,
    WorkflowExecutionAlreadyStartedError,
)

__all__ = [
    "AccessDenied",
    "DefaultUndefined",
    "DomainAlreadyExists",
    "DomainDeprecated",
    "ExecutionAlreadyStarted",
    "ExpiredToken",
    "Fault",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidRequest",
    "InvalidSignature",
    "LimitExceeded",
    "Misdirected",
    "MissingAuthenticationToken",
    "OperationNotPermitted",
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
_KEYS = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in AWS_PROFILE"


class Fault(ResponseError):
    """The service refuses what was asked."""

    code: str = "Fault"
    """What SDKs call it; a fault that this library does not know keeps the name that the service gave it."""
    prefix: str = "com.amazonaws.swf.base.model#"
    """What stands before the code on the wire."""
    status: int = 400
    """The HTTP status that it comes with."""
    remedy: str = ""
    """What whoever asked can do about it."""

    def __init__(self, message: str | None = None, *, code: str | None = None) -> None:
        super().__init__(message or "")
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message

    @property
    def error_code(self) -> str:  # type: ignore[override]  # told by its class
        """The code again, under the name that the object layer has for it."""
        return self.code

    @property
    def response(self) -> dict[str, Any]:
        """The answer as boto3's `ClientError.response` has it."""
        return {
            "Error": {"Code": self.code, "Message": self.message},
            "ResponseMetadata": {"HTTPStatusCode": self.status},
        }


class UnknownResource(Fault, DoesNotExistError):
    """What is named does not exist, or is not open any more."""

    code = "UnknownResourceFault"

    @property
    def remedy(self) -> str:  # type: ignore[override]  # it depends on what is unknown
        """What whoever asked can do about it."""
        if self.message.startswith("Unknown domain"):
            return "register it, or say another one"
        return ""


class DomainAlreadyExists(Fault, AlreadyExistsError):
    """The domain exists, registered or deprecated."""

    code = "DomainAlreadyExistsFault"


class DomainDeprecated(Fault):
    """The domain is deprecated."""

    code = "DomainDeprecatedFault"


class TypeAlreadyExists(Fault, AlreadyExistsError):
    """The type exists in this version, registered or deprecated."""

    code = "TypeAlreadyExistsFault"


class TypeDeprecated(Fault):
    """The type is deprecated."""

    code = "TypeDeprecatedFault"


class TypeNotDeprecated(Fault):
    """The type is currently registered and cannot be deleted in its current state"""

    code = "TypeNotDeprecatedFault"


class ExecutionAlreadyStarted(Fault, WorkflowExecutionAlreadyStartedError):
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


class Throttling(Fault, RateLimitExceededError):
    """Rate exceeded"""

    code = "ThrottlingException"
    prefix = "com.amazon.coral.availability#"
    remedy = "ask less often, or more patiently: SWF_CONNECTION_RETRIES says how often it is tried again"


class InternalFailure(Fault):
    """The service failed: what was asked may or may not have happened."""

    code = "InternalFailure"
    prefix = _CORAL
    status = 500


class UnrecognizedClient(Fault, InvalidCredentialsError):
    """The security token included in the request is invalid."""

    code = "UnrecognizedClientException"
    prefix = _CORAL
    remedy = _KEYS


class InvalidSignature(Fault, InvalidCredentialsError):
    """The request signature we calculated does not match the signature you provided."""

    code = "InvalidSignatureException"
    prefix = _CORAL
    remedy = _KEYS


class IncompleteSignature(Fault, InvalidCredentialsError):
    """The Authorization header lacks a part of the signature."""

    code = "IncompleteSignatureException"
    prefix = _CORAL
    remedy = _KEYS


class MissingAuthenticationToken(Fault, InvalidCredentialsError):
    """Request is missing Authentication Token"""

    code = "MissingAuthenticationTokenException"
    prefix = _CORAL
    remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"


class ExpiredToken(Fault, InvalidCredentialsError):
    """The security token included in the request is expired"""

    code = "ExpiredTokenException"
    prefix = _CORAL
    remedy = "get new temporary credentials, `aws sso login` or the role once more"


class AccessDenied(Fault, InvalidCredentialsError):
    """Only programs of this machine may ask, by the name of this machine."""

    code = "AccessDeniedException"
    prefix = _CORAL
    status = 403


class Misdirected(Fault):
    """This is not the engine that the request is for."""

    code = "MisdirectedRequestException"
    prefix = _CORAL
    status = 421
