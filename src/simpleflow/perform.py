"""Performing an activity: from the input text of its task to the result text, or to a failure.

The same for every engine; knows neither queue nor process.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from simpleflow.codec import check_length, shape_of
from simpleflow.constants import MAX_RESULT_LENGTH
from simpleflow.context import activity_context, running_workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simpleflow.activity import Activity

__all__ = ["Middlewares", "perform"]


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
    context: dict[str, Any],
    middlewares: Middlewares | None = None,
) -> str:
    """Run an activity with the arguments in `text` and return its result as text.

    Coroutines are run to completion; a class is instantiated, given `context`, executed. Raises what the
    activity raises, and `CodecError` for arguments or a result that cannot be read or written.
    """
    shape = shape_of(activity.callable)
    args, kwargs, _ = shape.decode_input(text or "{}")
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
    return check_length(shape.encode_result(result), MAX_RESULT_LENGTH, f"result of {activity.name}")
