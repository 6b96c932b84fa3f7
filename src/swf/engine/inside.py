"""A client in the engine's own process: boto3's methods and shapes, no HTTP.

Its polls wait in the thread that asks. With a virtual clock they do not wait: when nothing else can run,
time goes on to what comes next.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from swf.engine.call import Call
from swf.engine.service import POLLS
from swf.engine.waiter import Waiter
from swf.exceptions import Fault
from swf.protocol.client import Client
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from swf.engine.engine import Engine

__all__ = ["InsideClient"]


class InsideClient(Client):
    """The engine of this process. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        engine, waiter = self._engine, Waiter()
        call = Call(operation, convert(operation, request), waiter.done, _always)
        engine.perform([call])
        if not waiter.answered:
            self._wait(call, waiter)
        outcome = waiter.outcome
        if isinstance(outcome, Fault):
            raise outcome
        if operation in POLLS and engine.turns is not None and outcome is not POLLS[operation].empty:
            engine.turns.took_task()
        answer: dict[str, Any] = msgspec.to_builtins(outcome) if outcome is not None else {}
        return answer

    def _wait(self, call: Call, waiter: Waiter) -> None:
        if call.operation not in POLLS:  # another thread has performed it, and is about to tell
            waiter.wait()
        elif self._engine.turns is not None:
            self._engine.turns.wait(call, waiter)
        else:
            self._wait_truly(call, waiter)

    def _wait_truly(self, call: Call, waiter: Waiter) -> None:
        engine = self._engine
        end = time.monotonic() + engine.poll_seconds
        engine.watch(waiter.poke)
        try:
            while not waiter.answered:
                left = end - time.monotonic()
                if left <= 0:
                    engine.expire(call)
                    waiter.wait()
                    return
                due = engine.next_deadline
                waiter.wait(left if due is None else min(left, due - engine.clock.time()))
                if not waiter.answered:
                    engine.tick()
        finally:
            engine.unwatch(waiter.poke)


def _always() -> bool:
    return True
