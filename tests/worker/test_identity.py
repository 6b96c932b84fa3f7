"""Who polled: what deciders and workers leave in histories."""

from __future__ import annotations

import json
import os
import socket

import pytest

from simpleflow import __version__
from simpleflow.swf.identity import identity, is_ours


@pytest.fixture(autouse=True)
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIMPLEFLOW_IDENTITY", raising=False)


def test_it_says_who_where_and_by_which_release() -> None:
    told = json.loads(identity())
    assert told["hostname"] == socket.gethostname()
    assert told["pid"] == os.getpid()
    assert told["simpleflow"] == __version__
    assert {"user", "exe"} <= told.keys()


def test_it_is_compact_and_sorted() -> None:
    assert identity() == json.dumps(json.loads(identity()), separators=(",", ":"), sort_keys=True)


def test_the_environment_adds_and_takes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMPLEFLOW_IDENTITY", '{"version": "1.2", "user": null, "hostname": "h"}')
    told = json.loads(identity())
    assert (told["version"], told["hostname"]) == ("1.2", "h")
    assert "user" not in told


@pytest.mark.parametrize("text", ["no JSON", "[1]", "3"])
def test_what_is_no_object_is_ignored_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    monkeypatch.setenv("SIMPLEFLOW_IDENTITY", text)
    assert "pid" in json.loads(identity())
    assert "SIMPLEFLOW_IDENTITY" in caplog.text


@pytest.mark.parametrize("count", [150, 1_000])
def test_it_is_never_too_long_and_always_ours(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setenv("SIMPLEFLOW_IDENTITY", json.dumps({"build": "x" * count, "simpleflow": None}))
    assert len(identity()) <= 256
    assert is_ours(identity())


@pytest.mark.parametrize("text", [None, "", "a name", '{"pid": 1}', '"simpleflow"', "1"])
def test_older_releases_are_told_apart(text: str | None) -> None:
    assert not is_ours(text)
