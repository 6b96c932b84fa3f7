"""Steps of generated programs: groups, chains, and functions that run late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cast import echo, flaky, strict

from simpleflow.canvas import Chain, FuncGroup, Group
from simpleflow.exceptions import TaskException

if TYPE_CHECKING:
    import random

    from state import State, Step

__all__ = ["CANVAS_STEPS"]


def group(s: State, rng: random.Random, tag: str) -> None:
    tags = [f"{tag}.{i}" for i in range(rng.randint(1, 4))]
    limit = rng.choice([None, 1, 2])
    s.expect(s.submit(Group(*((echo, each) for each in tags), max_parallel=limit)), tags)


def chain(s: State, rng: random.Random, tag: str) -> None:
    links = [(echo, f"{tag}.0"), (flaky, f"{tag}.1"), (echo, f"{tag}.2")]
    whole = [f"{tag}.0", None, f"{tag}.2"]  # also of a chain that breaks, where the failure is ignored
    match rng.randrange(3):
        case 0:
            s.expect(s.submit(Chain(*links)), [f"{tag}.0", None], whole)
        case 1:
            s.expect(s.submit(Chain(*links, break_on_failure=False)), whole)
        case 2:
            sending = Chain(links[0], FuncGroup(lambda before: Group((echo, f"{before}+"))), send_result=True)
            s.expect(s.submit(sending), [f"{tag}.0", [f"{tag}.0+"]])


def nested_canvas(s: State, rng: random.Random, tag: str) -> None:
    innermost = Group((echo, f"{tag}.e"), (echo, f"{tag}.f"), max_parallel=1)
    whole = Group(
        Chain((echo, f"{tag}.a"), Group((echo, f"{tag}.b"), (echo, f"{tag}.c"))),
        FuncGroup(lambda: Chain((echo, f"{tag}.d"), FuncGroup(lambda: innermost))),
        max_parallel=rng.choice([None, 1, 2]),
    )
    first, second = f"{tag}.a", [f"{tag}.b", f"{tag}.c"]
    s.expect(s.submit(whole), [[first, second], [f"{tag}.d", [f"{tag}.e", f"{tag}.f"]]])


def late_func_group(s: State, rng: random.Random, tag: str) -> None:
    inner = Group((echo, f"{tag}.i"), (echo, f"{tag}.j"))
    late = FuncGroup(lambda: Chain((echo, f"{tag}.k"), (echo, f"{tag}.l")))
    whole = [tag, [f"{tag}.i", f"{tag}.j"], [f"{tag}.k", f"{tag}.l"]]
    s.expect(s.submit(Chain((echo, tag), inner, late)), whole)


def func_group_that_waits(s: State, rng: random.Random, tag: str) -> None:
    before = s.submit(echo, f"{tag}.w")
    late = FuncGroup(lambda: Group((echo, f"{before.result}+")))
    s.expect(s.submit(Chain((echo, tag), late)), [tag, [f"{tag}.w+"]])


def func_group_that_looks(s: State, rng: random.Random, tag: str) -> None:
    other = s.submit(echo, f"{tag}.w")
    late = FuncGroup(lambda: Group((echo, f"{tag}.{other.done}")))
    s.expect(s.submit(Chain((echo, tag), late)), [tag, [f"{tag}.True"]], [tag, [f"{tag}.False"]])


def map_over_a_future(s: State, rng: random.Random, tag: str) -> None:
    items = s.submit(Group((echo, f"{tag}.0"), (echo, f"{tag}.1")))
    s.expect(s.workflow.map(echo, items), [f"{tag}.0", f"{tag}.1"])


def failing_group(s: State, rng: random.Random, tag: str) -> None:
    raising = rng.random() < 0.5
    members = Group((strict, f"{tag}.0"), (echo, f"{tag}.1"), raises_on_failure=None if raising else False)
    try:
        s.saw(s.submit(members).result, [None, f"{tag}.1"])
    except TaskException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


def failing_late(s: State, rng: random.Random, tag: str) -> None:
    try:
        s.submit(
            Chain((echo, tag), FuncGroup(lambda: Chain((echo, f"{tag}.0"), (strict, f"{tag}.1"))))
        ).wait()
    except TaskException:
        s.expect(s.submit(echo, f"{tag}b"), f"{tag}b")


CANVAS_STEPS: list[Step] = [
    group, chain, nested_canvas, late_func_group, func_group_that_waits, func_group_that_looks,
    map_over_a_future, failing_group, failing_late,
]  # fmt: skip
