"""`swf` under the path of simpleflow's later releases: the same modules, not copies.

What is imported from below here is the module of the same name in `swf`. Type checkers, which do not execute
this, read the stubs beside it.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

import swf
from swf import __title__, __version__, connect, version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["__title__", "__version__", "connect", "version"]

_HERE = f"{__name__}."


class _Alias(MetaPathFinder, Loader):
    """Finds modules below this one in `swf`."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name.startswith(_HERE) else None

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of `swf` in the place of the empty one that was made for it."""
        name = module.__name__
        sys.modules[name] = importlib.import_module(f"swf.{name.removeprefix(_HERE)}")


if sys.modules[__name__] is not swf:
    sys.meta_path.insert(0, _Alias())
    sys.modules[__name__] = swf
