"""Makes the attributes of a decision what the wire takes, or says which of them cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swf.exceptions import InvalidDecision, InvalidRequest
from swf.models.decision.values import CONVERSIONS, plain
from swf.protocol.constraints import problems
from swf.protocol.operations import SHAPES
from swf.protocol.reading import check, convert

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["attributes_key", "checked"]

_FAILED: Final = "' failed to satisfy constraint: "


def attributes_key(decision_type: str) -> str:
    """Return where the wire has the attributes of a decision of a type."""
    return f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"


def checked(decision_type: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes as the wire takes them, without those that are None.

    Raises `InvalidDecision`, naming each attribute that is missing, too long, or of another kind.
    """
    shape = f"{decision_type}DecisionAttributes"
    attributes, wrong = _converted(shape, {key: value for key, value in given.items() if value is not None})
    if wrong := wrong or [_told(problem) for problem in problems(shape, attributes)]:
        raise InvalidDecision(decision_type, wrong)
    decision = {"decisionType": decision_type, attributes_key(decision_type): attributes}
    try:
        request = convert("RespondDecisionTaskCompleted", {"taskToken": "-", "decisions": [decision]})
        check("RespondDecisionTaskCompleted", request)
    except InvalidRequest as refusal:
        raise InvalidDecision(decision_type, [_told(refusal.message)]) from None
    return attributes


def _converted(shape: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    attributes: dict[str, Any] = {}
    wrong = []
    for key, value in given.items():
        try:
            attributes[key] = CONVERSIONS.get(SHAPES[shape].members[key], plain)(value)
        except KeyError as missing:
            wrong.append(f"{key}.{missing.args[0]} is missing")
        except (TypeError, ValueError) as error:
            wrong.append(f"{key}: {error}")
    return attributes, wrong


def _told(problem: str) -> str:
    """Return what the service would say of an attribute, without its value, which may be long."""
    said, _, constraint = problem.rpartition(_FAILED)
    value, _, path = said.rpartition(" at '")
    path = path.rpartition("DecisionAttributes.")[2]
    if constraint == "Member must not be null":
        return f"{path} is missing"
    if "length" in constraint and not value.startswith("Value '["):
        constraint += f", and has {len(value) - len(_QUOTED)}"
    return f"{path}: {constraint.replace('Member must', 'must', 1)}"


_QUOTED: Final = "Value ''"
