"""Decisions and commands made from a seed, most of them sensible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import one_domain as a

from swf.engine.machine import Clock, Limits
from swf.engine.machine import commands as c
from swf.protocol.enums import ActivityTaskTimeoutType, WorkflowExecutionTerminatedCause
from swf.protocol.shapes import TaskList

if TYPE_CHECKING:
    import random

    from swf.engine.machine import Execution
    from swf.engine.machine.commands import Command
    from swf.protocol.decisions import Decision

__all__ = ["IDS", "POLICIES", "TIMEOUTS", "batch", "limits", "stray"]

IDS = ("v", "w", "x", "y", "z")
CHILDREN = ("a", "b", "c", "d", "e", "f")
POLICIES = ("TERMINATE", "REQUEST_CANCEL", "ABANDON")
TIMEOUTS = ("0", "2", "5", *["NONE"] * 6)


def limits(rng: random.Random) -> Limits:
    """Return limits that are reached now and then."""
    return Limits(
        open_activities=rng.randint(1, 4),
        open_timers=rng.randint(1, 4),
        open_children=rng.randint(1, 4),
        open_lambdas=rng.randint(1, 2),
        events=rng.choices((2, 9, 25, 60, 25_000), (1, 2, 3, 4, 20))[0],
        open_executions=rng.randint(3, 9),
    )


def batch(rng: random.Random) -> list[Decision]:
    """Return the decisions of one answer; seldom one that contradicts itself."""
    decisions = [_decision(rng) for _ in range(rng.randint(0, 4))]
    if rng.random() < 0.1:
        decisions.append(_closing(rng))
    if rng.random() < 0.03:
        decisions.insert(0, _closing(rng))
    return decisions


def _decision(rng: random.Random) -> Decision:
    version = rng.choice(("1", "1", "1", "1", "1", "1", "bare", "old", "none"))
    kind = rng.randrange(12)
    if kind < 4:
        return _activity(rng, version)
    if kind == 4:
        return a.cancel_activity(rng.choice("abc"))
    if kind == 5:
        return a.timer(rng.choice("tuv"), rng.choice(("0", "1", "3")))
    if kind == 6:
        return a.cancel_timer(rng.choice("tuv"))
    if kind == 7:
        return a.marker()
    if kind == 8:
        return a.child(
            rng.choice(("w", *CHILDREN)),
            version,
            child_policy=rng.choice(POLICIES),
            execution_start_to_close_timeout=rng.choice(("3", "", "")),
        )
    if kind == 9:
        return a.signal_other(rng.choice(IDS + CHILDREN), rng.choice((None, "run-1", "run-2")))
    if kind == 10:
        return a.cancel_other(rng.choice(IDS + CHILDREN), rng.choice((None, "run-1", "run-2")))
    return a.function(rng.choice("fg"))


def _activity(rng: random.Random, version: str) -> Decision:
    if rng.random() < 0.3:
        return a.activity(rng.choice("abc"), version)
    return a.activity(
        rng.choice("abc"),
        version,
        task_list=TaskList(rng.choice(("al", "other"))),
        task_priority=rng.choice((None, "-1", "7")),
        schedule_to_start_timeout=rng.choice(TIMEOUTS),
        schedule_to_close_timeout=rng.choice(TIMEOUTS),
        start_to_close_timeout=rng.choice(TIMEOUTS),
        heartbeat_timeout=rng.choice(TIMEOUTS),
    )


def _closing(rng: random.Random) -> Decision:
    if rng.random() < 0.4:
        return a.continue_as_new(rng.choice((None, None, "1", "bare", "old", "none")))
    return rng.choice((a.complete("r"), a.fail("reason"), a.cancel()))


def stray(rng: random.Random, state: Execution) -> Command:
    """Return a command that nobody sends who has kept to the rules, or that comes too late."""
    known = rng.randint(0, len(state.events) + 1)
    event_id = rng.choice(
        [event_id for event_id in range(len(state.events) + 2) if event_id not in state.children]
    )
    started = state.started
    assert started is not None
    return rng.choice(
        (
            c.Start(started.attributes),
            c.StartDecisionTask(known + 1_000),
            c.CompleteDecisionTask(known, event_id + 1_000, [a.marker()]),
            c.StartActivityTask(known + 1_000),
            c.RecordHeartbeat(known, event_id + 1_000, "stray"),
            c.CompleteActivityTask(known, event_id + 1_000),
            c.FailActivityTask(known, 0),
            c.CancelActivityTask(known, 0),
            c.TimeOutActivityTask(known, 0, ActivityTaskTimeoutType.HEARTBEAT),
            c.CancelUnstartedActivityTask(known),
            c.ExpireClock(rng.choice(list(Clock)), known),
            c.RefuseLambda(event_id),
            c.RecordChildStart(event_id, "stray"),
            c.CloseChild(event_id, "stray", state.events[-1]),
            c.RecordDelivery(event_id, "stray"),
            c.RefuseDelivery(event_id),
            c.Terminate(WorkflowExecutionTerminatedCause.OPERATOR_INITIATED),
        )
    )
