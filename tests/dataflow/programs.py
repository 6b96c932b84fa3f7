"""Programs for the laws: workflows whose steps are drawn from a seed, and what each future must become."""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from simpleflow import Workflow, activity, futures
from simpleflow.canvas import Chain, FuncGroup, Group
from simpleflow.exceptions import ExecutionBlocked, TaskException
from simpleflow.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.history import History
    from simpleflow.task import TaskFailureContext

__all__ = ["CLASSES", "FEATURES", "Generated", "Step", "changes", "features", "program"]


@activity.with_attributes(version="1")
def echo(tag: str, value: Any = None) -> str:
    return tag


@activity.with_attributes(version="1")
def other_echo(tag: str, value: Any = None) -> str:
    return tag


@activity.with_attributes(version="1", idempotent=True)
def once(tag: str) -> str:
    return tag


@activity.with_attributes(version="1", retry=1)
def flaky(tag: str, value: Any = None) -> str:
    raise ValueError(tag)


@activity.with_attributes(version="1", raises_on_failure=True)
def strict(tag: str, value: Any = None) -> str:
    raise ValueError(tag)


@activity.with_attributes(version="1", start_to_close_timeout=5)
def hurried(tag: str) -> str:
    return tag


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


class Patient(Workflow):
    name = "patient"
    version = "1"
    task_list = "d"
    raises_on_failure = False

    def run(self, tag: str) -> Any:
        self.sleep(50)
        return tag


class State:
    """What a run knows while it goes on: futures with what they may become, and what was seen of them."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.known: list[tuple[list[Any], Any]] = []
        self.seen: list[tuple[list[Any], Any]] = []

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        return self.workflow.submit(*args, **kwargs)

    def expect(self, future: Any, *outcomes: Any) -> None:
        """The future must become one of these."""
        self.known.append((list(outcomes), future))

    def argument(self, rng: random.Random) -> Any:
        """Return a future that is known, or a value."""
        return (
            rng.choice(self.known)[1] if self.known and rng.random() < 0.5 else rng.choice([1, [1, 2], None])
        )


# Steps


def sequence(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(echo, tag, s.argument(rng)), tag)


def equal_arguments(s: State, rng: random.Random, tag: str) -> None:
    for _ in range(2):
        s.expect(s.submit(echo, "same", s.argument(rng)), "same")


def nested_futures(s: State, rng: random.Random, tag: str) -> None:
    inside = {"list": [s.argument(rng), (s.argument(rng),)], "plain": 1}
    s.expect(s.submit(echo, tag, value=inside), tag)


def wait(s: State, rng: random.Random, tag: str) -> None:
    if s.known:
        outcomes, future = rng.choice(s.known)
        s.seen.append((outcomes, future.result))


def wait_for_all(s: State, rng: random.Random, tag: str) -> None:
    futures.wait(*(future for _, future in s.known))


def fan_out_and_in(s: State, rng: random.Random, tag: str) -> None:
    out = [s.submit(echo, f"{tag}.{i}") for i in range(rng.randint(2, 5))]
    for i, future in enumerate(out):
        s.expect(future, f"{tag}.{i}")
    s.expect(s.submit(echo, tag, out), tag)


def retries(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(flaky, tag, s.argument(rng)), None)


def delayed_retries(s: State, rng: random.Random, tag: str) -> None:
    policy = RetryPolicy(3, initial_interval=2)
    s.expect(s.submit(flaky.with_options(retry=policy), tag), None)


def caught_at_submit(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(strict, tag)
        s.submit(echo, f"{tag}x").result  # noqa: B018  # reading waits
    except TaskException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


def caught_at_result(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(strict, tag).result  # noqa: B018  # reading waits
    except TaskException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


def group(s: State, rng: random.Random, tag: str) -> None:
    tags = [f"{tag}.{i}" for i in range(rng.randint(1, 4))]
    limit = rng.choice([None, 1, 2])
    s.expect(s.submit(Group(*((echo, each) for each in tags), max_parallel=limit)), tags)


def late_func_group(s: State, rng: random.Random, tag: str) -> None:
    inner = Group((echo, f"{tag}.i"), (echo, f"{tag}.j"))
    late = FuncGroup(lambda: Chain((echo, f"{tag}.k"), (echo, f"{tag}.l")))
    whole = [tag, [f"{tag}.i", f"{tag}.j"], [f"{tag}.k", f"{tag}.l"]]
    s.expect(s.submit(Chain((echo, tag), inner, late)), whole)


def not_yet(s: State, rng: random.Random, tag: str) -> None:
    if s.known and not rng.choice(s.known)[1].done:
        s.expect(s.submit(echo, f"{tag}p"), f"{tag}p")


def blocked_by_hand(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag)
    if not future.done:
        raise ExecutionBlocked
    s.expect(future, tag)


def timers(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(s.workflow.start_timer(tag, rng.randint(0, 3))), None)
    if rng.random() < 0.3:
        s.workflow.sleep(1)


def markers(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(s.workflow.record_marker("m", tag)), tag)


def signals(s: State, rng: random.Random, tag: str) -> None:
    s.submit(s.workflow.signal(f"s{tag}", propagate=False))
    gate = s.workflow.wait_signal(f"s{tag}") if rng.random() < 0.5 else s.workflow.next_signal(f"s{tag}")
    s.expect(s.submit(gate), {"__propagate": False, "args": [], "kwargs": {}})


def children(s: State, rng: random.Random, tag: str) -> None:
    fails = rng.random() < 0.3
    s.expect(s.submit(Inner, tag, fails), None if fails else tag)


def async_children(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(Awaited, tag), tag)


def map_over_a_future(s: State, rng: random.Random, tag: str) -> None:
    items = s.submit(Group((echo, f"{tag}.0"), (echo, f"{tag}.1")))
    s.expect(s.workflow.map(echo, items), [f"{tag}.0", f"{tag}.1"])


def idempotent(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(once, "the same"), "the same")
    s.expect(s.submit(once, tag), tag)


def activity_timeouts(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(hurried, tag), tag, None)


def cancel_unscheduled(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag, s.submit(echo, f"{tag}w"))
    future.cancel()
    s.expect(future, None, tag)


def cancel_scheduled(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag)
    s.submit(echo, f"{tag}w").result  # noqa: B018  # reading waits
    future.cancel()
    s.expect(future, None, tag)


def cancel_timers(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(s.workflow.start_timer(tag, 20))
    s.submit(echo, f"{tag}w").result  # noqa: B018  # reading waits
    future.cancel()
    s.expect(future, None)


def cancel_children(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(Patient, tag)
    s.submit(echo, f"{tag}w").result  # noqa: B018  # reading waits
    future.cancel()
    s.expect(future, None, tag)


def not_awaited(s: State, rng: random.Random, tag: str) -> None:
    s.submit(echo, tag)


STEPS = [
    sequence, equal_arguments, nested_futures, wait, wait_for_all, fan_out_and_in, retries, delayed_retries,
    caught_at_submit, caught_at_result, group, late_func_group, not_yet, blocked_by_hand, timers, markers,
    signals, children, async_children, map_over_a_future, idempotent, activity_timeouts,
    cancel_unscheduled, cancel_scheduled, cancel_timers, cancel_children, not_awaited,
]  # fmt: skip

Step = tuple["Callable[[State, random.Random, str], None]", str]
changes: ContextVar[Callable[[list[Step]], list[Step]] | None] = ContextVar("changes", default=None)
"""How the code has changed since the history was recorded."""


def program(seed: int) -> list[Step]:
    """Return the steps of a seed, each with its own tag."""
    rng = random.Random(seed)
    return [(rng.choice(STEPS), f"{seed}.{n}") for n in range(rng.randint(2, 8))]


# Workflows


class Generated(Workflow):
    """Executes the program of its seed; returns what each future may become, with what it became."""

    name = "generated"
    version = "1"
    task_list = "d"

    def run(self, seed: int, again: bool = False) -> Any:
        steps = program(seed)
        if (change := changes.get()) is not None:
            steps = change(steps)
        state = State(self)
        for step, tag in steps:
            step(state, random.Random(tag), tag)
        state.seen += [(outcomes, future.result) for outcomes, future in state.known]
        if again:
            futures.wait(self.submit(self.continue_as_new(seed + 1)))
        return state.seen


class Hooked(Generated):
    """Asks to see every replay."""

    name = "hooked"

    def before_replay(self, history: History) -> None:
        self.replayed = True


class Handling(Generated):
    """Has its own mind about failures."""

    name = "handling"

    def on_task_failure(self, failure_context: TaskFailureContext) -> TaskFailureContext | None:
        if failure_context.payload is not flaky:
            return None
        if failure_context.retry_count < 2:
            return failure_context.decide_retry(len(failure_context.a_task.args[0]) % 2)
        return failure_context.decide_ignore()


class Wrapping(Generated):
    """Sees each submit."""

    name = "wrapping"
    submitted = 0

    def submit(self, submittable: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        self.submitted += 1
        return super().submit(submittable, *args, **kwargs)


CLASSES = [Generated, Generated, Hooked, Handling, Wrapping]
FEATURES = [step.__name__ for step in STEPS] + ["hooked", "handling", "wrapping", "continue_as_new"]


def features(workflow: type[Workflow], seed: int, *, again: bool) -> list[str]:
    """Return what a case is made of, as often as it occurs."""
    found = [step.__name__ for step, _ in program(seed)]
    if again:
        found += [step.__name__ for step, _ in program(seed + 1)] + ["continue_as_new"]
    if workflow is not Generated:
        found.append(str(workflow.name))
    return found
