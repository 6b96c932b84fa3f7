"""Steps of generated programs: timers, markers, signals, and cancellation."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from cast import Patient, echo, flaky, once

from simpleflow.canvas import Chain, Group
from simpleflow.retry import RetryPolicy

if TYPE_CHECKING:
    import random

    from state import State, Step

__all__ = ["EVENT_STEPS"]


def timers(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(s.workflow.start_timer(tag, rng.randint(0, 3))), None)
    if rng.random() < 0.3:
        s.workflow.sleep(1)


def markers(s: State, rng: random.Random, tag: str) -> None:
    s.expect(s.submit(s.workflow.record_marker("m", tag)), tag)
    s.expect(s.submit(s.workflow.record_marker("m", s.submit(echo, tag))), tag)


def signals(s: State, rng: random.Random, tag: str) -> None:
    s.submit(s.workflow.signal(f"s{tag}", propagate=rng.random() < 0.3))
    gate = s.workflow.wait_signal(f"s{tag}") if rng.random() < 0.5 else s.workflow.next_signal(f"s{tag}")
    whole: dict[str, Any] = {"args": [], "kwargs": {}}
    s.expect(s.submit(gate), {"__propagate": False} | whole, {"__propagate": True} | whole)


def mailboxes(s: State, rng: random.Random, tag: str) -> None:
    for _ in range(rng.randint(1, 2)):
        s.mail.append(s.submit(s.workflow.next_signal("post")))
    if rng.random() < 0.5:
        s.expect(s.submit(echo, tag, s.mail[-1]), tag)


# Cancellation


def cancel_unscheduled(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag, s.submit(echo, f"{tag}w"))
    future.cancel()
    s.expect(future, None, tag)
    s.expect(s.submit(echo, f"{tag}d", future), f"{tag}d")


def cancel_scheduled(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(echo, tag)
    _wait(s, tag)
    future.cancel()
    s.expect(future, None, tag)


def cancel_shared(s: State, rng: random.Random, tag: str) -> None:
    one, other = s.submit(once, tag), s.submit(once, tag)
    if rng.random() < 0.5:
        _wait(s, tag)
    rng.choice([one, other]).cancel()
    s.expect(one, None, tag)
    s.expect(other, None, tag)


def cancel_retries(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(flaky.with_options(retry=RetryPolicy(5, initial_interval=10)), tag)
    _wait(s, tag)
    future.cancel()
    s.expect(future, None)


def cancel_timers(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(s.workflow.start_timer(tag, 20))
    if rng.random() < 0.8:
        _wait(s, tag)
    if rng.random() < 0.5:
        future.cancel()
    else:
        s.expect(s.submit(s.workflow.cancel_timer(tag)), None)
    s.expect(future, None)


def cancel_children(s: State, rng: random.Random, tag: str) -> None:
    future = s.submit(Patient, tag)
    _wait(s, tag)
    future.cancel()
    s.expect(future, None, tag)


def cancel_groups(s: State, rng: random.Random, tag: str) -> None:
    tags = [f"{tag}.{i}" for i in range(3)]
    members = [(echo, each) for each in tags]
    limit = rng.choice([None, 1, 2])
    future = s.submit(Chain(*members) if rng.random() < 0.3 else Group(*members, max_parallel=limit))
    if rng.random() < 0.7:
        _wait(s, tag)
    future.cancel()
    s.expect(future, None, *_prefixes_with_gaps(tags))


def _wait(s: State, tag: str) -> None:
    s.submit(echo, f"{tag}w").wait()


def _prefixes_with_gaps(tags: list[str]) -> list[list[Any]]:
    """Return what may become of members of which some are canceled, and some never begun."""
    found: list[list[Any]] = []
    for length in range(len(tags) + 1):
        found += [list(each) for each in itertools.product(*((tag, None) for tag in tags[:length]))]
    return found


EVENT_STEPS: list[Step] = [
    timers, markers, signals, mailboxes, cancel_unscheduled, cancel_scheduled, cancel_shared, cancel_retries,
    cancel_timers, cancel_children, cancel_groups,
]  # fmt: skip
