"""Small tools to handle errors of the service, as decorators and predicates."""

from __future__ import annotations

import functools
import logging
import re
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from swf.exceptions.faults import UnknownResource
from swf.exceptions.root import ResponseError, SWFError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = [
    "always",
    "catch",
    "extract_error_code",
    "extract_message",
    "extract_resource",
    "generate_resource_not_found_message",
    "ignore",
    "is_not",
    "is_swf_response_error",
    "is_unknown",
    "is_unknown_resource_raised",
    "match_equals",
    "raises",
    "translate",
    "when",
]

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)

_Errors = type[BaseException] | tuple[type[BaseException], ...]


def ignore(*args: object, **kwargs: object) -> None:
    """Do nothing: to `catch` an error with."""


def always(value: R) -> Callable[..., R]:
    """Return a function that returns `value`, whatever it is given."""
    return lambda *args, **kwargs: value


def match_equals(regex: str, string: str, values: str | Collection[str]) -> bool:
    """Tell whether what the regular expression's first group finds is one of these."""
    found = re.search(regex, string)
    return found is not None and found.group(1) in ([values] if isinstance(values, str) else values)


def extract_error_code(error: BaseException) -> str:
    """Return the code of a refusal, `UnknownResourceFault` say; empty where there is none."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return str(code or getattr(error, "error_code", "") or "")


def extract_message(error: BaseException) -> str:
    """Return what the service says of a refusal; of anything else its text."""
    response = getattr(error, "response", None)
    message = response.get("Error", {}).get("Message", "") if isinstance(response, dict) else ""
    return str(message or getattr(error, "message", "") or error)


def extract_resource(error: BaseException) -> str:
    """Return what kind of thing is unknown: `domain`, `execution`, `type`; empty where that is not said."""
    found = re.match(r"Unknown ([^:,]+)", extract_message(error))
    return found.group(1) if found is not None else ""


def generate_resource_not_found_message(error: BaseException) -> str:
    """Return `Resource <what> does not exist`."""
    return f"Resource {extract_resource(error) or 'unknown'} does not exist: {extract_message(error)}"


def is_swf_response_error(error: BaseException) -> bool:
    """Tell whether the service has refused something, through our client or boto3's own."""
    return isinstance(error, ResponseError) or isinstance(getattr(error, "response", None), dict)


def is_unknown_resource_raised(error: BaseException, *args: object, **kwargs: object) -> bool:
    """Tell whether something named does not exist."""
    return isinstance(error, UnknownResource) or extract_error_code(error) == UnknownResource.code


def is_unknown(resource: str | Collection[str]) -> Callable[..., bool]:
    """Return a predicate: whether the error says that such a thing does not exist (`domain`, `type`, ...)."""
    kinds = {resource} if isinstance(resource, str) else set(resource)

    def says_so(error: BaseException, *args: object, **kwargs: object) -> bool:
        return is_unknown_resource_raised(error) and extract_resource(error) in kinds

    return says_so


def is_not(exception: _Errors) -> Callable[..., bool]:
    """Return a predicate: whether the error is not of this class."""
    return lambda error, *args, **kwargs: not isinstance(error, exception)


def when(predicate: Callable[..., Any], action: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler: do `action` where `predicate` holds of the error, else raise it again."""

    def handle(error: BaseException, *args: Any, **kwargs: Any) -> Any:
        if predicate(error, *args, **kwargs):
            return action(error, *args, **kwargs)
        raise error

    return handle


def raises(
    exception: type[BaseException], when: Callable[..., Any], extract: Callable[[BaseException], str] = str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate: a refusal of which `when(error)` holds becomes `exception(extract(error))`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                if is_swf_response_error(error) and when(error):
                    raise exception(extract(error)) from error
                raise

        return wrapped

    return decorate


def catch(
    exceptions: _Errors, handle_with: Callable[..., Any] | None = None, log: bool = False
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Decorate: these errors are given to `handle_with(error, *args, **kwargs)`, whose value is returned."""

    def decorate(function: Callable[P, Any]) -> Callable[P, Any]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> Any:
            try:
                return function(*args, **kwargs)
            except exceptions as error:
                if log:
                    logger.error("call to %s raised: %s", function.__name__, error)
                return None if handle_with is None else handle_with(error, *args, **kwargs)

        return wrapped

    return decorate


def translate(exceptions: _Errors, to: type[SWFError]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate: these errors become `to`, with the same message and code."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except exceptions as error:
                raise to(extract_message(error), error_code=extract_error_code(error)) from error

        return wrapped

    return decorate
