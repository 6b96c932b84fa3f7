"""Asking again: what passes by itself is tried again, within bounds, and nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest

from swf.client.retrying import RetryingClient, retries_meant
from swf.exceptions import EngineUnreachable, InternalFailure, NotConfigured, Throttling, UnknownResource
from swf.protocol.client import Client
from swf.protocol.requests import DescribeDomainInput

LOST = EngineUnreachable("there", "it is away")
UNSURE = EngineUnreachable("there", "it went away", maybe_done=True)


class Failing(Client):
    """Raises what it is given, one after the other, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.asked = 0

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return {
            "domainInfo": {"name": "d", "status": "REGISTERED"},
            "configuration": {"workflowExecutionRetentionPeriodInDays": "1"},
        }


def trying(client: Client, retries: int = 3) -> tuple[RetryingClient, list[float]]:
    waited: list[float] = []
    return RetryingClient(client, retries, sleep=waited.append), waited


@pytest.mark.parametrize("errors", [[Throttling()], [LOST], [LOST, Throttling(), LOST], [InternalFailure()]])
def test_what_passes_is_tried_again(errors: list[Exception]) -> None:
    failing = Failing(*errors)
    client, waited = trying(failing)
    assert client.describe_domain(name="d")["domainInfo"]["name"] == "d"
    assert failing.asked == len(errors) + 1 == len(waited) + 1


def test_structs_are_tried_again_too() -> None:
    client, _ = trying(Failing(Throttling()))
    assert client.ask(DescribeDomainInput("d")).domain_info.name == "d"


def test_pauses_grow_at_random_within_bounds() -> None:
    client, waited = trying(Failing(*[Throttling() for _ in range(10)]), 10)
    client.describe_domain(name="d")
    for pause, bound in zip(waited, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5, 5], strict=True):
        assert bound / 2 <= pause <= bound


def test_it_gives_up_in_the_end() -> None:
    failing = Failing(*[Throttling() for _ in range(10)])
    client, _ = trying(failing)
    with pytest.raises(Throttling):
        client.describe_domain(name="d")
    assert failing.asked == 4


@pytest.mark.parametrize("error", [UNSURE, UnknownResource("Unknown domain: d")])
def test_what_may_be_done_or_will_not_change_is_not_repeated(error: Exception) -> None:
    failing = Failing(error)
    client, _ = trying(failing)
    with pytest.raises(type(error)):
        client.describe_domain(name="d")
    assert failing.asked == 1


def test_a_failure_of_the_service_is_repeated_only_where_that_does_no_harm() -> None:
    failing = Failing(InternalFailure())
    client, _ = trying(failing)
    with pytest.raises(InternalFailure):
        client.signal_workflow_execution(domain="d", workflowId="w", signalName="s")
    assert failing.asked == 1


def test_the_environment_says_how_often(monkeypatch: pytest.MonkeyPatch) -> None:
    assert retries_meant() == 5
    monkeypatch.setenv("SWF_CONNECTION_RETRIES", "2")
    assert retries_meant() == 2
    monkeypatch.setenv("SWF_CONNECTION_RETRIES", "often")
    with pytest.raises(NotConfigured, match="a whole number, not 'often'"):
        retries_meant()
