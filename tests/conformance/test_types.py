"""Types: registered, described, listed, deprecated and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.words import ACTIVITY, WORKFLOW, activity, child, kinds, last, refused
from swf.engine import Limits

if TYPE_CHECKING:
    from conformance.region import Region

W1 = "WorkflowType=[name=W, version=1]"
A1 = "ActivityType=[name=A, version=1]"
KINDS = ("workflow", "activity")


def ask(region: Region, verb: str, kind: str, **given: Any) -> dict[str, Any]:
    """Call an operation on a type: `W` or `A`, version 1, unless told otherwise."""
    named = {"workflow": WORKFLOW, "activity": ACTIVITY}[kind]
    words: dict[str, Any] = {"domain": "d", f"{kind}Type": named} | given
    answer: dict[str, Any] = getattr(region.client, f"{verb}_{kind}_type")(**words)
    return answer


@pytest.mark.edge(18)
@pytest.mark.parametrize(("kind", "name", "message"), [("workflow", "W", W1), ("activity", "A", A1)])
def test_a_type_is_registered_once(region: Region, kind: str, name: str, message: str) -> None:
    register = getattr(region.client, f"register_{kind}_type")

    with refused("TypeAlreadyExistsFault", message):
        register(domain="d", name=name, version="1")
    ask(region, "deprecate", kind)
    with refused("TypeAlreadyExistsFault", message):
        register(domain="d", name=name, version="1")
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        register(domain="nope", name=name, version="1")


@pytest.mark.edge(19)
@pytest.mark.parametrize(("kind", "name"), [("workflow", "W"), ("activity", "A")])
def test_a_bare_type_has_an_empty_configuration(region: Region, kind: str, name: str) -> None:
    bare = {"name": name, "version": "bare"}

    described = ask(region, "describe", kind, **{f"{kind}Type": bare})

    created = described["typeInfo"].pop("creationDate")
    assert created.timestamp() == region.now()
    assert described == {"configuration": {}, "typeInfo": {f"{kind}Type": bare, "status": "REGISTERED"}}


def test_a_workflow_type_is_described_as_it_was_registered(region: Region) -> None:
    given = {
        "defaultTaskStartToCloseTimeout": "NONE",
        "defaultExecutionStartToCloseTimeout": "31536000",
        "defaultTaskList": {"name": "dl"},
        "defaultTaskPriority": "-2147483648",
        "defaultChildPolicy": "REQUEST_CANCEL",
        "defaultLambdaRole": "arn:aws:iam::000000000000:role/r",
    }
    registered = region.client.register_workflow_type(
        domain="d", name="X", version="v 2", description="long", **given
    )

    described = ask(region, "describe", "workflow", workflowType={"name": "X", "version": "v 2"})

    assert registered == {}
    assert described["configuration"] == given
    assert described["typeInfo"]["description"] == "long"


def test_an_activity_type_is_described_as_it_was_registered(region: Region) -> None:
    given = {
        "defaultTaskStartToCloseTimeout": "1",
        "defaultTaskHeartbeatTimeout": "NONE",
        "defaultTaskList": {"name": "al"},
        "defaultTaskPriority": "2147483647",
        "defaultTaskScheduleToStartTimeout": "0",
        "defaultTaskScheduleToCloseTimeout": "99999999",
    }
    registered = region.client.register_activity_type(
        domain="d", name="X", version="1", description="", **given
    )

    described = ask(region, "describe", "activity", activityType={"name": "X", "version": "1"})

    assert registered == {}
    assert described["configuration"] == given
    assert described["typeInfo"]["description"] == ""


@pytest.mark.parametrize(
    "given",
    [
        {"defaultExecutionStartToCloseTimeout": "NONE"},
        {"defaultExecutionStartToCloseTimeout": "31536001"},
        {"defaultExecutionStartToCloseTimeout": "-1"},
        {"defaultTaskStartToCloseTimeout": "1.5"},
        {"defaultTaskStartToCloseTimeout": "none"},
        {"defaultTaskPriority": "2147483648"},
        {"defaultTaskPriority": "high"},
        {"defaultTaskList": {"name": " dl"}},
        {"defaultTaskList": {"name": "a:b"}},
        {"name": "X "},
        {"version": " 1"},
        {"version": "1:0"},
        {"name": "arn"},
    ],
    ids=str,
)
def test_values_of_a_workflow_type_are_looked_at(region: Region, given: dict[str, Any]) -> None:
    with refused("ValidationException"):
        region.client.register_workflow_type(**{"domain": "d", "name": "X", "version": "1"} | given)
    listed = region.client.list_workflow_types(domain="d", registrationStatus="REGISTERED", name="X")
    assert listed["typeInfos"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"defaultTaskHeartbeatTimeout": "x"},
        {"defaultTaskScheduleToStartTimeout": "-1"},
        {"defaultTaskScheduleToCloseTimeout": "1e3"},
        {"defaultTaskStartToCloseTimeout": "0x1"},
        {"defaultTaskList": {"name": "a|b"}},
    ],
    ids=str,
)
def test_values_of_an_activity_type_are_looked_at(region: Region, given: dict[str, Any]) -> None:
    with refused("ValidationException"):
        region.client.register_activity_type(**{"domain": "d", "name": "X", "version": "1"} | given)


@pytest.mark.parametrize(("kind", "message"), [("workflow", W1), ("activity", A1)])
def test_a_type_is_deprecated_once_and_comes_back_once(region: Region, kind: str, message: str) -> None:
    with refused("TypeAlreadyExistsFault", message):
        ask(region, "undeprecate", kind)
    region.advance(5)
    assert ask(region, "deprecate", kind) == {}
    deprecated = ask(region, "describe", kind)["typeInfo"]
    with refused("TypeDeprecatedFault", message):
        ask(region, "deprecate", kind)
    assert ask(region, "undeprecate", kind) == {}
    back = ask(region, "describe", kind)["typeInfo"]

    assert deprecated["status"] == "DEPRECATED"
    assert (deprecated["deprecationDate"] - deprecated["creationDate"]).total_seconds() == 5
    assert back["status"] == "REGISTERED"
    assert "deprecationDate" not in back


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["describe", "deprecate", "undeprecate", "delete"])
def test_a_type_that_there_is_not(region: Region, verb: str, kind: str) -> None:
    absent = {f"{kind}Type": {"name": "N", "version": "V"}}

    with refused("UnknownResourceFault", f"Unknown type: {kind.title()}Type=[name=N, version=V]"):
        ask(region, verb, kind, **absent)
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        ask(region, verb, kind, domain="nope")


@pytest.mark.edge(20)
@pytest.mark.parametrize(("kind", "message"), [("workflow", W1), ("activity", A1)])
def test_a_deprecated_type_can_be_deleted_and_registered_again(
    region: Region, kind: str, message: str
) -> None:
    with refused(
        "TypeNotDeprecatedFault",
        "The type is currently registered and cannot be deleted in its current state",
    ):
        ask(region, "delete", kind)
    ask(region, "deprecate", kind)
    assert ask(region, "delete", kind) == {}
    with refused("UnknownResourceFault", f"Unknown type: {message}"):
        ask(region, "describe", kind)
    name = {"workflow": "W", "activity": "A"}[kind]
    getattr(region.client, f"register_{kind}_type")(domain="d", name=name, version="1")
    assert ask(region, "describe", kind)["configuration"] == {}


def test_what_runs_outlives_the_deletion_of_its_types(region: Region) -> None:
    region.start()
    region.decide(activity())
    for kind in KINDS:
        ask(region, "deprecate", kind)
        ask(region, "delete", kind)

    region.done(region.work())
    region.decide(activity("b"), child())

    assert kinds(region.history())[-3:] == [
        "ScheduleActivityTaskFailed",
        "StartChildWorkflowExecutionFailed",
        "DecisionTaskScheduled",
    ]
    assert last(region.history(), "ScheduleActivityTaskFailed")["cause"] == "ACTIVITY_TYPE_DOES_NOT_EXIST"


@pytest.mark.parametrize("kind", KINDS)
def test_types_are_listed_by_name_and_version(region: Region, kind: str) -> None:
    register = getattr(region.client, f"register_{kind}_type")
    for name, version in (("b", "1"), ("B", "2"), ("B", "10"), ("9", "1")):
        register(domain="d", name=name, version=version, description="d")

    def listed(**given: Any) -> list[tuple[str, str]]:
        words = {"domain": "d", "registrationStatus": "REGISTERED"} | given
        answer = getattr(region.client, f"list_{kind}_types")(**words)
        types = [info[f"{kind}Type"] for info in answer["typeInfos"]]
        return [(found["name"], found["version"]) for found in types]

    everything = listed()
    own = {"workflow": "W", "activity": "A"}[kind]
    others = [entry for entry in everything if entry[0] != own]
    assert others == [("9", "1"), ("B", "10"), ("B", "2"), ("b", "1")]
    assert everything == sorted(everything)
    assert listed(reverseOrder=True) == everything[::-1]
    assert listed(name="B") == [("B", "10"), ("B", "2")]
    assert listed(name="nope") == []
    assert listed(registrationStatus="DEPRECATED") == []
    ask(region, "deprecate", kind)
    assert listed(registrationStatus="DEPRECATED") == [(own, "1")]
    with refused("UnknownResourceFault", "Unknown domain: nope"):
        listed(domain="nope")


@pytest.mark.engine(limits=Limits(types=3))
@pytest.mark.parametrize("kind", KINDS)
def test_a_domain_has_so_many_types_of_a_kind(region: Region, kind: str) -> None:
    register = getattr(region.client, f"register_{kind}_type")
    register(domain="d", name="third", version="1")
    ask(region, "deprecate", kind)

    with refused("LimitExceededFault"):
        register(domain="d", name="fourth", version="1")
    ask(region, "delete", kind)
    assert register(domain="d", name="fourth", version="1") == {}
