"""What can be wrong with an engine: where it is, who has it, whether it can be asked."""

from __future__ import annotations

from swf.exceptions.root import ResponseError, SWFError

__all__ = ["CannotServe", "EngineInUse", "EngineUnreachable", "NotConfigured"]


class EngineInUse(SWFError):
    """Another process holds the file; one file has one engine."""

    def __init__(self, path: str, pid: int | None = None, address: str | None = None) -> None:
        Exception.__init__(self, path, pid, address)
        self.path = path
        self.pid = pid
        self.address = address

    def __str__(self) -> str:
        holder = "another process" if self.pid is None else f"process {self.pid}"
        remedy = f"talk to it at {self.address}" if self.address else "end it, or wait until it has ended"
        return f"{self.path} is held by {holder}: {remedy}"


class EngineUnreachable(ResponseError):
    """An engine does not answer. `maybe_done`: the request may have arrived there and been carried out."""

    def __init__(self, url: str, why: str, *, maybe_done: bool = False) -> None:
        Exception.__init__(self, url, why)
        self.url = url
        self.why = why
        self.maybe_done = maybe_done

    def __str__(self) -> str:
        doubt = "; the request may have been carried out" if self.maybe_done else ""
        return f"the engine at {self.url} does not answer: {self.why}{doubt}; start it, or name another"


class NotConfigured(SWFError):
    """Nothing says which engine is meant, or how to prove to it who asks."""


class CannotServe(SWFError):
    """An engine cannot be served like this."""
