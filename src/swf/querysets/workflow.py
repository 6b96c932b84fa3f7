"""Types of workflows."""

from __future__ import annotations

from typing import Any

from swf.constants import REGISTERED
from swf.models.domain import Domain
from swf.models.workflow import WorkflowType
from swf.querysets.base import InDomain, got_or_created, status_meant
from swf.querysets.execution import WorkflowExecutionQuerySet
from swf.querysets.lazy import LazyList

__all__ = ["WorkflowExecutionQuerySet", "WorkflowTypeQuerySet"]


class WorkflowTypeQuerySet(InDomain):
    """The types of workflows of a domain."""

    def get(self, name: str, version: str) -> WorkflowType:
        """Return a type. Raises `WorkflowTypeDoesNotExist`."""
        return WorkflowType.named(self.domain, name, version, connection=self.connection).upstream()

    def get_or_create(self, name: str, version: str, **options: Any) -> WorkflowType:
        """Return a type; it is registered with these options of `WorkflowType` when it is not there."""
        return got_or_created(lambda: self.get(name, version), lambda: self.create(name, version, **options))

    def filter(
        self,
        domain: Domain | None = None,
        registration_status: str = REGISTERED,
        name: str | None = None,
        *,
        status: str | None = None,
        reverse_order: bool | None = None,
    ) -> LazyList[WorkflowType]:
        """Return the types of a status, by name; the versions of one name if it is given.

        What they tell of each type is in `WorkflowType.from_info`; its `upstream()` knows all.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListWorkflowTypes.html
        """
        of = domain or self.domain
        Domain.check(of)
        meant = status_meant(registration_status, status)
        return LazyList(
            lambda token: self.list_workflow_types(
                of.name, meant, self.page_size, name, token, reverse_order
            ),
            "typeInfos",
            lambda info: WorkflowType.from_info(of, info, connection=self.connection),
            "WorkflowTypes",
        )

    def all(
        self, registration_status: str = REGISTERED, *, status: str | None = None
    ) -> LazyList[WorkflowType]:
        """Return the types of a status, by name."""
        return self.filter(None, registration_status, status=status)

    def count(
        self, registration_status: str = REGISTERED, name: str | None = None, *, status: str | None = None
    ) -> int:
        """Count the types of a status, or the versions of one name."""
        return sum(1 for _ in self.filter(None, registration_status, name, status=status))

    def create(self, name: str, version: str, **options: Any) -> WorkflowType:
        """Register a type with options of `WorkflowType`; return it. Raises `AlreadyExistsError`."""
        kind = WorkflowType(self.domain, name, version, **{"connection": self.connection} | options)
        kind.save()
        return kind
