"""What this process works on, for log lines: kept in the environment, so that child processes know it too."""

from __future__ import annotations

import os

__all__ = ["get", "reset", "set"]

_VARIABLES = {
    key: f"_SWF_CONTEXT_{key.upper()}"
    for key in ("activity_id", "domain", "event_id", "task_list", "task_type", "workflow_id")
}


def set(key: str, value: object) -> None:
    """Say what is worked on; None takes it back. Raises `KeyError` for an unknown key."""
    variable = _VARIABLES[key]
    if value is None:
        os.environ.pop(variable, None)
    elif os.environ.get(variable) != (text := str(value)):  # to look is cheaper than to set
        os.environ[variable] = text


def get(key: str) -> str | None:
    """Return what was said, None when nothing was. Raises `KeyError` for an unknown key."""
    return os.environ.get(_VARIABLES[key])


def reset() -> None:
    """Take everything back."""
    for variable in _VARIABLES.values():
        os.environ.pop(variable, None)
