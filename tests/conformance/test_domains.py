"""Domains and their tags: registered, described, listed, deprecated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER
from conformance.words import ACTIVITY, WORKFLOW, refused, within
from swf.engine import Limits

if TYPE_CHECKING:
    from conformance.region import Region


def status(region: Region, kind: str) -> str:
    """Return the status of `W` or `A`."""
    named = {"workflow": {"workflowType": WORKFLOW}, "activity": {"activityType": ACTIVITY}}[kind]
    found: str = getattr(region.client, f"describe_{kind}_type")(domain="d", **named)["typeInfo"]["status"]
    return found


# Domains


@pytest.mark.edge(15)
def test_a_domain_is_registered_once(region: Region) -> None:
    again = {"name": "d", "workflowExecutionRetentionPeriodInDays": "1"}

    with refused("DomainAlreadyExistsFault", "d"):
        region.client.register_domain(**again)
    assert region.client.deprecate_domain(name="d") == {}
    with refused("DomainAlreadyExistsFault", "d"):
        region.client.register_domain(**again)


@pytest.mark.edge(16)
def test_a_domain_is_deprecated_once_and_comes_back_once(region: Region) -> None:
    with refused("DomainAlreadyExistsFault", "d"):
        region.client.undeprecate_domain(name="d")
    region.client.deprecate_domain(name="d")
    with refused("DomainDeprecatedFault", "d"):
        region.client.deprecate_domain(name="d")
    assert region.client.undeprecate_domain(name="d") == {}
    assert region.client.describe_domain(name="d")["domainInfo"]["status"] == "REGISTERED"


@pytest.mark.edge(17)
def test_a_deprecated_domain_starts_nothing_and_goes_on(region: Region) -> None:
    region.start()
    region.client.deprecate_domain(name="d")

    assert (
        region.client.describe_workflow_type(domain="d", workflowType=WORKFLOW)["typeInfo"]["status"]
        == "DEPRECATED"
    )
    assert (
        region.client.describe_activity_type(domain="d", activityType=ACTIVITY)["typeInfo"]["status"]
        == "DEPRECATED"
    )
    with refused("DomainDeprecatedFault", "d"):
        region.start("other")
    with refused("DomainDeprecatedFault", "d"):
        region.client.register_workflow_type(domain="d", name="X", version="1")
    with refused("DomainDeprecatedFault", "d"):
        region.client.register_activity_type(domain="d", name="X", version="1")
    listed = region.client.list_open_workflow_executions(domain="d", startTimeFilter=EVER)
    assert [info["execution"]["workflowId"] for info in listed["executionInfos"]] == ["w"]
    region.signal()
    region.decide()
    assert region.nothing_to_do("al")
    region.terminate()
    assert region.info()["closeStatus"] == "TERMINATED"


def test_the_types_of_a_domain_that_comes_back_stay_deprecated(region: Region) -> None:
    region.client.deprecate_domain(name="d")
    region.client.undeprecate_domain(name="d")

    assert (
        region.client.describe_workflow_type(domain="d", workflowType=WORKFLOW)["typeInfo"]["status"]
        == "DEPRECATED"
    )
    assert region.client.undeprecate_workflow_type(domain="d", workflowType=WORKFLOW) == {}
    assert region.start()


def test_a_domain_is_described_as_it_was_registered(region: Region) -> None:
    registered = region.client.register_domain(
        name="e",
        description="of tests",
        workflowExecutionRetentionPeriodInDays="90",
        tags=[{"key": "k", "value": "v"}, {"key": "bare"}],
    )

    described = region.client.describe_domain(name="e")
    tags = region.client.list_tags_for_resource(resourceArn=described["domainInfo"]["arn"])["tags"]

    assert registered == {}
    assert described == {
        "configuration": {"workflowExecutionRetentionPeriodInDays": "90"},
        "domainInfo": {
            "name": "e",
            "status": "REGISTERED",
            "description": "of tests",
            "arn": "arn:aws:swf:us-east-1:000000000000:/domain/e",
        },
    }
    assert [tag["key"] for tag in tags] == ["k", "bare"] or [tag["key"] for tag in tags] == ["bare", "k"]
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        region.client.describe_domain(name="nope")


@pytest.mark.parametrize("days", ["0", "NONE", "1", "90"])
def test_a_retention_is_echoed_as_given(region: Region, days: str) -> None:
    region.client.register_domain(name="e", workflowExecutionRetentionPeriodInDays=days)

    described = region.client.describe_domain(name="e")["configuration"]

    assert described == {"workflowExecutionRetentionPeriodInDays": days}


@pytest.mark.parametrize("days", ["91", "1000", "-1", "1.5", "soon", "", " 7"])
def test_a_retention_is_none_or_days_up_to_90(region: Region, days: str) -> None:
    with refused("ValidationException"):
        region.client.register_domain(name="e", workflowExecutionRetentionPeriodInDays=days)
    with refused("UnknownResourceFault", "Unknown domain: e"):
        region.client.describe_domain(name="e")


@pytest.mark.edge(21)
def test_domains_are_listed_by_code_points(region: Region) -> None:
    for name in ("Demo", "aaa", "901"):
        region.client.register_domain(name=name, workflowExecutionRetentionPeriodInDays="1", description=name)
    region.client.deprecate_domain(name="d")

    def names(**given: Any) -> list[str]:
        answer = region.client.list_domains(registrationStatus="REGISTERED", **given)
        return [info["name"] for info in answer["domainInfos"]]

    assert names() == ["901", "Demo", "aaa"]
    assert names(reverseOrder=True) == ["aaa", "Demo", "901"]
    assert names(reverseOrder=False, maximumPageSize=0) == names()
    deprecated = region.client.list_domains(registrationStatus="DEPRECATED")
    assert [info["name"] for info in deprecated["domainInfos"]] == ["d"]
    assert deprecated["domainInfos"][0]["status"] == "DEPRECATED"
    assert deprecated.keys() == {"domainInfos"}


@pytest.mark.engine(limits=Limits(domains=2))
def test_there_are_so_many_domains_deprecated_ones_too(region: Region) -> None:
    region.client.register_domain(name="e", workflowExecutionRetentionPeriodInDays="1")
    region.client.deprecate_domain(name="e")

    with refused("LimitExceededFault"):
        region.client.register_domain(name="f", workflowExecutionRetentionPeriodInDays="1")


@pytest.mark.parametrize("name", ["a:b", " e", "e ", "arn", "a/b"])
def test_a_domain_is_named_so_that_its_arn_can_be_read(region: Region, name: str) -> None:
    with refused("ValidationException", within("name")):
        region.client.register_domain(name=name, workflowExecutionRetentionPeriodInDays="1")


# Tags of domains


@pytest.mark.engine(limits=Limits(domain_tags=3))
def test_tags_of_a_domain_are_put_and_taken_by_key(region: Region) -> None:
    arn = region.client.describe_domain(name="d")["domainInfo"]["arn"]

    def tags() -> dict[str, str]:
        answer = region.client.list_tags_for_resource(resourceArn=arn)
        assert answer.keys() == {"tags"}
        return {tag["key"]: tag["value"] for tag in answer["tags"]}

    assert tags() == {}
    three = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}, {"key": "c", "value": ""}]
    assert region.client.tag_resource(resourceArn=arn, tags=three) == {}
    region.client.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "9"}])
    assert tags() == {"a": "9", "b": "2", "c": ""}
    with refused("TooManyTagsFault"):
        region.client.tag_resource(
            resourceArn=arn, tags=[{"key": "b", "value": "x"}, {"key": "d", "value": "y"}]
        )
    assert tags() == {"a": "9", "b": "2", "c": ""}
    assert region.client.untag_resource(resourceArn=arn, tagKeys=["a", "absent"]) == {}
    assert tags() == {"b": "2", "c": ""}
    too_many = [{"key": str(number), "value": "v"} for number in range(4)]
    with refused("TooManyTagsFault"):
        region.client.register_domain(name="e", workflowExecutionRetentionPeriodInDays="1", tags=too_many)


@pytest.mark.parametrize(
    "arn", ["arn:aws:swf:us-east-1:000000000000:/domain/nope", "arn:aws:s3:::bucket", "garbage"]
)
def test_only_domains_have_tags(region: Region, arn: str) -> None:
    with refused("UnknownResourceFault"):
        region.client.list_tags_for_resource(resourceArn=arn)
    with refused("UnknownResourceFault"):
        region.client.tag_resource(resourceArn=arn, tags=[{"key": "k", "value": "v"}])
    with refused("UnknownResourceFault"):
        region.client.untag_resource(resourceArn=arn, tagKeys=["k"])
