"""Which submits are the same task, and what tasks are called on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from runs import Base, history_of, inc, outcome

from simpleflow import activity
from simpleflow.exceptions import WorkflowFailed

CALLS: list[str] = []


@activity.with_attributes(version="1", idempotent=True)
def once(text: str) -> int:
    CALLS.append(text)
    return len(CALLS)


class Idempotent(Base):
    def run(self) -> Any:
        first = self.submit(once, "a")
        same, other = self.submit(once, "a"), self.submit(once, "b")
        return [first.result, same.result, other.result]


def test_an_idempotent_task_runs_once_for_equal_arguments() -> None:
    CALLS.clear()
    assert outcome(Idempotent) == [1, 1, 2]
    assert CALLS == ["a", "b"]


class Hashed(Base):
    def run(self) -> Any:
        return self.submit(inc.with_options(idempotent=True), 1).result


def test_the_id_of_an_idempotent_task_is_the_hash_of_its_arguments() -> None:
    assert list(history_of(Hashed).activities) == ["activity-runs.inc-bdc09455c37471e0ba7397350413a5e6"]


class Conflicting(Base):
    def run(self, **options: Any) -> Any:
        first = self.submit(once, "a")
        return [first.result, self.submit(once.with_options(**options), "a").result]


def test_one_idempotent_id_has_one_way_to_be_retried() -> None:
    with pytest.raises(WorkflowFailed, match="one id has one set of options"):
        outcome(Conflicting, retry=3)


def test_one_idempotent_id_has_one_set_of_options() -> None:
    with pytest.raises(WorkflowFailed, match="one id has one set of options"):
        outcome(Conflicting, task_list="other")


class Named:
    """An activity that says its own ids."""

    def __init__(self, order: int) -> None:
        self.order = order

    @staticmethod
    def get_task_id(workflow: Any, order: int) -> str:
        return f"order-{order}"

    def execute(self) -> int:
        return self.order


named = activity.with_attributes(version="1")(Named)


class Ordering(Base):
    def run(self) -> Any:
        return [self.submit(named, 7).result, self.submit(named, 8).result]


def test_an_activity_can_say_its_ids() -> None:
    assert list(history_of(Ordering).activities) == [
        "activity-test_ids.Named-order-7",
        "activity-test_ids.Named-order-8",
    ]


class Numbered(Base):
    def run(self) -> Any:
        return [self.submit(inc, n).result for n in (5, 5)]


def test_other_tasks_are_numbered_by_name() -> None:
    assert list(history_of(Numbered).activities) == ["activity-runs.inc-1", "activity-runs.inc-2"]


class Child(Base):
    name = "kid"

    def run(self, x: int) -> str:
        return str(self.get_run_context()["workflow_id"])


class Parenting(Base):
    def run(self) -> Any:
        own = Child.with_options(workflow_id="its-own-id")
        return [self.submit(own, 1).result, self.submit(Child, 1).result]


def test_a_child_has_its_own_id_or_one_made_of_its_parents() -> None:
    own, made = outcome(Parenting)
    assert own == "its-own-id"
    assert made.startswith("workflow-kid-local_local--")
    assert made.endswith("--1")
