"""From a name on the wire to the activity or the workflow that may run under it.

What was given (modules, classes) says what runs: all that importing it makes known. Where nothing was given,
a name is imported, but only from modules whose top package lies in one folder: the current one.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from simpleflow.activity import Activity
from simpleflow.exceptions import DispatchError
from simpleflow.registry import registry
from simpleflow.utils import full_class_name
from simpleflow.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = ["Loader", "loaded_workflows", "names_of", "version_of"]


class Loader:
    """Finds activities and workflows.

    `given` are dotted names of modules, or of anything in one, and workflow classes; names are imported now.
    Raises `DispatchError` for a name that leads nowhere, and whatever a module raises while it is imported.
    """

    def __init__(self, given: Iterable[str | type[Workflow]] = ()) -> None:
        given = list(given)
        self._by_name_alone = not given
        self._folder = os.path.realpath(os.getcwd())
        found = [_imported(each) if isinstance(each, str) else (each, each.__module__) for each in given]
        self.workflows: list[type[Workflow]] = [each for each, _ in found if _is_workflow(each)]
        """The workflow classes among what was given."""
        self._modules = [module for _, module in found]
        self._found: dict[tuple[str, str | None], type[Workflow]] = {}

    @classmethod
    def of_what_is_loaded(cls) -> Loader:
        """Return one that finds what this program has loaded, and imports nothing."""
        made = cls()
        made._by_name_alone = False
        return made

    def activity(self, name: str) -> Activity[Any, Any]:
        """Return the activity of a type name. Raises `DispatchError`."""
        if (known := registry[None].get(name)) is not None:
            return known
        if self._by_name_alone:
            found = self._in_folder(name)
            if isinstance(found, Activity):
                return found
            if (known := registry[None].get(name)) is not None:
                return known
        raise DispatchError(f"there is no activity {name!r} here: {self._hint('worker.start')}")

    def workflow(self, name: str, input: str | None = None, version: str | None = None) -> type[Workflow]:
        """Return the class of a workflow type; the class that the input names goes first.

        Of several classes of one name the one of that version is taken: one that was given, else one in a
        module that was given, else any that is loaded. Where no class has the version, as when its code has
        moved on, the only class of that name is taken. Raises `DispatchError` where there is none, or where
        there are several and none has the version.
        """
        asked = (_class_in(input) or name, version)
        if (found := self._found.get(asked)) is None:
            found = self._workflow(*asked)
            if version in (None, version_of(found)):  # else a better one may be loaded one day
                self._found[asked] = found
        return found

    def _workflow(self, name: str, version: str | None) -> type[Workflow]:
        places = self._classes_of(name)
        for each in (each for place in places for each in place):
            if version in (None, version_of(each)):
                return each
        for place in places:
            if place:
                return self._only_one(place, name, version)
        if self._by_name_alone:
            found: Any = self._in_folder(name)
            if _is_workflow(found):
                workflow: type[Workflow] = found
                return workflow
        raise DispatchError(f"there is no workflow {name!r} here: {self._hint('decider.start')}")

    def _classes_of(self, name: str) -> list[list[type[Workflow]]]:
        """Return the classes of a name: those given, those of given modules, all that are loaded."""
        loaded = [each for layer in loaded_workflows() for each in layer if name in names_of(each)]
        return [
            [each for each in self.workflows if name in names_of(each)],
            [each for each in loaded if any(_holds(module, each) for module in self._modules)],
            loaded,
        ]

    def _only_one(self, classes: list[type[Workflow]], name: str, version: str | None) -> type[Workflow]:
        """Return the class that all are, or the first where all are of one version: variants come behind."""
        named = {full_class_name(each): each for each in reversed(classes)}
        if len({version_of(each) for each in named.values()}) > 1:
            there_are = ", ".join(f"{version_of(named[each]) or 'none'} ({each})" for each in sorted(named))
            raise DispatchError(
                f"there is no workflow {name!r} of version {version!r} here, and which of its other versions "
                f"stands for it cannot be told; there are {there_are}: "
                "give decider.start the class of that version, for as long as executions of it are open"
            )
        return classes[0]

    def _hint(self, command: str) -> str:
        if self._by_name_alone:
            return (
                f"without arguments {command} finds what a module of {self._folder} holds under this name; "
                "start it there, or give it the module"
            )
        return f"nothing that was given defines it; give {command} the module that does"

    def _in_folder(self, name: str) -> Any:
        """Return what a dotted name leads to in a module of the folder, None when it leads nowhere else."""
        parts = name.split(".")
        if len(parts) < 2 or not all(part.isidentifier() for part in parts):
            return None
        if not self._is_here(_spec(parts[0])):
            return None
        module = _deepest_module(parts)
        return None if module is None else _attribute(module, parts[len(module.__name__.split(".")) :])

    def _is_here(self, spec: ModuleSpec | None) -> bool:
        """Tell whether a module or package lies in the folder, before it is imported."""
        if spec is None:
            return False
        places = list(spec.submodule_search_locations or ()) or [spec.origin or ""]
        return all(os.path.realpath(os.path.dirname(each)) == self._folder for each in places)


def names_of(workflow: type[Workflow]) -> list[str]:
    """Return the names of its types: as it is started, and as a child."""
    return [name for name in (workflow.name, full_class_name(workflow)) if name]


def version_of(workflow: type[Workflow]) -> str:
    """Return the version as it is on the wire, where a child without one has an empty text."""
    return str(workflow.version or "")


def loaded_workflows() -> Iterator[list[type[Workflow]]]:
    """Yield all classes that inherit from `Workflow`, in layers: each before its own variants."""
    layer = Workflow.__subclasses__()
    while layer:
        yield layer
        layer = [each for parent in layer for each in parent.__subclasses__()]


def _spec(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except ValueError:  # a module that was not imported, as `__main__`
        return None


def _deepest_module(parts: list[str]) -> ModuleType | None:
    """Import what of a dotted name is modules; return the last."""
    module: ModuleType | None = None
    for index in range(1, len(parts)):
        name = ".".join(parts[:index])
        if module is not None and not hasattr(module, "__path__"):
            break
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise DispatchError(f"unable to import {'.'.join(parts)!r}: {error}") from error
            break
        except Exception as error:
            raise DispatchError(f"unable to import {'.'.join(parts)!r}: {error!r}") from error
    return module


def _attribute(module: Any, names: list[str]) -> Any:
    for name in names:
        module = getattr(module, name, None)
    return module


def _imported(name: str) -> tuple[Any, str]:
    """Return a module, or what is in one, and the name of the module."""
    parts = name.split(".")
    for index in range(len(parts), 0, -1):
        module_name = ".".join(parts[:index])
        try:
            module = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
                raise  # the module is there, and imports what is not: its own traceback says where
            continue
        found: Any = module
        for part in parts[index:]:
            if not hasattr(found, part):
                raise DispatchError(f"module {module_name} has no {'.'.join(parts[index:])}")
            found = getattr(found, part)
        return found, module_name
    raise DispatchError(f"there is no module {name!r}: name it with dots, from the current directory")


def _class_in(input: str | None) -> str | None:
    """Return the class that an execution's input names (`__extra.class`)."""
    try:
        extra = json.loads(input or "null")["__extra"]["class"]
    except (ValueError, TypeError, KeyError):
        return None
    return extra if isinstance(extra, str) else None


def _is_workflow(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Workflow) and value is not Workflow


def _holds(module: str, workflow: type[Workflow]) -> bool:
    """Tell whether a class lies in a module or package, or is imported there."""
    return f"{workflow.__module__}.".startswith(f"{module}.") or any(
        each is workflow for each in getattr(sys.modules.get(module), "__dict__", {}).values()
    )
