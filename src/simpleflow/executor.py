"""What a workflow talks to while it runs: something that takes submits."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simpleflow.futures import Future
    from simpleflow.workflow import Workflow

__all__ = ["Executor"]


class Executor(abc.ABC):
    """Runs a workflow class: takes what its `run` submits and returns futures."""

    def __init__(self, workflow_class: type[Workflow]) -> None:
        self._workflow_class = workflow_class

    @property
    def workflow_class(self) -> type[Workflow]:
        """The class whose `run` is executed."""
        return self._workflow_class

    @abc.abstractmethod
    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Take a submit and return its future."""

    @abc.abstractmethod
    def get_run_context(self) -> dict[str, Any]:
        """Return which execution this is."""
