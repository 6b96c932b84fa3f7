"""How values cross every boundary, on every engine, in this process too: as JSON.

Without an annotation a value becomes what JSON makes of it, and comes back as that:

- tuples, named tuples and generators: lists; dicts and other mappings: objects, with keys in order;
- datetimes, dates, times: ISO 8601 as `isoformat` writes it, with microseconds, and UTC as `+00:00`;
  time spans: seconds; UUIDs and decimals: text; enums: their value; dataclasses: objects.

What would be lost is refused: sets, bytes, NaN and infinities, keys that are not text, what holds itself, any
other object. With an annotation (of a parameter, a result, a field) all these come back as what they were,
and sets, bytes (as Base64) and dicts with other keys can travel too. Time zones become their UTC offset,
and time spans are exact up to some 270 years. Of a union a value is refused that would come back as another
of its types, such as the text "2026-01-02" of `date | str`.

An annotation made only of what JSON has is not looked at: no value is checked or changed for it.
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

from simpleflow.codec.annotations import form_of, register
from simpleflow.codec.image import MAX_DEPTH, at
from simpleflow.codec.shape import CallShape, Input, shape_of
from simpleflow.codec.text import check_length, dumps, loads

__all__ = ["CallShape", "Input", "check_length", "decode", "encode", "register", "shape_of"]

T = TypeVar("T")


def encode(value: object, annotation: object = Any, *, path: str = "") -> str:
    """Return the JSON of a value, as its annotation says: compact, sorted, in ASCII.

    Raises `CodecError` for what cannot travel; its path starts with `path`.
    """
    return dumps(at(path, form_of(annotation).dump, value, MAX_DEPTH))


@overload
def decode(text: str, annotation: type[T], *, path: str = "") -> T: ...
@overload
def decode(text: str, annotation: object = Any, *, path: str = "") -> Any: ...
def decode(text: str, annotation: object = Any, *, path: str = "") -> Any:
    """Return the value that `encode` was given, as its annotation says.

    Raises `CodecError` for what is not JSON, or not of a type that JSON lacks and the annotation names.
    """
    form = form_of(annotation)
    return at(path, lambda text, depth: form.load(loads(text), depth), text, MAX_DEPTH)
