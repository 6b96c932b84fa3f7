"""Steps of generated programs: tasks, failures, and what a run asks of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cast import Awaited, Inner, echo, flaky, hurried, keyed, once, strict, touchy

from simpleflow import futures
from simpleflow.exceptions import ExecutionBlocked, TaskException, WorkflowException
from simpleflow.retry import RetryPolicy

if TYPE_CHECKING:
    import random

    from state import State, Step

__all__ = ["STEPS", "Finished", "not_awaited", "sequence"]


class Finished(Exception):
    """Ends a program early."""


# Tasks


def sequence(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(echo, tag, s.argument(rng)), tag)


def equal_arguments(s: State, rng: random.Random, tag: str) -> None:
    for _ in range(2):
        s.expect(s.submit(echo, "same", s.argument(rng)), "same")


def equal_in_a_loop(s: State, rng: random.Random, tag: str) -> None:
    for _ in range(3):
        s.saw(s.submit(echo, "same").result, "same")


def nested_futures(s: State, rng: random.Random, tag: str) -> None:
    inside = {"list": [s.argument(rng), (s.argument(rng),)], "plain": 1}
    s.expect(s.submit(echo, tag, value=inside), tag)


def wait(s: State, rng: random.Random, tag: str) -> None:
    if s.known:
        outcomes, future = rng.choice(s.known)
        s.saw(future.result, *outcomes)


def wait_for_all(s: State, rng: random.Random, tag: str) -> None:
    futures.wait(*(future for _, future in s.known))


def fan_out_and_in(s: State, rng: random.Random, tag: str) -> None:
    out = [s.submit(echo, f"{tag}.{i}") for i in range(rng.randint(2, 5))]
    for i, future in enumerate(out):
        s.expect(future, f"{tag}.{i}")
    s.expect(s.submit(echo, tag, out), tag)


def idempotent(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(once, "the same"), "the same")
    s.expect(s.submit(once, tag), tag)


def own_ids(s: State, rng: random.Random, tag: str) -> None:
    for _ in range(2):
        s.expect(s.submit(keyed, tag), tag)
    child = Inner.with_options(workflow_id=f"child-{tag}")
    s.expect(s.submit(child, tag, False), tag)


def children(s: State, rng: random.Random, tag: str) -> None:
    fails = rng.random() < 0.3
    s.expect(s.submit(Inner, tag, fails), None if fails else tag)


def async_children(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(Awaited, tag), tag)


def not_awaited(s: State, rng: random.Random, tag: str) -> None:
    s.submit(echo, tag, s.argument(rng))


# Failures


def retries(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(flaky, tag, s.argument(rng)), None)


def delayed_retries(s: State, rng: random.Random, tag: str) -> None:
    policy = RetryPolicy(3, initial_interval=2)
    s.expect(s.submit(flaky.with_options(retry=policy), tag), None)


def caught_at_submit(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(strict, tag)
        s.saw(s.submit(echo, f"{tag}x").result, f"{tag}x")
        s.submit(echo, f"{tag}y")
    except TaskException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


def caught_at_result(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(strict, tag).wait()
    except TaskException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


def caught_children(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(Inner.with_options(raises_on_failure=True, retry=0), tag, True).wait()
    except WorkflowException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


def cleaned_up(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(strict, tag).wait()
    except TaskException:
        pass
    finally:
        s.expect(s.submit(echo, f"{tag}f"), f"{tag}f")


def judged(s: State, rng: random.Random, tag: str) -> None:
    for each in (f"{tag}.0", f"{tag}.1", f"{tag}.2"):
        s.expect(s.submit(touchy, each), None, f"{each}h", f"{each}!")


def activity_timeouts(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(hurried, tag), tag, None)


# What is known


def not_yet(s: State, rng: random.Random, tag: str) -> None:
    future = rng.choice(s.known)[1] if s.known else s.submit(echo, f"{tag}w")
    if not future.done:
        s.expect(s.submit(echo, f"{tag}p"), f"{tag}p")


def states(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, f"{tag}w")
    s.expect(s.submit(echo, f"{tag}{future.state}"), *(f"{tag}{state}" for state in _STATES))


def polled_first(s: State, rng: random.Random, tag: str) -> None:
    one, other = s.submit(echo, f"{tag}0"), s.submit(echo, f"{tag}1")
    if rng.random() < 0.5:
        s.submit(echo, f"{tag}w").wait()
    winner = [each for each in (one, other) if each.done]
    if winner:
        s.expect(s.submit(echo, tag, winner[0]), tag)


def blocked_by_hand(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag)
    if not future.done:
        raise ExecutionBlocked
    s.expect(future, tag)


def time_and_chance(s: State, rng: random.Random, tag: str) -> None:
    w = s.workflow
    for _ in range(2):
        drawn = [w.now().isoformat(), w.random(), str(w.uuid4())]
        s.saw(s.submit(echo, tag, drawn).result if rng.random() < 0.7 else tag, tag)


def looks(s: State, rng: random.Random, tag: str) -> None:
    w = s.workflow
    seen: list[Any] = [len(w.list_markers(all=True)), w.get_event_details("signal", "post") is None]
    if rng.random() < 0.3:
        seen.append(len(w.executor.history.activities) > 2)
    s.expect(s.submit(echo, tag, seen), tag)


# Ends


def returns_early(s: State, rng: random.Random, tag: str) -> None:
    if rng.random() < 0.3:
        raise Finished


def ends_badly(s: State, rng: random.Random, tag: str) -> None:
    match rng.randrange(6):
        case 0:
            s.workflow.fail(f"bad {tag}")
        case 1:
            raise ValueError(f"bad {tag}")
        case 2:
            s.submit(strict, f"bad {tag}").wait()


_STATES = ("PENDING", "RUNNING", "FINISHED", "CANCELLED")

STEPS: list[Step] = [
    sequence, equal_arguments, equal_in_a_loop, nested_futures, wait, wait_for_all, fan_out_and_in,
    idempotent, own_ids, children, async_children, not_awaited, retries, delayed_retries, caught_at_submit,
    caught_at_result, caught_children, cleaned_up, judged, activity_timeouts, not_yet, states, polled_first,
    blocked_by_hand, time_and_chance, looks, returns_early, ends_badly,
]  # fmt: skip
