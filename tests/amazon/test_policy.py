"""The IAM policy in the documentation allows what our processes do, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import botocore.session
from botocore import xform_name

from swf.protocol.enums import DecisionType

ROOT = Path(__file__).parents[2]
MODEL = botocore.session.get_session().get_service_model("swf")


def sources(*folders: str) -> str:
    """Return all that is written there, but for what runs in tests only."""
    paths = [path for each in folders for path in (ROOT / each).rglob("*.py")]
    return "\n".join(path.read_text() for path in paths if "testing" not in path.parts)


def allowed() -> set[str]:
    page = (ROOT / "docs" / "amazon-swf.md").read_text()
    found = re.search(r"^```json\n((?s:.*?))^```$", page, re.MULTILINE)
    assert found is not None
    return {
        action.removeprefix("swf:")
        for statement in json.loads(found[1])["Statement"]
        for action in statement["Action"]
    }


def test_the_policy_allows_what_our_processes_ask_and_decide() -> None:
    asking = sources("src/simpleflow", "src/swf/client")
    operations = {
        name
        for name in MODEL.operation_names
        if re.search(rf"\b{name}Input\(|\.{xform_name(name)}\(", asking)
    }
    deciding = sources("src/simpleflow/dataflow")
    decisions = {each.value for each in DecisionType if re.search(rf"\b{each.value}\(", deciding)}
    assert {"PollForActivityTask", "DescribeDomain"} <= operations
    assert {"ScheduleActivityTask", "FailWorkflowExecution"} <= decisions

    assert allowed() == operations | decisions
