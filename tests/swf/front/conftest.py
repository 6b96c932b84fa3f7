"""A front on a stand-in for the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from front.standin import StandIn
from front.wire import Wire
from swf.engine.front import Bounds, Server, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def engine() -> StandIn:
    return StandIn()


@pytest.fixture
def started(engine: StandIn) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(bounds: Bounds | None = None, **options: object) -> Server:
        server = serve(engine, bounds=bounds, **options)  # type: ignore[arg-type]  # passed on
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def server(started: Callable[..., Server]) -> Server:
    return started()


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(server.url) as wire:
        yield wire
