"""The service model as botocore has it, requests made from it, and each way to break a constraint of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["OPERATIONS", "SHAPES", "Broken", "broken", "full", "input_of", "least"]

_MODEL: dict[str, Any] = Loader().load_service_model("swf", "service-2")
SHAPES: dict[str, Any] = _MODEL["shapes"]
OPERATIONS: dict[str, Any] = _MODEL["operations"]
DECISION_TYPES = (
    "CompleteWorkflowExecution, StartTimer, RequestCancelExternalWorkflowExecution, "
    "SignalExternalWorkflowExecution, CancelTimer, RecordMarker, ScheduleActivityTask, "
    "ContinueAsNewWorkflowExecution, ScheduleLambdaFunction, FailWorkflowExecution, "
    "RequestCancelActivityTask, StartChildWorkflowExecution, CancelWorkflowExecution"
)
NUMBER = "com.amazon.coral.value.json.numbers.TruncatingBigNumber"
WRONG: dict[str, list[tuple[Any, str]]] = {
    "string": [
        (7, f"class {NUMBER} can not be converted to an String"),
        (7.5, f"class {NUMBER} can not be converted to an String"),
        (True, "class java.lang.Boolean can not be converted to an String"),
        (["x"], "Start of list found where not expected"),
        ({"x": 1}, "Start of structure or map found where not expected."),
    ],
    "integer": [
        ("7", "class java.lang.String can not be converted to an Integer"),
        (True, "class java.lang.Boolean can not be converted to an Integer"),
        ([7], "Start of list found where not expected"),
        ({}, "Start of structure or map found where not expected."),
    ],
    "boolean": [
        ("yes", "'YES' can not be converted to an Boolean"),
        (1, f"class {NUMBER} can not be converted to an Boolean"),
        ([True], "Start of list found where not expected"),
        ({}, "Start of structure or map found where not expected."),
    ],
    "timestamp": [
        ("2012-01-25", "class java.lang.String can not be converted to milliseconds since epoch"),
        (False, "class java.lang.Boolean can not be converted to milliseconds since epoch"),
        ([1], "Start of list found where not expected"),
        ({}, "Start of structure or map found where not expected."),
    ],
    "list": [
        ("x", "Expected list or null"),
        (7, "Expected list or null"),
        ({}, "Start of structure or map found where not expected."),
    ],
    "structure": [
        ("x", "Expected null"),
        (7, "Expected null"),
        ([], "Start of list found where not expected"),
    ],
}
"""By the kind of a shape: values of other kinds, and what is said of them."""


def input_of(operation: str) -> str:
    name: str = OPERATIONS[operation]["input"]["shape"]
    return name


def full(shape: str) -> Any:
    """Return a value of a shape with every member; a decision has the attributes of all types."""
    return _sample(shape, everything=True)


def least(shape: str) -> Any:
    """Return a value of a shape with its required members alone."""
    return _sample(shape, everything=False)


def _sample(name: str, *, everything: bool) -> Any:
    shape = SHAPES[name]
    match shape["type"]:
        case "structure":
            return {
                member: _sample(spec["shape"], everything=everything)
                for member, spec in shape["members"].items()
                if everything or member in shape.get("required", ())
            }
        case "list":
            return [_sample(shape["member"]["shape"], everything=everything)]
        case "string":
            return shape["enum"][0] if "enum" in shape else "1"
        case "integer" | "long":
            return 1
        case "boolean":
            return True
    return 1325376070.5


@dataclass(frozen=True)
class Broken:
    """A request that breaks one rule, and what is said of it."""

    operation: str
    what: str
    request: dict[str, Any]
    said: str

    def __str__(self) -> str:
        return f"{self.operation} {self.what}"


def broken(operation: str) -> Iterator[tuple[Broken, bool]]:
    """Yield each way to break a request; True with those of another form than the operation takes."""
    sample = full(input_of(operation))
    for keys, shape, required in _places(input_of(operation), ()):
        path = ".".join(key if isinstance(key, str) else f"{key + 1}.member" for key in keys)
        if required:
            yield (
                Broken(
                    operation,
                    f"{path} absent",
                    _changed(sample, keys, None),
                    _said("null", path, "not be null"),
                ),
                False,
            )
        for value, shown, constraint in _violations(shape):
            said = _said(f"'{shown}'", path, constraint)
            yield Broken(operation, f"{path} {constraint[:40]}", _changed(sample, keys, value), said), False
        for value, said in WRONG[SHAPES[shape]["type"]]:
            yield Broken(operation, f"{path} is {value!r}", _changed(sample, keys, value), said), True


def _places(name: str, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Yield where something stands in a full request, its shape, and whether it must be there."""
    shape = SHAPES[name]
    if shape["type"] == "structure":
        for member, spec in shape["members"].items():
            yield (*keys, member), spec["shape"], member in shape.get("required", ())
            yield from _places(spec["shape"], (*keys, member))
    elif shape["type"] == "list":
        element = shape["member"]["shape"]
        yield (*keys, 0), element, name != "TagList"
        yield from _places(element, (*keys, 0))


def _violations(name: str) -> Iterator[tuple[Any, str, str]]:
    """Yield values out of the bounds of a shape, how they are shown, and the constraint that they break."""
    shape = SHAPES[name]
    least, most = shape.get("min", 0), shape.get("max")
    if "enum" in shape:
        allowed = DECISION_TYPES if name == "DecisionType" else ", ".join(shape["enum"])
        yield "Bogus", "Bogus", f"satisfy enum value set: [{allowed}]"
        yield f"{shape['enum'][0]}\n", f"{shape['enum'][0]}\n", f"satisfy enum value set: [{allowed}]"
    elif shape["type"] == "string":
        if most is not None:
            yield "é" * (most + 1), "é" * (most + 1), f"have length less than or equal to {most}"
        if least:
            yield "", "", f"have length greater than or equal to {least}"
    elif shape["type"] == "list" and most is not None:
        yield (
            ["x"] * (most + 1),
            f"[{', '.join('x' * (most + 1))}]",
            f"have length less than or equal to {most}",
        )
    elif shape["type"] == "integer":
        yield most + 1, str(most + 1), f"have value less than or equal to {most}"
        yield least - 1, str(least - 1), f"have value greater than or equal to {least}"


def _said(value: str, path: str, constraint: str) -> str:
    return (
        f"1 validation error detected: Value {value} at '{path}' failed to satisfy constraint: "
        f"Member must {constraint}"
    )


def _changed(sample: dict[str, Any], keys: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(sample)
    holder: Any = changed
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = value
    return changed
