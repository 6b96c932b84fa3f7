"""Workflow types and activity types: the same operations on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from swf.engine.service.paging import page_size
from swf.engine.store import TypeRow
from swf.exceptions import (
    DomainDeprecated,
    LimitExceeded,
    TypeAlreadyExists,
    TypeDeprecated,
    TypeNotDeprecated,
    UnknownResource,
)
from swf.protocol import answers as r
from swf.protocol.shapes import ActivityType, WorkflowType

if TYPE_CHECKING:
    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain
    from swf.protocol import requests as q

__all__ = ["ACTIVITIES", "WORKFLOWS", "TypeOperations"]


class TypeOperations:
    """The operations on the types of one kind."""

    def __init__(self, kind: Literal["workflow", "activity"], word: str, defaults: tuple[str, ...]) -> None:
        self.kind = kind
        self.word = word
        self._list = f"List{word}s"
        self._defaults = defaults

    def register(
        self, books: Books, domain: Domain, request: q.RegisterWorkflowTypeInput | q.RegisterActivityTypeInput
    ) -> None:
        """Answer RegisterWorkflowType, RegisterActivityType."""
        if domain.deprecated:
            raise DomainDeprecated(domain.name)
        if domain.types.row(self.kind, request.name, request.version) is not None:
            raise TypeAlreadyExists(self._named(request.name, request.version))
        if (count := books.store.count_types(domain.id, self.kind)) >= books.limits.types:
            raise LimitExceeded(f"The domain has {count} {self.kind} types, as many as there may be")
        wire = msgspec.to_builtins(request)
        given = {name: wire[name] for name in self._defaults if wire.get(name) is not None}
        row = TypeRow(
            kind=self.kind,
            name=request.name,
            version=request.version,
            status="REGISTERED",
            description=request.description,
            created=books.now,
            deprecated=None,
            defaults=msgspec.json.encode(given).decode(),
        )
        books.store.insert_type(domain.id, row)
        domain.types.forget()

    def describe(
        self, books: Books, domain: Domain, request: Any
    ) -> r.WorkflowTypeDetail | r.ActivityTypeDetail:
        """Answer DescribeWorkflowType, DescribeActivityType."""
        row = self._row(domain, request)
        if self.kind == "workflow":
            return r.WorkflowTypeDetail(
                type_info=_workflow_info(row),
                configuration=msgspec.json.decode(row.defaults, type=r.WorkflowTypeConfiguration),
            )
        return r.ActivityTypeDetail(
            type_info=_activity_info(row),
            configuration=msgspec.json.decode(row.defaults, type=r.ActivityTypeConfiguration),
        )

    def list_all(
        self, books: Books, domain: Domain, request: q.ListWorkflowTypesInput | q.ListActivityTypesInput
    ) -> r.WorkflowTypeInfos | r.ActivityTypeInfos:
        """Answer ListWorkflowTypes, ListActivityTypes."""
        bound = [request.domain, request.registration_status, request.name or "", bool(request.reverse_order)]
        behind = None
        if request.next_page_token:
            name, version = books.tokens.page(request.next_page_token, self._list, bound, books.now)
            behind = (name, version)
        size = page_size(request.maximum_page_size)
        rows = books.store.types(
            domain.id,
            self.kind,
            request.registration_status,
            size + 1,
            only=request.name or None,
            behind=behind,
            descending=bool(request.reverse_order),
        )
        token = None
        if len(rows) > size:
            key = [rows[size - 1].name, rows[size - 1].version]
            token = books.tokens.of_page(self._list, bound, books.now, key)
        if self.kind == "workflow":
            return r.WorkflowTypeInfos([_workflow_info(row) for row in rows[:size]], token)
        return r.ActivityTypeInfos([_activity_info(row) for row in rows[:size]], token)

    def deprecate(self, books: Books, domain: Domain, request: Any) -> None:
        """Answer DeprecateWorkflowType, DeprecateActivityType."""
        row = self._row(domain, request)
        if row.status == "DEPRECATED":
            raise TypeDeprecated(self._named(row.name, row.version))
        books.store.update_type(domain.id, row._replace(status="DEPRECATED", deprecated=books.now))
        domain.types.forget()

    def undeprecate(self, books: Books, domain: Domain, request: Any) -> None:
        """Answer UndeprecateWorkflowType, UndeprecateActivityType."""
        row = self._row(domain, request)
        if row.status == "REGISTERED":
            raise TypeAlreadyExists(self._named(row.name, row.version))
        books.store.update_type(domain.id, row._replace(status="REGISTERED", deprecated=None))
        domain.types.forget()

    def delete(self, books: Books, domain: Domain, request: Any) -> None:
        """Answer DeleteWorkflowType, DeleteActivityType. What runs has its defaults already."""
        row = self._row(domain, request)
        if row.status == "REGISTERED":
            raise TypeNotDeprecated
        books.store.delete_type(domain.id, self.kind, row.name, row.version)
        domain.types.forget()

    def _row(self, domain: Domain, request: Any) -> TypeRow:
        wanted = getattr(request, f"{self.kind}_type")
        if (row := domain.types.row(self.kind, wanted.name, wanted.version)) is None:
            raise UnknownResource(f"Unknown type: {self._named(wanted.name, wanted.version)}")
        return row

    def _named(self, name: str, version: str) -> str:
        return f"{self.word}=[name={name}, version={version}]"


def _workflow_info(row: TypeRow) -> r.WorkflowTypeInfo:
    return r.WorkflowTypeInfo(
        workflow_type=WorkflowType(row.name, row.version),
        status=row.status,
        creation_date=row.created,
        description=row.description,
        deprecation_date=row.deprecated,
    )


def _activity_info(row: TypeRow) -> r.ActivityTypeInfo:
    return r.ActivityTypeInfo(
        activity_type=ActivityType(row.name, row.version),
        status=row.status,
        creation_date=row.created,
        description=row.description,
        deprecation_date=row.deprecated,
    )


WORKFLOWS = TypeOperations(
    "workflow",
    "WorkflowType",
    (
        "defaultTaskStartToCloseTimeout",
        "defaultExecutionStartToCloseTimeout",
        "defaultTaskList",
        "defaultTaskPriority",
        "defaultChildPolicy",
        "defaultLambdaRole",
    ),
)
ACTIVITIES = TypeOperations(
    "activity",
    "ActivityType",
    (
        "defaultTaskStartToCloseTimeout",
        "defaultTaskHeartbeatTimeout",
        "defaultTaskList",
        "defaultTaskPriority",
        "defaultTaskScheduleToStartTimeout",
        "defaultTaskScheduleToCloseTimeout",
    ),
)
