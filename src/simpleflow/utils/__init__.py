"""Small tools that user code has always found here. It knows nothing of workflows.

The JSON here is the lenient one of old: what it writes may come back as something else. Values that cross
boundaries go through `simpleflow.codec`.
"""

from __future__ import annotations

import importlib
import json
import sys
from datetime import date, datetime, time
from types import GeneratorType
from typing import Any
from zlib import adler32

__all__ = [
    "format_exc",
    "format_exc_type",
    "full_class_name",
    "full_object_name",
    "hex_hash",
    "import_from_module",
    "import_object_from_module",
    "issubclass_",
    "json_dumps",
    "json_loads_or_raw",
    "remove_none",
    "serialize_complex_object",
]


# JSON


def json_dumps(obj: Any, pretty: bool = False, compact: bool = True, **json_kwargs: Any) -> str:
    """Write JSON: compact and sorted, or pretty, or (`compact=False`) as `json.dumps` does.

    `serialize_complex_object` writes what JSON lacks; another `default` and any other option of `json.dumps`
    can be given.
    """
    options: dict[str, Any] = {"default": serialize_complex_object}
    if pretty:
        options |= {"indent": 4, "sort_keys": True, "separators": (",", ": ")}
    elif compact:
        options |= {"sort_keys": True, "separators": (",", ":")}
    return json.dumps(obj, **options | json_kwargs)


def serialize_complex_object(obj: Any) -> Any:
    """Return what JSON has instead of `obj`, in a form that suits JavaScript; a `Future` gives its result.

    Raises `TypeError` when there is none.
    """
    if isinstance(obj, bytes):
        return obj.decode("utf-8", errors="replace")
    if isinstance(obj, datetime | time):
        text = obj.isoformat(timespec="milliseconds" if obj.microsecond else "seconds")
        return text[:-6] + "Z" if isinstance(obj, datetime) and text.endswith("+00:00") else text
    if isinstance(obj, date):
        return obj.isoformat()
    if isinstance(obj, GeneratorType | set | frozenset):
        return list(obj)
    return _serialize_rare_object(obj)


def _serialize_rare_object(obj: Any) -> Any:
    if _is_instance(obj, "simpleflow.futures", "Future"):
        return obj.result
    if _is_instance(obj, "uuid", "UUID"):
        return str(obj)
    if hasattr(type(obj), "__wrapped__"):  # a lazy proxy
        return obj.__wrapped__
    raise TypeError(
        f"Type {type(obj)} couldn't be serialized. This may be a bug in simpleflow, "
        "please file a new issue on GitHub!"
    )


def _is_instance(obj: Any, module_name: str, name: str) -> bool:
    # Who has such an object has loaded its module; to import it would be slow, or go in a circle.
    module = sys.modules.get(module_name)
    return module is not None and isinstance(obj, getattr(module, name))


def json_loads_or_raw(data: str | None) -> Any:
    """Read JSON; what is not JSON is returned as it is, and nothing (None, "") as None."""
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        return data


# Values


def remove_none(obj: Any) -> Any:
    """Return lists, tuples, sets and dicts, nested ones too, without what is None in them."""
    if isinstance(obj, dict):
        return type(obj)((key, remove_none(value)) for key, value in obj.items() if value is not None)
    if isinstance(obj, list | tuple | set):
        return type(obj)(remove_none(value) for value in obj if value is not None)
    return obj


def hex_hash(s: str | None) -> str:
    """Return the Adler-32 checksum of a text's UTF-8, in hexadecimal: short and stable, not secure."""
    return f"{adler32(s.encode()):x}" if s else "0"


# Classes and their names


def issubclass_(arg1: Any, arg2: Any) -> bool:
    """Tell whether `arg1` is a class, and a subclass of `arg2`."""
    return isinstance(arg1, type) and issubclass(arg1, arg2)


def full_class_name(klass: type) -> str:
    """Return the dotted name of a class, bare for Python's own."""
    return (
        klass.__qualname__ if klass.__module__ == "builtins" else f"{klass.__module__}.{klass.__qualname__}"
    )


def full_object_name(obj: Any) -> str:
    """Return the dotted name of a class or function, else that of the object's class."""
    named = obj if hasattr(obj, "__qualname__") and hasattr(obj, "__module__") else type(obj)
    return full_class_name(named)


def import_from_module(path: str) -> Any:
    """Import what a dotted path names: in a module, in a class of it, or (without a dot) one of Python's own.

    Raises `ImportError` when there is no such module, `AttributeError` when it has no such name.
    """
    module_name, _, name = path.rpartition(".")
    names = [name]
    while True:
        try:
            return import_object_from_module(module_name, *names)
        except ModuleNotFoundError as error:
            outer, _, inner = module_name.rpartition(".")
            if error.name != module_name or not hasattr(sys.modules.get(outer), inner):
                raise
            module_name, names = outer, [inner, *names]


def import_object_from_module(module_name: str, *object_names: str) -> Any:
    """Import a module (`builtins` when empty) and return what the names lead to in it, one in the other."""
    found: Any = importlib.import_module(module_name or "builtins")
    for name in object_names:
        found = getattr(found, name)
    return found


# Exceptions


def format_exc(exc: BaseException) -> str:
    """Return `TypeName: text` of an exception, `TypeName` when it has no text."""
    name, text = type(exc).__name__, text_of(exc)
    return f"{name}: {text}" if text else name


def format_exc_type(exc_type: type[BaseException]) -> str:
    """Return the dotted name of an exception's class, bare for Python's own and for `__main__`'s."""
    if exc_type.__module__ in ("builtins", "__main__"):
        return exc_type.__qualname__
    return f"{exc_type.__module__}.{exc_type.__qualname__}"


def text_of(exc: BaseException) -> str:
    """Return the text of an exception, be it one that cannot say it; what UTF-8 cannot hold is escaped."""
    try:
        return str(exc).encode("utf-8", "backslashreplace").decode()
    except Exception as failure:  # it is a user's code, and its failure must not hide `exc`
        return f"<no text: its __str__ raised {type(failure).__name__}>"
