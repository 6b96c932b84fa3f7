"""What starting a workflow is typed as, on an engine and in a test; read as `submits.py` is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from simpleflow import Client, Workflow, activity
from simpleflow.client import Execution, Status

if TYPE_CHECKING:
    from simpleflow.testing import Environment


class Order(Workflow):
    def run(self, card: str, cents: int = 5, *, gift: bool = False) -> list[str]:
        return [card]


class AsyncOrder(Workflow):
    async def run(self, card: str) -> float:
        return 1.0


class Untyped(Workflow):
    pass


@activity.with_attributes()
def charge(card: str, cents: int) -> str:
    return card


@activity.with_attributes()
class Count:
    def __init__(self, upto: int) -> None:
        self.upto = upto

    def execute(self) -> int:
        return self.upto


def starts(client: Client) -> None:
    execution = client.start(Order, "visa", 5, gift=True)
    assert_type(execution, Execution[list[str]])
    assert_type(execution.result(), list[str])
    assert_type(execution.wait(timeout=5), Status)
    assert_type(client.start(Order.with_options(workflow_id="o"), "visa"), Execution[list[str]])
    assert_type(client.start(AsyncOrder, "visa").result(), float)
    assert_type(client.start(Untyped, 1, 2), Execution[Any])
    assert_type(client.start(client.workflow("order", "1"), "visa", anything=5), Execution[Any])
    assert_type(client.execution("o"), Execution[Any])
    assert_type(client.execution("o", workflow=Order), Execution[list[str]])
    assert_type(client.execution("o", workflow=AsyncOrder).result(), float)
    client.start(Order)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.start(Order, 5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.start(Order, "visa", gift="yes")  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.start(AsyncOrder, "visa", 5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    client.start("order")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def rehearses(env: Environment) -> None:
    assert_type(env.run(Order, "visa"), list[str])
    assert_type(env.run(AsyncOrder, "visa"), float)
    assert_type(env.start(Order, "visa"), Execution[list[str]])
    env.stub(charge, returning="free")
    env.stub(charge, raising=[OSError, "HEARTBEAT", None], calling=lambda card, cents: card * cents)
    env.stub(Count, returning=5)
    env.stub(Order, returning=["anything"])
    env.run(Order, 5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    env.stub(charge, returning=5)  # type: ignore[misc]  # pyright: ignore[reportCallIssue, reportArgumentType]
    env.stub(charge, calling=lambda card: card)  # type: ignore[arg-type, misc]  # pyright: ignore[reportCallIssue, reportArgumentType]
    env.stub(len)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
