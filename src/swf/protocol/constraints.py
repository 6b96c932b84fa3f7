"""What in a request breaks the service model's constraints: the second check, in Amazon's words (V1-V5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.protocol.operations import SHAPES

if TYPE_CHECKING:
    from swf.protocol.model import Shape

__all__ = ["MOST_PROBLEMS", "problems"]

MOST_PROBLEMS = 10
"""So many are told of at most, as Coral does."""

_DECISION_TYPES = (
    "CompleteWorkflowExecution, StartTimer, RequestCancelExternalWorkflowExecution, "
    "SignalExternalWorkflowExecution, CancelTimer, RecordMarker, ScheduleActivityTask, "
    "ContinueAsNewWorkflowExecution, ScheduleLambdaFunction, FailWorkflowExecution, "
    "RequestCancelActivityTask, StartChildWorkflowExecution, CancelWorkflowExecution"
)
"""In the order in which SWF names them, which is not the model's."""


def problems(name: str, value: Any, path: str = "") -> list[str]:
    """Return what is wrong with a value of a shape, in the order of the members."""
    shape = SHAPES[name]
    found: list[str] = []
    if shape.kind == "structure":
        for member, of in _members(name, shape):
            where = f"{path}.{member}" if path else member
            if (inner := value.get(member)) is not None:
                found += problems(of, inner, where)
            elif member in shape.required:
                found.append(_broken("null", where, "Member must not be null"))
        return found
    if shape.kind == "list":
        found += _out_of_bounds(shape, value, len(value), path)
        assert shape.element is not None
        for number, each in enumerate(value, 1):
            where = f"{path}.{number}.member"
            if each is not None:
                found += problems(shape.element, each, where)
            elif name != "TagList":  # a null among the tags was accepted once
                found.append(_broken("null", where, "Member must not be null"))
            if len(found) >= MOST_PROBLEMS:
                break
        return found
    return _scalar(name, shape, value, path)


def _members(name: str, shape: Shape) -> list[tuple[str, str]]:
    # SWF tells what is wrong with the attributes of a decision before what is wrong with its type.
    return sorted(shape.members.items(), key=lambda item: name == "Decision" and item[0] == "decisionType")


def _scalar(name: str, shape: Shape, value: Any, path: str) -> list[str]:
    if shape.enum:
        if value in shape.enum:
            return []
        allowed = _DECISION_TYPES if name == "DecisionType" else ", ".join(shape.enum)
        return [_broken(f"'{value}'", path, f"Member must satisfy enum value set: [{allowed}]")]
    return _out_of_bounds(shape, value, len(value) if isinstance(value, str) else value, path)


def _out_of_bounds(shape: Shape, value: Any, size: float, path: str) -> list[str]:
    measure = "value" if shape.kind == "integer" else "length"
    said = f"[{', '.join(map(_java, value))}]" if shape.kind == "list" else value
    if shape.maximum is not None and size > shape.maximum:
        bound = f"less than or equal to {shape.maximum}"
    elif shape.minimum is not None and size < shape.minimum:
        bound = f"greater than or equal to {shape.minimum}"
    else:
        return []
    return [_broken(f"'{said}'", path, f"Member must have {measure} {bound}")]


def _java(value: Any) -> str:
    return "null" if value is None else str(value)


def _broken(value: str, path: str, constraint: str) -> str:
    return f"Value {value} at '{path}' failed to satisfy constraint: {constraint}"
