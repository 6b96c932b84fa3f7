"""From annotations to forms.

An annotation that names only what JSON has, or that cannot be understood, says nothing: its form is `PLAIN`.
So code whose annotations are missing, unresolvable or wrong works as if it had none.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import inspect
import sys
import types
import typing
from collections import abc
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from simpleflow.codec.compounds import Data, Items, Keys, Record, Set, Table
from simpleflow.codec.forms import PLAIN, Bytes, Choice, Date, Either, Form, Leaf, Plain
from simpleflow.codec.image import image_of
from simpleflow.exceptions import CodecError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_OWN = {bool, dict, float, int, list, str, tuple, type(None)}

_forms: dict[Any, Form] = {}
_forms_of_objects: dict[type, Form | None] = {}
_registered: dict[type, Leaf] = {}


def register(kind: type[T], to_json: Callable[[T], Any], from_json: Callable[[Any], T]) -> None:
    """Say how values of a type travel: `to_json` makes plain values of them, `from_json` reads these.

    Where the type is annotated they come back; elsewhere they come back as what `to_json` made. Raises
    `ValueError` when values of the type may have travelled already: register it where it is defined.
    """
    if kind in _OWN:
        raise ValueError(f"{kind.__qualname__} is JSON's own: it always travels as it is")
    if kind in _forms:
        raise ValueError(f"{kind.__qualname__} is in use already: register it where it is defined")
    _registered[kind] = Leaf(kind, to_json, from_json)
    _forms_of_objects.clear()


def form_of(annotation: Any, within: tuple[Any, ...] = ()) -> Form:
    """Return the form that an annotation asks for. `within` are the type aliases that it is a part of."""
    try:
        form = _forms.get(annotation)
    except TypeError:  # it holds something that cannot be hashed
        return _compile(annotation, within)
    if form is None:
        form = _compile(annotation, within)
        if not within:
            _forms[annotation] = form
    return form


def form_of_object(value: object) -> Form | None:
    """Return the form in which an object is written when nothing is annotated, if its class has one."""
    kind = type(value)
    try:
        return _forms_of_objects[kind]
    except KeyError:
        form = _forms_of_objects[kind] = _find_form_of_objects(kind)
        return form


def _find_form_of_objects(kind: type) -> Form | None:
    registered = [_registered[base] for base in kind.__mro__ if base in _registered]
    if registered:
        return registered[0]
    if dataclasses.is_dataclass(kind) or issubclass(kind, Enum):
        return form_of(kind)
    return next((leaf for base in kind.__mro__ if (leaf := _text_leaves().get(base))), None)


# Types with one form


@functools.cache
def _text_leaves() -> dict[type, Leaf]:
    # Loaded with the first value that is not plain: most programs have none.
    from decimal import Decimal
    from uuid import UUID

    return {
        datetime: Leaf(datetime, datetime.isoformat, datetime.fromisoformat),
        date: Date(date, date.isoformat, date.fromisoformat),
        time: Leaf(time, time.isoformat, time.fromisoformat),
        timedelta: Leaf(timedelta, _seconds, lambda seconds: timedelta(seconds=seconds)),
        UUID: Leaf(UUID, str, UUID),
        Decimal: Leaf(Decimal, str, lambda image: Decimal(str(image))),
    }


def _seconds(span: timedelta) -> float:
    seconds = span.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


@functools.cache
def _byte_leaves() -> dict[type, Leaf]:
    from base64 import b64decode, b64encode

    def form(kind: type[bytes | bytearray]) -> Leaf:
        return Bytes(
            kind, lambda value: b64encode(value).decode(), lambda text: kind(b64decode(text, validate=True))
        )

    return {kind: form(kind) for kind in (bytes, bytearray)}


# Types with parts

_LISTS = {list, abc.Collection, abc.Generator, abc.Iterable, abc.Iterator, abc.MutableSequence, abc.Sequence}
_SETS = {set: set, abc.MutableSet: set, abc.Set: set, frozenset: frozenset}
_DICTS = {dict, abc.Mapping, abc.MutableMapping, collections.OrderedDict, collections.defaultdict}
_TRANSPARENT = {
    typing.Annotated, typing.ClassVar, typing.Final, typing.NotRequired, typing.Required,
}  # fmt: skip


def _compile(annotation: Any, within: tuple[Any, ...]) -> Form:
    if isinstance(annotation, typing.NewType):
        return form_of(annotation.__supertype__, within)
    if type(annotation).__name__ == "TypeAliasType":  # of one that holds itself nothing more is known
        return PLAIN if annotation in within else form_of(annotation.__value__, (*within, annotation))
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in _TRANSPARENT:
        return form_of(args[0], within)
    if origin is typing.Union or origin is types.UnionType:
        return _union(args, within)
    if origin is typing.Literal:
        return _literal(args)
    kind = origin or annotation
    if not isinstance(kind, type):
        return PLAIN
    return _registered.get(kind) or _container(kind, args, within) or _named(kind, args) or _leaf(kind)


def _leaf(kind: type) -> Form:
    if kind in (bytes, bytearray):
        return _byte_leaves()[kind]
    return PLAIN if kind.__module__ == "builtins" else _text_leaves().get(kind, PLAIN)


def _literal(choices: tuple[Any, ...]) -> Form:
    try:
        return Choice(choices)
    except CodecError:  # one of bytes
        return PLAIN


def _enum(kind: type[Enum]) -> Form:
    def read(image: Any) -> Enum:
        try:
            return kind(image)
        except (TypeError, ValueError):  # its values may be other than their images: tuples, dates
            return next(member for member in kind if image_of(member.value) == image)

    return Leaf(kind, lambda member: member.value, read)


def _union(args: tuple[Any, ...], within: tuple[Any, ...]) -> Form:
    forms = [(arg, form_of(arg, within)) for arg in args if arg is not types.NoneType]
    plain = tuple(kind for arg, form in forms if form is PLAIN for kind in _plain_kinds(arg))
    others = [form for _, form in forms if form is not PLAIN]
    if not others:
        return PLAIN
    if not plain and len(others) == 1:
        return others[0]
    return Either([*others, Plain(plain)] if plain else others)


def _plain_kinds(annotation: Any) -> tuple[type, ...]:
    kind = typing.get_origin(annotation) or annotation
    if kind is float:
        return (float, int)
    if kind in _LISTS:
        return (list, tuple, types.GeneratorType)
    if kind in _DICTS:
        return (abc.Mapping,)
    return (kind,) if kind in (str, int, bool) else (object,)


def _container(kind: type, args: tuple[Any, ...], within: tuple[Any, ...]) -> Form | None:
    if kind is tuple:
        return _tuple(args, within)
    item = form_of(args[0], within) if args else PLAIN
    if kind in _LISTS:
        return PLAIN if item is PLAIN else Items(list, (list, tuple, types.GeneratorType), item)
    if kind in _SETS:
        return Set(_SETS[kind], abc.Set, item)
    if kind is collections.deque:
        return Items(collections.deque, collections.deque, item)
    if kind in _DICTS and len(args) == 2:
        return _table(args[0], item, form_of(args[1], within))
    return None


def _tuple(args: tuple[Any, ...], within: tuple[Any, ...]) -> Form:
    if not args or any(typing.get_origin(arg) is typing.Unpack for arg in args):
        return Items(tuple, tuple, PLAIN)
    if len(args) == 2 and args[1] is ...:
        return Items(tuple, tuple, form_of(args[0], within))
    items = [form_of(arg, within) for arg in args]
    return Record(lambda *values: values, tuple, lambda: items, range(len(items), len(items) + 1))


def _table(key: Any, key_form: Form, value: Form) -> Form:
    if key in (int, float, bool):
        return Table(Leaf(key, key, _only(key)), value)
    if key_form is not PLAIN:
        return Table(key_form, value)
    return PLAIN if value is PLAIN else Table(Leaf(str, str, _only(str)), value)


def _only(kind: type) -> Callable[[Any], Any]:
    def read(image: Any) -> Any:
        if type(image) is not kind:
            raise TypeError
        return image

    return read


def _named(kind: type, args: tuple[Any, ...]) -> Form | None:
    if issubclass(kind, Enum):
        return _enum(kind)
    if dataclasses.is_dataclass(kind):
        known = dict(zip(getattr(kind, "__parameters__", ()), args, strict=False))
        return Data(kind, lambda: forms_of(kind, known))
    if hasattr(kind, "__required_keys__"):
        return _typed_dict(kind)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_tuple(kind)
    return None


def _typed_dict(kind: Any) -> Form:
    return Keys(lambda: forms_of(kind), kind.__required_keys__)


def _named_tuple(kind: Any) -> Form:
    def items() -> list[Form]:
        forms = forms_of(kind)
        return [forms.get(name, PLAIN) for name in kind._fields]

    most = len(kind._fields)
    return Record(kind, kind, items, range(most - len(kind._field_defaults), most + 1))


# The hints of a class or function


def forms_of(target: Any, known: dict[Any, Any] | None = None) -> dict[str, Form]:
    """Return the forms of what a class or function annotates, by name; `known` are its type variables."""
    return {name: form_of(_with_known(hint, known or {})) for name, hint in _hints_of(target).items()}


def _with_known(hint: Any, known: dict[Any, Any]) -> Any:
    if isinstance(hint, TypeVar):
        return known.get(hint, hint)
    parameters = () if isinstance(hint, type) else getattr(hint, "__parameters__", ())
    if not known or not parameters:
        return hint
    return hint[tuple(known.get(parameter, parameter) for parameter in parameters)]


def _hints_of(target: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(target)
    except Exception:  # to evaluate what a user wrote may raise anything; what can be understood still counts
        return _understood_hints(target)


def _understood_hints(target: Any) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    owners = reversed(target.__mro__) if inspect.isclass(target) else [inspect.unwrap(target)]
    for owner in owners:
        names = vars(sys.modules.get(owner.__module__, typing))
        for name, hint in inspect.get_annotations(owner).items():
            with contextlib.suppress(Exception):  # as above
                hints |= typing.get_type_hints(types.SimpleNamespace(__annotations__={name: hint}), names)
    return hints
