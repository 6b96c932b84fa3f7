"""The sources of the modules of operations: their shapes, their requests and answers, and the client."""

from __future__ import annotations

from typing import Any

from botocore import xform_name

from generate.model import (
    HEADER,
    IMPORTS,
    MODEL,
    SHAPES,
    SHARED,
    attributes,
    imports,
    inputs,
    is_scalar,
    limited,
    outputs,
    plain,
    reach,
    struct,
)

OPERATIONS: dict[str, Any] = MODEL["operations"]
QUIET = "# ruff: noqa: TC001\n"
"""msgspec needs at run time what these modules import for their annotations."""
ALWAYS_PRINTED = {
    "cancelRequested",
    "count",
    "previousStartedEventId",
    "startedEventId",
    "tags",
    "runId",
    "truncated",
    "openLambdaFunctions",
}
"""Members that the service prints always, though the model has them optional (swf-engine §1.2, §2)."""
EMPTY_WHEN_NO_TASK = ("DecisionTask", "ActivityTask")
"""Answers that lack even required members when there is nothing to tell."""


def output(operation: str) -> str | None:
    name: str | None = OPERATIONS[operation].get("output", {}).get("shape")
    return name


def structures(names: set[str]) -> list[str]:
    """Return the structures among the shapes, each after those that it is made of."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        shape = SHAPES[name]
        for part in (*shape.get("members", {}).values(), *filter(None, [shape.get("member")])):
            if part["shape"] in names and part["shape"] not in ordered:
                visit(part["shape"])
        if shape["type"] == "structure" and name not in ordered:
            ordered.append(name)

    for name in sorted(names):
        visit(name)
    return [name for name in ordered if name not in SHARED and not name.endswith("DecisionAttributes")]


def operations_module() -> str:
    source = HEADER.format(
        title="The 39 operations of Amazon SWF, and the shapes of what they take and answer."
    )
    source += IMPORTS + "from swf.protocol.model import Operation, Shape\n\n"
    source += "OPERATIONS: dict[str, Operation] = {\n"
    reached: set[str] = set()
    for name, operation in OPERATIONS.items():
        takes: str = operation["input"]["shape"]
        faults = tuple(fault["shape"] for fault in operation.get("errors", ()))
        source += f"    {name!r}: Operation({takes!r}, {output(name)!r}, {faults!r}),\n"
        reach(takes, reached)
        reach(output(name), reached)
    source += "}\n\n\nSHAPES: dict[str, Shape] = {\n"
    for name in sorted(reached):
        source += f"    {name!r}: {shape_source(SHAPES[name])},\n"
    return source + "}\n"


def shape_source(shape: dict[str, Any]) -> str:
    parts = [repr(shape["type"])]
    parts += [
        f"{word}={shape[key]}" for key, word in (("min", "minimum"), ("max", "maximum")) if key in shape
    ]
    if "enum" in shape:
        parts.append(f"enum={tuple(shape['enum'])!r}")
    if "member" in shape:
        parts.append(f"element={shape['member']['shape']!r}")
    if shape.get("required"):
        parts.append(f"required={tuple(shape['required'])!r}")
    if shape.get("members"):
        members = {name: spec["shape"] for name, spec in shape["members"].items()}
        parts.append(f"members={members!r}")
    return f"Shape({', '.join(parts)})"


def requests_module() -> str:
    source = "".join(map(request, structures(inputs())))
    source += "REQUESTS: dict[str, type[Struct]] = {\n"
    source += "".join(f"    {name!r}: {OPERATIONS[name]['input']['shape']},\n" for name in OPERATIONS)
    source += '}\n"""What each operation takes."""\n'
    scalars = set(filter(is_scalar, inputs()))
    enums = {name for name in scalars if "enum" in SHAPES[name]}
    decisions = {attributes(name) for name in inputs() if name.endswith("DecisionAttributes")} | {"Decision"}
    return (
        HEADER.format(title="What each of the 39 operations takes, held to the limits of the service model.")
        + QUIET
        + IMPORTS
        + "from msgspec import Struct\n\n"
        + imports("swf.protocol.decisions", decisions, source)
        + imports("swf.protocol.enums", enums, source)
        + imports("swf.protocol.scalars", scalars - enums, source)
        + imports("swf.protocol.shapes", list(SHARED), source)
        + "\n\n"
        + source
    )


def request(name: str) -> str:
    """Return the source of a structure of requests; of what holds decisions also as it is on the wire."""
    shape = SHAPES[name]
    members = {member: limited(spec["shape"]) for member, spec in shape["members"].items()}
    required = set(shape.get("required", ()))
    if name == "Decision":
        doc = "A decision as it is read: the limits hold for all attributes that it has, its own or not."
        return struct("DecisionOnWire", members, required, doc=doc)
    source = struct(name, members, required, doc=f"SWF's `{name}`.")
    if "decisions" in members:
        on_wire = members | {"decisions": "list[DecisionOnWire]"}
        source += struct(f"{name}OnWire", on_wire, required, doc=f"What `{name}` is read from.")
    return source


def answers_module() -> str:
    source = ""
    for name in structures(outputs()):
        shape = SHAPES[name]
        required = (set(shape.get("required", ())) | ALWAYS_PRINTED) & set(shape["members"])
        if name in EMPTY_WHEN_NO_TASK:
            required &= ALWAYS_PRINTED
        members = {member: plain(spec["shape"]) for member, spec in shape["members"].items()}
        source += struct(name, members, required, doc=f"SWF's `{name}`.")
    source += "ANSWERS: dict[str, type[Struct] | None] = {\n"
    source += "".join(f"    {name!r}: {output(name)},\n" for name in OPERATIONS)
    source += '}\n"""What each operation answers, None: nothing."""\n'
    return (
        HEADER.format(title="What each of the 39 operations answers. What is None is not printed.")
        + QUIET
        + IMPORTS
        + "from msgspec import Struct\n\n"
        + "from swf.protocol.events import Event\n"
        + imports("swf.protocol.shapes", list(SHARED), source)
        + "\n\n"
        + source
    )


def client_module() -> str:
    source = HEADER.format(
        title="The client of Amazon SWF that boto3 has, typed; how a call travels is for others to say."
    )
    source += IMPORTS + (
        "from abc import ABC, abstractmethod\n"
        "from typing import TYPE_CHECKING, Any\n\n"
        "import msgspec\n\n"
        "from swf.exceptions import Fault\n"
        "from swf.protocol.answering import answer_from_dict, operation_of\n"
        "from swf.protocol.faults import Exceptions\n"
        "from swf.protocol.timestamps import to_datetimes, to_seconds\n\n"
        "if TYPE_CHECKING:\n    from collections.abc import Mapping, Sequence\n\n"
        "__all__ = ['Client']\n\n\n"
        "def _given(**members: Any) -> dict[str, Any]:\n"
        "    return {name: value for name, value in members.items() if value is not None}\n\n\n"
        "class Client(ABC):\n"
        '    """The 39 operations under boto3\'s names, with its keyword arguments and its answers.\n\n'
        "    Times are aware datetimes in UTC; requests take numbers too. A refusal raises a `swf.exceptions.Fault`.\n"
        '    """\n\n'
        "    exceptions = Exceptions\n\n"
        "    @abstractmethod\n"
        "    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:\n"
        '        """Perform an operation: both dicts as the wire has them, times as seconds since the epoch.\n\n'
        "        What answers nothing answers an empty dict.\n"
        '        """\n\n'
        "    def close(self) -> None:  # noqa: B027  # most hold nothing\n"
        '        """Let go of what the client holds."""\n\n'
        "    def stop_polling(self) -> None:  # noqa: B027  # boto3 cannot\n"
        '        """Let polls bring no more tasks, and not wait.\n\n'
        "        A poll under way ends now, with a task or with nothing; where that cannot be done, it ends in time.\n"
        '        """\n\n'
        "    def ask(self, request: msgspec.Struct) -> Any:\n"
        '        """Perform the operation that takes `request`, as `swf.protocol.requests` has it.\n\n'
        "        Return the struct that `swf.protocol.answers` has for it, None where nothing is answered. The\n"
        "        same as the methods below, for whoever would make structs of the dicts.\n"
        '        """\n'
        "        operation = operation_of(request)\n"
        "        return answer_from_dict(operation, self._call(operation, msgspec.to_builtins(request)))\n\n"
        "    def tell_and_poll(\n"
        "        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1\n"
        "    ) -> tuple[list[Fault | None], list[Any]]:\n"
        '        """Answer tasks and poll for the next: in one breath, where the engine can.\n\n'
        "        Return why each answer was refused, None when it was taken, and what the poll brought: at `most` so\n"
        "        many tasks where the engine has them at once, else one. Raises what `ask` raises, but for a refusal\n"
        "        of an answer; then nobody knows whether they were taken.\n"
        '        """\n'
        "        refused: list[Fault | None] = []\n"
        "        for answer in answers:\n"
        "            try:\n"
        "                self.ask(answer)\n"
        "            except Fault as fault:\n"
        "                refused.append(fault)\n"
        "            else:\n"
        "                refused.append(None)\n"
        "        return refused, [self.ask(poll)]\n\n"
    )
    return source + "\n".join(method(name) for name in OPERATIONS)


def method(operation: str) -> str:
    shape = SHAPES[OPERATIONS[operation]["input"]["shape"]]
    required = set(shape.get("required", ()))
    parameters, given = [], []
    for member, spec in sorted(shape["members"].items(), key=lambda item: item[0] not in required):
        kind = argument(spec["shape"])
        parameters.append(f"{member}: {kind}" if member in required else f"{member}: {kind} | None = None")
        timed = spec["shape"] == "ExecutionTimeFilter"
        given.append(f"{member}=to_seconds({member})" if timed else f"{member}={member}")
    answers = output(operation)
    call = f"self._call({operation!r}, _given({', '.join(given)}))"
    if answers is not None and has_times(answers):
        call = f"to_datetimes({answers!r}, {call})"
    return (
        f"    def {xform_name(operation)}(self, *, {', '.join(parameters)}) -> dict[str, Any]:\n"
        f'        """SWF\'s `{operation}`."""\n'
        f"        return {call}\n"
    )


def argument(shape_name: str) -> str:
    match SHAPES[shape_name]["type"]:
        case "structure":
            return "Mapping[str, Any]"
        case "list":
            return f"Sequence[{argument(SHAPES[shape_name]['member']['shape'])}]"
    return plain(shape_name)


def has_times(shape_name: str) -> bool:
    reached = reach(shape_name, set())
    events = any(SHAPES[name].get("member", {}).get("shape") == "HistoryEvent" for name in reached)
    return events or any(SHAPES[name]["type"] == "timestamp" for name in reached)
