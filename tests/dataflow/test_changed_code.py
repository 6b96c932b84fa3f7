"""Law 3: a workflow whose code has changed under a recorded history decides as recorded, or is refused."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from orders import Orders
from programs import STEPS, changes, not_awaited, program, sequence

from simpleflow.dataflow import batches
from simpleflow.exceptions import Nondeterminism
from swf.protocol.wire import encode_decisions

if TYPE_CHECKING:
    from programs import Step

    from simpleflow.dataflow import Decided

CASES = 120


class Recorded(Orders):
    """Keeps what was decided for each batch of its first run whose answer was taken."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, compare=False)
        self.decisions: dict[int, bytes] = {}

    def answer(self, task: object, decided: Decided) -> None:
        super().answer(task, decided)  # type: ignore[arg-type]  # handed on as it is
        if task.execution is self.execution:  # type: ignore[attr-defined]
            self.decisions[task.started_event_id] = encode_decisions(decided.decisions)  # type: ignore[attr-defined]


def _change(steps: list[Step], seed: int) -> list[Step]:
    """Remove, add, exchange or rename a step."""
    rng = random.Random(f"change {seed}")
    at, changed = rng.randrange(len(steps)), list(steps)
    match rng.choice(["remove", "add", "exchange", "rename", "replace"]):
        case "remove":
            del changed[at]
        case "add":
            changed.insert(at, (sequence, f"{seed}.added"))
        case "exchange":
            other = rng.randrange(len(steps))
            changed[at], changed[other] = changed[other], changed[at]
        case "rename":
            changed[at] = (changed[at][0], f"{seed}.renamed")
        case "replace":
            changed[at] = (rng.choice([step for step in STEPS if step is not not_awaited]), changed[at][1])
    return changed


@pytest.mark.timeout(600)
def test_changed_code_decides_as_recorded_or_is_refused() -> None:
    refused = as_recorded = 0
    for seed in range(CASES):
        world = Recorded(seed)
        world.run()
        if _change(program(seed), seed) == program(seed):
            continue
        token = changes.set(lambda steps, seed=seed: _change(steps, seed))  # type: ignore[misc]
        try:
            if _is_refused(world):
                refused += 1
            else:
                as_recorded += 1
        except AssertionError as error:
            error.add_note(f"case {seed}")
            raise
        finally:
            changes.reset(token)
            for flow in world.flows.values():
                flow.discard()

    print({"refused": refused, "as recorded": as_recorded})
    assert refused > CASES / 3
    assert as_recorded > 0


def _is_refused(world: Recorded) -> bool:
    """Feed a history to the changed code; tell whether it was refused, which it must be where it differs."""
    flow, differed = world.new_flow(), False
    try:
        for batch in batches(world.execution.events):
            decided = flow.feed(batch)
            assert not differed, "decided otherwise than recorded, and nobody noticed"
            recorded = world.decisions.get(batch[-1].event_id)
            differed = recorded is not None and encode_decisions(decided.decisions) != recorded
    except Nondeterminism as refusal:
        told = str(refusal)
        assert "recorded" in told or "asks" in told, told
        return True
    finally:
        flow.discard()
    assert not differed
    return False
