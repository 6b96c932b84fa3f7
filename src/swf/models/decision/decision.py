"""What all decisions are: dicts as RespondDecisionTaskCompleted takes them, checked when they are built."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ClassVar

from swf.exceptions import InvalidDecision
from swf.models.decision.checking import attributes_key, checked

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

__all__ = ["Decision"]


class Decision(dict[str, Any]):
    """A decision: `TimerDecision("start", "wake-up", 60)`, or `TimerDecision().start("wake-up", 60)`.

    Each class has a method for each thing that can be decided; its name may be the first argument of the
    class, the others follow. What is None is left out: SWF takes the default of the type, where there is one.
    What SWF would refuse to read raises `InvalidDecision`, naming the attributes.

    https://docs.aws.amazon.com/amazonswf/latest/apireference/API_Decision.html
    """

    actions: ClassVar[tuple[str, ...]] = ()
    """What can be decided."""

    def __init_subclass__(cls) -> None:
        cls.actions = tuple(name for name, own in vars(cls).items() if inspect.isfunction(own))

    def __init__(self, action: str | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if action is None:
            return
        if action not in self.actions:
            raise InvalidDecision(type(self).__name__, [_unknown(action, self.actions)])
        method = getattr(self, action)
        try:
            method(*args, **kwargs)
        except TypeError:
            _check_arguments(f"{type(self).__name__}.{action}", method, args, kwargs)
            raise

    @property
    def type(self) -> str:
        """The type that SWF knows it by, as `ScheduleActivityTask`; empty before something is decided."""
        decision_type: str = self.get("decisionType", "")
        return decision_type

    @property
    def attributes_key(self) -> str:
        """Where its attributes are, as `scheduleActivityTaskDecisionAttributes`; empty as `type` is."""
        return attributes_key(self.type) if self.type else ""

    def _decide(self, decision_type: str, **attributes: Any) -> Self:
        attributes = checked(decision_type, attributes)
        self.clear()
        self["decisionType"] = decision_type
        self[attributes_key(decision_type)] = attributes
        return self


def _unknown(action: str, actions: tuple[str, ...]) -> str:
    return f"there is no {action!r}: it can {', '.join(actions)}"


def _check_arguments(name: str, method: Callable[..., object], args: Any, kwargs: Any) -> None:
    try:
        inspect.signature(method).bind(*args, **kwargs)
    except TypeError as error:
        raise InvalidDecision(name, [str(error)]) from None
