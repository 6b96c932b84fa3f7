"""Filters for executions: what SWF takes, and what it would refuse, said before it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeAlias

from swf.constants import MAX_WORKFLOW_AGE
from swf.exceptions import InvalidKeywordArgumentError
from swf.utils import past_day

__all__ = ["DayOrTime", "Filters"]

DayOrTime: TypeAlias = float | datetime | date | timedelta
"""A time; or how long ago it is, a number being days."""

_DATES: Final = {
    "OPEN": ("oldest_date", "latest_date"),
    "CLOSED": ("start_oldest_date", "start_latest_date", "close_oldest_date", "close_latest_date"),
}
_OTHERS: Final = {"OPEN": (), "CLOSED": ("close_status",)}


@dataclass(frozen=True)
class Filters:
    """Filters that SWF takes together, as arguments of the calls that list and count."""

    is_open: bool
    arguments: dict[str, Any]

    @classmethod
    def of(
        cls,
        status: str,
        tag: str | None = None,
        workflow_id: str | None = None,
        workflow_type_name: str | None = None,
        workflow_type_version: str | None = None,
        **more: Any,
    ) -> Filters:
        """Return the filters that are given. Raises `InvalidKeywordArgumentError`, `ValueError`."""
        if status not in _DATES:
            raise ValueError(f"Unknown status provided: {status}; there are OPEN and CLOSED")
        more = {name: value for name, value in more.items() if value is not None}
        if unknown := more.keys() - {*_DATES[status], *_OTHERS[status]}:
            names = ", ".join(sorted(unknown))
            raise InvalidKeywordArgumentError(f"Invalid keyword arguments supplied: {names}")
        if workflow_type_version is not None and workflow_type_name is None:
            raise InvalidKeywordArgumentError(
                "workflow_type_version: SWF takes it with workflow_type_name alone"
            )
        which = {
            "tag": tag,
            "workflow_id": workflow_id,
            "workflow_name": workflow_type_name,
            "close_status": more.pop("close_status", None),
        }
        _refuse_several({name: value for name, value in which.items() if value is not None})
        dates = {name: _time(name, value) for name, value in more.items()}
        return cls(
            status == "OPEN",
            {**which, "workflow_version": workflow_type_version, **_with_window(status, dates)},
        ).without_none()

    def without_none(self) -> Filters:
        """Return the filters that are said."""
        said = {name: value for name, value in self.arguments.items() if value is not None}
        return Filters(self.is_open, said)


def _refuse_several(which: dict[str, Any]) -> None:
    if len(which) > 1:
        names = " and ".join(_AS_GIVEN.get(name, name) for name in which)
        raise InvalidKeywordArgumentError(
            f"{names} exclude one another: "
            "SWF takes one of tag, workflow_id, workflow_type_name and close_status"
        )


_AS_GIVEN: Final = {"workflow_name": "workflow_type_name"}


def _with_window(status: str, dates: dict[str, datetime]) -> dict[str, datetime]:
    """Return dates with the oldest one that SWF wants, where only the latest is said, or none at all."""
    ends = {name.removesuffix("oldest_date").removesuffix("latest_date") for name in dates}
    if len(ends) > 1:
        raise InvalidKeywordArgumentError(
            f"{' and '.join(dates)} exclude one another: SWF lists by the time of start or by that of the end"
        )
    prefix = ends.pop() if ends else "" if status == "OPEN" else "start_"
    return {f"{prefix}oldest_date": past_day(MAX_WORKFLOW_AGE)} | dates


def _time(name: str, value: object) -> datetime:
    match value:
        case datetime():
            return value if value.tzinfo is not None else value.astimezone()
        case date():
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        case timedelta():
            return datetime.now(UTC) - value
        case int() | float() if not isinstance(value, bool):
            return past_day(value)
    raise InvalidKeywordArgumentError(f"{name}: a time, or a number of days ago, not {value!r}")
