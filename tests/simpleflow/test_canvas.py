"""Chains, groups and late functions, with their options; options are never written onto what they hold."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from runs import Base, boom, inc, outcome

from simpleflow import Workflow, activity
from simpleflow.canvas import Chain, FuncGroup, Group
from simpleflow.exceptions import AggregateException, TaskException, WorkflowFailed
from simpleflow.local import Executor


@activity.with_attributes(version="1")
def total(*numbers: Any) -> int:
    return sum(sum(each) if isinstance(each, list) else each for each in numbers)


class Child(Base):
    name = "child"

    def run(self, x: int) -> int:
        return x * 10


class Canvas(Base):
    """Submits what the test made."""

    def run(self, name: str) -> Any:
        made = MADE[name]()
        future = self.submit(made)
        exception = future.exception
        assert exception is None or isinstance(exception, AggregateException)
        kinds = [type(each).__name__ for each in exception.exceptions] if exception else None
        return [future.result, kinds, future.state]


MADE: dict[str, Any] = {
    "group": lambda: Group((inc, 1), inc_of_two(), (Child, 3)),
    "empty": Group,
    "failing group": lambda: Group((inc, 1), boom, (inc, 2)),
    "quiet group": lambda: Group(boom, bubbles_exception_on_failure=False),
    "chain": lambda: Chain((inc, 1), (inc, 2)),
    "broken chain": lambda: Chain((inc, 1), boom, (inc, 3)),
    "unbroken chain": lambda: Chain((inc, 1), boom, (inc, 3), break_on_failure=False),
    "sent": lambda: Chain((inc, 1), inc, inc, send_result=True),
    "sent to child": lambda: Chain((inc, 1), Child, send_result=True),
    "sent to group": lambda: Chain((inc, 1), Group(inc, (total, 10)), total, send_result=True),
    "sent to chain": lambda: Chain((inc, 1), Chain(inc, (inc, 50)), send_result=True),
    "sent to function": lambda: Chain((inc, 1), FuncGroup(lambda x: Group((inc, x))), send_result=True),
    "nested broken": lambda: Chain(Chain(boom), (inc, 1)),
    "nested quiet": lambda: Chain(Chain(boom, bubbles_exception_on_failure=False), (inc, 1)),
    "nested not raising": lambda: Chain(Chain(boom, raises_on_failure=False), (inc, 1)),
    "function": lambda: FuncGroup(lambda n: Group(*[(inc, i) for i in range(n)]), 3),
    "none in group": lambda: Group((inc, 1), FuncGroup(lambda: None, _allow_none=True)),
}


def inc_of_two() -> Any:
    return FuncGroup(lambda: Chain((inc, 2)))


@pytest.mark.parametrize(
    ("name", "result", "exceptions"),
    [
        ("group", [2, [3], 30], None),
        ("empty", [], None),
        ("failing group", [2, None, 3], ["NoneType", "TaskFailed", "NoneType"]),
        ("quiet group", [None], None),
        ("chain", [2, 3], None),
        ("broken chain", [2, None], ["NoneType", "TaskFailed"]),
        ("unbroken chain", [2, None, 4], ["NoneType", "TaskFailed", "NoneType"]),
        ("sent", [2, 3, 4], None),
        ("sent to child", [2, 20], None),
        ("sent to group", [2, [3, 12], 15], None),
        ("sent to chain", [2, [3, 51]], None),
        ("sent to function", [2, [3]], None),
        ("nested broken", [[None]], ["AggregateException"]),
        ("nested quiet", [[None], 2], None),
        ("nested not raising", [[None], 2], None),
        ("function", [1, 2, 3], None),
        ("none in group", [2, None], None),
    ],
)
def test_containers_give_the_results_in_order_and_the_failures_of_those_that_bubble(
    name: str, result: Any, exceptions: Any
) -> None:
    assert outcome(Canvas, name) == [result, exceptions, "FINISHED"]


RUNNING: set[int] = set()
MOST: list[int] = []
LOCK = threading.Lock()


@activity.with_attributes(version="1")
def counted(number: int) -> None:
    with LOCK:
        RUNNING.add(number)
        MOST.append(len(RUNNING))
    time.sleep(0.005)
    with LOCK:
        RUNNING.discard(number)


class Limited(Base):
    def run(self) -> None:
        self.submit(Group(*[(counted, n) for n in range(8)], max_parallel=2)).wait()


def test_no_more_than_max_parallel_members_run_at_once() -> None:
    MOST.clear()
    Executor(Limited, nb_workers=8).run()
    assert len(MOST) == 8
    assert max(MOST) == 2


class Raising(Base):
    def run(self) -> Any:
        try:
            self.submit(Group(boom, raises_on_failure=True)).wait()
        except TaskException as error:
            return [repr(error.exception), repr(self.submit(boom).exception)]


def test_options_of_a_container_are_not_written_onto_its_members() -> None:
    raised, kept = outcome(Raising)
    assert "ValueError: broken" in raised
    assert "ValueError: broken" in kept
    assert boom.raises_on_failure is False


def test_members_are_checked_when_they_are_added() -> None:
    with pytest.raises(ValueError, match="should be a Submittable, Group, or Activity"):
        Group(len)
    with pytest.raises(ValueError, match="args, kwargs not supported"):
        Group((Chain(), 1))
    with pytest.raises(ValueError, match="Cannot combine send_result=True with break_on_failure=False"):
        Chain(send_result=True, break_on_failure=False)
    with pytest.raises(ValueError, match="max_parallel is at least 1"):
        Group(max_parallel=0)


def test_members_are_added_one_by_one_or_several() -> None:
    group = Group((inc, 1))
    group.append(Child, 2)
    group.extend([(inc, 3)])
    group += [inc]
    assert len(group.activities) == 4
    assert [each.workflow for each in group.workflow_tasks] == [Child]


class WrongFunction(Base):
    def run(self) -> None:
        self.submit(FuncGroup(lambda: 5))


def test_a_function_that_makes_nothing_to_submit_is_refused_at_its_submit() -> None:
    with pytest.raises(WorkflowFailed, match="FuncGroup submission should return a Group or Submittable"):
        outcome(WrongFunction)


class Nothing(Base):
    def run(self) -> Any:
        return self.submit(FuncGroup(lambda: None, _allow_none=True))


def test_a_function_that_may_make_nothing_gives_none() -> None:
    assert outcome(Nothing) is None


def test_aggregates_are_handled_and_flattened() -> None:
    nested = AggregateException([None, ValueError("a"), AggregateException([KeyError("b"), None])])
    assert [type(each) for each in nested.flatten().exceptions] == [ValueError, KeyError]


class Shadowed(Workflow):
    name = "shadowed"
    version = "1"
    task_list = "d"
    seen: Any = None

    def run(self) -> Any:
        self.count = 0
        self.submit(Group((inc, 1), Chain((inc, 2), (inc, 3)))).wait()
        return self.count

    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.count += 1
        return super().submit(submittable, *args, **kwargs)


def test_an_overridden_submit_sees_what_containers_hold_too() -> None:
    assert outcome(Shadowed) == 5
