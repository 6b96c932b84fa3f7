"""How much a connection may ask of the front, in bytes, numbers and seconds."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Bounds"]


@dataclass(frozen=True)
class Bounds:
    """What a client may not exceed. The defaults leave room for every SDK."""

    body: int = 1_048_576
    """Bytes of a body: Amazon's own limit, 1 MB."""
    head: int = 65_536
    """Bytes of the request line and all headers of a request."""
    headers: int = 100
    """Headers of a request."""
    pipeline: int = 32
    """Requests of one connection under way; the next ones wait unread."""
    connections: int = 10_000
    """Connections at once; one more is told so and closed."""
    request_seconds: float = 30.0
    """How long a request may take to arrive, from its first byte to its last."""
    idle_seconds: float = 300.0
    """How long a connection is kept with nothing under way."""
    write_seconds: float = 60.0
    """How long a client may leave its answers unread."""
    linger_seconds: float = 2.0
    """How long the rest of a refused request is read and thrown away, for its sender to see the refusal."""
    stop_seconds: float = 5.0
    """How long a stop waits for what is under way."""
    sweep_seconds: float = 1.0
    """How often the limits in seconds are looked at."""
