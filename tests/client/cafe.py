"""The workflows and activities that the tests of the client start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simpleflow import Workflow, activity

if TYPE_CHECKING:
    from simpleflow.history import History


@dataclass
class Bill:
    drinks: list[str]
    cents: int


@activity.with_attributes(name="cafe.brew", version="1", task_list="bar", raises_on_failure=True)
def brew(drink: str) -> str:
    if drink == "mud":
        raise ValueError("no mud here")
    return f"hot {drink}"


TOKENS: list[str] = []


@activity.with_attributes(name="cafe.ask_the_chef", version="1", task_list="bar", heartbeat_timeout="NONE")
def ask_the_chef() -> Any:
    TOKENS.append(activity.current()["task_token"])
    return activity.DoNotComplete


class Order(Workflow):
    name = "cafe.order"
    version = "1"
    task_list = "tables"

    def run(self, *drinks: str, price: int = 200) -> Bill:
        made = [self.submit(brew, drink) for drink in drinks]
        return Bill([drink.result for drink in made], price * len(drinks))


class Table(Workflow):
    """Sits until it is told to leave; is continued as new with each order."""

    name = "cafe.table"
    version = "1"
    task_list = "tables"

    async def run(self, orders: int) -> int:
        if orders == 0:
            said: dict[str, Any] = await self.submit(self.wait_signal("leave"))
            return int(said["args"][0])
        await self.submit(self.wait_signal("order"))
        await self.submit(self.continue_as_new(orders - 1))
        return -1


class Stubborn(Table):
    name = "cafe.stubborn"

    def should_cancel(self, history: History) -> bool:
        return False


class Chef(Workflow):
    name = "cafe.chef"
    version = "1"
    task_list = "tables"

    def run(self) -> str:
        asked = self.submit(ask_the_chef)
        asked.wait()
        return repr(asked.result if asked.exception is None else asked.exception)
