"""Domains."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from swf.constants import REGISTERED
from swf.exceptions import DomainAlreadyExists, UnknownResource
from swf.models.base import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from swf.models.activity import ActivityType
    from swf.models.workflow import WorkflowExecution, WorkflowType
    from swf.protocol.client import Client
    from swf.querysets import LazyList

__all__ = ["Domain", "DomainDoesNotExist", "missing_is"]


class DomainDoesNotExist(UnknownResource):
    """There is no such domain."""


@contextlib.contextmanager
def missing_is(kind: type[UnknownResource]) -> Iterator[None]:
    """Raise this class of exceptions where SWF says that something is unknown; of a domain the domain's."""
    try:
        yield
    except UnknownResource as fault:
        raised = DomainDoesNotExist if fault.message.startswith("Unknown domain") else kind
        raise raised(fault.message) from fault


@dataclass(frozen=True, repr=False)
class Domain(BaseModel):
    """What executions live in: their types, their task lists, and for how many days they are kept.

    `retention_period`: how many days closed executions are kept, or `"NONE"`.

    https://docs.aws.amazon.com/amazonswf/latest/developerguide/swf-dg-domains.html
    """

    name: str
    status: str = REGISTERED
    description: str | None = None
    retention_period: int | str | None = 30

    shown: ClassVar[tuple[str, ...]] = ("name", "status")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._convert("retention_period", lambda days: days if days == "NONE" else int(days))

    @classmethod
    def check(cls, domain: object) -> None:
        """Raise `TypeError` unless this is a domain."""
        if not isinstance(domain, cls):
            raise TypeError(f"invalid type {type(domain)} for domain")

    @classmethod
    def from_info(cls, info: Mapping[str, Any], connection: Client) -> Domain:
        """Return the domain that ListDomains tells of; it does not tell the retention period."""
        name, status, description = info["name"], info["status"], info.get("description")
        return cls(name, status, description, retention_period=None, connection=connection)

    @classmethod
    def from_description(cls, told: Mapping[str, Any], connection: Client) -> Domain:
        """Return the domain that DescribeDomain tells of."""
        retention = told["configuration"]["workflowExecutionRetentionPeriodInDays"]
        return replace(cls.from_info(told["domainInfo"], connection), retention_period=retention)

    # At SWF

    def upstream(self) -> Domain:
        """Return the domain as SWF knows it. Raises `DomainDoesNotExist`."""
        with missing_is(DomainDoesNotExist):
            return self.from_description(self.describe_domain(self.name), self.connection)

    def save(self) -> None:
        """Register the domain. Raises `AlreadyExistsError`, also when it is deprecated."""
        retention = "NONE" if self.retention_period is None else self.retention_period
        try:
            self.register_domain(self.name, retention, self.description)
        except DomainAlreadyExists as fault:
            raise DomainAlreadyExists(f"Domain {self.name} already exists amazon-side") from fault

    def delete(self) -> None:
        """Deprecate the domain. Raises `DomainDoesNotExist`, and `DomainDeprecated` when it is already."""
        with missing_is(DomainDoesNotExist):
            self.deprecate_domain(self.name)

    def undeprecate(self) -> None:
        """Let the deprecated domain be as before. Raises `DomainDoesNotExist`, and `DomainAlreadyExists`."""
        with missing_is(DomainDoesNotExist):
            self.undeprecate_domain(self.name)

    # What is in it

    def workflows(self, status: str = REGISTERED) -> LazyList[WorkflowType]:
        """Return the types of workflows of a status."""
        from swf.querysets import WorkflowTypeQuerySet  # which return what is made here

        return WorkflowTypeQuerySet(self).all(registration_status=status)

    def activities(self, status: str = REGISTERED) -> LazyList[ActivityType]:
        """Return the types of activities of a status."""
        from swf.querysets import ActivityTypeQuerySet

        return ActivityTypeQuerySet(self).all(registration_status=status)

    @property
    def executions(self) -> LazyList[WorkflowExecution]:
        """The open executions, those started latest first."""
        from swf.querysets import WorkflowExecutionQuerySet

        return WorkflowExecutionQuerySet(self).all()
