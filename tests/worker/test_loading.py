"""What may run: what was given, or lies in the current directory; nothing else, whatever the wire says."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import pytest

from simpleflow import Workflow
from simpleflow.exceptions import DispatchError
from simpleflow.registry import registry
from simpleflow.swf.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE = """
import os
import subprocess
from simpleflow import Workflow, activity
{more}

@activity.with_attributes(version="1")
def pack(x):
    return x

@activity.with_attributes(version="1", name="send")
def ship(x):
    return x

def plain(x):
    return x

class Sell(Workflow):
    name = "sell"
    version = "1"

    def run(self): ...

    class Nested(Workflow):
        name = "nested"
        version = "1"

        def run(self): ...
"""


class Shelf:
    """A folder for modules that can be imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, more: str = "") -> None:
        file = self.folder.joinpath(*name.split(".")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MODULE.replace("{more}", more))


@pytest.fixture
def unloaded() -> Iterator[None]:
    """What a test imports and registers is forgotten."""
    modules, activities = set(sys.modules), set(registry[None])
    yield
    for name in (imported := set(sys.modules) - modules):
        del sys.modules[name]
    for name in set(registry[None]) - activities:
        del registry[None][name]
    if imported:
        gc.collect()  # a class is known as a subclass for as long as it lives


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unloaded: None) -> Shelf:
    """The current directory."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    return Shelf(folder)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unloaded: None) -> Shelf:
    """Another place of which modules can be imported."""
    folder = tmp_path / "there"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return Shelf(folder)


def test_what_a_module_registers_runs_once_it_was_given(there: Shelf) -> None:
    there.put("depot")
    loader = Loader(["depot"])
    assert loader.activity("depot.pack").callable(1) == 1
    assert loader.activity("send").callable(2) == 2
    assert loader.workflow("sell").__name__ == "Sell"


@pytest.mark.parametrize("given", ["depot.Sell", "depot.pack", "depot.plain", "depot.Sell.Nested"])
def test_anything_in_a_module_stands_for_the_module(there: Shelf, given: str) -> None:
    there.put("depot")
    assert Loader([given]).activity("depot.pack").callable(1) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere", "there is no module 'nowhere'"),
        ("depot.nothing", "module depot has no nothing"),
        ("depot.Sell.nothing", "module depot has no Sell.nothing"),
    ],
)
def test_what_leads_nowhere_is_told(there: Shelf, given: str, said: str) -> None:
    there.put("depot")
    with pytest.raises(DispatchError, match=said):
        Loader([given])


def test_a_module_that_imports_what_is_not_there_says_so_itself(there: Shelf) -> None:
    there.put("depot", "import no_such_library")
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        Loader(["depot.Sell"])


def test_with_arguments_nothing_is_imported_by_name(here: Shelf) -> None:
    here.put("depot")
    here.put("secret", "raise SystemExit('imported')")
    loader = Loader(["depot"])
    with pytest.raises(DispatchError, match="nothing that was given defines it"):
        loader.activity("secret.pack")
    with pytest.raises(DispatchError, match="nothing that was given defines it"):
        loader.workflow("secret.Sell")


@pytest.mark.parametrize("module", ["depot", "store.depot", "store.deep.depot"])
def test_without_arguments_the_current_directory_is_searched(here: Shelf, module: str) -> None:
    here.put(module)
    loader = Loader()
    assert loader.activity(f"{module}.pack").callable(1) == 1
    assert loader.activity(f"{module}.ship").callable(2) == 2
    assert loader.workflow(f"{module}.Sell.Nested").__name__ == "Nested"


@pytest.mark.parametrize(
    "name",
    [
        "depot.plain",
        "depot.Sell",
        "depot.os.system",
        "depot.subprocess.check_output",
        "depot.nothing",
        "depot",
        "nowhere.pack",
        "depot..pack",
        ".depot.pack",
        "",
    ],
)
def test_only_an_activity_is_taken(here: Shelf, name: str) -> None:
    here.put("depot")
    with pytest.raises(DispatchError, match="there is no activity"):
        Loader().activity(name)


@pytest.mark.parametrize(
    "name", ["depot.pack", "depot.Workflow", "depot.plain", "simpleflow.Workflow", "depot"]
)
def test_only_a_workflow_is_taken(here: Shelf, name: str) -> None:
    here.put("depot")
    with pytest.raises(DispatchError, match="there is no workflow"):
        Loader().workflow(name)


@pytest.mark.parametrize(
    "name",
    ["os.system", "subprocess.check_output", "shutil.rmtree", "builtins.eval", "sys.exit", "__main__.x"],
)
def test_what_python_has_never_runs(here: Shelf, name: str) -> None:
    (here.folder / "sys").mkdir()
    (here.folder / "shutil.py").write_text("")
    with pytest.raises(DispatchError):
        Loader().activity(name)
    with pytest.raises(DispatchError):
        Loader().workflow(name)


def test_a_module_elsewhere_is_not_even_imported(here: Shelf, there: Shelf) -> None:
    there.put("effects", "open('touched', 'w').close()")
    for name in ("effects.pack", "effects.Sell", "antigravity.geohash"):
        with pytest.raises(DispatchError):
            Loader().activity(name)
        with pytest.raises(DispatchError):
            Loader().workflow(name)
    assert os.listdir() == []
    assert "antigravity" not in sys.modules


def test_not_even_one_that_hides_one_of_the_same_name_here(here: Shelf, there: Shelf) -> None:
    here.put("depot")
    there.put("depot", "open('touched', 'w').close()")  # earlier on the path
    with pytest.raises(DispatchError):
        Loader().activity("depot.pack")
    assert "touched" not in os.listdir()


def test_a_folder_that_is_linked_into_the_directory_lies_in_it(here: Shelf, tmp_path: Path) -> None:
    Shelf(tmp_path / "project").put("store.depot")
    (here.folder / "store").symlink_to(tmp_path / "project" / "store")
    assert Loader().activity("store.depot.pack").callable(1) == 1


def test_a_module_that_fails_says_why(here: Shelf) -> None:
    here.put("depot", "import no_such_library")
    here.put("broken", "1 / 0")
    with pytest.raises(
        DispatchError, match=r"unable to import 'depot.pack': No module named 'no_such_library'"
    ):
        Loader().activity("depot.pack")
    with pytest.raises(DispatchError, match=r"unable to import 'broken.pack': ZeroDivisionError"):
        Loader().activity("broken.pack")


def test_the_class_that_the_input_names_goes_first(here: Shelf) -> None:
    here.put("depot")
    here.put("cellar")
    input = '{"args": [], "__extra": {"class": "cellar.Sell"}}'
    assert Loader().workflow("depot.Sell", input).__module__ == "cellar"


@pytest.mark.parametrize(
    "input", [None, "no JSON", "[1]", '{"__extra": 1}', '{"__extra": {"class": 1}}', "null"]
)
def test_an_input_that_names_none_leaves_it_to_the_type(here: Shelf, input: str | None) -> None:
    here.put("depot")
    assert Loader(["depot"]).workflow("sell", input).__module__ == "depot"


def test_a_given_class_goes_before_others_of_its_name(there: Shelf) -> None:
    there.put("depot")
    there.put("cellar")
    assert Loader(["depot", "cellar.Sell"]).workflow("sell").__module__ == "cellar"


VERSIONS = """
from simpleflow import Workflow
{more}

class Sell{version}(Workflow):
    name = "sell"
    version = "{version}"

    def run(self): ...
"""


def _versions(shelf: Shelf, name: str, *versions: int, more: str = "") -> None:
    texts = [VERSIONS.replace("{version}", str(each)).replace("{more}", more) for each in versions]
    (shelf.folder / f"{name}.py").write_text("".join(texts))


@pytest.mark.parametrize("version", ["1", "2"])
def test_of_the_classes_of_a_name_that_of_the_version_goes_first(there: Shelf, version: str) -> None:
    _versions(there, "depot", 1, 2)
    assert Loader(["depot"]).workflow("sell", None, version).__name__ == f"Sell{version}"


def test_a_version_is_found_wherever_it_is_loaded(there: Shelf) -> None:
    _versions(there, "old", 1)
    _versions(there, "depot", 2, more="import old")
    assert Loader(["depot"]).workflow("sell", None, "1").__name__ == "Sell1"


def test_the_only_class_of_a_name_stands_for_its_other_versions(there: Shelf) -> None:
    _versions(there, "depot", 2)
    assert Loader(["depot"]).workflow("sell", None, "1").__name__ == "Sell2"


def test_a_class_under_its_own_name_stands_for_its_other_versions(there: Shelf) -> None:
    _versions(there, "depot", 1, 2)
    input = '{"__extra": {"class": "depot.Sell2"}}'
    assert Loader(["depot"]).workflow("depot.Sell2", None, "1").__name__ == "Sell2"
    assert Loader(["depot"]).workflow("sell", input, "1").__name__ == "Sell2"


def test_variants_of_a_class_are_no_other_classes(there: Shelf) -> None:
    _versions(there, "depot", 2)
    loader = Loader(["depot"])
    variant = loader.workflow("sell").with_options(tags=["a"])
    assert loader.workflow("sell", None, "1") is not variant


def test_a_class_that_inherits_its_version_too_stands_for_no_other_version_than_that(there: Shelf) -> None:
    _versions(there, "depot", 2)
    (there.folder / "shop.py").write_text("import depot\n\nclass Own(depot.Sell2):\n    other = True\n")
    assert Loader(["depot", "shop"]).workflow("sell", None, "1").__name__ == "Sell2"


def test_a_version_of_which_no_class_is_there_is_told_with_those_that_are(there: Shelf) -> None:
    _versions(there, "depot", 1, 2)
    with pytest.raises(
        DispatchError,
        match=r"no workflow 'sell' of version '3' here.* there are 1 \(depot.Sell1\), 2 \(depot.Sell2\)",
    ):
        Loader(["depot"]).workflow("sell", None, "3")


def test_what_is_loaded_later_is_found_under_its_version(here: Shelf) -> None:
    _versions(here, "depot", 1)
    _versions(here, "cellar", 2)
    loader = Loader()
    loader.workflow("depot.Sell1")
    assert loader.workflow("sell", None, "2").__name__ == "Sell1"
    loader.workflow("cellar.Sell2")
    assert loader.workflow("sell", None, "2").__name__ == "Sell2"


@pytest.mark.parametrize("version", ["1", "5", None])
def test_a_class_of_a_given_module_goes_before_others_of_its_name(here: Shelf, version: str | None) -> None:
    _versions(here, "cellar", 1)
    _versions(here, "depot", 1, more="import cellar")
    assert Loader(["depot"]).workflow("sell", None, version).__module__ == "depot"


def test_a_class_that_a_given_module_imports_is_one_of_its_own(here: Shelf) -> None:
    _versions(here, "cellar", 1)
    _versions(here, "depot", 1)
    (here.folder / "market.py").write_text("import cellar\nfrom depot import Sell1\n")
    assert Loader(["market"]).workflow("sell", None, "1").__module__ == "depot"


def test_classes_themselves_can_be_given() -> None:
    class Own(Workflow):
        name = "own"
        version = "1"

        def run(self) -> None: ...

    assert Loader([Own]).workflow("own") is Own


def test_error_types_are_never_imported(here: Shelf) -> None:
    here.put("effects", "open('touched', 'w').close()")
    from simpleflow.retry import RetryPolicy

    assert RetryPolicy(3, non_retryable=(KeyError,)).retryable("effects.Refused")
    assert os.listdir() == ["effects.py"]
