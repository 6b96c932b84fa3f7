"""The root of the tree, and its great branches: what users of the object layer catch."""

from __future__ import annotations

__all__ = [
    "AlreadyExistsError",
    "DoesNotExistError",
    "InvalidCredentialsError",
    "InvalidKeywordArgumentError",
    "PollTimeout",
    "RateLimitExceededError",
    "ResponseError",
    "SWFError",
    "WorkflowExecutionAlreadyStartedError",
]


class SWFError(Exception):
    """Something is wrong with SWF.

    `raw_error` is what the service said: up to its first colon the `kind`, then the `details`.
    """

    kind = ""
    details = ""
    error_code = ""

    def __init__(self, message: str = "", raw_error: str = "", error_code: str = "") -> None:
        told = message or (type(self).__doc__ or "").partition("\n")[0]
        super().__init__(told, *((raw_error, error_code) if raw_error or error_code else ()))
        self._message = told
        if raw_error:
            kind, _, details = raw_error.partition(":")
            self.kind, self.details = kind.strip(), details.strip()
        if error_code:
            self.error_code = error_code

    @property
    def message(self) -> str:
        """What is wrong."""
        return getattr(self, "_message", None) or str(self)

    @property
    def type_(self) -> str:
        """The kind in lower case, with underscores."""
        return self.kind.lower().strip().replace(" ", "_")

    def __str__(self) -> str:
        if self.kind and self.details:
            return f"{self.message}\nReason: {self.kind}, {self.details}"
        return self.message


class PollTimeout(SWFError):
    """A poll brought nothing."""


class ResponseError(SWFError):
    """The service refuses what was asked, or does not answer."""


class DoesNotExistError(SWFError):
    """What is named does not exist."""


class AlreadyExistsError(SWFError):
    """What shall be made exists already."""


class WorkflowExecutionAlreadyStartedError(AlreadyExistsError):
    """An execution with this id is open."""


class InvalidKeywordArgumentError(SWFError):
    """A keyword argument that is not known here."""


class InvalidCredentialsError(SWFError):
    """Who asks cannot prove it, or may not ask this."""


class RateLimitExceededError(SWFError):
    """Too many requests in too short a time."""
