"""Which workers shall do it: a task list chosen while the workflow runs.

`with_options` gives a variant of an activity with another task list, here one that is an argument. Started as
a child, the workflow chooses its own decider likewise, by `get_task_list`.

    $ simpleflow workflow.start --local examples.dyn_task_list.BasicWorkflow --input '[3, "foo"]'
    Result: 6
    6
"""

from __future__ import annotations

from simpleflow import Workflow, activity


@activity.with_attributes(task_list="quickstart", version="example")
def double(x: int) -> int:
    return x * 2


class BasicWorkflow(Workflow):
    name = "dyn_task_list"
    version = "example"
    task_list = "example"

    @staticmethod
    def get_task_list(workflow: type[Workflow], x: int, task_list: str) -> str:
        return task_list

    def run(self, x: int, task_list: str) -> int:
        y = self.submit(double.with_options(task_list=task_list), x)
        print(f"Result: {y.result}")
        return y.result
