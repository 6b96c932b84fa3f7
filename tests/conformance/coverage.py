"""Which operations and members the suite has used, against the service model of botocore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import Shape

__all__ = ["MODEL", "OPERATIONS", "Coverage"]

MODEL = botocore.session.get_session().get_service_model("swf")
OPERATIONS = list(MODEL.operation_names)


class Coverage:
    """The members that accepted requests gave, and those that answers held."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def note(self, operation: str, given: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Note one call that was answered."""
        model = MODEL.operation_model(operation)
        self.seen.add(operation)
        self.seen.update(_used(model.input_shape, given, f"{operation} takes"))
        if model.output_shape is None:
            assert answer == {}, f"{operation} answers {answer}"
        else:
            self.seen.update(_used(model.output_shape, answer, f"{operation} answers"))

    def missing(self) -> set[str]:
        """Return what was never used."""
        return set(_everything()) - self.seen


def _used(shape: Any, value: Any, place: str) -> Iterator[str]:
    """Yield the members that a value has; nested ones under the name of their own shape."""
    if shape.type_name == "list":
        for element in value:
            yield from _used(shape.member, element, place)
    elif shape.type_name == "structure":
        for name, inner in value.items():
            assert name in shape.members, f"{place} {name}, which the model does not know"
            yield f"{place} {name}"
            yield from _used(shape.members[name], inner, _inside(shape.members[name], place))


def _inside(shape: Any, place: str) -> str:
    while shape.type_name == "list":
        shape = shape.member
    return f"{shape.name} {place.split()[-1]}"


def _everything() -> Iterator[str]:
    for operation in OPERATIONS:
        model = MODEL.operation_model(operation)
        yield operation
        yield from _members(model.input_shape, f"{operation} takes", set())
        yield from _members(model.output_shape, f"{operation} answers", set())


def _members(shape: Shape | None, place: str, known: set[str]) -> Iterator[str]:
    here: Any = shape
    if here is None or here.type_name not in ("structure", "list"):
        return
    if here.type_name == "list":
        yield from _members(here.member, place, known)
        return
    if place in known:
        return
    known.add(place)
    for name, member in here.members.items():
        yield f"{place} {name}"
        yield from _members(member, _inside(member, place), known)
