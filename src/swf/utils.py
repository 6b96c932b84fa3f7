"""Small words that code written for `swf.utils` of python-simple-workflow imports."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "Enum",
    "cached_property",
    "camel_to_underscore",
    "datetime_timestamp",
    "decapitalize",
    "get_subkey",
    "immutable",
    "past_day",
    "underscore_to_camel",
]

T = TypeVar("T")


def Enum(*names: str, **values: Any) -> SimpleNamespace:
    """Return constants as attributes: names stand for themselves, keywords for their values.

    New code is better off with `enum.StrEnum`.
    """
    return SimpleNamespace(**{name: name for name in names}, **values)


def decapitalize(text: str) -> str:
    """Return a text whose first letter is small: `activityTask` for `ActivityTask`."""
    return text[:1].lower() + text[1:]


def camel_to_underscore(text: str) -> str:
    """Return `schedule_activity_task` for `ScheduleActivityTask`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text).lower()


def underscore_to_camel(text: str) -> str:
    """Return `ScheduleActivityTask` for `schedule_activity_task`."""
    return "".join(word[:1].upper() + word[1:] for word in text.split("_"))


def past_day(days: float) -> datetime:
    """Return the time so many days ago, aware, in UTC."""
    return datetime.now(UTC) - timedelta(days=days)


def datetime_timestamp(moment: datetime) -> float:
    """Return a time as the wire has it: seconds since the epoch; a naive one is local."""
    return moment.timestamp()


def get_subkey(mapping: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """Return what stands at a path of keys, None when there is nothing."""
    value: Any = mapping
    for key in keys:
        if not hasattr(value, "get"):
            return None
        value = value.get(key)
    return value


def immutable(kind: type[T]) -> type[T]:
    """Make the attributes of a class's instances constant once `__init__` has returned.

    Assigning or deleting one then raises `AttributeError`. New code is better off with frozen dataclasses.
    """
    made: Any = kind.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        object.__setattr__(self, "_is_made", True)

    mutable: Any = kind
    mutable.__init__ = __init__
    mutable.__setattr__ = _unless_made(kind.__setattr__)
    mutable.__delattr__ = _unless_made(kind.__delattr__)
    return kind


def _unless_made(change: Callable[..., None]) -> Callable[..., None]:
    def changed(self: Any, name: str, *value: Any) -> None:
        if getattr(self, "_is_made", False):
            raise AttributeError(f"{type(self).__name__} is immutable: {name} stays as it is")
        change(self, name, *value)

    return changed
