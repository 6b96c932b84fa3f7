"""Steps of generated programs that await: what an `async def run` can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cast import Inner, echo, flaky, strict

from simpleflow.canvas import Chain, FuncGroup, Group
from simpleflow.exceptions import ExecutionBlocked, TaskException

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from state import State

    AsyncStep = Callable[[State, random.Random, str], Awaitable[None]]

__all__ = ["ASYNC_STEPS", "AsyncStep"]


async def awaited(s: State, rng: random.Random, tag: str) -> None:
    s.saw(await s.submit(echo, tag, s.argument(rng)), tag)


async def awaited_later(s: State, rng: random.Random, tag: str) -> None:
    for i in range(rng.randint(1, 4)):
        s.expect(s.submit(echo, f"{tag}.{i}", s.argument(rng)), f"{tag}.{i}")


async def awaited_retries(s: State, rng: random.Random, tag: str) -> None:
    s.saw(await s.submit(flaky, tag, s.argument(rng)), None)


async def caught_at_await(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(strict, tag)
    dependant = s.submit(echo, f"{tag}d", future)
    s.expect(s.submit(echo, f"{tag}o"), f"{tag}o")
    for each in (future, dependant):
        try:
            await each
        except TaskException:
            s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


async def awaited_canvas(s: State, rng: random.Random, tag: str) -> None:
    late = FuncGroup(lambda: Group((echo, f"{tag}.k"), (echo, f"{tag}.l")))
    whole = [tag, [f"{tag}.k", f"{tag}.l"]]
    s.saw(await s.submit(Chain((echo, tag), late)), whole)


async def looked_at(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, f"{tag}w")
    if rng.random() < 0.5:
        await s.submit(echo, f"{tag}v")
    s.saw(await s.submit(echo, tag, [future.done, s.workflow.now().isoformat()]), tag)


async def blocked_again(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag)
    if not future.done:
        raise ExecutionBlocked
    s.expect(future, tag)


async def slept(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(s.workflow.start_timer(tag, 20)), None)
    s.workflow.sleep(rng.randint(0, 2))


async def awaited_events(s: State, rng: random.Random, tag: str) -> None:
    s.submit(s.workflow.signal(f"s{tag}", tag, propagate=False))
    s.mail.append(s.submit(s.workflow.next_signal("post")))
    got: Any = await s.submit(s.workflow.wait_signal(f"s{tag}"))
    s.saw(got["args"], [tag])
    s.saw(await s.submit(s.workflow.record_marker("m", tag)), tag)


async def awaited_children(s: State, rng: random.Random, tag: str) -> None:
    fails = rng.random() < 0.3
    s.saw(await s.submit(Inner, tag, fails), None if fails else tag)


async def awaited_canceled(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag, s.submit(echo, f"{tag}v") if rng.random() < 0.5 else None)
    if rng.random() < 0.5:
        await s.submit(echo, f"{tag}w")
    future.cancel()
    s.expect(future, None, tag)


ASYNC_STEPS: list[AsyncStep] = [
    awaited, awaited_later, awaited_retries, caught_at_await, awaited_canvas, looked_at, blocked_again, slept,
    awaited_events, awaited_children, awaited_canceled,
]  # fmt: skip
