"""Types of activities."""

from __future__ import annotations

from typing import Any

from swf.constants import REGISTERED
from swf.models.activity import ActivityType
from swf.models.domain import Domain
from swf.querysets.base import InDomain, got_or_created, status_meant
from swf.querysets.lazy import LazyList

__all__ = ["ActivityTypeQuerySet"]


class ActivityTypeQuerySet(InDomain):
    """The types of activities of a domain."""

    def get(self, name: str, version: str) -> ActivityType:
        """Return a type. Raises `ActivityTypeDoesNotExist`."""
        return ActivityType(self.domain, name, version, connection=self.connection).upstream()

    def get_or_create(self, name: str, version: str, **options: Any) -> ActivityType:
        """Return a type; it is registered with these options of `ActivityType` when it is not there."""
        return got_or_created(lambda: self.get(name, version), lambda: self.create(name, version, **options))

    def filter(
        self,
        domain: Domain | None = None,
        registration_status: str = REGISTERED,
        name: str | None = None,
        *,
        status: str | None = None,
        reverse_order: bool | None = None,
    ) -> LazyList[ActivityType]:
        """Return the types of a status, by name; the versions of one name if it is given.

        What they tell of each type is in `ActivityType.from_info`; its `upstream()` knows all.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListActivityTypes.html
        """
        of = domain or self.domain
        Domain.check(of)
        meant = status_meant(registration_status, status)
        return LazyList(
            lambda token: self.list_activity_types(
                of.name, meant, name, self.page_size, token, reverse_order
            ),
            "typeInfos",
            lambda info: ActivityType.from_info(of, info, connection=self.connection),
            "ActivityTypes",
        )

    def all(
        self, registration_status: str = REGISTERED, *, status: str | None = None
    ) -> LazyList[ActivityType]:
        """Return the types of a status, by name."""
        return self.filter(None, registration_status, status=status)

    def count(
        self, registration_status: str = REGISTERED, name: str | None = None, *, status: str | None = None
    ) -> int:
        """Count the types of a status, or the versions of one name."""
        return sum(1 for _ in self.filter(None, registration_status, name, status=status))

    def create(self, name: str, version: str, **options: Any) -> ActivityType:
        """Register a type with options of `ActivityType`; return it. Raises `AlreadyExistsError`."""
        kind = ActivityType(self.domain, name, version, **{"connection": self.connection} | options)
        kind.save()
        return kind
