"""Signals: messages to a running workflow, from outside, from its family, or from itself.

`wait_signal` is a gate, open from the first signal of its name on. Sent to oneself it orders what has no data
in common:

    $ simpleflow workflow.start --local examples.signals.SignalsWorkflow --input '[]'
    preparing
    cooking
    serving
    null
    $ simpleflow workflow.start --local examples.signals.CanvasSignalsWorkflow --input '[]'
    left: first half
    right: first half
    right: second half
    left: second half
    null

`next_signal` is a mailbox: the k-th one submitted gets the k-th signal of its name. Here a child sends orders
to its parent, who works until told to stop:

    $ simpleflow workflow.start --local examples.signals.ParentSignalsWorkflow --input '[["tea", "cake"]]'
    brewing tea
    brewing cake
    ["tea","cake"]

A signal passes through the family, from child to parent to the other children, unless it says
`propagate=False`. Here only the news does:

    $ simpleflow workflow.start --local examples.signals.WorkflowWithTwoChildren --input '[]'
    Sister knows the news
    Brother heard of it
    null
"""

from __future__ import annotations

from typing import Any

from simpleflow import Workflow, activity, futures
from simpleflow.canvas import Chain, Group


@activity.with_attributes(task_list="quickstart", version="example")
def say(text: str) -> None:
    print(text)


class SignalsWorkflow(Workflow):
    """Cooks only when prepared, serves only when cooked."""

    name = "signals"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        serving = Chain(self.wait_signal("cooked"), (say, "serving"))
        cooking = Chain(self.wait_signal("prepared"), (say, "cooking"), self.signal("cooked"))
        preparing = Chain((say, "preparing"), self.signal("prepared"))
        futures.wait(self.submit(Group(serving, cooking, preparing)))


class CanvasSignalsWorkflow(Workflow):
    """Two chains at the same time; the second half of the left one waits for the right one to end."""

    name = "canvas_signals"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        left = Chain(
            (say, "left: first half"),
            self.signal("left is half done"),
            self.wait_signal("right is done"),
            (say, "left: second half"),
        )
        right = Chain(
            self.wait_signal("left is half done"),
            (say, "right: first half"),
            (say, "right: second half"),
            self.signal("right is done"),
        )
        futures.wait(self.submit(Group(left, right)))


class ChildWorkflowSendingSignals(Workflow):
    """Sends its parent one order after the other, then one that means the end."""

    name = "child_sending_signals"
    version = "example"
    task_list = "example"

    def run(self, orders: list[str]) -> None:
        context = self.get_run_context()
        parent = {"workflow_id": context["parent_workflow_id"], "run_id": context["parent_run_id"]}
        for order in [*orders, "that is all"]:
            futures.wait(self.submit(self.signal("order", order, propagate=False, **parent)))


class ParentSignalsWorkflow(Workflow):
    """Works on what it is sent."""

    name = "parent_signals"
    version = "example"
    task_list = "example"

    def run(self, orders: list[str]) -> list[str]:
        child = self.submit(ChildWorkflowSendingSignals, orders)
        done: list[str] = []
        while (order := self.next_order()) != "that is all":
            self.submit(say, f"brewing {order}").wait()
            done.append(order)
        futures.wait(child)
        return done

    def next_order(self) -> str:
        """Wait for the next signal; its arguments are in its input."""
        message: dict[str, Any] = self.submit(self.next_signal("order")).result
        return str(message["args"][0])


class Sister(Workflow):
    name = "sister"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        futures.wait(
            self.submit(say, "Sister knows the news"),
            self.submit(self.signal("secret", propagate=False)),
            self.submit(self.signal("news")),
        )


class Brother(Workflow):
    name = "brother"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        futures.wait(self.submit(self.wait_signal("news")))
        futures.wait(self.submit(say, "Brother heard of it"))


class WorkflowWithTwoChildren(Workflow):
    name = "two_children"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        futures.wait(self.submit(Brother), self.submit(Sister))
