"""Domains."""

from __future__ import annotations

from swf.constants import REGISTERED
from swf.models.domain import Domain, DomainDoesNotExist
from swf.querysets.base import BaseQuerySet, got_or_created, status_meant
from swf.querysets.lazy import LazyList

__all__ = ["DomainQuerySet"]


class DomainQuerySet(BaseQuerySet):
    """The domains of an engine, or of an account in a region."""

    def get(self, name: str) -> Domain:
        """Return a domain. Raises `DoesNotExistError`."""
        try:
            return Domain(name, connection=self.connection).upstream()
        except DomainDoesNotExist as fault:
            raise DomainDoesNotExist(f"No such domain: {name}") from fault

    def get_or_create(
        self,
        name: str,
        status: str = REGISTERED,
        description: str | None = None,
        retention_period: int | str = 30,
    ) -> Domain:
        """Return a domain; it is registered when it is not there."""
        return got_or_created(
            lambda: self.get(name), lambda: self.create(name, status, description, retention_period)
        )

    def filter(
        self,
        registration_status: str = REGISTERED,
        *,
        status: str | None = None,
        reverse_order: bool | None = None,
    ) -> LazyList[Domain]:
        """Return the domains of a status, by name.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListDomains.html
        """
        meant = status_meant(registration_status, status)
        return LazyList(
            lambda token: self.list_domains(meant, self.page_size, token, reverse_order),
            "domainInfos",
            lambda info: Domain.from_info(info, self.connection),
            "Domains",
        )

    def all(self, registration_status: str = REGISTERED, *, status: str | None = None) -> LazyList[Domain]:
        """Return the domains of a status, by name."""
        return self.filter(registration_status, status=status)

    def count(self, registration_status: str = REGISTERED, *, status: str | None = None) -> int:
        """Count the domains of a status."""
        return sum(1 for _ in self.filter(registration_status, status=status))

    def create(
        self,
        name: str,
        status: str = REGISTERED,
        description: str | None = None,
        retention_period: int | str = 30,
    ) -> Domain:
        """Register a domain; return it. Raises `AlreadyExistsError`."""
        domain = Domain(name, status, description, retention_period, connection=self.connection)
        domain.save()
        return domain
