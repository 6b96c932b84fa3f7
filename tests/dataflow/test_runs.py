"""A run is a function of its batches: warm and cold decide the same, every task gets its own result."""

from __future__ import annotations

import json
from typing import Any

import pytest
from world import World

from simpleflow import Workflow, activity, futures
from simpleflow.dataflow import Limits, batches
from simpleflow.exceptions import Nondeterminism, TaskException


@activity.with_attributes(version="1")
def slow() -> int:
    return 5


@activity.with_attributes(version="1")
def inc(x: int) -> int:
    return x + 1


@activity.with_attributes(version="1", raises_on_failure=True)
def fetch(what: str) -> str:
    if what == "a":
        raise ValueError("no a")
    return what


@activity.with_attributes(version="1")
def fails() -> None:
    raise ValueError("it fails")


class Shifted(Workflow):
    name = "shifted"
    version = "1"
    task_list = "d"

    def run(self) -> Any:
        x = self.submit(slow)
        a = self.submit(inc, x)
        b = self.submit(inc, 10)
        return [a.result, b.result]


@pytest.mark.parametrize("first", [0, 1])
def test_a_task_never_gets_the_result_of_another_whatever_finishes_first(first: int) -> None:
    world = World(Shifted)
    assert world.decide() == ["ScheduleActivityTask", "ScheduleActivityTask"]
    tasks = world.open_tasks()

    world.perform(tasks.pop(first))
    world.decide()
    world.perform(tasks.pop())
    closing = world.run()

    assert json.loads(closing.attributes.result) == [6, 11]


class Backup(Workflow):
    name = "backup"
    version = "1"
    task_list = "d"

    def run(self) -> Any:
        try:
            first = self.submit(fetch, "a").result
        except TaskException:
            first = self.submit(fetch, "backup").result
        return [first, self.submit(fetch, "c").result]


def test_a_failure_caught_at_submit_shifts_no_ids() -> None:
    world = World(Backup)

    closing = world.run()

    assert json.loads(closing.attributes.result) == ["backup", "c"]
    assert world.warm.reasons["failure"] >= 1


class Failing(Workflow):
    name = "failing"
    version = "1"
    task_list = "d"

    def run(self) -> Any:
        failed = self.submit(fails)
        dependant = self.submit(str_of, failed)
        return [failed.result, type(failed.exception).__name__, dependant.result]


@activity.with_attributes(version="1")
def str_of(value: Any) -> str:
    return str(value)


def test_a_failed_task_hands_none_to_its_dependants() -> None:
    closing = World(Failing).run()

    assert json.loads(closing.attributes.result) == [None, "TaskFailed", "None"]


class Polling(Workflow):
    name = "polling"
    version = "1"
    task_list = "d"

    def run(self) -> Any:
        x = self.submit(slow)
        if not x.done:
            self.submit(inc, 1)
        y = self.submit(inc, 2)
        futures.wait(x, y)
        return y.result


def test_what_was_seen_not_yet_done_begins_a_new_pass_when_it_changes() -> None:
    world = World(Polling)

    closing = world.run()

    assert json.loads(closing.attributes.result) == 3
    assert world.warm.reasons["seen"] == 1


class Wide(Workflow):
    name = "wide"
    version = "1"
    task_list = "d"

    def run(self, n: int) -> Any:
        return sum(futures.wait(*(self.submit(inc, i) for i in range(n))))


def test_what_does_not_fit_in_one_answer_goes_out_with_the_next() -> None:
    world = World(Wide, 25, limits=Limits(decisions=10, open_activities=12))

    first = world.decide()
    closing = world.run()

    assert first is not None
    assert first.count("ScheduleActivityTask") == 9
    assert first[-1] == "StartTimer"
    assert json.loads(closing.attributes.result) == sum(range(1, 26))


class Awaiting(Workflow):
    name = "awaiting"
    version = "1"
    task_list = "d"

    async def run(self) -> Any:
        first = self.submit(inc, 1)
        second = self.submit(inc, first)
        return await second


def test_an_async_run_awaits_futures() -> None:
    assert World(Awaiting).run().attributes.result == "3"


def test_code_that_changed_under_its_history_is_refused_with_the_event() -> None:
    world = World(Shifted)
    world.run()

    class Changed(Shifted):
        def run(self) -> Any:
            x = self.submit(slow)
            return [self.submit(inc, x).result, self.submit(inc, 11).result]

    flow = World(Changed).new_flow()
    first, second, *_ = batches(world.execution.events)
    flow.feed(first)
    with pytest.raises(Nondeterminism) as caught:
        flow.feed(second)

    assert caught.value.event_id == 6
    assert "ActivityTaskScheduled" in str(caught.value)


class Canceling(Workflow):
    name = "canceling"
    version = "1"
    task_list = "d"

    def run(self, cancels: bool = True) -> Any:
        task = self.submit(slow)
        self.submit(inc, 1).wait()
        if cancels:
            task.cancel()
        return [task.result, self.submit(inc, 2).result]


def test_a_cancellation_that_was_not_recorded_is_refused_with_its_line() -> None:
    world = World(Canceling, False)
    assert world.decide() == ["ScheduleActivityTask", "ScheduleActivityTask"]
    world.perform(world.open_tasks()[1])
    assert world.decide() == []
    world.executions.signal(world.execution, "news", None, world.now)
    assert world.decide() == []

    class Changed(Canceling):
        def run(self, cancels: bool = True) -> Any:
            return super().run(cancels=True)

    flow = World(Changed).new_flow()
    first, second, third, *_ = batches(world.execution.events)
    flow.feed(first)
    flow.feed(second)
    with pytest.raises(Nondeterminism) as caught:
        flow.feed(third)
    flow.discard()

    answer = world.execution.events[caught.value.event_id - 1]  # type: ignore[operator]  # it names one
    assert type(answer).__name__ == "DecisionTaskCompleted"
    assert answer in third
    assert caught.value.recorded == "nothing more"
    assert "RequestCancelActivityTask" in str(caught.value)
    assert "test_runs.py" in str(caught.value.where)
