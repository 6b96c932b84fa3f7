"""What is imported from simpleflow's later path is the object layer itself, to type checkers too."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import simpleflow.swf

NAMES = {
    "actors": ["Actor", "ActivityWorker", "Decider"],
    "actors.core": ["Actor"],
    "actors.decider": ["Decider"],
    "actors.heartbeat": [],
    "actors.helpers": [],
    "actors.worker": ["ActivityWorker"],
    "constants": ["REGISTERED"],
    "core": ["ConnectedSWFObject"],
    "exceptions": ["DoesNotExistError", "SWFError"],
    "format": ["reason"],
    "models": ["ActivityTask", "ActivityType", "Domain", "History", "WorkflowExecution", "WorkflowType"],
    "models.activity": ["ActivityType", "ActivityTypeDoesNotExist"],
    "models.base": ["ModelDiff"],
    "models.decision": ["ActivityTaskDecision", "TimerDecision"],
    "models.domain": ["Domain", "DomainDoesNotExist"],
    "models.event": ["CompiledEventFactory", "EventFactory"],
    "models.history": ["History"],
    "models.history.builder": ["History"],
    "models.workflow": ["WorkflowExecution", "WorkflowType", "WorkflowTypeDoesNotExist"],
    "querysets": ["DomainQuerySet", "WorkflowExecutionQuerySet"],
    "querysets.activity": ["ActivityTypeQuerySet"],
    "querysets.base": ["BaseQuerySet"],
    "querysets.domain": ["DomainQuerySet"],
    "querysets.history": ["HistoryQuerySet"],
    "querysets.workflow": ["WorkflowExecutionQuerySet", "WorkflowTypeQuerySet"],
    "responses": ["Response"],
    "settings": ["from_home"],
    "utils": ["decapitalize"],
}
"""The modules that users import, each with names that they expect there."""
STUBS = Path(simpleflow.swf.__file__).parent / "mapper"


@pytest.mark.parametrize("name", NAMES)
def test_each_module_is_the_one_of_swf(name: str) -> None:
    there = import_module(f"swf.{name}")
    assert import_module(f"simpleflow.swf.mapper.{name}") is there
    assert there.__name__ == f"swf.{name}"
    assert there.__spec__ is not None
    assert there.__spec__.name == f"swf.{name}"
    for expected in NAMES[name]:
        assert hasattr(there, expected)


@pytest.mark.parametrize(
    "program",
    [
        # from either end, in either order, in a process of its own
        "import simpleflow.swf.mapper.models.decision as a; import swf.models.decision as b",
        "import swf.models.decision as b; import simpleflow.swf.mapper.models.decision as a",
        "from simpleflow.swf.mapper.models import decision as a; from swf.models import decision as b",
        "from simpleflow.swf.mapper.models.event import factory as a; import swf.models.event.factory as b",
    ],
)
def test_the_order_of_imports_does_not_matter(program: str) -> None:
    subprocess.run([sys.executable, "-c", f"{program}; assert a is b"], check=True)


def test_names_are_the_same_objects() -> None:
    from simpleflow.swf.mapper.exceptions import SWFError
    from simpleflow.swf.mapper.models.decision import ActivityTaskDecision
    from swf.exceptions import SWFError as TheSame
    from swf.models.decision import ActivityTaskDecision as ThatToo

    assert SWFError is TheSame
    assert ActivityTaskDecision is ThatToo


def test_the_package_is_swf_itself() -> None:
    import simpleflow.swf.mapper
    import swf

    assert simpleflow.swf.mapper is swf


@pytest.mark.parametrize("name", ["models.nope", "nope"])
def test_what_is_not_there_is_missed_in_swf(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=rf"swf\.{name}"):
        import_module(f"simpleflow.swf.mapper.{name}")


def test_type_checkers_are_told_of_each_module() -> None:
    told = {
        ".".join(stub.relative_to(STUBS).with_suffix("").parts).removesuffix(".__init__"): stub.read_text()
        for stub in STUBS.rglob("*.pyi")
    }
    assert told == {name: f"from swf.{name} import *\n" for name in NAMES}
    for name in NAMES:
        assert import_module(f"swf.{name}").__all__, "what a star import gives, to checkers too"
