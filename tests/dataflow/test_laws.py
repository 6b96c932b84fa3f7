"""Laws of the heart, on generated workflows and event orders (`LAW_CASES` says how many, 300 by default).

1. A kept run and a new one fed all batches decide the same. 2. Every future ends with its own task's outcome.
"""

from __future__ import annotations

import collections
import json
import os
import random
from typing import Any

import pytest
from world import World

from simpleflow import Workflow, activity
from simpleflow.canvas import Chain, FuncGroup, Group
from simpleflow.dataflow import Limits
from simpleflow.exceptions import ExecutionBlocked, TaskException
from simpleflow.perform import perform
from simpleflow.registry import registry
from simpleflow.retry import RetryPolicy

CASES = int(os.environ.get("LAW_CASES", "300"))


@activity.with_attributes(version="1")
def echo(tag: str, value: Any = None) -> str:
    return tag


@activity.with_attributes(version="1", retry=1)
def flaky(tag: str, value: Any = None) -> str:
    raise ValueError(tag)


@activity.with_attributes(version="1", raises_on_failure=True)
def strict(tag: str, value: Any = None) -> str:
    raise ValueError(tag)


class Generated(Workflow):
    """Interprets a program made from its seed; returns how each tag ended, and what it should have been."""

    name = "generated"
    version = "1"
    task_list = "d"

    def run(self, seed: int) -> Any:
        rng = random.Random(seed)
        seen: list[tuple[str, Any]] = []
        known: list[tuple[str, Any]] = []
        for step in range(rng.randint(2, 8)):
            kind = rng.choice(STEPS)
            kind(self, rng, f"{seed}.{step}", known, seen)
        for tag, future in known:
            seen.append((tag, future.result))
        return seen


def _argument(rng: random.Random, known: list[Any]) -> Any:
    return rng.choice(known)[1] if known and rng.random() < 0.5 else rng.choice([1, [1, 2], None])


def _one(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    known.append((tag, self.submit(echo, tag, _argument(rng, known))))


def _equal(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    for _ in range(2):
        known.append(("same", self.submit(echo, "same", _argument(rng, known))))


def _wait(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    if known:
        name, future = rng.choice(known)
        seen.append((name, future.result))


def _flaky(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    known.append((None, self.submit(flaky, tag, _argument(rng, known))))


def _caught(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    try:
        self.submit(strict, tag).result  # noqa: B018  # reading waits
    except TaskException:
        known.append((f"{tag}b", self.submit(echo, f"{tag}b")))


def _group(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    tags = [f"{tag}.{i}" for i in range(rng.randint(1, 4))]
    limit = rng.choice([None, 1, 2])
    group = Group(*((echo, each) for each in tags), max_parallel=limit)
    known.append((tags, self.submit(group)))


def _chain(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    inner = Group((echo, f"{tag}.i"), (echo, f"{tag}.j"))
    late = FuncGroup(lambda: Chain((echo, f"{tag}.k"), (echo, f"{tag}.l")))
    chain = Chain((echo, tag), inner, late)
    known.append(([tag, [f"{tag}.i", f"{tag}.j"], [f"{tag}.k", f"{tag}.l"]], self.submit(chain)))


def _poll(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    if known and not rng.choice(known)[1].done:
        known.append((f"{tag}p", self.submit(echo, f"{tag}p")))


def _blocked(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    future = self.submit(echo, tag)
    if not future.done:
        raise ExecutionBlocked
    known.append((tag, future))


def _timer(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    known.append((None, self.submit(self.start_timer(tag, rng.randint(0, 3)))))
    if rng.random() < 0.3:
        self.sleep(1)


def _marker(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    known.append((tag, self.submit(self.record_marker("m", tag))))


def _signal(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    self.submit(self.signal(f"s{tag}", propagate=False))
    gate = self.wait_signal(f"s{tag}") if rng.random() < 0.5 else self.next_signal(f"s{tag}")
    known.append(({"__propagate": False, "args": [], "kwargs": {}}, self.submit(gate)))


def _cancel(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    waits = self.submit(echo, tag, self.submit(echo, f"{tag}w"))
    waits.cancel()
    known.append((None, waits))


class Inner(Workflow):
    name = "inner"
    version = "1"
    task_list = "d"
    retry = 1
    raises_on_failure = False

    def run(self, tag: str, fails: bool) -> Any:
        if fails:
            self.fail(tag)
        return self.submit(echo, tag).result


class Awaited(Workflow):
    name = "awaited"
    version = "1"
    task_list = "d"

    async def run(self, tag: str) -> Any:
        first = self.submit(echo, tag)
        try:
            await self.submit(strict, tag)
        except TaskException:
            return await first


def _child(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    fails = rng.random() < 0.3
    known.append((None if fails else tag, self.submit(Inner, tag, fails)))


def _async_child(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    known.append((tag, self.submit(Awaited, tag)))


def _delayed(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    policy = RetryPolicy(3, initial_interval=2)
    known.append((None, self.submit(flaky.with_options(retry=policy), tag)))


def _map(self: Any, rng: Any, tag: str, known: Any, seen: Any) -> None:
    items = self.submit(Group((echo, f"{tag}.0"), (echo, f"{tag}.1")))
    known.append(([f"{tag}.0", f"{tag}.1"], self.map(echo, items)))


STEPS = [
    _one, _equal, _wait, _flaky, _caught, _group, _chain, _poll,
    _blocked, _timer, _marker, _signal, _cancel, _map, _child, _async_child, _delayed,
]  # fmt: skip


class Orders(World):
    """Finishes activities in an order made from a seed, and loses answers."""

    def __init__(self, seed: int, rng: random.Random) -> None:
        limits = rng.choice([None, Limits(decisions=5, open_activities=4)])
        super().__init__(Generated, seed, limits=limits)
        self.rng = rng

    def run(self) -> Any:
        tasks: list[Any] = []
        for _ in range(2_000):
            if self.execution.closed:
                return self.execution.events[-1]
            if self.rng.random() < 0.5 and self.decide() is not None:
                continue
            tasks += self.open_tasks()
            if tasks and self.rng.random() < 0.7:
                self.perform(tasks.pop(self.rng.randrange(len(tasks))))
            elif self.decide() is None and not tasks:
                due = self.executions.next_timer()
                assert due is not None, "stuck"
                self.now = max(due, self.now)
                self.executions.tick(self.now)
        raise AssertionError("does not end")


def test_the_activities_of_the_laws_say_who_they_are() -> None:
    assert perform(registry[None][echo.name], '{"args":["t"],"kwargs":{}}', {}) == '"t"'


@pytest.mark.timeout(3_000)
def test_warm_and_cold_decide_the_same_and_every_future_has_its_own_outcome() -> None:
    reasons: collections.Counter[str] = collections.Counter()
    for case in range(CASES):
        world = Orders(case, random.Random(f"order {case}"))
        try:
            closing = world.run()
            assert type(closing).__name__ == "WorkflowExecutionCompleted", closing
            for expected, got in json.loads(closing.attributes.result):
                assert got == expected
        except Exception as error:
            error.add_note(f"case {case}")
            raise
        reasons.update(world.warm.reasons)
    assert all(reasons[reason] for reason in ("first", "seen", "failure", "blocked")), reasons
