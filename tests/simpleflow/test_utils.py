from __future__ import annotations

import sys
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from simpleflow import utils
from simpleflow.exceptions import ExecutionBlocked
from simpleflow.futures import Future
from simpleflow.utils import retry

if TYPE_CHECKING:
    from pathlib import Path


class Outer:
    class Inner(Exception):
        pass

    def method(self) -> None: ...


class Proxy:
    def __init__(self, wrapped: object) -> None:
        self._wrapped = wrapped

    @property
    def __wrapped__(self) -> object:
        return self._wrapped


def finished(result: object) -> Future[Any]:
    future = Future[Any]()
    future.set_finished(result)
    return future


# JSON


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, '{"a":"\\u00e9","b":[1,2]}'),
        ({"pretty": True}, '{\n    "a": "\\u00e9",\n    "b": [\n        1,\n        2\n    ]\n}'),
        ({"compact": False}, '{"b": [1, 2], "a": "\\u00e9"}'),
        ({"sort_keys": False}, '{"b":[1,2],"a":"\\u00e9"}'),
        ({"pretty": True, "indent": None}, '{"a": "\\u00e9","b": [1,2]}'),
    ],
)
def test_json_is_compact_or_pretty_or_as_python_writes_it(options: dict[str, Any], text: str) -> None:
    assert utils.json_dumps({"b": [1, 2], "a": "é"}, **options) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"caf\xc3\xa9 \xff", '"caf\\u00e9 \\ufffd"'),
        (datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), '"2026-01-02T03:04:05.678Z"'),
        (datetime(2026, 1, 2, 3, 4, 5), '"2026-01-02T03:04:05"'),
        (datetime(2026, 1, 2, 3, 4, 5, 9999), '"2026-01-02T03:04:05.009"'),
        (datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=1))), '"2026-01-02T00:00:00+01:00"'),
        (date(2026, 1, 2), '"2026-01-02"'),
        (time(1, 2, 3, 456789), '"01:02:03.456"'),
        (time(1, 2, 3), '"01:02:03"'),
        ((n for n in range(2)), "[0,1]"),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({5}, "[5]"),
        (frozenset([5]), "[5]"),
        (finished({"a": b"x"}), '{"a":"x"}'),
        (Proxy([1]), "[1]"),
    ],
)
def test_json_of_what_json_lacks(value: object, text: str) -> None:
    assert utils.json_dumps(value) == text


def test_json_of_a_pending_future_blocks() -> None:
    with pytest.raises(ExecutionBlocked):
        utils.json_dumps([Future()])


def test_json_of_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^Type <class 'object'> couldn't be serialized\. This may be a bug"):
        utils.json_dumps(object())


def test_another_default_replaces_ours() -> None:
    assert utils.json_dumps(date(2026, 1, 2), default=repr) == '"datetime.date(2026, 1, 2)"'


@pytest.mark.parametrize(
    ("text", "value"), [(None, None), ("", None), ("[1]", [1]), ("no", "no"), ("null", None)]
)
def test_text_that_is_not_json_is_itself(text: str | None, value: object) -> None:
    assert utils.json_loads_or_raw(text) == value


# Values


def test_none_is_removed_at_every_depth() -> None:
    value = {"a": None, "b": [None, 1, (2, None)], "c": {"d": None}, "e": {3, None}, "f": 0}
    assert utils.remove_none(value) == {"b": [1, (2,)], "c": {}, "e": {3}, "f": 0}
    assert type(utils.remove_none(OrderedDict(a=1))) is OrderedDict
    assert utils.remove_none(None) is None


@pytest.mark.parametrize(("text", "checksum"), [("abc", "24d0127"), ("", "0"), (None, "0"), ("é", "231016d")])
def test_the_checksum_of_a_text(text: str | None, checksum: str) -> None:
    assert utils.hex_hash(text) == checksum


# Classes and their names


def test_only_classes_are_subclasses() -> None:
    assert utils.issubclass_(bool, int)
    assert not utils.issubclass_(int, bool)
    assert not utils.issubclass_(True, int)


def test_dotted_names() -> None:
    assert utils.full_class_name(Outer.Inner) == f"{__name__}.Outer.Inner"
    assert utils.full_class_name(int) == "int"
    assert utils.full_object_name(Outer) == f"{__name__}.Outer"
    assert utils.full_object_name(Outer.method) == f"{__name__}.Outer.method"
    assert utils.full_object_name(Outer()) == f"{__name__}.Outer"
    assert utils.full_object_name(5) == "int"


@pytest.mark.parametrize("named", [Outer, Outer.Inner, Outer.method, ValueError, date])
def test_what_has_a_dotted_name_is_imported_by_it(named: Any) -> None:
    assert utils.import_from_module(utils.full_object_name(named)) is named


def test_a_module_is_imported_with_what_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "till.py").write_text("class Till:\n    class Drawer: pass\n")
    (package / "needy.py").write_text("import no_such_module\n")

    assert utils.import_from_module("shop.till.Till.Drawer").__qualname__ == "Till.Drawer"
    assert utils.import_object_from_module("shop.till", "Till", "Drawer").__qualname__ == "Till.Drawer"
    assert utils.import_object_from_module("shop.till") is sys.modules["shop.till"]
    with pytest.raises(AttributeError, match="Bank"):
        utils.import_from_module("shop.till.Bank")
    with pytest.raises(ImportError, match=r"shop\.bank"):
        utils.import_from_module("shop.bank.Bank")
    with pytest.raises(ImportError, match="no_such_module"):
        utils.import_from_module("shop.needy.Bank")
    with pytest.raises(ImportError, match="no_such_shop"):
        utils.import_from_module("no_such_shop.bank.Bank")


# Exceptions


def test_exceptions_in_one_line() -> None:
    assert utils.format_exc(ValueError("no")) == "ValueError: no"
    assert utils.format_exc(ValueError()) == "ValueError"
    assert utils.format_exc_type(ValueError) == "ValueError"
    assert utils.format_exc_type(Outer.Inner) == f"{__name__}.Outer.Inner"
    assert utils.format_exc_type(type("Own", (Exception,), {"__module__": "__main__"})) == "Own"


# Trying again


class Flaky:
    def __init__(self, *failures: Exception) -> None:
        self.failures = [*failures]
        self.calls = 0

    def __call__(self, x: int) -> int:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return x


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def test_a_function_is_tried_again_after_a_delay(slept: list[float]) -> None:
    flaky = Flaky(ValueError(), ValueError(), ValueError())
    assert retry.with_delay(nb_times=3, delay=retry.exponential)(flaky)(5) == 5
    assert slept == [1, 2, 4]


def test_a_function_is_tried_again_once_after_a_second_by_default(slept: list[float]) -> None:
    flaky = Flaky(ValueError("first"), ValueError("second"), ValueError("third"))
    with pytest.raises(ValueError, match="second"):
        retry.with_delay()(flaky)(5)
    assert (flaky.calls, slept) == (2, [1])


def test_a_delay_may_be_a_number_and_each_retry_is_logged(slept: list[float]) -> None:
    logged: list[str] = []
    flaky = Flaky(ValueError("no"))
    retry.with_delay(delay=0.5, log_with=lambda text, *args: logged.append(text % args))(flaky)(5)
    assert slept == [0.5]
    assert "retry 1 of 1 in 0.5 seconds: ValueError('no')" in logged[0]


@pytest.mark.parametrize(
    "options",
    [
        {"on_exceptions": KeyError},
        {"except_on": ValueError},
        {"on_exceptions": LookupError, "except_on": KeyError},
    ],
)
def test_other_exceptions_rise_at_once(options: dict[str, Any], slept: list[float]) -> None:
    flaky = Flaky(KeyError() if "except_on" in options and "on_exceptions" in options else ValueError())
    with pytest.raises((KeyError, ValueError)):
        retry.with_delay(nb_times=5, **options)(flaky)(5)
    assert (flaky.calls, slept) == (1, [])


def test_a_retried_function_keeps_its_name() -> None:
    def ours() -> None: ...

    assert retry.with_delay()(ours).__name__ == "ours"
