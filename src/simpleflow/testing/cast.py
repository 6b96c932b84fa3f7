"""Who plays in a test: its stubs, else the activities and workflows that the program has loaded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simpleflow.activity import Activity
from simpleflow.exceptions import DispatchError
from simpleflow.registry import registry
from simpleflow.swf.loading import Loader, loaded_workflows, names_of, version_of
from simpleflow.testing.stubs import Stub, StubbedActivity, stubbed_workflow

if TYPE_CHECKING:
    from simpleflow.workflow import Workflow

__all__ = ["Cast"]


class Cast(Loader):
    """Finds activities and workflows by their names on the wire.

    Of several classes of a name it takes that of the version; of several of these, or of none, the latest.
    """

    def __init__(self) -> None:
        super().__init__()
        self.attempts: Counter[tuple[str, str]] = Counter()
        """How often each activity was attempted, by run id and activity id."""
        self._stubs: dict[str, Stub] = {}
        self._started: dict[tuple[str, str], type[Workflow]] = {}
        self._stubbed: dict[tuple[str, str], type[Workflow]] = {}

    def started(self, workflow: type[Workflow]) -> None:
        """A test starts this class: it is this one that is decided."""
        self._started |= dict.fromkeys(_types_of(workflow), workflow)

    def add(self, target: Activity[Any, Any] | type[Workflow], stub: Stub) -> None:
        """Let a stub stand for an activity, or for a workflow."""
        if isinstance(target, Activity):
            self._stubs[target.name] = stub
        else:
            self._stubbed |= dict.fromkeys(_types_of(target), stubbed_workflow(target, stub))

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
        asked = name, version or ""
        for known in (self._stubbed, self._started):
            if asked in known:
                return known[asked]
        latest = (each for layer in loaded_workflows() for each in reversed(layer))
        found = [each for each in latest if name in names_of(each)]
        for each in found:
            if version_of(each) == version:
                return each
        if found:
            return found[0]
        raise DispatchError(f"there is no workflow {name!r}: no module that this test has loaded has one")


def _types_of(workflow: type[Workflow]) -> list[tuple[str, str]]:
    return [(name, version_of(workflow)) for name in names_of(workflow)]
