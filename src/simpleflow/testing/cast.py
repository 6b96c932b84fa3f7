"""Who plays in a test: its stubs, else the activities and workflows that the program has loaded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simpleflow.activity import Activity
from simpleflow.exceptions import DispatchError
from simpleflow.registry import registry
from simpleflow.swf.loading import Loader
from simpleflow.testing.stubs import Stub, StubbedActivity, stubbed_workflow
from simpleflow.utils import full_class_name
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cast"]


class Cast(Loader):
    """Finds activities and workflows by their names on the wire. Of several classes it takes the latest."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: Counter[tuple[str, str]] = Counter()
        """How often each activity was attempted, by run id and activity id."""
        self._stubs: dict[str, Stub] = {}
        self._started: dict[str, type[Workflow]] = {}
        self._stubbed: dict[str, type[Workflow]] = {}

    def started(self, workflow: type[Workflow]) -> None:
        """A test starts this class: it is this one that is decided."""
        for name in _names(workflow):
            self._started[name] = workflow

    def add(self, target: Activity[Any, Any] | type[Workflow], stub: Stub) -> None:
        """Let a stub stand for an activity, or for a workflow."""
        if isinstance(target, Activity):
            self._stubs[target.name] = stub
        else:
            stubbed = stubbed_workflow(target, stub)
            self._stubbed |= dict.fromkeys(_names(target), stubbed)

    def stub(self, name: str) -> Stub | None:
        """Return the stub of an activity, if it has one."""
        return self._stubs.get(name)

    def activity(self, name: str) -> Activity[Any, Any]:
        """Return what is performed for an activity type. Raises `DispatchError`."""
        if (activity := registry[None].get(name)) is None:
            raise DispatchError(f"there is no activity {name!r}: no module that this test has loaded has one")
        if (stub := self._stubs.get(name)) is None:
            return activity
        return StubbedActivity(activity, stub, self.attempts)

    def workflow(self, name: str, input: str | None = None, version: str | None = None) -> type[Workflow]:
        """Return what is decided for a workflow type. Raises `DispatchError`."""
        for known in (self._stubbed, self._started):
            if name in known:
                return known[name]
        for layer in _layers():
            for each in reversed(layer):
                if name in _names(each):
                    return each
        raise DispatchError(f"there is no workflow {name!r}: no module that this test has loaded has one")


def _names(workflow: type[Workflow]) -> list[str]:
    """Return the names of its types: as it is started, and as a child."""
    return [name for name in (workflow.name, full_class_name(workflow)) if name]


def _layers() -> Iterator[list[type[Workflow]]]:
    """Yield the classes that inherit from Workflow, each before its own variants."""
    layer = Workflow.__subclasses__()
    while layer:
        yield layer
        layer = [each for parent in layer for each in parent.__subclasses__()]
