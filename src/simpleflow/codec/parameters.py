"""The parameters of a callable, and whether a call fits them. It knows nothing of JSON."""

from __future__ import annotations

import inspect
import sys
from inspect import Parameter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_BY_PLACE = {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD}
_BY_NAME = {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}


class Parameters:
    """What can be passed: by place, by name, what must be, and where the rest goes (None: nowhere)."""

    def __init__(self, target: Callable[..., Any], method: bool) -> None:
        parameters = _parameters(target)[method:]
        self.by_place = [each.name for each in parameters if each.kind in _BY_PLACE]
        self.by_name = {each.name for each in parameters if each.kind in _BY_NAME}
        self.needed = [
            each.name
            for each in parameters
            if each.kind in _BY_PLACE | _BY_NAME and each.default is Parameter.empty
        ]
        self.more_places = next((each.name for each in parameters if each.kind is each.VAR_POSITIONAL), None)
        self.more_names = next((each.name for each in parameters if each.kind is each.VAR_KEYWORD), None)

    def sure_lengths(self) -> range:
        """Return how many arguments are right when none is named."""
        if not set(self.needed) <= set(self.by_place):
            return range(0)
        return range(len(self.needed), sys.maxsize if self.more_places else len(self.by_place) + 1)

    def check(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Raise the `TypeError` of a call of `name` that does not fit."""
        if len(args) > len(self.by_place) and not self.more_places:
            raise TypeError(f"{name}() takes {self._places()} but {len(args)} were given")
        placed = self.by_place[: len(args)]
        for key in kwargs:
            if key in self.by_name and key in placed:
                raise TypeError(f"{name}() got multiple values for argument {key!r}")
            if key not in self.by_name and not self.more_names:
                raise TypeError(f"{name}() got an unexpected keyword argument {key!r}")
        named = self.by_name & kwargs.keys()
        missing = [repr(key) for key in self.needed if key not in placed and key not in named]
        if missing:
            plural = "" if len(missing) == 1 else "s"
            raise TypeError(
                f"{name}() missing {len(missing)} required argument{plural}: {', '.join(missing)}"
            )

    def _places(self) -> str:
        least, most = len([name for name in self.by_place if name in self.needed]), len(self.by_place)
        span = f"{most}" if least == most else f"from {least} to {most}"
        return f"{span} positional argument{'' if most == 1 else 's'}"


def _parameters(target: Callable[..., Any]) -> list[Parameter]:
    try:
        return list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):  # written in C: it may take anything
        return [Parameter("args", Parameter.VAR_POSITIONAL), Parameter("kwargs", Parameter.VAR_KEYWORD)]
