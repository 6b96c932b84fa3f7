"""How objects find the engine: one client for the process, found when it is needed, and replaceable."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import swf
from objects.backends import boto3_client
from swf import core, settings
from swf.client import HttpClient
from swf.client.amazon import AmazonClient
from swf.client.retrying import RetryingClient
from swf.core import ConnectedSWFObject
from swf.engine import Engine
from swf.exceptions import EngineUnreachable, NotConfigured
from swf.models import Domain
from swf.querysets import DomainQuerySet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def served() -> Iterator[str]:
    with Engine() as engine:
        yield engine.serve().url


@pytest.fixture(autouse=True)
def nothing_set() -> Iterator[None]:
    settings.clear()
    yield
    settings.clear()
    core._amazon.cache_clear()


# The engine of the process


def test_objects_ask_the_engine_that_the_environment_names(
    served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWF_ENGINE", served)
    Domain("d").save()
    with_it = HttpClient(served)
    assert [
        each["name"] for each in with_it.list_domains(registrationStatus="REGISTERED")["domainInfos"]
    ] == ["d"]
    with_it.close()


def test_nothing_is_asked_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWF_ENGINE", "http://127.0.0.1:1")
    monkeypatch.setenv("SWF_CONNECTION_RETRIES", "0")
    domain = Domain("d")
    domains = DomainQuerySet().all()
    with pytest.raises(EngineUnreachable, match=r"http://127\.0\.0\.1:1"):
        domain.save()
    with pytest.raises(EngineUnreachable):
        domains[0]


def test_the_default_is_the_engine_on_the_default_file(tmp_path: Path) -> None:
    assert not Domain("d").exists
    assert (tmp_path / "simpleflow" / "engine.db").exists()


def test_connecting_replaces_the_engine_of_objects_that_exist_already(served: str) -> None:
    domain = Domain("d")
    with Engine() as engine:
        swf.connect(engine.client())
        domain.save()
        assert domain.exists

        swf.connect(served)

        assert not domain.exists
        assert [*DomainQuerySet().all()] == []


def test_connect_takes_a_file_an_address_and_clients(served: str, tmp_path: Path) -> None:
    assert "engine.db" in repr(swf.connect(tmp_path / "engine.db"))
    assert served in repr(swf.connect(served))
    theirs = boto3_client(served)
    connected = swf.connect(theirs)
    assert isinstance(connected, AmazonClient)
    assert connected.boto3_client is theirs
    assert not Domain("d").exists
    theirs.close()


def test_a_connection_of_its_own_is_kept_whatever_the_process_has(served: str) -> None:
    with Engine() as engine:
        domain = Domain("d", connection=engine.client())
        swf.connect(served)
        domain.save()
        assert domain.exists
        assert domain.workflows() == []
        assert not Domain("d").exists


def test_boto3_clients_go_by_either_name(served: str) -> None:
    theirs = boto3_client(served)
    for one in (Domain("d", connection=theirs), Domain("d", boto3_client=theirs)):
        assert one.connection is one.boto3_client
        assert isinstance(one.connection, AmazonClient)
        assert not one.exists
    theirs.close()


def test_a_region_means_amazon_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    there = ConnectedSWFObject(region="eu-west-1")
    assert there.region == "eu-west-1"
    assert "swf.eu-west-1.amazonaws.com" in repr(there.connection)
    assert isinstance(there.connection, RetryingClient)
    assert ConnectedSWFObject(region="eu-west-1").connection is there.connection, "they take their time"
    with pytest.raises(ValueError, match="invalid region: nowhere"):
        ConnectedSWFObject(region="nowhere")


def test_a_region_means_nothing_where_another_engine_is_meant(served: str) -> None:
    swf.connect(served)
    domain = Domain("d", region="eu-west-1")
    domain.save()
    assert Domain("d").exists


# Settings


def test_the_file_in_the_home_says_region_and_keys(tmp_path: Path) -> None:
    (tmp_path / ".swf").write_text(
        "[credentials]\naws_access_key_id=key\naws_secret_access_key=se%cret\n[defaults]\nregion=eu-west-1\n"
    )
    assert (
        settings.get()
        == settings.from_home()
        == {
            "aws_access_key_id": "key",
            "aws_secret_access_key": "se%cret",
            "region": "eu-west-1",
        }
    )
    client: Any = swf.connect("aws")
    boto3s = client.client.boto3_client
    assert boto3s.meta.region_name == "eu-west-1"
    assert boto3s._request_signer._credentials.secret_key == "se%cret"


def test_what_is_set_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".swf").write_text("[defaults]\nregion=eu-west-1\n")
    settings.set(region="us-west-2", aws_access_key_id="key", aws_secret_access_key="secret")
    assert core.SETTINGS["region"] == "us-west-2"
    client: Any = swf.connect("aws")
    assert client.client.boto3_client.meta.region_name == "us-west-2"


def test_a_name_of_an_engine_goes_before_all(tmp_path: Path) -> None:
    settings.set(region="us-west-2", aws_access_key_id="key", aws_secret_access_key="secret")
    client: Any = swf.connect("aws:eu-west-3")
    assert client.client.boto3_client.meta.region_name == "eu-west-3"


def test_the_environment_is_read_where_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.get() == {}
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    assert settings.from_env() == settings.get() == {"region": "eu-west-1", "aws_access_key_id": "key"}


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert settings.from_file(tmp_path / "nope") == {}
    assert settings.from_stream(["[credentials]\n", "aws_access_key_id = k\n", "other = x\n"]) == {
        "aws_access_key_id": "k"
    }


def test_what_cannot_be_read_or_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".swf").write_text("no section\n")
    with pytest.raises(NotConfigured, match="cannot be read"):
        settings.from_home()
    with pytest.raises(NotConfigured, match="no such settings: nope; there are aws_access_key_id"):
        settings.set(nope="x")
    settings.set(aws_access_key_id="alone", region="eu-west-1")
    (tmp_path / ".swf").unlink()
    with pytest.raises(NotConfigured, match="go together"):
        swf.connect("aws")


# Processes


FORKING = """
import os, sys
from swf.models import Domain

domain = Domain("d", **CONNECTION)
domain.save()
children = []
for _ in range(4):
    if (child := os.fork()) == 0:
        os._exit(0 if all(domain.exists for _ in range(50)) else 1)
    children.append(child)
assert all(domain.exists for _ in range(50))
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""
BOTO3 = """
import boto3, os
theirs = boto3.client("swf", endpoint_url=os.environ["SWF_ENGINE"], region_name="us-east-1",
                      aws_access_key_id="key", aws_secret_access_key="secret")
"""


@pytest.mark.parametrize(
    ("way", "program"),
    [
        ("http", FORKING.replace("**CONNECTION", "")),
        ("boto3", BOTO3 + FORKING.replace("**CONNECTION", "connection=theirs")),
        ("file", FORKING.replace("**CONNECTION", "")),
    ],
)
def test_a_process_may_fork_and_both_sides_go_on(way: str, program: str, served: str, tmp_path: Path) -> None:
    engine = str(tmp_path / "engine.db") if way == "file" else served
    environment = {**os.environ, "SWF_ENGINE": engine}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=50)


def test_importing_the_object_layer_takes_neither_boto3_nor_the_engine() -> None:
    program = (
        "import swf, swf.models, swf.querysets, swf.actors, sys; "
        "print(*sorted({name.split('.')[0] for name in sys.modules} & {'boto3', 'botocore', 'simpleflow'}))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "\n"
