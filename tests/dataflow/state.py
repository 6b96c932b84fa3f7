"""What a generated run knows while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from simpleflow import Workflow
    from simpleflow.futures import Future

    Step = Callable[["State", random.Random, str], Any]

__all__ = ["State", "Step"]


class State:
    """Futures with what they may become, what was seen of them, and which steps were taken."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.known: list[tuple[list[Any], Future[Any]]] = []
        self.seen: list[tuple[list[Any], Any]] = []
        self.mail: list[Future[Any]] = []
        self.taken: list[str] = []

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        return self.workflow.submit(*args, **kwargs)

    def expect(self, future: Future[Any], *outcomes: Any) -> None:
        """The future must become one of these."""
        self.known.append((list(outcomes), future))

    def saw(self, value: Any, *outcomes: Any) -> None:
        """A value was read, which must be one of these."""
        self.seen.append((list(outcomes), value))

    def argument(self, rng: random.Random) -> Any:
        """Return a future that is known, or a value."""
        if self.known and rng.random() < 0.5:
            return rng.choice(self.known)[1]
        return rng.choice([1, [1, 2], None])

    def told(self) -> dict[str, Any]:
        """Wait for all that is known; return what a run returns."""
        return {
            "seen": self.seen + [(outcomes, future.result) for outcomes, future in self.known],
            "mail": [future.result for future in self.mail],
            "steps": self.taken,
        }
