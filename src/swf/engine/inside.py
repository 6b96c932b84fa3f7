"""A client in the engine's own process: boto3's methods and shapes, no HTTP.

Its polls wait in the thread that asks. With a virtual clock they do not wait: when nothing else can run,
time goes on to what comes next.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import msgspec

from swf.engine.call import Call
from swf.engine.service import POLLS
from swf.engine.waiter import Waiter
from swf.exceptions import Fault
from swf.protocol.answering import operation_of
from swf.protocol.client import Client
from swf.protocol.reading import convert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swf.engine.engine import Engine

__all__ = ["InsideClient"]

_AFTER_FAILURE = 1.0
"""Seconds until a tick that failed is tried again."""


class InsideClient(Client):
    """The engine of this process. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._polls: set[Call] = set()
        self._polls_end = False

    def stop_polling(self) -> None:
        self._polls_end = True
        for call in list(self._polls):
            self._engine.expire(call)

    def ask(self, request: msgspec.Struct) -> Any:
        operation = operation_of(request)
        return self._perform(operation, msgspec.to_builtins(request))

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        outcome = self._perform(operation, request)
        answer: dict[str, Any] = msgspec.to_builtins(outcome) if outcome is not None else {}
        return answer

    def tell_and_poll(
        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1
    ) -> tuple[list[Fault | None], list[Any]]:
        told = [self._begun(operation_of(each), msgspec.to_builtins(each)) for each in answers]
        for call, _ in told:
            call.lasting = False  # who goes on here does not outlive what is not yet on the disk
        first, waiter = self._begun(operation_of(poll), msgspec.to_builtins(poll))
        first.most = 1 if self._polls_end else most
        self._engine.perform([*(call for call, _ in told), first])
        refused: list[Fault | None] = []
        for call, its_waiter in told:
            try:
                self._outcome(call, its_waiter)
            except Fault as fault:
                refused.append(fault)
            else:
                refused.append(None)
        return refused, [self._outcome(first, waiter), *first.more]

    def _perform(self, operation: str, request: dict[str, Any]) -> msgspec.Struct | None:
        call, waiter = self._begun(operation, request)
        self._engine.perform([call])
        return self._outcome(call, waiter)

    def _begun(self, operation: str, request: dict[str, Any]) -> tuple[Call, Waiter]:
        waiter = Waiter()
        return Call(operation, convert(operation, request), waiter.done, _always), waiter

    def _outcome(self, call: Call, waiter: Waiter) -> msgspec.Struct | None:
        engine, operation = self._engine, call.operation
        if not waiter.answered:
            try:
                self._wait(call, waiter)
            except BaseException:  # whoever asked hears no answer: no task may go there
                engine.give_up(call)
                raise
        outcome = waiter.outcome
        if isinstance(outcome, Fault):
            raise outcome
        if operation in POLLS and engine.turns is not None and outcome is not POLLS[operation].empty:
            engine.turns.took_task()
        return outcome

    def _wait(self, call: Call, waiter: Waiter) -> None:
        if call.operation not in POLLS:
            self._wait_for_answer(waiter)
            return
        self._polls.add(call)
        try:
            if self._polls_end:
                self._engine.expire(call)
            self._wait_for_task(call, waiter)
        finally:
            self._polls.discard(call)

    def _wait_for_task(self, call: Call, waiter: Waiter) -> None:
        if self._engine.turns is not None:
            self._engine.turns.wait(call, waiter)
        else:
            self._wait_truly(call, waiter)

    def _wait_truly(self, call: Call, waiter: Waiter) -> None:
        engine = self._engine
        end = time.monotonic() + engine.poll_seconds
        pause = 0.0
        engine.watch(waiter.poke)
        try:
            while not waiter.answered:
                left = end - time.monotonic()
                if left <= 0:
                    engine.expire(call)
                    self._wait_for_answer(waiter)
                    return
                due = engine.next_deadline
                until = math.inf if due is None else max(due - engine.clock.time(), pause)
                waiter.wait(min(left, until))
                if not waiter.answered:
                    pause = self._tick()
        finally:
            engine.unwatch(waiter.poke)

    def _wait_for_answer(self, waiter: Waiter) -> None:
        """Another thread has it, and is about to tell."""
        while not waiter.answered:
            waiter.wait()

    def _tick(self) -> float:
        """Let the engine do what is due; return how long to wait at least before the next time."""
        return 0.0 if self._engine.try_to_tick() else _AFTER_FAILURE


def _always() -> bool:
    return True
