"""What users may give for the attributes of decisions, and what the wire takes, by shape of the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol, TypeAlias

__all__ = ["CONVERSIONS", "Data", "Seconds", "TaskListLike", "TypeLike", "Typed", "plain"]


class Typed(Protocol):
    """A type of workflows or activities, as the models have it."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...


TypeLike: TypeAlias = Typed | Mapping[str, str]
"""A model, or a dict with `name` and `version`."""
TaskListLike: TypeAlias = str | Mapping[str, str]
"""A name, or a dict with `name`."""
Seconds: TypeAlias = str | int | timedelta
"""Whole seconds, 0 too; `"NONE"` where SWF takes that."""
Data: TypeAlias = Any
"""A text, sent as it is; anything else is sent as JSON."""


def plain(value: object) -> str:
    """Return a text, a member of a `StrEnum` too."""
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {type(value).__name__}")
    return str.__str__(value)


def _data(value: object) -> str:
    return (
        plain(value) if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
    )


def _seconds(value: object) -> str:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"must be a number of seconds, not {type(value).__name__}")
    if not float(value).is_integer():
        raise ValueError(f"must be whole seconds, not {value}")
    return str(int(value))


def _priority(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"must be a whole number, not {type(value).__name__}")
    return str(value)


def _task_list(value: object) -> dict[str, str]:
    return {"name": plain(value["name"] if isinstance(value, Mapping) else value)}


def _type(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {part: plain(value[part]) for part in ("name", "version")}
    if not (hasattr(value, "name") and hasattr(value, "version")):
        raise TypeError(f"must have a name and a version, which {type(value).__name__} has not")
    return {"name": plain(value.name), "version": plain(value.version)}


def _tags(value: object) -> list[str]:
    if isinstance(value, str):
        return [plain(value)]
    if not isinstance(value, Iterable):
        raise TypeError(f"must be a list of texts, not {type(value).__name__}")
    return list(map(plain, value))


CONVERSIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "Data": _data,
    "FunctionInput": _data,
    "FailureReason": _data,
    "DurationInSeconds": _seconds,
    "DurationInSecondsOptional": _seconds,
    "TaskPriority": _priority,
    "TaskList": _task_list,
    "ActivityType": _type,
    "WorkflowType": _type,
    "TagList": _tags,
}
"""By shape; the others are plain texts. They raise `TypeError`, `ValueError` and `KeyError`."""
