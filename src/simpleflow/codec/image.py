"""The image of a value: what JSON makes of it when no annotation explains it.

Errors know where in the value they are: each container that one rises through adds its step to the path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from reprlib import repr as brief
from types import GeneratorType
from typing import Any

from simpleflow.codec.text import dumps
from simpleflow.exceptions import CodecError

MAX_DEPTH = 100
"""How deep lists, dicts and objects may be nested: far from where reading fails, whatever the stack holds."""


def image_of(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Return what JSON makes of `value`, in JSON's own types."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if kind is float:
        return _finite(value)
    if kind is list or kind is tuple:
        return images_of_items(value, image_of, depth)
    if kind is dict:
        return images_of_members(value, _key, image_of, depth)
    return _image_of_object(value, depth)


def _image_of_object(value: Any, depth: int) -> Any:
    # It stands on this module: a dataclass has a form, and what is in its fields may have an image only.
    from simpleflow.codec.annotations import form_of_object

    form = form_of_object(value)
    if form is not None:
        check_depth(depth)
        return form.dump(value, depth)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return _finite(float.__float__(value))
    if isinstance(value, list | tuple | GeneratorType):
        return images_of_items(value, image_of, depth)
    if isinstance(value, Mapping):
        return images_of_members(value, _key, image_of, depth)
    raise _refusal(value)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise CodecError(f"JSON has no {value}: pass None or a text for it")
    return value


def _refusal(value: Any) -> CodecError:
    name = type(value).__name__
    if isinstance(value, set | frozenset):
        return CodecError(f"a {name} has no order: pass a sorted list, or annotate it as {name}")
    if isinstance(value, bytes | bytearray | memoryview):
        return CodecError(f"{name} is not text: pass it decoded, or annotate it as bytes")
    return CodecError(
        f"JSON has nothing for {name}: pass plain values or a dataclass, or use simpleflow.codec.register"
    )


def check_depth(depth: int) -> None:
    """Raise when a container may not be entered any more."""
    if depth <= 0:
        raise CodecError(
            f"it holds itself, or is nested more than {MAX_DEPTH} deep: refer to its parts by ids"
        )


def images_of_items(values: Iterable[Any], dump: Callable[[Any, int], Any], depth: int) -> list[Any]:
    """Return the images of items, each made by `dump`."""
    check_depth(depth)
    images: list[Any] = []
    try:
        for value in values:
            images.append(dump(value, depth - 1))  # noqa: PERF401 (its length says where it failed)
    except CodecError as error:
        error.path = f"[{len(images)}]{error.path}"
        raise
    return images


def images_of_members(
    values: Mapping[Any, Any], dump_key: Callable[[Any], Any], dump: Callable[[Any, int], Any], depth: int
) -> dict[Any, Any]:
    """Return the images of a dict's members, keys and values made each by its function."""
    check_depth(depth)
    images = {}
    for key, value in values.items():
        try:
            images[dump_key(key)] = dump(value, depth - 1)
        except CodecError as error:
            error.path = f"{step(key)}{error.path}"
            raise
    return images


def _key(key: Any) -> str:
    if type(key) is str:
        return key
    if isinstance(key, str):
        return str(image_of(key))
    raise CodecError(
        f"the key {brief(key)} is not text, as JSON's keys are: pass text, "
        f"or annotate the dict as dict[{type(key).__name__}, ...]"
    )


def at(where: str, convert: Callable[[Any, int], Any], value: Any, depth: int) -> Any:
    """Return what `convert` makes of a part of a value, which is found at `where`."""
    try:
        return convert(value, depth)
    except CodecError as error:
        error.path = f"{where}{error.path}"
        raise


def step(key: Any) -> str:
    """Return the part of a path that leads to the value of a key."""
    return f"[{dumps(key) if isinstance(key, str) else brief(key)}]"
