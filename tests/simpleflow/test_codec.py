from __future__ import annotations

import enum
import hashlib
import json
from collections import OrderedDict, deque, namedtuple
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import partial
from types import GenericAlias
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    TypedDict,
    TypeVar,
)
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypeAliasType

from simpleflow.codec import CallShape, check_length, decode, encode, register, shape_of
from simpleflow.exceptions import CodecError

if TYPE_CHECKING:
    from nowhere import Nothing  # type: ignore[import-not-found]

T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Mode(enum.Flag):
    READ = 1
    WRITE = 2


class Corner(enum.Enum):
    ORIGIN = (0, 0)
    FAR = (9, 9)


class Name(enum.StrEnum):
    ANN = "ann"


class Broken(enum.Enum):
    THING = object()


@dataclass
class Item:
    name: str
    tags: set[str] = field(default_factory=set)
    bought: datetime | None = None


@dataclass(frozen=True)
class Order:
    items: list[Item]
    by_day: dict[date, Decimal] = field(default_factory=dict)
    total: int = field(init=False, default=0)


@dataclass
class SpecialItem(Item):
    extra: int = 0


@dataclass
class Tree:
    left: Tree | Leaf
    right: Tree | Leaf | None = None


@dataclass
class Leaf:
    value: set[int]


@dataclass
class Page(Generic[T]):
    rows: list[T]
    first: T | None = None


@dataclass
class Picky:
    positive: int

    def __post_init__(self) -> None:
        if self.positive < 0:
            raise ValueError("negative")


@dataclass
class HalfKnown:
    thing: Nothing
    when: date


class Point(NamedTuple):
    x: int
    at: date
    note: str = ""


class Chain(NamedTuple):
    day: date
    next: Chain | None = None


class Settings(TypedDict):
    since: date
    flags: NotRequired[set[str]]


class Money:
    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class Cents(Money):
    pass


register(Money, lambda money: money.text, Money)

UserId = NewType("UserId", UUID)
Days = TypeAliasType("Days", list[date])
Untyped = namedtuple("Untyped", "a b")

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
ID = UUID("12345678-1234-5678-1234-567812345678")


def refused(value: object, annotation: object = Any) -> CodecError:
    with pytest.raises(CodecError) as caught:
        encode(value, annotation, path="args[0]")
    return caught.value


# The wire


def test_json_is_compact_sorted_and_ascii() -> None:
    assert encode({"b": [1, 2.5, None, True], "a": "é"}) == '{"a":"\\u00e9","b":[1,2.5,null,true]}'


@pytest.mark.parametrize(
    ("value", "image"),
    [
        ((1, (2,)), [1, [2]]),
        ((n for n in (1, 2)), [1, 2]),
        (Untyped(1, 2), [1, 2]),
        (OrderedDict(b=1, a=2), {"a": 2, "b": 1}),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        (NOON, "2026-11-23T12:00:00.123456+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(1, 2, 3), "01:02:03"),
        (timedelta(minutes=1), 60),
        (timedelta(milliseconds=1500), 1.5),
        (ID, "12345678-1234-5678-1234-567812345678"),
        (Decimal("1.10"), "1.10"),
        (Color.RED, "red"),
        (Size.LARGE, 2),
        (Corner.FAR, [9, 9]),
        ({Name.ANN: Name.ANN}, {"ann": "ann"}),
        (Item("x", {"b", "a"}), {"name": "x", "tags": ["a", "b"], "bought": None}),
        (type("Text", (str,), {})("x"), "x"),
        (type("Float", (float,), {})(1.5), 1.5),
        (Money("5 EUR"), "5 EUR"),
        (Cents("5"), "5"),
    ],
)
def test_without_annotation_a_value_becomes_what_json_makes_of_it(value: object, image: object) -> None:
    assert json.loads(encode(value)) == image


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ({1}, "args[0]", "a set has no order"),
        ([{"x": frozenset()}], 'args[0][0]["x"]', "a frozenset has no order"),
        ({"a": b"x"}, 'args[0]["a"]', "bytes is not text"),
        ([1, float("nan")], "args[0][1]", "JSON has no nan"),
        (float("-inf"), "args[0]", "JSON has no -inf"),
        ({"a": {1: 2}}, 'args[0]["a"][1]', "the key 1 is not text"),
        ({(1, 2): 2}, "args[0][(1, 2)]", "dict[tuple, ...]"),
        ((object() for _ in "x"), "args[0][0]", "JSON has nothing for object"),
        ([int], "args[0][0]", "JSON has nothing for type"),
        (Broken.THING, "args[0]", "JSON has nothing for object"),
        (Item("x", bought=NOON, tags={"a", object()}), "args[0].tags", "nothing for object"),  # type: ignore[arg-type]
    ],
)
def test_what_would_be_lost_is_refused_where_it_is(value: object, path: str, words: str) -> None:
    error = refused(value)
    assert error.path.startswith(path)
    assert words in str(error)


def test_an_integer_that_python_does_not_write_is_refused() -> None:
    with pytest.raises(CodecError, match="JSON cannot hold it"):
        encode(10**5000)


def test_what_holds_itself_is_refused() -> None:
    circle: list[object] = []
    circle.append({"again": circle})
    assert "holds itself" in str(refused(circle))
    assert len(str(refused(circle))) < 500

    tree = Tree(Leaf(set()))
    tree.left = tree
    assert "holds itself" in str(refused(tree))


def test_values_may_be_nested_a_hundred_deep() -> None:
    value: object = 1
    for _ in range(100):
        value = [value]
    assert decode(encode(value)) == value
    assert "more than 100 deep" in str(refused([value]))


def test_text_that_is_nested_too_deep_is_refused_when_read() -> None:
    with pytest.raises(CodecError, match="nested too deep to be read"):
        decode("[" * 100_000 + "]" * 100_000)
    with pytest.raises(CodecError, match="nested too deep to be read"):
        decode('{"right":null,"left":' * 600 + "null" + "}" * 600, Tree)
    with pytest.raises(CodecError, match="nested more than"):
        decode('{"left":' * 200 + "null" + "}" * 200, Tree)


def test_what_is_not_json_is_refused_when_read() -> None:
    with pytest.raises(CodecError, match="input: not JSON"):
        decode("no", path="input")


# With an annotation


@pytest.mark.parametrize(
    ("value", "annotation", "text"),
    [
        ({3, 20, 1}, set[int], "[1,3,20]"),
        (frozenset("ab"), frozenset, '["a","b"]'),
        ({1, "a", None}, set, None),
        ({(1, 2)}, set[tuple[int, int]], "[[1,2]]"),
        ({1, 2}, AbstractSet[int], "[1,2]"),
        ({Color.RED}, set[Color], '["red"]'),
        (b"\x00\xff", bytes, '"AP8="'),
        (bytearray(b"x"), bytearray, None),
        ((1, 2), tuple, "[1,2]"),
        ((NOON,), tuple[datetime, ...], None),
        ((1, date(2026, 1, 2)), tuple[int, date], '[1,"2026-01-02"]'),
        ((), tuple[()], "[]"),
        (deque([1, 2]), deque[int], "[1,2]"),
        (NOON, datetime, '"2026-11-23T12:00:00.123456+00:00"'),
        (datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30))), datetime, None),
        (date(2026, 1, 2), date, '"2026-01-02"'),
        (time(1, 2, 3, 4, tzinfo=UTC), time, '"01:02:03.000004+00:00"'),
        (timedelta(days=-1, microseconds=1), timedelta, None),
        (ID, UUID, None),
        (ID, UserId, None),
        (Decimal("1.10"), Decimal, '"1.10"'),
        (Color.GREEN, Color, '"green"'),
        (Size.LARGE, Size, "2"),
        (Mode.READ | Mode.WRITE, Mode, "3"),
        (Corner.FAR, Corner, "[9,9]"),
        (Money("5 EUR"), Money, '"5 EUR"'),
        ([Money("1")], list[Money], '["1"]'),
        (None, datetime, "null"),
        (None, Item | None, "null"),
        ([NOON, None], list[datetime | None], None),
        ([{1}], Sequence[set[int]], "[[1]]"),
        ([{1}], Iterable[set[int]], "[[1]]"),
        ({"a": {1}}, Mapping[str, set[int]], '{"a":[1]}'),
        ({1: "x"}, dict[int, str], '{"1":"x"}'),
        ({1.5: "x"}, dict[float, str], '{"1.5":"x"}'),
        ({True: "x"}, dict[bool, str], '{"true":"x"}'),
        ({Color.RED: 1}, dict[Color, int], '{"red":1}'),
        ({Size.LARGE: 1}, dict[Size, int], '{"2":1}'),
        ({(1, 2): 1}, dict[tuple[int, int], int], '{"[1,2]":1}'),
        ({ID: {date(2026, 1, 2): b"x"}}, dict[UUID, dict[date, bytes]], None),
        (Item("x", {"a"}, NOON), Item, None),
        (Order([Item("x")], {date(2026, 1, 2): Decimal(1)}), Order, None),
        (Tree(Tree(Leaf({1})), Leaf({2})), Tree, None),
        (Page([date(2026, 1, 2)], date(2026, 1, 2)), Page[date], None),
        (Page([1]), Page, None),
        (Point(1, date(2026, 1, 2)), Point, '[1,"2026-01-02",""]'),
        (Chain(date(2026, 1, 2), Chain(date(2026, 1, 3))), Chain, None),
        ({"since": date(2026, 1, 2)}, Settings, '{"since":"2026-01-02"}'),
        ({"since": date(2026, 1, 2), "flags": {"a"}, "more": 1}, Settings, None),
        ("a", Literal["a", 1], '"a"'),
        (Color.RED, Literal[Color.RED], '"red"'),
        (date(2026, 1, 2), Annotated[date, ["unhashable"]], None),
        ([date(2026, 1, 2)], Days, None),
        (5, int | datetime, "5"),
        (NOON, int | datetime, None),
        ("hello", str | datetime, '"hello"'),
        (NOON, str | datetime, None),
        (date(2026, 1, 2), datetime | date, None),
        (datetime(2026, 1, 2), datetime | date, None),
        (Leaf({1}), Item | Leaf, None),
        ([1], set[date] | list[int], "[1]"),
        ({"a": 1}, Settings | dict[str, int], None),
        (Decimal(5), int | Decimal, '"5"'),
        (5, int | Decimal, "5"),
    ],
)
def test_with_an_annotation_a_value_comes_back_as_it_was(
    value: object, annotation: object, text: str | None
) -> None:
    encoded = encode(value, annotation)
    back = decode(encoded, annotation)
    assert (type(back), back) == (type(value), value)
    assert encode(back, annotation) == encoded
    assert text is None or encoded == text


@pytest.mark.parametrize(
    ("value", "annotation", "path", "words"),
    [
        ("tomorrow", datetime, "args[0]", "expected datetime, got str 'tomorrow'"),
        (NOON, date, "args[0]", "expected date, got datetime"),
        ([NOON, 5], list[datetime], "args[0][1]", "expected datetime, got int 5"),
        (5, set[int], "args[0]", "expected a list or tuple, got int 5"),
        ("text", bytes, "args[0]", "expected bytes, got str"),
        ((1,), tuple[int, date], "args[0]", "expected 2 values, got tuple (1,)"),
        ({"a": {1: b"x"}}, dict[str, dict[int, date]], 'args[0]["a"][1]', "expected date, got bytes"),
        ({"a": 1}, dict[int, str], 'args[0]["a"]', "expected int, got str 'a'"),
        ({1: NOON}, dict[str, datetime], "args[0][1]", "expected str, got int 1"),
        ({None: NOON}, dict[Color, datetime], "args[0][None]", "expected a key"),
        ([1], dict[int, str], "args[0]", "expected a dict"),
        (Order([Item("x", bought=5)]), Order, "args[0].items[0].bought", "expected datetime"),  # type: ignore[arg-type]
        (SpecialItem("x"), Item, "args[0]", "a SpecialItem would come back as a Item"),
        ({"name": "x", "nmae": "y"}, Item, "args[0]", "Item has no field 'nmae'"),
        ({}, Item, "args[0]", "no Item can be made of it: TypeError"),
        ({"since": "x"}, Settings, 'args[0]["since"]', "expected date"),
        ([], Settings, "args[0]", "expected a dict"),
        ("blue", Color, "args[0]", "expected Color, got str 'blue'"),
        ("c", Literal["a", 1], "args[0]", "expected one of 'a', 1"),
        (True, Literal["a", 1], "args[0]", "expected one of 'a', 1"),
        ({(1, (2, 3))}, set, "args[0]", "not all of it can be in a set"),
        ("2026-01-02T00:00:00", str | datetime, "args[0]", "would come back as another type"),
        ([1], set[int] | list[int], "args[0]", "would come back as another type"),
        (object(), int | datetime, "args[0]", "expected datetime, got object"),
    ],
)
def test_what_does_not_fit_its_annotation_is_refused_where_it_is(
    value: object, annotation: object, path: str, words: str
) -> None:
    error = refused(value, annotation)
    assert error.path == path
    assert words in str(error)


@pytest.mark.parametrize(
    ("text", "annotation", "message"),
    [
        ("[1]", list[datetime], r"result\[0\]: expected datetime, got int 1"),
        ('{"items":[{"name":"x","tags":7}]}', Order, r"result.items\[0\].tags: expected a list, got int 7"),
        ("[]", Item, "result: expected the fields of Item, got list"),
        ('{"positive":-1}', Picky, "no Picky can be made of it: ValueError: negative"),
        ('"%"', bytes, "expected bytes, got str '%'"),
        ("[[]]", set, "not all of it can be in a set"),
        ("[1]", tuple[int, int], "expected 2 values"),
        ('{"x":1}', dict[date, int], r'result\["x"\]: expected date'),
        ("[]", dict[date, int], "expected a dict"),
        ("5", Settings, "expected a dict"),
        ('"x"', Color | date, "expected Color"),
        ("true", Decimal, "expected Decimal, got bool True"),
    ],
)
def test_text_that_does_not_fit_its_annotation_is_refused(
    text: str, annotation: object, message: str
) -> None:
    with pytest.raises(CodecError, match=message):
        decode(text, annotation, path="result")


@pytest.mark.parametrize(
    "annotation",
    [
        *(int, str, object, Any, T, None, type, range, dict, list, "nonsense", Literal[b"x"]),
        *(list[int], dict[str, float], int | None, Iterable[str], list["Nothing"]),
    ],
)
@pytest.mark.parametrize("value", [1, "x", 2.5, None, [1, "a"], {"a": [1]}])
def test_an_annotation_of_what_json_has_changes_and_checks_nothing(annotation: object, value: object) -> None:
    text = encode(value, annotation)
    assert text == encode(value)
    assert decode(text, annotation) == value


@pytest.mark.parametrize(
    ("value", "annotation", "back"),
    [
        ("2026-01-02", date, date(2026, 1, 2)),
        ({"name": "x", "bought": "2026-01-02"}, Item, Item("x", set(), datetime(2026, 1, 2))),
        ([1, 2], set[int], {1, 2}),
        (5, Decimal, Decimal(5)),
        ("red", Color, Color.RED),
        ({"1": "x"}, dict[int, str], {1: "x"}),
        ("2026-01-02", int | datetime, datetime(2026, 1, 2)),
    ],
)
def test_what_came_without_annotation_can_be_passed_on_to_one(
    value: object, annotation: object, back: object
) -> None:
    assert decode(encode(value, annotation), annotation) == back


def test_a_field_that_the_dataclass_has_no_more_is_passed_over() -> None:
    assert decode('{"name":"x","gone":1}', Item) == Item("x")


def test_a_hint_that_cannot_be_resolved_does_not_hide_the_others() -> None:
    assert decode(encode(HalfKnown(1, date(2026, 1, 2))), HalfKnown) == HalfKnown(1, date(2026, 1, 2))


def test_of_an_alias_that_holds_itself_nothing_more_is_known() -> None:
    alias = type("TypeAliasType", (), {})()  # what `type Days = tuple[date, Days | None]` makes
    alias.__value__ = GenericAlias(tuple, (date, alias))
    days = (date.max, (date.max, None))
    assert decode(encode(days, alias), alias) == (date.max, ["9999-12-31", None])


def test_a_deep_tree_of_unions_is_quick() -> None:
    tree: Tree | Leaf = Leaf({1})
    for _ in range(40):
        tree = Tree(tree, Leaf({2}))
    assert decode(encode(tree), Tree) == tree


# Registered types


def test_a_type_is_registered_before_it_travels() -> None:
    class Late:
        pass

    encode(None, Late)
    with pytest.raises(ValueError, match="register it where it is defined"):
        register(Late, str, lambda image: Late())


def test_what_json_has_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match="int is JSON's own"):
        register(int, str, int)


def test_a_reader_that_fails_is_reported_where_it_is() -> None:
    class Even:
        def __init__(self, half: int) -> None:
            self.half = half

    register(Even, lambda even: even.half, lambda image: Even({"a": 1}[image]))
    with pytest.raises(CodecError, match=r"\[0\]: expected Even, got str 'b'"):
        decode('["b"]', list[Even])


# Calls


def add(x: int, y: int = 2) -> int:
    return x + y


def collect(when: datetime, *more: date, tags: set[str], **rest: Color) -> set[int]:
    return set()


def needs_name(*, name: str) -> None: ...


def places_only(x: int, /, **rest: int) -> None: ...


class Activity:
    def __init__(self, day: date) -> None:
        self.day = day

    def execute(self) -> date:
        return self.day

    def method(self, day: date) -> None: ...


@pytest.mark.parametrize(
    ("target", "args", "kwargs"),
    [
        (add, (1,), {}),
        (add, (1, 2), {}),
        (add, (1,), {"y": 2}),
        (add, (), {"x": 1}),
        (collect, (NOON, 1, 2), {"tags": (), "other": 1}),
        (places_only, (1,), {"x": 2}),
        (Activity, (1,), {}),
        (Activity(date.min).method, (1,), {}),
        (partial(add, 1), (2,), {}),
        (max, (1, 2, 3), {"key": 1}),
    ],
)
def test_a_call_that_fits_passes(target: Any, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    shape_of(target).check(args, kwargs)


@pytest.mark.parametrize(
    ("target", "args", "kwargs", "message"),
    [
        (add, (), {}, "add() missing 1 required argument: 'x'"),
        (collect, (), {}, "collect() missing 2 required arguments: 'when', 'tags'"),
        (needs_name, (), {}, "needs_name() missing 1 required argument: 'name'"),
        (add, (1, 2, 3), {}, "add() takes from 1 to 2 positional arguments but 3 were given"),
        (needs_name, (1,), {}, "needs_name() takes 0 positional arguments but 1 were given"),
        (add, (1,), {"x": 2}, "add() got multiple values for argument 'x'"),
        (add, (1,), {"z": 2}, "add() got an unexpected keyword argument 'z'"),
        (places_only, (), {"x": 2}, "places_only() missing 1 required argument: 'x'"),
        (Activity, (), {}, "Activity() missing 1 required argument: 'day'"),
    ],
)
def test_a_call_that_does_not_fit_is_refused(
    target: Any, args: tuple[object, ...], kwargs: dict[str, object], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        shape_of(target).check(args, kwargs)
    assert str(caught.value) == message
    with pytest.raises(TypeError):
        target(*args, **kwargs)


@pytest.mark.parametrize(
    ("args", "kwargs", "md5"),
    [
        ((1,), {}, "bdc09455c37471e0ba7397350413a5e6"),
        ((2,), {}, "12036b25db61ae6cadf7a003ff523029"),
        ((), {"a": 1}, "adb86b0326491007eae44a0a692bfc53"),
    ],
)
def test_the_text_of_an_input_is_the_one_that_ids_are_made_of(
    args: tuple[object, ...], kwargs: dict[str, object], md5: str
) -> None:
    text = CallShape(lambda: None).encode_input(args, kwargs)
    assert hashlib.md5(text.encode()).hexdigest() == md5


def test_an_input_comes_back_as_annotated() -> None:
    shape = shape_of(collect)
    text = shape.encode_input((NOON, date.max), {"tags": {"b", "a"}, "hue": Color.RED}, {"binaries": {}})
    assert json.loads(text) == {
        "args": ["2026-11-23T12:00:00.123456+00:00", "9999-12-31"],
        "kwargs": {"hue": "red", "tags": ["a", "b"]},
        "meta": {"binaries": {}},
    }
    assert shape.decode_input(text) == (
        [NOON, date.max],
        {"hue": Color.RED, "tags": {"a", "b"}},
        {"binaries": {}},
    )


@pytest.mark.parametrize(
    ("args", "kwargs", "path"),
    [
        ((5,), {}, "args[0]"),
        ((NOON, date.max, [1]), {}, "args[2]"),
        ((NOON,), {"tags": [{}]}, 'kwargs["tags"]'),
        ((NOON,), {"other": [1]}, 'kwargs["other"]'),
    ],
)
def test_an_input_says_which_argument_is_wrong(
    args: tuple[object, ...], kwargs: dict[str, object], path: str
) -> None:
    with pytest.raises(CodecError) as caught:
        shape_of(collect).encode_input(args, kwargs)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        (None, [], {}),
        ("", [], {}),
        ("null", [], {}),
        ("[1,5]", [1, 5], {}),
        ('{"kwargs":{"x":1}}', [], {"x": 1}),
        ('{"__extra":{"class":"a.B"},"args":[1],"kwargs":null}', [1], {}),
    ],
)
def test_an_input_may_leave_things_out(
    text: str | None, args: list[object], kwargs: dict[str, object]
) -> None:
    assert shape_of(add).decode_input(text) == (args, kwargs, None)


@pytest.mark.parametrize("text", ["no", "5", '{"args":5}', '{"kwargs":[1]}'])
def test_what_is_no_input_is_refused(text: str) -> None:
    with pytest.raises(CodecError, match="input: "):
        shape_of(add).decode_input(text)


def test_a_result_comes_back_as_annotated() -> None:
    assert shape_of(collect).decode_result(shape_of(collect).encode_result({1, 2})) == {1, 2}
    assert shape_of(Activity).decode_result(shape_of(Activity).encode_result(date.max)) == date.max
    assert shape_of(add).encode_result(None) == "null"
    assert shape_of(add).decode_result("null") is None
    assert shape_of(add).decode_result(None) is None


def test_a_result_that_is_not_json_is_a_text() -> None:
    assert shape_of(add).decode_result("done, thanks") == "done, thanks"


def test_a_result_that_cannot_travel_says_where() -> None:
    with pytest.raises(CodecError, match=r'^result\["x"\]: a set'):
        shape_of(add).encode_result({"x": {1}})


def test_a_method_of_a_class_takes_no_self() -> None:
    shape = CallShape(Activity.method, method=True, name="shop.Activity")
    assert shape.decode_input(shape.encode_input((date.max,), {})).args == [date.max]
    with pytest.raises(TypeError, match=r"shop\.Activity\(\) missing 1 required argument: 'day'"):
        shape.check((), {})


def test_an_object_that_is_called_has_a_shape() -> None:
    class Doubler:
        def __call__(self, day: date) -> set[int]:
            return set()

    shape = shape_of(Doubler())
    assert shape.decode_input('["2026-01-02"]').args == [date(2026, 1, 2)]
    assert shape.decode_result("[1]") == {1}


def test_hints_that_cannot_be_resolved_count_as_none() -> None:
    def mystery(x: Nothing, y: date) -> Nothing: ...

    shape = shape_of(mystery)
    assert shape.encode_input((1, date.max), {}) == '{"args":[1,"9999-12-31"],"kwargs":{}}'
    assert shape.decode_input('[1,"9999-12-31"]').args == [1, date.max]
    assert shape.decode_result("5") == 5


def test_shapes_are_made_once_and_nothing_is_stored_on_functions() -> None:
    before = dict(vars(add))
    assert shape_of(add) is shape_of(add)
    assert repr(shape_of(add)) == "CallShape(add)"
    assert vars(add) == before


# Length


def test_what_swf_does_not_take_is_refused() -> None:
    with pytest.raises(CodecError, match="input of add: 40023 characters, and SWF takes 32768 at most"):
        shape_of(add).encode_input(("x" * 39_998,), {})
    with pytest.raises(CodecError, match="result of add: 32769 characters"):
        shape_of(add).encode_result("x" * 32_767)
    assert len(shape_of(add).encode_result("x" * 32_766)) == 32_768
    assert check_length("abc", 3, "reason") == "abc"


# Laws

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
offsets = st.sampled_from([None, UTC, timezone(timedelta(hours=5))])
orders = st.builds(
    Order,
    st.lists(
        st.builds(Item, st.text(), st.sets(st.text()), st.none() | st.datetimes(timezones=offsets)),
        max_size=3,
    ),
    st.dictionaries(st.dates(), st.decimals(allow_nan=False), max_size=3),
)


@given(plain)
def test_plain_values_come_back(value: object) -> None:
    assert decode(encode(value)) == value
    assert encode(decode(encode(value))) == encode(value)
    assert encode(value) == json.dumps(value, sort_keys=True, separators=(",", ":"))


@given(st.lists(plain).map(tuple), st.dictionaries(st.text(), plain, max_size=3))
def test_inputs_come_back(args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    shape = CallShape(lambda *args, **kwargs: None)
    text = shape.encode_input(args, kwargs)
    assert shape.decode_input(text) == ([*args], kwargs, None)
    assert text == json.dumps({"args": args, "kwargs": kwargs}, sort_keys=True, separators=(",", ":"))


@given(orders)
def test_annotated_values_come_back(order: Order) -> None:
    text = encode(order, Order)
    assert decode(text, Order) == order
    assert encode(decode(text, Order), Order) == text
    assert encode(order) == text


@given(st.one_of(st.text(), st.integers(), st.datetimes(), st.dates(), st.uuids(), st.sets(st.integers())))
def test_a_member_of_a_union_comes_back_as_it_was_or_is_refused(value: object) -> None:
    union = str | int | datetime | date | UUID | set[int]
    text = encoded_or_none(value, union)
    if text is not None:
        back = decode(text, union)
        assert (type(back), back) == (type(value), value)


def encoded_or_none(value: object, annotation: object) -> str | None:
    try:
        return encode(value, annotation)
    except CodecError:
        return None


@given(st.binary(), st.timedeltas(-timedelta(days=90_000), timedelta(days=90_000)))
def test_bytes_and_time_spans_come_back(data: bytes, span: timedelta) -> None:
    assert decode(encode(data, bytes), bytes) == data
    assert decode(encode(span, timedelta), timedelta) == span
