"""The forms of types that have parts: containers, and classes with fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property
from types import GeneratorType
from typing import Any, Literal

from simpleflow.codec.forms import PLAIN, Form, misfit
from simpleflow.codec.image import at, check_depth, image_of, images_of_items, images_of_members, step
from simpleflow.codec.text import dumps, loads
from simpleflow.exceptions import CodecError
from simpleflow.utils import format_exc

# Many values


class Items(Form):
    """Any number of values of one form, in order; `build` makes what comes back."""

    def __init__(self, build: Callable[[list[Any]], Any], owned: type | tuple[type, ...], item: Form) -> None:
        self.build = build
        self.owned = owned
        self.item = item

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.owned)

    def _fits(self, image: Any) -> bool:
        return isinstance(image, list) and all(map(self.item.fits, image))

    def _dump(self, value: Any, depth: int) -> Any:
        if not self.owns(value) and not isinstance(value, list | tuple | GeneratorType):
            raise misfit(value, "a list or tuple")
        return images_of_items(value, self.item.dump, depth)

    def _load(self, image: Any, depth: int) -> Any:
        if not isinstance(image, list):
            raise misfit(image, "a list")
        return self.build(images_of_items(image, self.item.load, depth))


class Set(Items):
    """Values of one form without order; they are written in one that depends on nothing but themselves."""

    def _fits(self, image: Any) -> bool:
        return super()._fits(image) and dumps(self._sorted(image)) == dumps(image)

    def _dump(self, value: Any, depth: int) -> Any:
        images = self._sorted(super()._dump(value, depth))
        self._load(images, depth)  # what a tuple comes back as may not fit into a set
        return images

    @staticmethod
    def _sorted(images: list[Any]) -> list[Any]:
        kinds = {type(image) for image in images}
        comparable = kinds <= {str} or kinds <= {int, float, bool}
        return sorted(images, key=None if comparable else dumps)

    def _load(self, image: Any, depth: int) -> Any:
        try:
            return super()._load(image, depth)
        except TypeError as error:
            raise CodecError(f"not all of it can be in a set ({error})") from error


class Record(Form):
    """So many values, each with its own form, and the last ones with defaults: a tuple, a NamedTuple."""

    def __init__(
        self,
        build: Callable[..., Any],
        owned: type[tuple[Any, ...]],
        items: Callable[[], list[Form]],
        lengths: range,
    ) -> None:
        self.build = build
        self.owned = owned
        self.lengths = lengths
        self._items = items

    @cached_property
    def items(self) -> list[Form]:
        """The forms of the values; found when first needed, since one may hold the type itself."""
        return self._items()

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.owned) and len(value) in self.lengths

    def _fits(self, image: Any) -> bool:
        return (
            isinstance(image, list)
            and len(image) == len(self.items)
            and all(form.fits(item) for form, item in zip(self.items, image, strict=True))
        )

    def _dump(self, value: Any, depth: int) -> Any:
        self._check(value, tuple | list)
        items = iter(self.items)
        return images_of_items(value, lambda item, depth: next(items).dump(item, depth), depth)

    def _load(self, image: Any, depth: int) -> Any:
        self._check(image, list)
        items = iter(self.items)
        return self.build(*images_of_items(image, lambda item, depth: next(items).load(item, depth), depth))

    def _check(self, value: Any, kinds: Any) -> None:
        if not isinstance(value, kinds) or len(value) not in self.lengths:
            raise misfit(value, f"{len(self.items)} values")


class Table(Form):
    """A dict whose keys have one form, and whose values one. A key that is not text is written as JSON."""

    def __init__(self, key: Form, value: Form) -> None:
        self.key = key
        self.value = value

    def owns(self, value: Any) -> bool:
        return isinstance(value, Mapping)

    def _fits(self, image: Any) -> bool:
        return isinstance(image, dict) and all(
            self._key_fits(key) and self.value.fits(item) for key, item in image.items()
        )

    def _key_fits(self, text: str) -> bool:
        try:
            return self._dump_key(self._load_key(text, 1), 1) == text
        except CodecError:
            return False

    def _dump(self, value: Any, depth: int) -> Any:
        if not isinstance(value, Mapping):
            raise misfit(value, "a dict")
        return images_of_members(value, lambda key: self._dump_key(key, depth), self.value.dump, depth)

    def _load(self, image: Any, depth: int) -> Any:
        if not isinstance(image, dict):
            raise misfit(image, "a dict")
        return images_of_members(image, lambda key: self._load_key(key, depth), self.value.load, depth)

    def _dump_key(self, key: Any, depth: int) -> str:
        if isinstance(key, str) and not self.key.owns(key):
            key = self._load_key(key, depth)
        image = self.key.dump(key, depth)
        if image is None:
            raise misfit(key, "a key")
        return image if isinstance(image, str) else dumps(image)

    def _load_key(self, text: str, depth: int) -> Any:
        try:
            return self.key.load(text, depth)
        except CodecError as misfit_of_text:
            try:
                return self.key.load(loads(text), depth)
            except ValueError:  # neither JSON nor an image: what the text itself lacked is clearer
                raise misfit_of_text from None


# Named values


class Data(Form):
    """A dataclass. A field that it does not have is passed over when read: older code meets newer values."""

    def __init__(self, kind: type, hints: Callable[[], dict[str, Form]]) -> None:
        self.kind = kind
        self._hints = hints

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The forms of the fields; found when first needed, since a field may hold the class itself."""
        hints = self._hints()
        return {field.name: hints.get(field.name, PLAIN) for field in dataclasses.fields(self.kind)}

    @cached_property
    def _computed(self) -> set[str]:
        return {field.name for field in dataclasses.fields(self.kind) if not field.init}

    def owns(self, value: Any) -> bool:
        return type(value) is self.kind

    def _fits(self, image: Any) -> bool:
        return (
            isinstance(image, dict)
            and image.keys() == self.forms.keys()
            and all(form.fits(image[name]) for name, form in self.forms.items())
        )

    def _dump(self, value: Any, depth: int) -> Any:
        check_depth(depth)
        if not self.owns(value):
            value = self._made_of(value, depth)
        return {
            name: at(f".{name}", form.dump, getattr(value, name), depth - 1)
            for name, form in self.forms.items()
        }

    def _made_of(self, value: Any, depth: int) -> Any:
        if isinstance(value, self.kind):
            raise CodecError(
                f"a {type(value).__name__} would come back as a {self.kind.__name__}: annotate what it is"
            )
        if isinstance(value, dict) and (unknown := value.keys() - self.forms.keys()):
            raise CodecError(f"{self.kind.__name__} has no field {', '.join(map(repr, unknown))}")
        return self._load(value, depth)

    def _load(self, image: Any, depth: int) -> Any:
        check_depth(depth)
        if not isinstance(image, dict):
            raise misfit(image, f"the fields of {self.kind.__name__}")
        values = {
            name: at(f".{name}", form.load, image[name], depth - 1)
            for name, form in self.forms.items()
            if name in image
        }
        computed = {name: values.pop(name) for name in self._computed & values.keys()}
        try:
            made = self.kind(**values)
        except Exception as error:  # a user's class may raise anything
            raise CodecError(f"no {self.kind.__name__} can be made of it: {format_exc(error)}") from error
        for name, value in computed.items():
            object.__setattr__(made, name, value)  # as the class itself does, when it is frozen
        return made


class Keys(Form):
    """A TypedDict. Keys that it does not know are taken as they come."""

    def __init__(self, hints: Callable[[], dict[str, Form]], required: frozenset[str]) -> None:
        self._hints = hints
        self.required = required

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The forms of the keys; found when first needed, since a key may hold the type itself."""
        return self._hints()

    def owns(self, value: Any) -> bool:
        return isinstance(value, dict) and self.required <= value.keys()

    def _fits(self, image: Any) -> bool:
        return (
            isinstance(image, dict)
            and self.required <= image.keys() <= self.forms.keys()
            and all(self.forms[key].fits(item) for key, item in image.items())
        )

    def _dump(self, value: Any, depth: int) -> Any:
        if not isinstance(value, Mapping):
            raise misfit(value, "a dict")
        rest = {key: item for key, item in value.items() if key not in self.forms}
        return image_of(rest, depth) | self._converted("dump", value, depth)

    def _load(self, image: Any, depth: int) -> Any:
        if not isinstance(image, dict):
            raise misfit(image, "a dict")
        return image | self._converted("load", image, depth)

    def _converted(
        self, verb: Literal["dump", "load"], values: Mapping[str, Any], depth: int
    ) -> dict[str, Any]:
        check_depth(depth)
        return {
            key: at(step(key), getattr(form, verb), values[key], depth - 1)
            for key, form in self.forms.items()
            if key in values
        }
