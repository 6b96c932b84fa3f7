"""The runs that a decider keeps between their decision tasks: those used last, bounded by number and size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.dataflow import Dataflow
    from swf.protocol.events import Event

__all__ = ["KeptRuns"]

_BYTES_AN_EVENT = 2_000
"""What an event costs, about, with what the graph makes of it; its texts come on top."""


@dataclass
class _Kept:
    flow: Dataflow
    events: int
    """How many of its events are counted in `size`."""
    size: int


class KeptRuns:
    """Runs by their run id; what is used least recently goes first.

    `most` runs are kept, and about `most_bytes` of memory; the one just used stays in any case.
    """

    def __init__(self, most: int = 1_000, most_bytes: int = 256 * 1024 * 1024) -> None:
        if most < 1:
            raise ValueError(f"at least 1 run is kept, not {most}")
        self._most = most
        self._most_bytes = most_bytes
        self._kept: dict[str, _Kept] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, run_id: str) -> Dataflow | None:
        """Return a run, which counts as used."""
        if (kept := self._kept.pop(run_id, None)) is None:
            return None
        self._kept[run_id] = kept
        return kept.flow

    def put(self, flow: Dataflow) -> None:
        """Keep a run, or note that it has grown; let go of what is too much."""
        kept = self._kept.pop(flow.run_id, None) or _Kept(flow, 0, 0)
        grown = _size(flow.events[kept.events :])
        kept.events = len(flow.events)
        kept.size += grown
        self._size += grown
        self._kept[flow.run_id] = kept
        while len(self._kept) > 1 and (len(self._kept) > self._most or self._size > self._most_bytes):
            self.drop(next(iter(self._kept)))

    def drop(self, run_id: str) -> None:
        """Let go of a run, if it is kept: it is unwound."""
        if (kept := self._kept.pop(run_id, None)) is not None:
            self._size -= kept.size
            kept.flow.discard()

    def clear(self) -> None:
        """Let go of all."""
        for run_id in list(self._kept):
            self.drop(run_id)


def _size(events: Sequence[Event]) -> int:
    size = _BYTES_AN_EVENT * len(events)
    for event in events:
        attributes: Any = event.attributes
        for name in _TEXTS:
            if (text := getattr(attributes, name, None)) is not None:
                size += len(text)
    return size


_TEXTS = ("input", "result", "details")
