"""Performing an activity: from the input text of its task to the result text, or to a failure.

The same for every engine; knows neither queue nor process.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from simpleflow.codec import check_length, shape_of
from simpleflow.constants import MAX_RESULT_LENGTH
from simpleflow.context import DoNotComplete, activity_context, running_workflow
from simpleflow.utils import json_loads_or_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpleflow.activity import Activity
    from simpleflow.context import Current

__all__ = ["HEARTBEAT", "Middlewares", "perform"]

HEARTBEAT: Final = "heartbeat"
"""The member of the input's `meta` that holds what the last attempt told by its last heartbeat."""


class Middlewares:
    """Functions called around an activity: `pre(context)` before, `post(context, result=...)` after.

    They are named by dotted path. Raises `ImportError` or `AttributeError` for one that is not there.
    """

    def __init__(self, pre: Sequence[str] = (), post: Sequence[str] = ()) -> None:
        self.pre = [_found(path) for path in pre]
        self.post = [_found(path) for path in post]


def _found(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def perform(
    activity: Activity[Any, Any],
    text: str | None,
    context: Current,
    middlewares: Middlewares | None = None,
) -> str | None:
    """Run an activity with the arguments in `text` and return its result as text.

    Coroutines are run to completion; a class is instantiated, given `context`, executed. None is returned
    where the activity returned `DoNotComplete`. Raises what the activity raises, and `CodecError` for
    arguments or a result that cannot be read or written.
    """
    shape = shape_of(activity.callable)
    args, kwargs, meta = shape.decode_input(text or "{}")
    if isinstance(meta, dict) and HEARTBEAT in meta:
        context.details = json_loads_or_raw(meta[HEARTBEAT])
    token = activity_context.set(context)
    outside = running_workflow.set(None)
    try:
        for hook in middlewares.pre if middlewares else ():
            hook(context)
        result = activity.perform(args, kwargs)
        for hook in middlewares.post if middlewares else ():
            hook(context, result=result)
    finally:
        running_workflow.reset(outside)
        activity_context.reset(token)
    if result is DoNotComplete:
        return None
    return check_length(shape.encode_result(result), MAX_RESULT_LENGTH, f"result of {activity.name}")
