"""The form of a type: how its values are written in JSON and come back.

`dump` turns a value into its image, which is made of JSON's own types; `load` does the reverse, and raises
`CodecError` for what is not such an image. None passes everywhere: `when: datetime = None` is how optional
parameters are commonly written. An image may also be given where a value is wanted, as when a run passes on
what it got from a task without annotations.

A form knows its type, not how that was written down: reading annotations is done elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from reprlib import repr as brief
from typing import TYPE_CHECKING, Any, Literal

from simpleflow.codec.image import image_of
from simpleflow.codec.text import dumps
from simpleflow.exceptions import CodecError

if TYPE_CHECKING:
    from collections.abc import Callable


class Form(ABC):
    """How values of one type are written and read."""

    def dump(self, value: Any, depth: int) -> Any:
        """Return the image of `value`, which may be nested `depth` deep."""
        return None if value is None else self._dump(value, depth)

    def load(self, image: Any, depth: int) -> Any:
        """Return the value that `image` is of."""
        return None if image is None else self._load(image, depth)

    def fits(self, image: Any) -> bool:
        """Tell whether `image` is just what would be written for the value that it is read as."""
        return image is None or self._fits(image)

    @abstractmethod
    def owns(self, value: Any) -> bool:
        """Tell whether `value` is of this type."""

    @abstractmethod
    def _fits(self, image: Any) -> bool: ...

    @abstractmethod
    def _dump(self, value: Any, depth: int) -> Any: ...

    @abstractmethod
    def _load(self, image: Any, depth: int) -> Any: ...


def misfit(value: Any, wanted: str) -> CodecError:
    """Return the error for what is not as annotated."""
    return CodecError(f"expected {wanted}, got {type(value).__name__} {brief(value)}")


# One value


class Plain(Form):
    """What JSON has itself: taken as it comes, whatever was annotated. Its kinds matter in a union only."""

    def __init__(self, kinds: tuple[type, ...]) -> None:
        self.kinds = kinds

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.kinds)

    def _fits(self, image: Any) -> bool:
        return self.owns(image)

    def _dump(self, value: Any, depth: int) -> Any:
        return image_of(value, depth)

    def _load(self, image: Any, depth: int) -> Any:
        return image


PLAIN = Plain((object,))


class Leaf(Form):
    """A value without parts that we know of: a date, an enum's member, an object of a registered type."""

    def __init__(self, kind: type, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        self.kind = kind
        self.write = write
        self.read = read

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.kind)

    def _fits(self, image: Any) -> bool:
        try:
            return dumps(image_of(self.write(self.load(image, 1)))) == dumps(image)
        except CodecError:
            return False

    def _dump(self, value: Any, depth: int) -> Any:
        return image_of(self.write(value if self.owns(value) else self.load(value, depth)), depth - 1)

    def _load(self, image: Any, depth: int) -> Any:
        try:
            return self.read(image)
        except CodecError:
            raise
        except Exception as error:  # the reader of a registered type may raise anything
            raise misfit(image, self.kind.__name__) from error


class Date(Leaf):
    """A date. For Python a datetime is one as well, but it would not come back."""

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.kind) and not isinstance(value, datetime)


class Bytes(Leaf):
    """Bytes, as Base64. A text is not taken for an image of them: it was more likely meant to be encoded."""

    def owns(self, value: Any) -> bool:
        return isinstance(value, bytes | bytearray | memoryview)

    def _dump(self, value: Any, depth: int) -> Any:
        if not self.owns(value):
            raise misfit(value, self.kind.__name__)
        return self.write(value)


class Choice(Form):
    """A literal: one of a few values."""

    def __init__(self, choices: tuple[Any, ...]) -> None:
        self.choices = {dumps(image_of(choice)): choice for choice in choices}

    def owns(self, value: Any) -> bool:
        return any(type(value) is type(choice) and value == choice for choice in self.choices.values())

    def _fits(self, image: Any) -> bool:
        return dumps(image) in self.choices

    def _dump(self, value: Any, depth: int) -> Any:
        return image_of(self._load(image_of(value, depth), depth))

    def _load(self, image: Any, depth: int) -> Any:
        try:
            return self.choices[dumps(image)]
        except KeyError:
            raise misfit(image, "one of " + ", ".join(map(repr, self.choices.values()))) from None


# One of several types


class Either(Form):
    """A union. A value is written only if it will be read as the same of its types.

    They are told apart by their images: a type is meant when it would have written exactly this image. So
    two dataclasses differ by their fields, and a text that reads as a date is refused by `date | str`.
    """

    def __init__(self, forms: list[Form]) -> None:
        self.forms = sorted(forms, key=lambda form: isinstance(form, Plain))

    def owns(self, value: Any) -> bool:
        return any(form.owns(value) for form in self.forms)

    def _fits(self, image: Any) -> bool:
        return any(form.fits(image) for form in self.forms)

    def _dump(self, value: Any, depth: int) -> Any:
        owners = [form for form in self.forms if form.owns(value)]
        writer, image = self._first(owners or self.forms, "dump", value, depth)
        fitting = self._fitting(image)
        if fitting and fitting[0] is not writer:
            raise CodecError(
                f"{brief(value)} would come back as another type of its union: "
                "wrap what looks alike in dataclasses with different fields"
            )
        return image

    def _load(self, image: Any, depth: int) -> Any:
        return self._first(self._fitting(image) or self.forms, "load", image, depth)[1]

    def _fitting(self, image: Any) -> list[Form]:
        try:
            return [form for form in self.forms if form.fits(image)]
        except RecursionError:  # of a text that we did not write
            raise CodecError("nested too deep to be read") from None

    def _first(
        self, forms: list[Form], verb: Literal["dump", "load"], value: Any, depth: int
    ) -> tuple[Form, Any]:
        refusals = []
        for form in forms:
            try:
                return form, getattr(form, verb)(value, depth)
            except CodecError as refusal:
                refusals.append(refusal)
        raise refusals[0]
