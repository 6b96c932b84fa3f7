"""Options: where they are written, when they hold, and that a bad one is refused where it is written."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from runs import Base, history_of, inc, outcome

from simpleflow import Workflow, activity
from simpleflow.activity import PRIORITY_NOT_SET
from simpleflow.canvas import Group
from simpleflow.exceptions import WorkflowFailed


def scheduled(workflow: type[Workflow], attribute: str) -> list[Any]:
    """Return an attribute of each activity that a run schedules."""
    events = history_of(workflow).events
    return [getattr(e.attributes, attribute) for e in events if type(e).__name__ == "ActivityTaskScheduled"]


class Priorities(Base):
    task_priority = 7

    def run(self) -> None:
        self.submit(inc, 1).wait()
        self.submit(inc.with_options(task_priority="8"), 1).wait()
        self.submit(inc.with_options(task_priority=8), 1, __priority=9).wait()  # type: ignore[call-arg,arg-type]
        self.submit(inc.with_options(task_priority=None), 1).wait()
        self.submit(inc, 1, __priority=None).wait()  # type: ignore[call-arg,arg-type]


def test_the_priority_nearest_to_the_submit_wins_and_none_ends_the_search() -> None:
    assert scheduled(Priorities, "task_priority") == ["7", "8", "9", None, None]


class Snapshots(Base):
    def run(self) -> None:
        mine = inc.with_options(task_list="before")
        first = self.submit(mine, 1)
        mine.task_list = "after"
        mine.meta["binaries"] = {"a": "b"}
        second = self.submit(mine, 2)
        first.wait()
        second.wait()


def test_what_is_written_to_an_activity_holds_from_the_next_submit_on() -> None:
    assert [each.name for each in scheduled(Snapshots, "task_list")] == ["before", "after"]
    first, second = scheduled(Snapshots, "input")
    assert "meta" not in first
    assert '"meta":{"binaries":{"a":"b"}}' in second


def test_a_variant_leaves_the_original_as_it_is() -> None:
    variant = inc.with_options(retry=3, task_list="elsewhere", meta={"a": 1})
    assert (inc.retry, inc.task_list, inc.meta) == (0, "default", {})
    assert (variant.retry, variant.task_list, variant.name) == (3, "elsewhere", inc.name)


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({"retry": -1}, "RetryPolicy"),
        ({"retry": "2"}, "RetryPolicy"),
        ({"start_to_close_timeout": "soon"}, "whole seconds"),
        ({"heartbeat_timeout": 0.5}, "whole seconds"),
        ({"schedule_to_close_timeout": -5}, "whole seconds"),
        ({"task_priority": "high"}, "whole number"),
    ],
)
def test_an_impossible_option_is_refused_where_it_is_written(options: dict[str, Any], allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        activity.with_attributes(**options)(lambda: None)
    with pytest.raises(ValueError, match=allowed):
        inc.with_options(**options)


def test_an_unknown_option_is_refused_naming_the_known() -> None:
    with pytest.raises(TypeError, match=r"unknown options \['tiemout'\].*start_to_close_timeout"):
        inc.with_options(tiemout=3)
    with pytest.raises(TypeError, match=r"unknown options \['retries'\].*'retry'"):
        Base.with_options(retries=3)


@pytest.mark.parametrize("timeout", [None, 0, "0", 5, "5", "NONE"])
def test_time_outs_are_seconds_or_nothing(timeout: Any) -> None:
    assert inc.with_options(start_to_close_timeout=timeout).task_start_to_close_timeout == timeout


class BadPriority(Base):
    def run(self) -> None:
        self.submit(inc, 1, __priority="high").wait()  # type: ignore[call-arg,arg-type]


def test_a_priority_that_is_no_number_fails_the_run_at_its_submit() -> None:
    with pytest.raises(WorkflowFailed, match="high"):
        outcome(BadPriority)


def test_there_is_a_priority_that_means_not_set() -> None:
    assert repr(PRIORITY_NOT_SET) == "<Priority Not Set>"
    assert inc.task_priority is PRIORITY_NOT_SET


class Tagged(Base):
    tag_list: ClassVar[Any] = ["a", "b"]

    def run(self) -> Any:
        return [self.get_run_context()["tag_list"], self.submit(Inheriting).result]


class Inheriting(Base):
    name = "inheriting"
    tag_list = Workflow.INHERIT_TAG_LIST

    def run(self) -> Any:
        return self.get_run_context()["tag_list"]


def test_tags_are_the_classs_and_may_be_inherited() -> None:
    assert outcome(Tagged) == [["a", "b"], ["a", "b"]]
    assert outcome(Tagged.with_options(tags=["c"])) == [["c"], ["c"]]


class Context(Base):
    def run(self) -> Any:
        return self.get_run_context()


class ContextOfChild(Base):
    name = "parent"

    def run(self) -> Any:
        return [self.get_run_context(), self.submit(Context).result]


def test_the_run_context_says_which_execution_this_is() -> None:
    parent, child = outcome(ContextOfChild)
    assert parent["name"] == "test_options.ContextOfChild"
    assert parent["version"] == "1"
    assert parent["domain_name"] == "local"
    assert parent["workflow_id"] == "local_parent"
    assert (parent["parent_workflow_id"], parent["parent_run_id"]) == (None, None)
    assert child["parent_workflow_id"] == "local_parent"
    assert child["parent_run_id"] == parent["run_id"]
    assert child["run_id"] != parent["run_id"]


class Old(Base):
    def run(self) -> Any:
        with pytest.warns(DeprecationWarning, match="get_run_context"):
            return self.get_execution_context() == self.get_run_context()


def test_the_run_context_has_an_older_name() -> None:
    assert outcome(Old) is True


class Shadowing(Base):
    def run(self) -> Any:
        return self.submit(
            takes_all, 1, context="c", simpleflow_middlewares="m", workflow_task_list="w"
        ).result


@activity.with_attributes(version="1")
def takes_all(x: int, context: str, simpleflow_middlewares: str, workflow_task_list: str) -> list[Any]:
    return [x, context, simpleflow_middlewares, workflow_task_list]


def test_no_parameter_name_is_reserved() -> None:
    assert outcome(Shadowing) == [1, "c", "m", "w"]


@activity.with_attributes(version="1")
def takes_more(activity: str, workflow: str, func: str, first: str) -> str:
    return activity + workflow + func + first


class ShadowingMore(Base):
    def run(self) -> Any:
        words = {"activity": "a", "workflow": "w", "func": "f", "first": "1"}
        group = Group()
        group.append(takes_more, **words)
        return [self.submit(takes_more, **words).result, self.submit(group).result]


def test_nor_are_the_names_that_we_use_ourselves() -> None:
    assert outcome(ShadowingMore) == ["awf1", ["awf1"]]


@activity.with_attributes(version="1")
def takes_submittable(submittable: int) -> int:
    return submittable


class ShadowingSubmit(Base):
    def run(self) -> Any:
        return self.submit(takes_submittable, submittable=1).result


def test_not_even_that_of_submits_own_parameter() -> None:
    assert outcome(ShadowingSubmit) == 1
