"""What stands for SWF: the engine reached in three ways, and moto, a second server that others wrote."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import urllib.request
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3.session
from botocore.config import Config

from swf.client import HttpClient
from swf.client.amazon import AmazonClient
from swf.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swf.protocol.client import Client

__all__ = ["ENGINES", "MOTO", "Moto", "boto3_client", "connected"]

ENGINES = ("in process", "http", "boto3")
MOTO = "moto"

_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""


@cache
def _session() -> boto3.session.Session:
    """Reads the service model once."""
    return boto3.session.Session(
        aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
    )


def boto3_client(url: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, read_timeout=70)
    return _session().client("swf", endpoint_url=url, config=config)


class Moto:
    """moto's server, in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "moto does not start"

    def forget(self) -> None:
        """Let it forget all that was made."""
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()

    def close(self) -> None:
        self._process.communicate()


@contextlib.contextmanager
def connected(backend: str, poll_seconds: float = 0.05) -> Iterator[Client]:
    """Give the client of a new engine, reached in one of three ways."""
    with Engine(poll_seconds=poll_seconds) as engine:
        if backend == "in process":
            yield engine.client()
            return
        url = engine.serve().url
        client = HttpClient(url) if backend == "http" else AmazonClient(boto3_client(url))
        with contextlib.closing(client):
            yield client
