"""A client of each backend, and a domain there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from objects.backends import ENGINES, MOTO, Moto, boto3_client, connected
from swf import core
from swf.client.amazon import AmazonClient
from swf.models import Domain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swf.protocol.client import Client


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "beyond_moto(why): the test wants what moto has not, or has otherwise")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "client" in metafunc.fixturenames:
        beyond = metafunc.definition.get_closest_marker("beyond_moto")
        metafunc.parametrize("client", ENGINES if beyond else (*ENGINES, MOTO), indirect=True)


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    server = Moto()
    yield server
    server.close()


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of an empty region."""
    if request.param != MOTO:
        with connected(request.param) as made:
            yield made
        return
    moto: Moto = request.getfixturevalue("moto")
    moto.forget()
    with contextlib.closing(AmazonClient(boto3_client(moto.url))) as made:
        yield made


@pytest.fixture
def domain(client: Client) -> Domain:
    """A registered domain."""
    made = Domain("d", retention_period=7, connection=client)
    made.save()
    return made


@pytest.fixture(autouse=True)
def a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing of this machine be read or written, and nothing stay connected."""
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("SWF_ENGINE", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    process = core._Process()
    monkeypatch.setattr(core, "_process", process)
    yield
    process.close()
