"""What becomes of a history that is not simply played."""

from __future__ import annotations

__all__ = ["Differs", "NotPlayable"]


class Differs(Exception):
    """The engine does something else than what is recorded."""

    def __init__(self, event_id: int, reason: str) -> None:
        super().__init__(f"event {event_id}: {reason}")


class NotPlayable(Exception):
    """What is recorded does not say what was asked, or cannot have happened."""

    def __init__(self, event_id: int, reason: str) -> None:
        super().__init__(f"event {event_id}: {reason}")
