"""A workflow that starts others: with ids and tags of their own, or once however often it is asked for.

$ simpleflow workflow.start --local examples.child_workflow.ParentWorkflow --input '[1]'
Submitting ChildWorkflow
Submitting ChildWorkflow
Submitting DrawWorkflow
Submitting DrawWorkflow
I am CHILD 1 and I'll increment x=1
I am CHILD 2 and I'll increment x=3
The same draw: True
Final result should be: 1 + 4 = 5
5
"""

from __future__ import annotations

from typing import Any

from simpleflow import Workflow, activity


@activity.with_attributes(task_list="quickstart", version="example")
def add(x: int, y: int) -> int:
    return x + y


class ChildWorkflow(Workflow):
    name = "child"
    version = "example"
    task_list = "example"

    @staticmethod
    def get_workflow_id(workflow: type[Workflow], name: str, x: int) -> str:
        """Name the child after its arguments, rather than after its parent and a number."""
        return f"example-{workflow.name}-{name.lower().replace(' ', '-')}"

    @staticmethod
    def get_tag_list(workflow: type[Workflow], name: str, x: int) -> list[str]:
        """Tag the child: tags are what executions can be filtered by."""
        return [f"name={name}"]

    def run(self, name: str, x: int) -> int:
        print(f"I am {name} and I'll increment x={x}")
        return self.submit(add, x, 2).result


class DrawWorkflow(Workflow):
    """Draws at random. Idempotent: of the same arguments, a parent has one execution."""

    name = "draw"
    version = "example"
    task_list = "example"
    idempotent = True
    tag_list = Workflow.INHERIT_TAG_LIST

    def run(self, tickets: int) -> int:
        return int(self.random() * tickets)


class ParentWorkflow(Workflow):
    name = "parent"
    version = "example"
    task_list = "example"
    tag_list = ("example", "family")

    def run(self, x: int) -> int:
        y = self.submit(ChildWorkflow, "CHILD 1", x)
        z = self.submit(ChildWorkflow, "CHILD 2", y)

        draw = self.submit(DrawWorkflow, 1_000_000)
        again = self.submit(DrawWorkflow, 1_000_000)

        total: int = z.result
        print(f"The same draw: {draw.result == again.result}")
        print(f"Final result should be: {x} + 4 = {x + 4}")
        return total

    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Any:
        """See everything that this workflow submits pass by."""
        print(f"Submitting {submittable.__name__}")
        return super().submit(submittable, *args, **kwargs)
