"""The sources of the modules of events, decisions, and what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generate.model import (
    HEADER,
    IMPORTS,
    SHAPES,
    SHARED,
    attributes,
    imports,
    inputs,
    is_scalar,
    limited,
    plain,
    reach,
    scalar,
    snake,
    struct,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PRINTED_WHEN_ZERO = {
    "parentInitiatedEventId",
    "externalInitiatedEventId",
    "initiatedEventId",
    "startedEventId",
}
"""Ids that the service prints always, whatever the model says of them (swf-engine, wire format)."""
EVENT_FIELDS = (
    "    event_id: int = field(name='eventId')\n    event_timestamp: float = field(name='eventTimestamp')\n"
)


def tagged(
    family: str, suffix: str, tag_field: str, extra: str, kind: Callable[[str], str]
) -> tuple[str, list[str]]:
    """Return the source of one tagged struct per member of the union shape `family`, and their names."""
    source, names = "", []
    for member, spec in SHAPES[family]["members"].items():
        if not member.endswith(suffix):
            continue
        name = attributes(spec["shape"]).removesuffix("Attributes")
        names.append(name)
        shape = SHAPES[spec["shape"]]
        source += struct(
            attributes(spec["shape"]),
            {inner: kind(spec["shape"]) for inner, spec in shape["members"].items()},
            set(shape.get("required", ())) | (PRINTED_WHEN_ZERO & set(shape["members"])),
            doc=f"Attributes of `{name}`.",
        )
        source += (
            f"class {name}(Struct, tag_field='{tag_field}', tag='{name}', frozen=True, gc=False):\n"
            f'    """SWF\'s `{name}`."""\n\n{extra}'
            f"    attributes: {name}Attributes = field(name='{member}')\n\n\n"
        )
    return source, names


def shapes_module() -> str:
    source = HEADER.format(title="Small shapes that events, decisions, requests and answers share.") + IMPORTS
    source += (
        "from typing import Generic\n\nfrom msgspec import Struct\nfrom typing_extensions import TypeVar\n\n"
    )
    source += "First = TypeVar('First', bound=str, default=str)\n"
    source += "Second = TypeVar('Second', bound=str, default=str)\n"
    source += '"""What is asked is held to limits, `TaskList[Name]`; what is told is taken as it comes, `TaskList`."""\n\n\n'
    for name in SHARED:
        members = SHAPES[name]["members"]
        variables = ["First", "Second"][: len(members)]
        source += struct(
            name,
            dict(zip(members, variables, strict=True)),
            set(members),
            doc=f"SWF's `{name}`.",
            bases=f"Struct, Generic[{', '.join(variables)}]",
        )
    return source


def scalars_module() -> str:
    source = (
        HEADER.format(title="The strings and numbers that requests are made of, each with its limits.")
        + IMPORTS
    )
    source += "from typing import Annotated, TypeAlias\n\nfrom msgspec import Meta\n\n"
    # Lists last: they name their elements. Requests have enumerations as such, decisions as strings.
    decided = reach("Decision", set()) - {"DecisionType"}
    for name in sorted(filter(is_scalar, inputs()), key=lambda name: (SHAPES[name]["type"] == "list", name)):
        if name in decided or "enum" not in SHAPES[name]:
            source += f"{name}: TypeAlias = {scalar(name)}\n"
    return source


def events_module() -> str:
    return family_module("The 54 types of history events.", "HistoryEvent", "EventAttributes", "eventType")


def decisions_module() -> str:
    return family_module("The 13 types of decisions.", "Decision", "DecisionAttributes", "decisionType")


def family_module(title: str, family: str, suffix: str, tag_field: str) -> str:
    told = family == "HistoryEvent"
    source, names = tagged(
        family, suffix, tag_field, EVENT_FIELDS if told else "", plain if told else limited
    )
    scalars = set() if told else set(filter(is_scalar, inputs()))
    return (
        HEADER.format(title=title)
        + IMPORTS
        + "from typing import TypeAlias\n\nfrom msgspec import Struct, field\n\n"
        + imports("swf.protocol.scalars", scalars, source)
        + imports("swf.protocol.shapes", list(SHARED), source)
        + "\n\n"
        + source
        + f"{'Event' if told else family}: TypeAlias = {' | '.join(names)}\n"
    )


def enums_module() -> str:
    source = HEADER.format(title="SWF's enumerations.") + IMPORTS + "from enum import StrEnum\n\n\n"
    for name, shape in SHAPES.items():
        if "enum" in shape:
            source += f'class {name}(StrEnum):\n    """SWF\'s `{name}`."""\n\n'
            for value in shape["enum"]:
                constant = value if value.isupper() else snake(value).upper()
                source += f"    {constant} = '{value}'\n"
            source += "\n\n"
    return source
