"""Which engine and which domain are meant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from swf.client import connect, domain_name
from swf.client.naming import Amazon, Url, credentials_of_environment, engine_meant
from swf.exceptions import NotConfigured
from swf.places import default_file, identity
from swf.protocol.sigv4 import Credentials


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing in the environment says anything."""
    for name in (
        "SWF_ENGINE",
        "SWF_DOMAIN",
        "XDG_DATA_HOME",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_PROFILE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_the_default_is_a_file_in_the_data_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert engine_meant() == default_file() == tmp_path / ".local/share/simpleflow/engine.db"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert engine_meant() == tmp_path / "data/simpleflow/engine.db"
    monkeypatch.setenv("XDG_DATA_HOME", "relative is to be ignored")
    assert engine_meant() == tmp_path / ".local/share/simpleflow/engine.db"


def test_what_is_said_beats_the_environment_beats_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWF_ENGINE", "http://somewhere:1")
    assert engine_meant() == Url("http://somewhere:1")
    assert engine_meant("/tmp/x.db") == Path("/tmp/x.db")
    monkeypatch.setenv("SWF_ENGINE", "")
    assert engine_meant() == default_file()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("aws", Amazon()),
        ("aws:eu-west-1", Amazon("eu-west-1")),
        ("aws:", Amazon()),
        ("http://h:1", Url("http://h:1")),
        ("./aws", Path.cwd() / "aws"),
        ("awstats.db", Path.cwd() / "awstats.db"),
        ("a:b", Path.cwd() / "a:b"),
        (Path("/a/b"), Path("/a/b")),
    ],
)
def test_the_forms_of_a_name(said: Any, meant: object) -> None:
    assert engine_meant(said) == meant


def test_a_tilde_is_home(tmp_path: Path) -> None:
    assert engine_meant("~/x.db") == tmp_path / "x.db"


@pytest.mark.parametrize("said", ["https://h:1", "ftp://h", "redis://h:1/0"])
def test_a_name_of_no_engine_is_refused(said: str) -> None:
    with pytest.raises(NotConfigured, match=f"{said!r} names no engine"):
        connect(said)


def test_the_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert domain_name() == "default"
    monkeypatch.setenv("SWF_DOMAIN", "theirs")
    assert domain_name() == "theirs"
    assert domain_name("mine") == "mine"


def test_a_file_has_one_name_however_it_is_reached(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert identity(tmp_path / "link" / "x.db") == identity(tmp_path / "x.db") != identity(tmp_path / "y.db")


def test_credentials_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert credentials_of_environment() is None
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    assert credentials_of_environment() is None
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert credentials_of_environment() == Credentials("A", "s")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    assert credentials_of_environment() == Credentials("A", "s", "t")


def test_amazon_without_a_region_says_so() -> None:
    with pytest.raises(NotConfigured, match="aws: no region is configured: say aws:REGION"):
        connect("aws")


def test_amazon_without_credentials_says_so() -> None:
    with pytest.raises(NotConfigured, match="aws: no credentials are configured"):
        connect("aws:eu-west-1")


def test_amazon_with_a_profile_that_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(NotConfigured, match="nobody"):
        connect("aws:eu-west-1")


def test_amazon_is_a_client_of_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    client: Any = connect("aws:eu-west-1")
    assert client.client.boto3_client.meta.service_model.service_name == "swf"
    assert client.client.boto3_client.meta.endpoint_url == "https://swf.eu-west-1.amazonaws.com"
    assert client.client.boto3_client.meta.config.read_timeout == 70
    client.close()
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    client = connect("aws")
    assert client.client.boto3_client.meta.endpoint_url == "http://localhost:1"
    client.close()


def test_only_amazon_needs_boto3_and_only_a_file_the_engine() -> None:
    program = (
        "import sys, swf.client; swf.client.HttpClient('http://localhost:1');"
        "print([m for m in ('boto3', 'botocore', 'swf.engine', 'sqlite3', 'asyncio') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said == "[]\n"
