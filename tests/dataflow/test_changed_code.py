"""Law 3: a workflow whose code has changed under a recorded history decides as recorded, or is refused."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from orders import Orders
from programs import changes, program

from simpleflow.dataflow import batches, exact
from simpleflow.exceptions import Nondeterminism
from swf.protocol.wire import encode_decisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from programs import Steps

    from simpleflow.dataflow import Decided
    from swf.engine.machine import DecisionTask
    from swf.protocol.decisions import Decision

CASES = int(os.environ.get("LAW_CASES", "300"))
KINDS = ["remove", "add", "exchange", "rename", "replace"]
_BY_ITSELF = ("nothing more", "Complete", "Fail", "StartTimer(timer_id='_simpleflow_wake_up_timer'")
"""What the code asks for without a line of `run` that does."""


class Recorded(Orders):
    """Keeps what was decided for each batch of its first run whose answer was taken."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, compare=False)
        self.decisions: dict[int, Sequence[Decision]] = {}
        self.refused: set[int] = set()

    def answer(self, task: DecisionTask, decided: Decided) -> None:
        before = self.happened["closing refused"]
        super().answer(task, decided)
        if task.execution is self.execution:
            self.decisions[task.started_event_id] = decided.decisions
            if self.happened["closing refused"] > before:
                self.refused.add(task.started_event_id)

    def recorded_otherwise(self, started_event_id: int, decided: Decided) -> bool:
        """Tell whether something else was recorded: of a refused closing its kind is all that is."""
        ours, theirs = decided.decisions, self.decisions.get(started_event_id)
        if theirs is None:
            return False
        if started_event_id in self.refused and ours and type(ours[-1]) is type(theirs[-1]):
            ours, theirs = ours[:-1], theirs[:-1]
        return encode_decisions(ours) != encode_decisions(theirs)


def _changed(steps: Steps, kind: str, seed: int, others: Sequence[Any]) -> Steps:
    """Return the steps of a program that has changed."""
    rng = random.Random(f"change {seed}")
    at, changed = rng.randrange(len(steps)), list(steps)
    step, tag = steps[at]
    match kind:
        case "remove":
            del changed[at]
        case "add":
            changed.insert(at, (rng.choice(others), f"{seed}.added"))
        case "exchange":
            other = rng.randrange(len(steps))
            changed[at], changed[other] = changed[other], changed[at]
        case "rename":
            changed[at] = (step, f"{seed}.renamed")
        case "replace":
            changed[at] = (rng.choice(others), tag)
    return changed


def _changed_code(count: int) -> Iterator[tuple[Recorded, str]]:
    """Yield recorded worlds while the code of each is changed."""
    for seed in range(count):
        kind, world = KINDS[seed % len(KINDS)], Recorded(seed)
        world.run()
        steps = program(seed, world.generated.steps)
        changed = _changed(steps, kind, seed, world.generated.steps)
        token = changes.set(lambda _, changed=changed: changed)  # type: ignore[misc]
        try:
            if changed != steps:
                yield world, kind
        except AssertionError as error:
            error.add_note(f"case {seed}")
            raise
        finally:
            changes.reset(token)
            world.discard()


def _is_refused(world: Recorded) -> bool:
    """Feed a history to the changed code; tell whether it was refused, which it must be where it differs."""
    flow, differs, refusal = world.new_flow(), False, None
    for batch in batches(world.execution.events):
        try:
            decided = flow.feed(batch)
        except Nondeterminism as error:
            refusal = error
            break
        assert not differs, "decided otherwise than recorded, and nobody noticed"
        differs = world.recorded_otherwise(batch[-1].event_id, decided)
    flow.discard()
    assert differs == (refusal is not None), f"refused, or not, without reason: {refusal}"
    if refusal is not None:
        _check(refusal, world)
    return refusal is not None


def _check(refusal: Nondeterminism, world: Recorded) -> None:
    """A refusal names the event, what was recorded, what the code asks now, and its line."""
    event = world.execution.events[(refusal.event_id or 0) - 1]
    assert event.event_id == refusal.event_id
    assert refusal.recorded == "nothing more" or refusal.recorded == exact.recorded(event)
    assert refusal.asked
    assert refusal.asked.startswith(_BY_ITSELF) or refusal.where, refusal
    assert all(part in str(refusal) for part in (refusal.recorded, refusal.asked, str(refusal.event_id)))


@pytest.mark.timeout(6_000)
def test_changed_code_decides_as_recorded_or_is_refused() -> None:
    seen: Counter[str] = Counter()
    for world, kind in _changed_code(CASES):
        seen["refused" if _is_refused(world) else "as recorded"] += 1
        seen[kind] += 1

    print(dict(sorted(seen.items())))
    assert all(seen[name] for name in [*KINDS, "as recorded"])
    assert seen["refused"] > CASES / 2


def test_a_comparison_that_is_taken_away_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "differs", lambda *_: False)

    with pytest.raises(AssertionError, match="nobody noticed"):
        sum(_is_refused(world) for world, _ in _changed_code(60))
