"""What `ps` shows of our processes: which one it is, and what it does just now."""

from __future__ import annotations

import os

__all__ = ["set_title", "supervisor_name"]


def set_title(name: str, state: str) -> None:
    """Let the process be seen as `simpleflow NAME[STATE]`, unless SIMPLEFLOW_DISABLE_SETPROCTITLE is set."""
    if os.environ.get("SIMPLEFLOW_DISABLE_SETPROCTITLE"):
        return
    from setproctitle import setproctitle

    setproctitle(f"simpleflow {name}[{state}]")


def supervisor_name(kind: str, payload: str, count: int) -> str:
    """Return the name of a supervisor: of what kind, what its children execute, and how many there are."""
    return f"{kind}(_payload_friendly_name={payload}, _nb_children={count})"
