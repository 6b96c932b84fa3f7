"""What the user types: a workflow by its dotted path, and its input as JSON. Bad input is one clear line."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import click

from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_input", "workflow_class"]


def workflow_class(path: str) -> type[Workflow]:
    """Return the class of a dotted path. Raises `click.UsageError` when there is none."""
    module_name, _, name = path.rpartition(".")
    if not module_name:
        raise click.UsageError(f"{path!r} is not MODULE.CLASS")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise click.UsageError(f"there is no module {error.name!r} to find {path} in") from None
    found = getattr(module, name, None)
    if found is None:
        there = sorted(
            each.__name__
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, Workflow) and each is not Workflow
        )
        raise click.UsageError(f"module {module_name!r} has no {name!r}; its workflows: {', '.join(there)}")
    if not (isinstance(found, type) and issubclass(found, Workflow)):
        raise click.UsageError(f"{path} is not a Workflow class")
    return found


def read_input(text: str | None, path: Path | None) -> dict[str, Any]:
    """Return `args` and `kwargs` from JSON: a list is `args`, a dict may hold both, else one argument.

    Raises `click.UsageError` for what is not JSON or has other members.
    """
    if path is not None:
        text = path.read_text()
    if text is None:
        return {"args": [], "kwargs": {}}
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"the input is not JSON: {error}") from None
    if isinstance(value, list):
        return {"args": value, "kwargs": {}}
    if not isinstance(value, dict):
        return {"args": [value], "kwargs": {}}
    if unknown := value.keys() - {"args", "kwargs"}:
        raise click.UsageError(f"the input has {sorted(unknown)}; it takes args (a list), kwargs (an object)")
    args, kwargs = value.get("args", []), value.get("kwargs", {})
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise click.UsageError("the input's args are a list, its kwargs an object")
    return {"args": args, "kwargs": kwargs}
