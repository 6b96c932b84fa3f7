"""Waiting for signals: a gate that opens once, and a mailbox that is emptied one by one."""

from __future__ import annotations

from simpleflow.base import Submittable

__all__ = ["NextSignal", "WaitForSignal"]


class WaitForSignal(Submittable):
    """A gate: open from the first signal of that name on; its result is the latest input."""

    def __init__(self, signal_name: str) -> None:
        self.signal_name = signal_name

    def __repr__(self) -> str:
        return f"WaitForSignal({self.signal_name!r})"


class NextSignal(Submittable):
    """A mailbox: the k-th one submitted gets the k-th signal of that name, none lost, none twice."""

    def __init__(self, signal_name: str) -> None:
        self.signal_name = signal_name

    def __repr__(self) -> str:
        return f"NextSignal({self.signal_name!r})"
