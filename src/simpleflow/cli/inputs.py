"""What the user types: a workflow by its dotted path, and its input as JSON. Bad input is one clear line."""

from __future__ import annotations

import importlib
import json
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from pathlib import Path

    from simpleflow.codec import CallShape

__all__ = ["BadInput", "arguments", "read_input", "read_tags", "workflow_class"]

_MAX_TAGS = 5


class BadInput(click.ClickException):
    """What was typed cannot be meant: one line on stderr, exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it, on one line whatever the message holds."""
        click.echo(f"Error: {' '.join(self.message.split())}", file=file, err=file is None)


def workflow_class(path: str) -> type[Workflow]:
    """Return the class of a dotted path, of one within a class too. Raises `BadInput` when there is none."""
    module_name, _, name = path.rpartition(".")
    if not all(path.split(".")) or not module_name:
        raise BadInput(f"{path!r} is not MODULE.CLASS")
    module, inner = _module(module_name, path)
    found: Any = module
    for each in [*inner, name]:
        found = getattr(found, each, None)
    if found is None:
        raise BadInput(f"module {module.__name__!r} has no {'.'.join([*inner, name])!r}; {_offer(module)}")
    if not (isinstance(found, type) and issubclass(found, Workflow)):
        raise BadInput(f"{path} is not a Workflow class; {_offer(module)}")
    return found


def _module(name: str, path: str) -> tuple[Any, list[str]]:
    """Return the module that a dotted name begins with, and the names that are left."""
    inner: list[str] = []
    while True:
        try:
            return importlib.import_module(name), inner
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise  # the module is there, and imports what is not: its own traceback says where
            outer, _, last = name.rpartition(".")
            if error.name != name or not outer:
                raise BadInput(_no_module(error.name, path)) from None
            inner.insert(0, last)
            if not hasattr(importlib.import_module(outer), last):
                raise BadInput(_no_module(name, path)) from None
            name = outer


def _no_module(name: str, path: str) -> str:
    hint = "; name it with dots, as Python does" if "/" in path else ""
    return f"there is no module {name!r} to find {path!r} in{hint}"


def _offer(module: Any) -> str:
    there = sorted(
        each.__name__
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Workflow) and each is not Workflow
    )
    return f"its workflows: {', '.join(there) or 'none'}"


def read_input(text: str | None, path: Path | None) -> dict[str, Any]:
    """Return `args` and `kwargs` from JSON: a list is `args`, a dict may hold both, else one argument.

    What a file holds wins over `text`. Raises `BadInput` for what is not JSON or has other members.
    """
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{path} cannot be read: {error}") from None
    if text is None:
        return {"args": [], "kwargs": {}}
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the input is not JSON: {error}") from None
    if isinstance(value, list):
        return {"args": value, "kwargs": {}}
    if not isinstance(value, dict):
        return {"args": [value], "kwargs": {}}
    if unknown := value.keys() - {"args", "kwargs"}:
        raise BadInput(f"the input has {sorted(unknown)}; it takes args (a list) and kwargs (an object)")
    args, kwargs = value.get("args", []), value.get("kwargs", {})
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise BadInput("the input's args are a list, its kwargs an object")
    return {"args": args, "kwargs": kwargs}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not in JSON")


def arguments(shape: CallShape, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that JSON stands for, as `run` is annotated.

    Raises `BadInput` for those that `run` does not take.
    """
    try:
        shape.check(given["args"], given["kwargs"])
        args, kwargs, _ = shape.decode_input(json.dumps(given))
    except (TypeError, ValueError) as error:
        raise BadInput(str(error)) from None
    return {"args": args, "kwargs": kwargs}


def read_tags(text: str | None) -> list[str] | None:
    """Return tags that commas separate. Raises `BadInput` for more than SWF takes."""
    if not text:
        return None
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    if len(tags) > _MAX_TAGS:
        raise BadInput(f"an execution has at most {_MAX_TAGS} tags, not {len(tags)}")
    return tags
