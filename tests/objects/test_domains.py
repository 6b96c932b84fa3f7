"""Domains as values, and at SWF."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from swf.exceptions import AlreadyExistsError, DoesNotExistError, DomainDeprecated
from swf.models import Domain
from swf.models.domain import DomainDoesNotExist
from swf.querysets import DomainQuerySet

if TYPE_CHECKING:
    from swf.protocol.client import Client


def test_a_domain_that_was_saved_exists_and_is_synced(client: Client) -> None:
    domain = Domain("orders", description="of the shop", retention_period=7, connection=client)
    assert not domain.exists
    assert not domain.is_synced

    domain.save()

    assert domain.exists
    assert domain.is_synced
    assert domain.upstream() == domain


def test_a_domain_is_saved_once(domain: Domain) -> None:
    with pytest.raises(AlreadyExistsError, match="Domain d already exists amazon-side"):
        domain.save()


def test_changes_name_what_differs(client: Client) -> None:
    Domain("d", description="of old", retention_period=7, connection=client).save()
    mine = Domain("d", description="mine", retention_period=7, connection=client)

    changes = mine.changes

    assert changes.differing_fields() == ["description"]
    assert changes[0] == ("description", "mine", "of old")
    assert not mine.is_synced


def test_a_retention_said_as_text_is_the_number(domain: Domain) -> None:
    assert Domain("d", retention_period="7", connection=domain.connection).is_synced


def test_what_is_not_there_is_told_as_the_domains_own_exception(client: Client) -> None:
    domain = Domain("nope", connection=client)
    for ask in (domain.upstream, domain.delete, lambda: domain.changes):
        with pytest.raises(DomainDoesNotExist, match="nope") as raised:
            ask()
        assert isinstance(raised.value, DoesNotExistError)


def test_a_deleted_domain_is_deprecated_and_can_be_taken_back(domain: Domain) -> None:
    domain.delete()

    assert domain.upstream().status == "DEPRECATED"
    assert "status" in domain.changes
    with pytest.raises(DomainDeprecated):
        domain.delete()

    domain.undeprecate()

    assert domain.is_synced


def test_a_domain_does_not_change() -> None:
    domain: Any = Domain("d")
    with pytest.raises(AttributeError):
        domain.name = "e"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del domain.status


def test_domains_are_values() -> None:
    assert Domain("d") == Domain("d")
    assert Domain("d") != Domain("e")
    assert {Domain("d"), Domain("d")} == {Domain("d")}
    assert repr(Domain("d")) == "<Domain name=d status=REGISTERED>"


def test_what_is_no_domain_is_refused() -> None:
    Domain.check(Domain("d"))
    with pytest.raises(TypeError, match=r"invalid type <class 'str'> for domain"):
        Domain.check("d")


def test_a_queryset_gets_makes_and_lists_domains(client: Client) -> None:
    domains = DomainQuerySet(connection=client)
    with pytest.raises(DoesNotExistError, match="No such domain: orders"):
        domains.get("orders")

    made = domains.create("orders", description="of the shop", retention_period=3)
    again = domains.get_or_create("orders")
    other = domains.get_or_create("returns")

    assert domains.get("orders") == made == again
    assert other.exists
    assert [domain.name for domain in domains.all()] == ["orders", "returns"]
    assert domains.count() == 2
    other.delete()
    assert [domain.name for domain in domains.all()] == ["orders"]
    assert [domain.name for domain in domains.filter(registration_status="DEPRECATED")] == ["returns"]
    assert domains.count(status="DEPRECATED") == 1


def test_a_status_that_there_is_not_is_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="Unknown status provided: OPEN"):
        DomainQuerySet(connection=client).all("OPEN")


def test_what_is_in_a_domain(domain: Domain) -> None:
    from swf.models import ActivityType, WorkflowType

    WorkflowType(domain, "w", "1", task_list="l").save()
    WorkflowType(domain, "w", "2").save()
    ActivityType(domain, "a", "1").save()
    execution = WorkflowType(domain, "w", "1").start_execution("one", task_list="l")

    assert [kind.version for kind in domain.workflows()] == ["1", "2"]
    assert [kind.name for kind in domain.activities()] == ["a"]
    assert [each.run_id for each in domain.executions] == [execution.run_id]
    assert domain.workflows("DEPRECATED") == []
