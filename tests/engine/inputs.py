"""What hypothesis makes up: values, changes to requests, and bytes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Change", "bytes_changes", "changed", "changed_bytes", "changes", "json_values", "some_bytes"]

_TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *("", "0", "-1", "NONE", "none", "1.5", "99999999999999999999", "¹", "\x00", "a\x00b", " ", "\n"),
            *(
                "\ud800",
                "a\udfffb",
                "é" * 129,
                "x" * 257,
                "x" * 32_769,
                "\U0001f600" * 100,
                "../../etc/passwd",
            ),
            *("arn:aws:swf:us-east-1:000000000000:/domain/", "a:b", "a/b", "a|b", "\x85", "arn"),
            *(
                "REGISTERED",
                "TERMINATE",
                "COMPLETED",
                "StartTimer",
                "AAAA",
                "====",
                "'; DROP TABLE types; --",
            ),
        ]
    ),
)
_NUMBERS = st.one_of(
    st.integers(-3, 1_001),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**30, 10**400, 1e308, -1e308, 1e-320, 0.1, -0.0]),
    st.floats(),
)
_LEAVES = st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS)
json_values = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXTS, inner, max_size=4)),
    max_leaves=8,
)
some_bytes = st.binary(max_size=200)


@dataclass(frozen=True)
class Change:
    """Something that is done to a request, at a place that is counted out in it."""

    what: str
    place: int
    value: Any


changes = st.lists(
    st.one_of(
        st.builds(Change, st.just("set"), st.integers(0, 99), json_values),
        st.builds(Change, st.just("take"), st.integers(0, 99), st.integers(0, 99)),
        st.builds(Change, st.just("drop"), st.integers(0, 99), st.none()),
        st.builds(Change, st.just("add"), st.integers(0, 99), st.tuples(_TEXTS, json_values)),
        st.builds(Change, st.just("repeat"), st.integers(0, 99), st.integers(2, 300)),
        st.builds(Change, st.just("bury"), st.integers(0, 99), st.integers(1, 300)),
    ),
    max_size=4,
)
bytes_changes = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "insert", "end"]), st.integers(0, 10**6), some_bytes),
    min_size=1,
    max_size=3,
)


def changed(request: dict[str, Any], made: Sequence[Change], known: Sequence[str]) -> Any:
    """Return a request with changes made to it; `known` are values that are right in some place."""
    root = [copy.deepcopy(request)]
    for change in made:
        places = list(_places(root))
        holder, key = places[change.place % len(places)]
        _CHANGES[change.what](holder, key, change.value, known)
        if not root:
            return None
    return root[0]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])


def _set(holder: Any, key: Any, value: Any, known: Sequence[str]) -> None:
    holder[key] = value


def _take(holder: Any, key: Any, value: Any, known: Sequence[str]) -> None:
    holder[key] = known[value % len(known)]


def _drop(holder: Any, key: Any, value: Any, known: Sequence[str]) -> None:
    del holder[key]


def _add(holder: Any, key: Any, value: Any, known: Sequence[str]) -> None:
    name, added = value
    if isinstance(holder[key], dict):
        holder[key][name] = added
    elif isinstance(holder[key], list):
        holder[key].append(added)


def _repeat(holder: Any, key: Any, value: Any, known: Sequence[str]) -> None:
    said = holder[key]
    holder[key] = (said * value)[:40_000] if isinstance(said, (str, list)) else [said] * min(value, 20)


def _bury(holder: Any, key: Any, value: Any, known: Sequence[str]) -> None:
    for _ in range(value):
        holder[key] = [holder[key]]


_CHANGES: dict[str, Callable[[Any, Any, Any, Sequence[str]], None]] = {
    "set": _set,
    "take": _take,
    "drop": _drop,
    "add": _add,
    "repeat": _repeat,
    "bury": _bury,
}


def changed_bytes(said: bytes, made: Sequence[tuple[str, int, bytes]]) -> bytes:
    """Return bytes with changes made to them."""
    for what, at, more in made:
        place = at % (len(said) + 1)
        match what:
            case "flip":
                said = (
                    said[:place] + bytes(byte ^ 0x20 for byte in said[place : place + 1]) + said[place + 1 :]
                )
            case "cut":
                said = said[:place] + said[place + len(more) + 1 :]
            case "insert":
                said = said[:place] + more + said[place:]
            case _:
                said = said[:place]
    return said
