"""Registering types with the engine as their classes say, with defaults where they say nothing."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

from simpleflow.activity import Activity
from simpleflow.utils import full_class_name
from swf.exceptions import TypeAlreadyExists

if TYPE_CHECKING:
    from simpleflow.workflow import Workflow
    from swf.protocol.client import Client

__all__ = ["DECISION_SECONDS", "EXECUTION_SECONDS", "register", "register_activity", "register_workflow"]

logger = logging.getLogger(__name__)

EXECUTION_SECONDS: Final = 31_536_000
"""How long an execution may take where its class says nothing: a year, SWF's maximum."""
DECISION_SECONDS: Final = 30
"""How long a decision may take where the class says nothing."""
_TASK_LIST = "default"
_NEVER = "NONE"


def register(client: Client, domain: str, payload: Activity[Any, Any] | type[Workflow]) -> None:
    """Register the type that a submitted activity or child is scheduled under."""
    if isinstance(payload, Activity):
        register_activity(client, domain, payload)
    else:
        register_workflow(client, domain, payload, full_class_name(payload))


def register_activity(client: Client, domain: str, activity: Activity[Any, Any]) -> None:
    """Register the type of an activity, unless it is there. Raises the engine's other faults."""
    name, version = activity.name, activity.version or ""
    logger.info("registering activity type %s %s", name, version)
    with contextlib.suppress(TypeAlreadyExists):
        client.register_activity_type(
            domain=domain,
            name=name,
            version=version,
            defaultTaskList={"name": activity.task_list or _TASK_LIST},
            defaultTaskHeartbeatTimeout=_seconds(activity.task_heartbeat_timeout),
            defaultTaskScheduleToCloseTimeout=_seconds(activity.task_schedule_to_close_timeout),
            defaultTaskScheduleToStartTimeout=_seconds(activity.task_schedule_to_start_timeout),
            defaultTaskStartToCloseTimeout=_seconds(activity.task_start_to_close_timeout),
        )


def register_workflow(client: Client, domain: str, workflow: type[Workflow], name: str | None = None) -> None:
    """Register the type of a workflow, under its own name or another, unless it is there.

    Raises the engine's other faults.
    """
    name, version = name or workflow.name, workflow.version or ""
    logger.info("registering workflow type %s %s", name, version)
    with contextlib.suppress(TypeAlreadyExists):
        client.register_workflow_type(
            domain=domain,
            name=name,
            version=version,
            defaultTaskList={"name": workflow.task_list or _TASK_LIST},
            defaultChildPolicy=getattr(workflow, "child_policy", None) or "TERMINATE",
            defaultExecutionStartToCloseTimeout=str(
                getattr(workflow, "execution_timeout", None) or EXECUTION_SECONDS
            ),
            defaultTaskStartToCloseTimeout=str(
                getattr(workflow, "decision_tasks_timeout", None) or DECISION_SECONDS
            ),
        )


def _seconds(timeout: int | str | None) -> str:
    return str(timeout) if timeout else _NEVER
