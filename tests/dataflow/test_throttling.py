"""What Amazon SWF throttles is asked for again after a pause, as it was, warm and cold alike."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from overload import throttling
from test_runs import fetch, inc
from world import World

from simpleflow import Workflow, futures
from simpleflow.dataflow import ByIds, Limits
from simpleflow.exceptions import TaskException
from swf.protocol import events as e

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = "_simpleflow_pause_timer"


class Asks(Workflow):
    """Submits what `asks` says, and returns what becomes of it."""

    name = "asks"
    version = "1"
    task_list = "d"
    asks: Any

    def run(self) -> Any:
        return [future.result for future in type(self).asks(self)]


class Child(Workflow):
    name = "child"
    version = "1"
    task_list = "d"

    def run(self) -> int:
        return 7


class Patient(Workflow):
    name = "patient"
    version = "1"
    task_list = "d"
    raises_on_failure = False

    def run(self) -> None:
        self.sleep(1_000)


def _world(asks: Callable[[Asks], list[Any]], **options: Any) -> World:
    return World(type("Asking", (Asks,), {"asks": staticmethod(asks)}), **options)


def _times(count: int) -> Callable[[str], bool]:
    """Say no so many times, but never to the pause itself."""
    left = [count]

    def says_no(kind: str) -> bool:
        left[0] -= kind != "StartTimer"
        return kind != "StartTimer" and left[0] >= 0

    return says_no


def _pauses(world: World) -> list[str]:
    return [
        event.attributes.start_to_fire_timeout
        for event in world.execution.events
        if isinstance(event, e.TimerStarted) and event.attributes.timer_id == PAUSE
    ]


def _of(world: World, kind: type) -> list[Any]:
    return [event.attributes for event in world.execution.events if type(event) is kind]


def _let_pass(world: World, seconds: float) -> None:
    world.now += seconds
    world.executions.tick(world.now)


def test_an_activity_is_asked_for_again_under_its_id_and_has_its_result() -> None:
    world = _world(lambda w: [w.submit(inc, 1), w.submit(inc, 2)])

    with throttling(_times(1)):
        closing = world.run()

    assert closing.attributes.result == "[2,3]"
    scheduled = [each.activity_id[-2:] for each in _of(world, e.ActivityTaskScheduled)]
    refused = [each.activity_id[-2:] for each in _of(world, e.ScheduleActivityTaskFailed)]
    assert (scheduled, refused) == (["-2", "-1"], ["-1"])
    assert _pauses(world) == ["1"]


def test_the_pauses_of_one_time_become_longer_and_one_is_enough_for_all() -> None:
    world = _world(lambda w: [w.submit(inc, n) for n in range(10)])

    with throttling(_times(10 * 8)):
        assert world.run().attributes.result == "[1,2,3,4,5,6,7,8,9,10]"

    assert _pauses(world) == ["1", "2", "4", "8", "16", "32", "60", "60"]


def test_later_trouble_begins_with_a_short_pause_again() -> None:
    def asks(w: Asks) -> list[Any]:
        first = w.submit(inc, 1)
        w.sleep(1_000)
        return [first, w.submit(inc, 2)]

    world = _world(asks)
    answers = iter([True, True, False, True, False])

    with throttling(lambda kind: kind == "ScheduleActivityTask" and next(answers)):
        assert world.run().attributes.result == "[2,3]"

    assert _pauses(world) == ["1", "2", "1"]


@pytest.mark.parametrize("kind", ["StartChildWorkflowExecution", "StartChildWorkflowExecutionLate"])
def test_a_child_is_asked_for_again(kind: str) -> None:
    world = _world(lambda w: [w.submit(Child)])
    answers = iter([True])

    with throttling(lambda asked: asked == kind and next(answers, False)):
        assert world.run().attributes.result == "[7]"

    (refused,) = _of(world, e.StartChildWorkflowExecutionFailed)
    assert bool(refused.initiated_event_id) == kind.endswith("Late")
    assert len({each.workflow_id for each in _of(world, e.StartChildWorkflowExecutionInitiated)}) == 1


def test_timers_are_asked_for_again_at_once_where_no_pause_can_be_made() -> None:
    world = _world(lambda w: [w.submit(w.start_timer("t", 5))])
    answers = iter([True] * 5)

    with throttling(lambda kind: kind == "StartTimer" and next(answers, False)):
        assert world.run().attributes.result == "[null]"

    assert [each.timer_id for each in _of(world, e.StartTimerFailed)] == ["t", PAUSE] * 2 + ["t"]


def test_a_signal_is_sent_again_until_it_arrives() -> None:
    world = _world(lambda w: [w.submit(w.signal("s", 1)), w.submit(w.wait_signal("s"))])

    with throttling(_times(2)):
        world.run()

    assert len(_of(world, e.SignalExternalWorkflowExecutionFailed)) == 2
    assert len(_of(world, e.WorkflowExecutionSignaled)) == 1
    assert _pauses(world) == ["1", "2"]


def test_a_signal_that_waits_is_sent_with_the_end_of_the_run() -> None:
    def asks(w: Asks) -> list[Any]:
        w.submit(w.signal("s", 1, workflow_id="elsewhere"))
        return [w.submit(inc, 1)]

    world = _world(asks)

    with throttling(lambda kind: kind.startswith("Signal")):
        world.decide()
        (task,) = world.open_tasks()
        assert world.decide() == ["StartTimer"]
        world.perform(task)
        assert world.decide() == ["SignalExternalWorkflowExecution", "CompleteWorkflowExecution"]


def test_the_request_to_cancel_a_child_is_sent_again() -> None:
    def asks(w: Asks) -> list[Any]:
        child = w.submit(Patient)
        w.submit(inc, 1).result  # noqa: B018  # it runs by then
        child.cancel()
        futures.wait(child)
        return []

    world = _world(asks)

    with throttling(lambda kind: kind.startswith("RequestCancel") and world.now < 1_100):
        world.decide()
        world.perform(world.open_tasks()[0])
        while world.now < 1_100:
            while world.decide() is not None:
                pass
            _let_pass(world, 61)
        closing = world.run()

    assert closing.attributes.result == "[]"
    assert len(_of(world, e.RequestCancelExternalWorkflowExecutionFailed)) > 0
    assert len(_of(world, e.ChildWorkflowExecutionCanceled)) == 1


def test_what_is_canceled_meanwhile_is_never_asked_for() -> None:
    def asks(w: Asks) -> list[Any]:
        futures_ = [w.submit(inc, 1), w.submit(Child), w.submit(w.start_timer("t", 100))]
        slept = w.submit(w.start_timer("u", 100))
        w.submit(w.wait_signal("go")).result  # noqa: B018
        for each in futures_:
            each.cancel()
        w.submit(w.cancel_timer("u"))
        futures.wait(*futures_, slept)
        return []

    world = _world(asks)

    with throttling(lambda kind: kind != "StartTimer" or not _pauses(world)):
        world.decide()
        assert world.decide() == ["StartTimer"]
        world.executions.signal(world.execution, "go", None, world.now)
        decided = [world.decide()]
        while decided[-1] is not None:
            decided.append(world.decide())

    assert ["CompleteWorkflowExecution"] in decided
    assert not _of(world, e.ActivityTaskScheduled)
    assert not _of(world, e.StartChildWorkflowExecutionInitiated)


def test_the_limits_hold_for_what_is_asked_for_again() -> None:
    world = _world(
        lambda w: [w.submit(inc, n) for n in range(8)], limits=Limits(decisions=4, open_activities=3)
    )
    most = 0

    with throttling(_times(6)):
        while not world.execution.closed:
            while (decided := world.decide()) is not None:
                most = max(most, len(decided))
            tasks = world.open_tasks()
            assert len(tasks) <= 3
            for task in tasks:
                world.perform(task)
            _let_pass(world, 61)

    assert most <= 4
    (end,) = _of(world, e.WorkflowExecutionCompleted)
    assert end.result == "[1,2,3,4,5,6,7,8]"


def test_continue_as_new_waits_too() -> None:
    class Goes(Workflow):
        name = "goes"
        version = "1"
        task_list = "d"

        def run(self) -> None:
            futures.wait(self.submit(self.continue_as_new()))

    world = World(Goes)

    with throttling(_times(2)):
        world.decide()
        world.decide()
        while not world.execution.closed:
            _let_pass(world, 2)
            world.decide()

    assert isinstance(world.execution.events[-1], e.WorkflowExecutionContinuedAsNew)
    assert _pauses(world) == ["1", "2"]


def test_a_run_that_is_decided_by_ids_asks_again_after_a_timer_of_the_task() -> None:
    world = _world(lambda w: [w.submit(inc, 1)], compare=False)

    def decide() -> list[str]:
        world.now += 1
        task = world.executions.poll_decision_task(world.now)
        assert task is not None
        flow = ByIds(world.workflow, workflow_id="w", run_id="r")
        decided = flow.feed(task.execution.events)
        flow.discard()
        world.answer(task, decided)
        return [type(each).__name__ for each in decided.decisions]

    with throttling(_times(1)):
        assert decide() == ["ScheduleActivityTask"]
        assert decide() == ["StartTimer"]
        _let_pass(world, 10)
        assert decide() == ["ScheduleActivityTask"]
    world.perform(world.open_tasks()[0])
    assert decide() == ["CompleteWorkflowExecution"]


def test_a_refusal_is_mended_although_the_run_begins_again_meanwhile() -> None:
    def asks(w: Asks) -> list[Any]:
        future = w.submit(inc, w.submit(inc, 1))
        with contextlib.suppress(TaskException):
            w.submit(fetch, "a")  # raises here, once it has failed
        return [future]

    world = _world(asks)
    world.decide()
    first, failing = world.open_tasks()
    world.perform(first)
    known = world.executions.types
    task = world.executions.poll_decision_task(world.now + 1)
    assert task is not None
    decided = world.warm_decision(task)
    world.perform(failing)  # is read together with the refusal
    world.executions.types = SimpleNamespace(activity=lambda *kind: None, workflow=known.workflow)
    world.answer(task, decided)
    world.executions.types = known

    assert world.run().attributes.result == "[3]"
    assert len(_of(world, e.ScheduleActivityTaskFailed)) == 1
