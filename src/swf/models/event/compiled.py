"""What events are about, as objects with a state: an activity task, a timer, the execution itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from swf.exceptions import InconsistentStateError, TransitionError
from swf.models.event.transitions import INITIAL, TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swf.models.event.event import Event

__all__ = [
    "CompiledActivityTaskEvent",
    "CompiledChildWorkflowExecutionEvent",
    "CompiledDecisionTaskEvent",
    "CompiledEvent",
    "CompiledEventFactory",
    "CompiledExternalWorkflowExecutionEvent",
    "CompiledLambdaFunctionEvent",
    "CompiledMarkerEvent",
    "CompiledTimerEvent",
    "CompiledWorkflowExecutionEvent",
]


class CompiledEvent:
    """An object of an execution, moved on by one event after another.

    A decision that was refused makes an object of its own, which ends as it begins. The first event must be
    one with which such an object begins, else `InconsistentStateError`.
    """

    family: ClassVar[str] = ""
    """The type of its events."""
    transitions: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """By state, those that may follow."""
    states: ClassVar[tuple[str, ...]] = ()
    """All that it can be."""
    initial_state: ClassVar[str] = "unknown"
    """How such an object begins unless it is refused."""
    initial_states: ClassVar[tuple[str, ...]] = ("unknown",)
    """All states in which one can begin."""

    def __init_subclass__(cls) -> None:
        cls.transitions = TRANSITIONS[cls.family]
        cls.states = tuple(cls.transitions)
        cls.initial_states = INITIAL[cls.family]
        cls.initial_state = cls.initial_states[0]

    def __init__(self, event: Event) -> None:
        if event.state not in self.initial_states:
            begins = " or ".join(self.initial_states)
            problem = f"{event.type} begins as {begins}, not as {event.state}"
            raise InconsistentStateError(event.id, event.name, problem)
        self.events = [event]
        """What happened to it, in order."""

    @property
    def id(self) -> int:
        """The id of the event with which it began."""
        return self.events[0].id

    @property
    def type(self) -> str:
        """What it is: `ActivityTask`, `Timer`, ..."""
        return self.events[0].type

    @property
    def event(self) -> Event:
        """The latest event about it."""
        return self.events[-1]

    @property
    def state(self) -> str:
        """What became of it so far."""
        return self.event.state

    @property
    def next_states(self) -> tuple[str, ...]:
        """What may become of it next; nothing when it is over."""
        return self.transitions.get(self.state, ())

    def transit(self, event: Event) -> None:
        """Move it on. Raises `TransitionError`, naming the event, for one that cannot follow."""
        if event.type != self.type or event.state not in self.next_states:
            follow = " or ".join(self.next_states) or "nothing"
            problem = f"{self.type} {self.id} is {self.state}, after which comes {follow}, not {event.state}"
            raise TransitionError(event.id, event.name, problem)
        self.events.append(event)

    def __repr__(self) -> str:
        return f"<CompiledEvent {self.id} {self.type} : {self.state} >"


class CompiledWorkflowExecutionEvent(CompiledEvent):
    """The execution: open until one of the six events that close it."""

    family = "WorkflowExecution"


class CompiledDecisionTaskEvent(CompiledEvent):
    """A decision task; without being started it times out where its task list has a time for that."""

    family = "DecisionTask"


class CompiledActivityTaskEvent(CompiledEvent):
    """An activity task."""

    family = "ActivityTask"


class CompiledChildWorkflowExecutionEvent(CompiledEvent):
    """A child. It fails to start at once, or after it was initiated."""

    family = "ChildWorkflowExecution"


class CompiledExternalWorkflowExecutionEvent(CompiledEvent):
    """A signal or a request to cancel that goes to another execution."""

    family = "ExternalWorkflowExecution"


class CompiledMarkerEvent(CompiledEvent):
    """A marker; each time that one is recorded, under the same name too, makes another."""

    family = "Marker"


class CompiledTimerEvent(CompiledEvent):
    """A timer."""

    family = "Timer"


class CompiledLambdaFunctionEvent(CompiledEvent):
    """A Lambda function."""

    family = "LambdaFunction"


_CLASSES: Final = {each.family: each for each in CompiledEvent.__subclasses__()}


def CompiledEventFactory(event: Event) -> CompiledEvent:
    """Return the object that begins with an event; one of an unknown type begins and ends with it.

    Raises `InconsistentStateError` when none begins so.
    """
    return _CLASSES.get(event.type, CompiledEvent)(event)
