"""Histories that no execution can have had: each is refused, with the event at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from one_domain import Domain, activity, child, complete, kinds, marker, timer

from swf.engine.machine import Execution
from swf.exceptions import BrokenHistory
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    from swf.protocol.events import Event


@pytest.fixture
def events() -> list[Event]:
    """A history with one of much; what each event is, the first test says."""
    domain = Domain()
    execution = domain.start()
    domain.decide(activity(), timer(seconds="1"), child("c", task_list=TaskList("cl")), marker())
    domain.executions.complete_activity(domain.work(), None, domain.now)
    domain.wait(1)
    domain.answer(domain.poll("dl"))
    domain.answer(domain.poll("cl"), complete())
    domain.decide(complete())
    assert execution.closed
    return execution.events


def refusal(events: list[Event]) -> str:
    """Return what is wrong with events that are numbered anew."""
    numbered: list[Any] = [
        msgspec.structs.replace(event, event_id=event_id) for event_id, event in enumerate(events, 1)
    ]
    with pytest.raises(BrokenHistory) as caught:
        Execution.load("w", "r", numbered)
    return str(caught.value)


def changed(event: Any, **attributes: Any) -> Any:
    return msgspec.structs.replace(event, attributes=msgspec.structs.replace(event.attributes, **attributes))


def test_the_history_that_the_others_break_is_whole(events: list[Event]) -> None:
    assert kinds(Execution.load("w", "r", events)) == [
        *("WorkflowExecutionStarted", "DecisionTaskScheduled", "DecisionTaskStarted"),
        *("DecisionTaskCompleted", "ActivityTaskScheduled", "TimerStarted"),
        *("StartChildWorkflowExecutionInitiated", "MarkerRecorded", "ChildWorkflowExecutionStarted"),
        *("DecisionTaskScheduled", "ActivityTaskStarted", "ActivityTaskCompleted", "TimerFired"),
        *("DecisionTaskStarted", "DecisionTaskCompleted", "ChildWorkflowExecutionCompleted"),
        *("DecisionTaskScheduled", "DecisionTaskStarted", "DecisionTaskCompleted"),
        "WorkflowExecutionCompleted",
    ]


def test_ids_have_no_gaps(events: list[Event]) -> None:
    with pytest.raises(BrokenHistory, match="event 3, DecisionTaskStarted: comes after event 1"):
        Execution.load("w", "r", [events[0], events[2]])


@pytest.mark.parametrize(
    ("kept", "added", "problem"),
    [
        (0, [2], "event 1, DecisionTaskScheduled: WorkflowExecutionStarted is the first event"),
        (2, [1], "event 3, WorkflowExecutionStarted: WorkflowExecutionStarted is the first event"),
        (1, [], "event 1, WorkflowExecutionStarted: is not followed by DecisionTaskScheduled"),
        (2, [2], "event 3, DecisionTaskScheduled: decision task 2 waits still"),
        (4, [2], "event 5, DecisionTaskScheduled: nothing has triggered it"),
        (2, [14], "event 3, DecisionTaskStarted: decision task 10 does not wait"),
        (10, [3], "event 11, DecisionTaskStarted: decision task 2 does not wait"),
        (2, [4], "event 3, DecisionTaskCompleted: no decision task is started"),
        (8, [11, 8], "event 10, MarkerRecorded: stands outside of the decisions"),
        (4, [5, 5], "event 6, ActivityTaskScheduled: activity 'a' is open already"),
        (4, [11], "event 5, ActivityTaskStarted: activity task 5 is not open"),
        (10, [11, 11], "event 12, ActivityTaskStarted: the activity task is started already by event 11"),
        (10, [12], "event 11, ActivityTaskCompleted: the activity task is started by event 0, not 11"),
        (12, [12], "event 13, ActivityTaskCompleted: activity task 5 is not open"),
        (6, [6], "event 7, TimerStarted: timer 't' is open already"),
        (13, [13], "event 14, TimerFired: timer 't' of event 6 is not open"),
        (8, [16], "event 9, ChildWorkflowExecutionCompleted: the child is started by event 0, not 9"),
        (10, [9], "event 11, ChildWorkflowExecutionStarted: the child is started already by event 9"),
        (16, [16], "event 17, ChildWorkflowExecutionCompleted: child 7 is not open"),
        (17, [20], "event 18, WorkflowExecutionCompleted: stands outside of the decisions"),
        (20, [13], "event 21, TimerFired: comes after the end of the execution"),
    ],
)
def test_an_event_that_cannot_stand_there_is_named(
    events: list[Event], kept: int, added: list[int], problem: str
) -> None:
    assert refusal([*events[:kept], *(events[event_id - 1] for event_id in added)]).startswith(problem)


def test_no_decision_ends_what_its_decider_has_not_seen(events: list[Event]) -> None:
    unseen = [*events[:10], *events[13:14], *events[15:17], events[14], events[19]]

    assert refusal(unseen) == (
        "event 15, WorkflowExecutionCompleted: the decider has not seen what decision task 13 is for"
    )


def test_a_decision_task_times_out_by_its_own_ids() -> None:
    domain = Domain()
    execution = domain.start(decision_timeout="1")
    domain.poll()
    domain.wait(1)
    *before, timed_out, again = execution.events

    assert refusal([*before, changed(timed_out, started_event_id=2), again]) == (
        "event 4, DecisionTaskTimedOut: decision task 2 is started, by event 3"
    )
