"""Programs for the laws: workflows whose steps are drawn from a seed."""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from canvas_steps import CANVAS_STEPS
from cast import echo, flaky, touchy
from event_steps import EVENT_STEPS
from state import State
from steps import STEPS, Finished
from straight import ASYNC_STEPS

from simpleflow import Workflow, futures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpleflow.history import History
    from simpleflow.task import TaskFailureContext

__all__ = ["ALL_STEPS", "CLASSES", "FEATURES", "Generated", "Steps", "Stubborn", "changes", "program"]

S = TypeVar("S")
Steps = list[tuple[Any, str]]

ALL_STEPS = [*STEPS, *CANVAS_STEPS, *EVENT_STEPS]
changes: ContextVar[Callable[[Steps], Steps] | None] = ContextVar("changes", default=None)
"""How the code has changed since the history was recorded."""


def program(seed: int, steps: Sequence[S]) -> list[tuple[S, str]]:
    """Return the steps of a seed, each with its own tag."""
    rng = random.Random(seed)
    return [(rng.choice(steps), f"{seed}.{n}") for n in range(rng.randint(2, 8))]


class Generated(Workflow):
    """Executes the program of its seed; returns what each future may become, with what it became."""

    name = "generated"
    version = "1"
    task_list = "d"
    steps: Sequence[Any] = ALL_STEPS

    @classmethod
    def program(cls, seed: int) -> Steps:
        """Return the steps of a seed, as they are now."""
        steps = program(seed, cls.steps)
        change = changes.get()
        return steps if change is None else change(steps)

    def run(self, seed: int, again: bool = False) -> Any:
        state = State(self)
        try:
            for step, tag in self.program(seed):
                step(state, random.Random(tag), tag)
                state.taken.append(step.__name__)
        except Finished:
            state.taken.append("returned early")
        told = state.told()
        if again:
            futures.wait(self.submit(self.continue_as_new(seed + 1)))
        return told | {"features": self.features()}

    def features(self) -> list[str]:
        """Return what it has made use of, its steps apart."""
        return []


class Replayed(Generated):
    """Asks to see every replay, before it."""

    name = "replayed"
    replays = 0

    def before_replay(self, history: History) -> None:
        self.replays += 1

    def features(self) -> list[str]:
        return ["before_replay"] * self.replays


class Watched(Generated):
    """Asks to see every replay, after it."""

    name = "watched"

    def after_replay(self, history: History) -> None:
        assert history.events

    def features(self) -> list[str]:
        return ["after_replay"]


class Handling(Generated):
    """Has its own mind about failures."""

    name = "handling"

    def __init__(self, executor: Any) -> None:
        super().__init__(executor)
        self.judged: list[str] = []

    def on_task_failure(self, failure_context: TaskFailureContext) -> TaskFailureContext | None:
        if failure_context.payload.name == flaky.name:
            if failure_context.retry_count < 2:
                return failure_context.decide_retry(len(failure_context.a_task.args[0]) % 2)
            return failure_context.decide_ignore()
        if failure_context.payload.name == touchy.name:
            return self.judge(failure_context)
        return None

    def judge(self, context: TaskFailureContext) -> TaskFailureContext:
        """Decide in each of the ways there are, as the task's tag says."""
        tag = context.a_task.args[0]
        judgement = random.Random(tag).choice(["abort", "ignore", "cancel", "retry", "handle"])
        self.judged.append(f"on_task_failure: {judgement}")
        match judgement:
            case "abort":
                return context.decide_abort()
            case "ignore":
                return context.decide_ignore()
            case "cancel":
                return context.decide_cancel()
            case "retry":
                context.a_task.args = [f"{tag}!"]
                return context.decide_retry(len(tag) % 2)
        return context.decide_handled(context.a_task, self.submit(echo, f"{tag}h"))

    def features(self) -> list[str]:
        return self.judged


class Wrapping(Generated):
    """Sees each submit."""

    name = "wrapping"
    submitted = 0

    def submit(self, submittable: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        self.submitted += 1
        return super().submit(submittable, *args, **kwargs)

    def features(self) -> list[str]:
        return ["overridden submit"] * (self.submitted > 0)


class Stubborn(Generated):
    """Is not canceled."""

    name = "stubborn"

    def should_cancel(self, history: History) -> bool:
        return False


class Straight(Generated):
    """Awaits."""

    name = "straight"
    steps = ASYNC_STEPS

    async def run(self, seed: int, again: bool = False) -> Any:
        state = State(self)
        for step, tag in self.program(seed):
            await step(state, random.Random(tag), tag)
            state.taken.append(step.__name__)
        told = state.told()
        if again:
            await self.submit(self.continue_as_new(seed + 1))
        return told | {"features": ["async def run"]}


CLASSES: list[type[Generated]] = [
    Generated, Generated, Generated, Replayed, Watched, Handling, Handling, Wrapping, Stubborn, Straight,
]  # fmt: skip
JUDGEMENTS = [f"on_task_failure: {each}" for each in ("abort", "ignore", "cancel", "retry", "handle")]
FEATURES = [
    *(step.__name__ for step in ALL_STEPS),
    *(step.__name__ for step in ASYNC_STEPS),
    *JUDGEMENTS,
    "before_replay", "after_replay", "overridden submit", "async def run", "returned early",
]  # fmt: skip
"""What must occur."""
