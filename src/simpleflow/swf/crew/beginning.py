"""The execution that a crew is for: started, or found where it is open already."""

from __future__ import annotations

import itertools
import logging
import time
from typing import TYPE_CHECKING

from simpleflow.exceptions import SimpleflowError
from simpleflow.swf.executions import list_executions
from simpleflow.swf.starting import send
from swf.exceptions import ExecutionAlreadyStarted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simpleflow.workflow import Workflow
    from swf.protocol.client import Client
    from swf.protocol.requests import StartWorkflowExecutionInput
    from swf.protocol.shapes import WorkflowExecution

__all__ = ["StillHidden", "start_or_find"]

logger = logging.getLogger(__name__)

_LATE_LISTS = (0.5, 1.0, 1.5, 2.0, 2.5, 2.5)
"""Seconds between two looks at a list that may be late, as those of Amazon SWF are."""


class StillHidden(SimpleflowError):
    """An execution is open, and the engine does not tell its run id."""


def start_or_find(
    client: Client,
    request: StartWorkflowExecutionInput,
    workflow: type[Workflow] | None = None,
    pauses: Iterable[float] = _LATE_LISTS,
) -> tuple[WorkflowExecution, bool]:
    """Start the execution that is asked for, else find the one that is open under its id.

    Return which it is, and whether it is new. The lists of Amazon SWF are late by seconds, so they are read
    again after each of the `pauses`. Raises `StillHidden` when it is in none, and as `send` does.
    """
    for pause in itertools.chain(pauses, [None]):
        try:
            return send(client, request, workflow), True
        except ExecutionAlreadyStarted:
            for found in list_executions(client, request.domain, workflow_id=request.workflow_id):
                return found.execution, False
        if pause is not None:
            logger.info("%s is open, and not in the list of what is; looking again", request.workflow_id)
            time.sleep(pause)
    raise StillHidden(
        f"the execution {request.workflow_id} is open, but the engine's list of open executions does not "
        "show it yet, so its run cannot be found: try again in a minute, or give another --workflow-id"
    )
