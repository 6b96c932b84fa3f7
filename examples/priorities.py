"""Five ways to say how urgent an activity is; who says it nearest to the submit wins.

Nothing of it shows in the output: a priority is written into the history (`taskPriority`), and orders the
queue of a task list.

    $ simpleflow workflow.start --local examples.priorities.WorkflowPriority1 --input '[1]'
    2
    $ simpleflow workflow.start --local examples.priorities.WorkflowPriority2 --input '[1]'
    2
    $ simpleflow workflow.start --local examples.priorities.WorkflowPriority3 --input '[1]'
    2
    $ simpleflow workflow.start --local examples.priorities.WorkflowPriority4 --input '[1]'
    2
    $ simpleflow workflow.start --local examples.priorities.WorkflowPriority5 --input '[1]'
    [2,2,2]
"""

from __future__ import annotations

from typing import Any

from simpleflow import Workflow, activity


@activity.with_attributes(task_list="quickstart", version="example")
def increment(x: int) -> int:
    return x + 1


@activity.with_attributes(task_list="quickstart", version="example", task_priority=32)
def urgent_increment(x: int) -> int:
    return x + 1


class WorkflowPriority1(Workflow):
    """Nobody says anything: the activity has no priority."""

    name = "priority1"
    version = "example"
    task_list = "example"

    def run(self, x: int) -> int:
        return self.submit(increment, x).result


class WorkflowPriority2(Workflow):
    """The submit says 5."""

    name = "priority2"
    version = "example"
    task_list = "example"

    def run(self, x: int) -> int:
        return self.submit(increment.with_options(task_priority=5), x).result


class WorkflowPriority3(Workflow):
    """The workflow says 12, for all that it submits."""

    name = "priority3"
    version = "example"
    task_list = "example"
    task_priority = 12

    def run(self, x: int) -> int:
        return self.submit(increment, x).result


class WorkflowPriority4(Workflow):
    """The workflow says 30 when it runs with the tag `urgent`, else 1."""

    name = "priority4"
    version = "example"
    task_list = "example"

    @property
    def task_priority(self) -> int:
        return 30 if "urgent" in self.get_run_context()["tag_list"] else 1

    def run(self, x: int) -> int:
        return self.submit(increment, x).result


class WorkflowPriority5(Workflow):
    """The workflow says 6, the activity 32, and the submits nothing, 5, and None: no priority at all."""

    name = "priority5"
    version = "example"
    task_list = "example"
    task_priority = 6

    def run(self, x: int) -> list[int]:
        activity_says = self.submit(urgent_increment, x)
        # Type checkers know `with_options(task_priority=...)`, but not `__priority`.
        submit: Any = self.submit
        submit_says = submit(urgent_increment, x, __priority=5)
        nobody_says = submit(urgent_increment, x, __priority=None)
        return [activity_says.result, submit_says.result, nobody_says.result]
