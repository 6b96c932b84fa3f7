"""Law 3: a workflow whose code has changed under a recorded history decides as recorded, or is refused."""

from __future__ import annotations

import contextlib
import os
import random
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cast import echo, once
from orders import Orders
from programs import changes, program
from world import World

from simpleflow import Workflow
from simpleflow.dataflow import batches, exact
from simpleflow.exceptions import Nondeterminism
from swf.protocol.wire import encode_decisions

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from programs import Steps

    from simpleflow.dataflow import Decided
    from swf.engine.machine import DecisionTask
    from swf.protocol.decisions import Decision

CASES = int(os.environ.get("LAW_CASES", "300"))
KINDS = ["remove", "add", "exchange", "rename", "replace"]
_BY_ITSELF = ("nothing more", "its completion", "its failure", "the timer '_simpleflow_wake_up_timer'")
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


def _changed_code(count: int) -> Generator[tuple[Recorded, str]]:
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
    assert refusal.recorded
    assert refusal.recorded == "nothing more" or f"({type(event).__name__})" in refusal.recorded
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

    with (
        contextlib.closing(_changed_code(60)) as changed,
        pytest.raises(AssertionError, match="nobody noticed"),
    ):
        sum(_is_refused(world) for world, _ in changed)


# What is said


class Old(Workflow):
    name = "old"
    version = "1"
    task_list = "d"

    def run(self, numbers: list[int]) -> Any:
        return [self.submit(echo, str(numbers)), self.submit(once, "b")][0].result


def _said_of(code: Any, *, refused: bool = False, numbers: Sequence[int] = (1, 2)) -> str:
    """Record what `Old` does, and return what is said when `code` meets it."""
    world = World(Old, list(numbers), compare=False)
    known = world.executions.types
    if refused:
        world.executions.types = SimpleNamespace(activity=lambda *kind: None, workflow=known.workflow)
    world.decide()
    world.executions.types = known
    if not refused:
        world.perform(world.open_tasks()[0])
    world.decide()
    world.workflow = type("New", (Old,), {"run": code})
    flow = world.new_flow()
    with pytest.raises(Nondeterminism) as caught:
        list(map(flow.feed, batches(world.execution.events)))
    flow.discard()
    return str(caught.value)


def test_another_task_is_told_with_event_and_line() -> None:
    def run(self: Workflow, numbers: list[int]) -> Any:
        return self.submit(self.start_timer("tea", 3)).result

    assert _said_of(run).startswith(
        "the code no longer matches the history (batch 2, event 5): recorded is the activity "
        """'activity-cast.echo-1' with input {"args":["[1, 2]"],"kwargs":{}} (ActivityTaskScheduled), """
        f"the code asks for the timer 'tea' (StartTimer) at {__file__}:"
    )


def test_a_refused_task_is_told_with_its_cause() -> None:
    def run(self: Workflow, numbers: list[int]) -> Any:
        return self.submit(self.start_timer("tea", 3)).result

    assert (
        "recorded is the activity 'activity-cast.echo-1', refused with ACTIVITY_TYPE_DOES_NOT_EXIST "
        "(ScheduleActivityTaskFailed), the code asks for the timer 'tea'"
    ) in _said_of(run, refused=True)


def test_what_is_long_is_told_from_where_it_differs() -> None:
    def run(self: Workflow, numbers: list[int]) -> Any:
        return self.submit(echo, str(numbers[:-1])).result

    said = _said_of(run, numbers=range(2_000))
    assert ', 1998, 1999]"],"kwargs":{}} (ActivityTaskScheduled)' in said
    assert ', 1998]"],"kwargs":{}} (ScheduleActivityTask)' in said
    assert len(said) < 700


def test_code_that_asks_for_less_is_told_with_what_it_waits_for() -> None:
    def run(self: Workflow, numbers: list[int]) -> Any:
        return self.submit(echo, str(numbers)).result

    assert "(batch 2, event 6)" in (said := _said_of(run))
    assert "the code asks for nothing more, and waits for ActivityTask(cast.echo" in said.replace(
        "activity-", ""
    )
    assert f"at {__file__}:" in said


def test_code_that_ends_elsewhere_is_told_with_its_result() -> None:
    def run(self: Workflow, numbers: list[int]) -> Any:
        return 5

    assert "the code asks for its completion with result 5 (CompleteWorkflowExecution)" in _said_of(run)
