"""Chains run one after the other, groups at the same time; both may be nested, and say what a failure does.

    $ simpleflow workflow.start --local examples.canvas.CanvasWorkflow --input '[]'
    (1+1)*(2+1)*(3+1) = 24
    Chain with failure: [None]
    Chain ignoring failure: [None, 2, 6]
    Chain with failure in subchain: [[None], 2, 6]
    Chain with failure in sub-subchain: [[[None]], 6]
    Finished!
    null

The futures of groups and chains can be of your own classes:

    $ simpleflow workflow.start --local examples.canvas.CustomCanvasWorkflow --input '[]'
    A group of 4
    A chain of 2
    Result: [2, 3, 4, [None]]
    null
"""

from __future__ import annotations

from math import prod
from typing import Any

from simpleflow import Workflow, activity
from simpleflow.canvas import Chain, ChainFuture, Group, GroupFuture


@activity.with_attributes(task_list="quickstart", version="example")
def increment(x: int) -> int:
    return x + 1


@activity.with_attributes(task_list="quickstart", version="example")
def multiply(numbers: list[int]) -> int:
    return prod(numbers)


@activity.with_attributes(task_list="quickstart", version="example")
def fail() -> None:
    raise ValueError("This one always fails")


class CanvasWorkflow(Workflow):
    name = "canvas"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        # The group's list of results becomes the last argument of `multiply`.
        increments = Group((increment, 1), (increment, 2), (increment, 3))
        product = self.submit(Chain(increments, multiply, send_result=True))
        print(f"(1+1)*(2+1)*(3+1) = {product.result[-1]}")

        # A failure ends a chain: what comes after it is not run...
        broken = Chain(fail, (increment, 1), (multiply, [2, 3]))
        print(f"Chain with failure: {self.submit(broken).result}")

        # ...unless the chain does not break,
        unbroken = Chain(fail, (increment, 1), (multiply, [2, 3]), break_on_failure=False)
        print(f"Chain ignoring failure: {self.submit(unbroken).result}")

        # or the failure stays in a chain of its own and does not bubble up.
        subchain = Chain(fail, (increment, 1), bubbles_exception_on_failure=False)
        outer = Chain(subchain, (increment, 1), (multiply, [2, 3]))
        print(f"Chain with failure in subchain: {self.submit(outer).result}")

        # Here it bubbles up one level, breaking the chain in the middle, and no further.
        middle = Chain(Chain(fail), (increment, 1), bubbles_exception_on_failure=False)
        outer = Chain(middle, (multiply, [2, 3]))
        print(f"Chain with failure in sub-subchain: {self.submit(outer).result}")

        print("Finished!")


class TracedGroupFuture(GroupFuture):
    def __init__(self, activities: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(activities, *args, **kwargs)
        print(f"A group of {len(activities)}")


class TracedChainFuture(ChainFuture):
    def __init__(self, activities: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(activities, *args, **kwargs)
        print(f"A chain of {len(activities)}")


class TracedGroup(Group):
    default_future_class = TracedGroupFuture


class TracedChain(Chain):
    default_future_class = TracedChainFuture


class CustomCanvasWorkflow(Workflow):
    name = "custom_canvas"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        chain = TracedChain(fail, (increment, 1))
        group = TracedGroup((increment, 1), (increment, 2), (increment, 3), chain)
        print(f"Result: {self.submit(group).result}")
