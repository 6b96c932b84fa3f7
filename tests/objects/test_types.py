"""Types of workflows and of activities as values, and at SWF."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from swf.exceptions import AlreadyExistsError, DoesNotExistError, SWFError, TypeDeprecated, UnknownResource
from swf.models import CHILD_POLICIES, ActivityType, Domain, WorkflowType
from swf.models.activity import ActivityTypeDoesNotExist
from swf.models.workflow import WorkflowTypeDoesNotExist
from swf.querysets import ActivityTypeQuerySet, WorkflowTypeQuerySet

if TYPE_CHECKING:
    from swf.protocol.client import Client

Kind: TypeAlias = type[WorkflowType] | type[ActivityType]
QuerySet: TypeAlias = type[WorkflowTypeQuerySet] | type[ActivityTypeQuerySet]

both = pytest.mark.parametrize("kind", [WorkflowType, ActivityType])
each = pytest.mark.parametrize("queryset", [WorkflowTypeQuerySet, ActivityTypeQuerySet])


# Both


@both
def test_a_type_that_was_saved_exists_and_is_synced(domain: Domain, kind: Kind) -> None:
    mine = kind(domain, "t", "1", task_list="l", description="of a test")
    assert not mine.exists
    assert not mine.is_synced

    mine.save()

    assert mine.exists
    assert mine.is_synced
    assert mine.upstream().creation_date


@both
def test_a_type_without_defaults_is_synced_too(domain: Domain, kind: Kind) -> None:
    """Nothing is missed in what SWF does not say: neither a description nor a date of deprecation."""
    bare: dict[str, Any] = {"child_policy": None, "execution_timeout": None, "decision_tasks_timeout": None}
    mine = kind(domain, "t", "1", **bare if kind is WorkflowType else {})
    mine.save()
    assert mine.changes.as_list() == []
    assert mine.is_synced


@both
def test_a_type_is_saved_once(domain: Domain, kind: Kind) -> None:
    kind(domain, "t", "1").save()
    with pytest.raises(AlreadyExistsError, match="already exists amazon-side"):
        kind(domain, "t", "1", description="another").save()
    kind(domain, "t", "2").save()


@both
def test_changes_name_what_differs(domain: Domain, kind: Kind) -> None:
    kind(domain, "t", "1", task_list="theirs", description="same").save()
    changes = kind(domain, "t", "1", task_list="mine", description="same").changes
    assert changes.as_list() == [("task_list", "mine", "theirs")]


@both
def test_what_is_not_there_is_told_as_the_types_own_exception(domain: Domain, kind: Kind) -> None:
    mine = kind(domain, "nope", "1")
    expected: type[UnknownResource] = (
        WorkflowTypeDoesNotExist if kind is WorkflowType else ActivityTypeDoesNotExist
    )
    for ask in (mine.upstream, mine.delete, lambda: mine.changes):
        with pytest.raises(expected) as raised:
            ask()
        assert isinstance(raised.value, DoesNotExistError)


@both
def test_a_type_in_an_unknown_domain_says_so(client: Client, kind: Kind) -> None:
    mine = kind(Domain("nope", connection=client), "t", "1")
    with pytest.raises(DoesNotExistError, match="nope"):
        mine.save()
    assert not mine.exists


@both
def test_a_deleted_type_is_deprecated_and_can_be_taken_back(domain: Domain, kind: Kind) -> None:
    mine = kind(domain, "t", "1")
    mine.save()

    mine.delete()

    upstream = mine.upstream()
    assert upstream.status == "DEPRECATED"
    assert upstream.deprecation_date
    assert not mine.is_synced
    with pytest.raises(TypeDeprecated):
        mine.delete()

    mine.undeprecate()

    assert mine.is_synced


@both
def test_types_do_not_change_and_are_values(kind: Kind) -> None:
    mine: Any = kind(Domain("d"), "t", "1")
    with pytest.raises(AttributeError):
        mine.name = "other"
    assert mine == kind(Domain("d"), "t", "1")
    assert mine != kind(Domain("d"), "t", "2")
    assert len({mine, kind(Domain("d"), "t", "1")}) == 1
    assert repr(mine) == f"<{kind.__name__} domain=d name=t version=1 status=REGISTERED>"


@each
def test_a_queryset_gets_and_makes_types(domain: Domain, queryset: QuerySet) -> None:
    types = queryset(domain)
    with pytest.raises(DoesNotExistError):
        types.get("t", "1")

    made = types.create("t", "1", task_list="l")
    again = types.get_or_create("t", "1", task_list="other")
    new = types.get_or_create("t", "2", task_list="l")

    assert types.get("t", "1").task_list == "l"
    assert again.task_list == "l", "what is there stays as it is"
    assert made.is_synced
    assert new.is_synced


@each
def test_a_queryset_lists_types_by_status_and_name(domain: Domain, queryset: QuerySet) -> None:
    types = queryset(domain)
    for name, version in [("a", "1"), ("a", "2"), ("b", "1"), ("c", "1")]:
        types.create(name, version)
    types.get("c", "1").delete()

    assert [(kind.name, kind.version) for kind in types.all()] == [("a", "1"), ("a", "2"), ("b", "1")]
    assert [kind.name for kind in types.filter(registration_status="DEPRECATED")] == ["c"]
    assert [kind.name for kind in types.filter(status="DEPRECATED")] == ["c"], "it was silently ignored"
    assert types.count() == 3
    assert types.count(status="DEPRECATED") == 1
    with pytest.raises(ValueError, match="Unknown status provided: CLOSED"):
        types.filter(status="CLOSED")


@pytest.mark.beyond_moto("it lists all names")
@each
def test_a_queryset_lists_the_versions_of_one_name(domain: Domain, queryset: QuerySet) -> None:
    types = queryset(domain)
    for name, version in [("a", "1"), ("a", "2"), ("b", "1")]:
        types.create(name, version)
    assert [(kind.name, kind.version) for kind in types.filter(name="a")] == [("a", "1"), ("a", "2")]
    assert types.count(name="a") == 2


@each
def test_a_queryset_pages_through_types(domain: Domain, queryset: QuerySet) -> None:
    types = queryset(domain)
    types.page_size = 3
    names = [f"t{number}" for number in range(7)]
    for name in names:
        types.create(name, "1")

    assert [kind.name for kind in types.all()] == names
    assert len(types.all()) == 7


@each
def test_what_is_no_domain_is_refused(queryset: QuerySet) -> None:
    domain: Any = "d"
    with pytest.raises(TypeError, match="for domain"):
        queryset(domain)


@pytest.mark.parametrize("queryset", [WorkflowTypeQuerySet, ActivityTypeQuerySet])
def test_whoever_loses_the_race_gets_what_the_other_made(domain: Domain, queryset: QuerySet) -> None:
    """Another process registers the type between the look and the making."""

    class Raced(queryset):  # type: ignore[misc, valid-type]  # each of the two in turn
        def create(self, name: str, version: str, **options: Any) -> Any:
            queryset(domain).create(name, version, description="theirs")
            return super().create(name, version, **options)

    got = Raced(domain).get_or_create("t", "1", description="mine")
    assert got.description == "theirs"


# Workflows


def test_all_defaults_of_a_workflow_type_travel(domain: Domain) -> None:
    mine = WorkflowType(
        domain,
        "w",
        "1",
        task_list="l",
        child_policy=CHILD_POLICIES.ABANDON,
        execution_timeout=timedelta(hours=1),
        decision_tasks_timeout=30,
        description="all of it",
    )
    mine.save()
    assert mine.is_synced
    assert mine.upstream().execution_timeout == "3600"
    assert mine.upstream().decision_tasks_timeout == "30"


@pytest.mark.beyond_moto("it forgets the priority and the role")
def test_priority_and_lambda_role_travel(domain: Domain) -> None:
    mine = WorkflowType(domain, "w", "1", task_priority=-5, lambda_role="arn:aws:iam::123456789012:role/l")
    mine.save()
    assert mine.is_synced
    assert mine.upstream().task_priority == "-5"


def test_what_cannot_be_is_refused_when_it_is_said() -> None:
    with pytest.raises(ValueError, match="invalid child policy value: KILL"):
        WorkflowType(Domain("d"), "w", "1", child_policy="KILL")
    with pytest.raises(ValueError, match=r"execution_timeout: must be whole seconds, not 1\.5"):
        WorkflowType(Domain("d"), "w", "1", execution_timeout=timedelta(seconds=1.5))
    wrong: Any = object()
    with pytest.raises(TypeError, match="decision_tasks_timeout"):
        WorkflowType(Domain("d"), "w", "1", decision_tasks_timeout=wrong)


def test_child_policies_are_named() -> None:
    assert CHILD_POLICIES == ("TERMINATE", "REQUEST_CANCEL", "ABANDON")
    assert CHILD_POLICIES.REQUEST_CANCEL == "REQUEST_CANCEL"


# Activities


def test_all_defaults_of_an_activity_type_travel(domain: Domain) -> None:
    mine = ActivityType(
        domain,
        "a",
        "1",
        task_list="l",
        description="all of it",
        task_heartbeat_timeout="NONE",
        task_schedule_to_close_timeout=timedelta(minutes=10),
        task_schedule_to_start_timeout=0,
        task_start_to_close_timeout="300",
    )
    mine.save()
    assert mine.is_synced
    assert mine.upstream().task_schedule_to_start_timeout == "0"
    assert mine.upstream().task_schedule_to_close_timeout == "600"


@pytest.mark.beyond_moto("it forgets the priority")
def test_the_priority_of_an_activity_type_travels(domain: Domain) -> None:
    mine = ActivityType(domain, "a", "1", task_priority=7)
    mine.save()
    assert mine.is_synced
    assert mine.upstream().task_priority == "7"


@pytest.mark.beyond_moto("it takes names of any length")
def test_what_swf_refuses_is_an_swf_error(domain: Domain) -> None:
    with pytest.raises(SWFError):
        ActivityType(domain, "a" * 257, "1").save()
