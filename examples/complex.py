"""Workflows are made of workflows: two children, the quickstart twice, then the sum of their results.

The children do not depend on each other, so they run at the same time.

    $ simpleflow workflow.start --local examples.complex.ComplexWorkflow --input '[1, 0]'
    (1 + 1) * 2 = 4
    (2 + 1) * 2 = 6
    10
"""

from __future__ import annotations

from examples.basic import BasicWorkflow
from simpleflow import Workflow, activity


@activity.with_attributes(task_list="quickstart", version="example")
def add(x: int, y: int) -> int:
    return x + y


class ComplexWorkflow(Workflow):
    name = "complex"
    version = "example"
    task_list = "example"

    def run(self, x: int, t: int = 30) -> int:
        first = self.submit(BasicWorkflow, x, t)
        second = self.submit(BasicWorkflow, x + 1, t)
        return self.submit(add, first, second).result
