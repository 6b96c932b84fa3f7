"""Plain functions: nothing here knows that they are activities."""

from __future__ import annotations


def dig(island: int) -> int:
    """Return the gold that is found on an island."""
    return 20 + island * 10


def build_boat(name: str, money: int) -> str:
    """Return the finished boat."""
    return f"{name} ({money} pieces of gold)"


def hire_crew(money: int) -> list[str]:
    """Return the crew that the money pays."""
    return ["Anne", "Mary", "Ching"][: money // 40]


def try_boat(boat: str, crew: list[str]) -> str:
    """Return what is written in the logbook."""
    return f"{boat} floats, say {' and '.join(crew)}"
