"""What the querysets have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from swf.core import PROCESS, ConnectedSWFObject
from swf.exceptions import AlreadyExistsError, DoesNotExistError
from swf.models.domain import Domain

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BaseQuerySet", "InDomain", "got_or_created", "status_meant"]

T = TypeVar("T")


class BaseQuerySet(ConnectedSWFObject):
    """What finds, lists and makes objects at SWF.

    `page_size`: how many a request lists at most; SWF's own default is its maximum.
    """

    page_size: int | None = None


class InDomain(BaseQuerySet):
    """A queryset for what is in a domain; without a connection of its own it has the domain's.

    Raises `TypeError` for what is no domain.
    """

    def __init__(
        self, domain: Domain, region: str | None = None, connection: Any = None, boto3_client: Any = None
    ) -> None:
        Domain.check(domain)
        super().__init__(region, connection, boto3_client)
        if self.connection is PROCESS:
            self.connection = self.boto3_client = domain.connection
        self.domain = replace(domain, connection=self.connection)


def got_or_created(get: Callable[[], T], create: Callable[[], T]) -> T:
    """Return what is there, else what is made; what somebody else makes in this instant is got after all."""
    try:
        return get()
    except DoesNotExistError:
        try:
            return create()
        except AlreadyExistsError:
            return get()


def status_meant(registration_status: str, status: str | None) -> str:
    """Return which status is meant: `status` is another name for the other. Raises `ValueError`."""
    meant = status or registration_status
    if meant not in ("REGISTERED", "DEPRECATED"):
        raise ValueError(f"Unknown status provided: {meant}; there are REGISTERED and DEPRECATED")
    return meant
