"""The program under test: workflows and activities as users write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from simpleflow import Workflow, activity, futures
from simpleflow.retry import RetryPolicy

DAY = 86_400
RETRY = RetryPolicy(3, initial_interval=60, jitter=0)


@activity.with_attributes(
    name="shop.charge", version="1", task_list="bank", retry=RETRY, raises_on_failure=True
)
def charge(card: str, cents: int) -> str:
    return f"{card}:{cents}"


@activity.with_attributes(name="shop.ship", version="1", task_list="depot")
async def ship(parcel: str) -> list[str]:
    return [parcel]


@activity.with_attributes(
    name="shop.count",
    version="1",
    task_list="depot",
    heartbeat_timeout=60,
    start_to_close_timeout=600,
    schedule_to_close_timeout=900,
    schedule_to_start_timeout="NONE",
)
class Count:
    def __init__(self, upto: int) -> None:
        self.upto = upto

    def execute(self) -> int:
        return self.upto


class Base(Workflow):
    version = "1"
    task_list = "desk"


class Checkout(Base):
    name = "shop.checkout"

    def run(self, card: str, cents: int) -> str:
        self.sleep(30 * DAY)
        return self.submit(charge, card, cents).result


class Paid(Base):
    name = "shop.paid"

    def run(self) -> Any:
        return self.submit(self.wait_signal("paid")).result["args"]


class Sale(Base):
    name = "shop.sale"
    task_list = "office"

    async def run(self, cards: list[str]) -> list[str]:
        sold = [self.submit(Checkout, card, 5) for card in cards]
        return [await each for each in sold]


class Waits(Base):
    """What became of one attempt of an activity, and how long it took."""

    name = "shop.waits"

    def run(self) -> list[Any]:
        began = self.now()
        counted = self.submit(Count, 3)
        futures.wait(counted)
        took = (self.now() - began).total_seconds()
        return [counted.result if counted.exception is None else repr(counted.exception), took]


class Race(Base):
    name = "shop.race"

    def run(self) -> list[str]:
        timer = self.submit(self.start_timer("deadline", 120))
        counted = self.submit(Count, 3)
        timer.wait()
        counted.cancel()
        futures.wait(counted)
        return [str(counted.state), repr(counted.exception)]


class Forever(Base):
    name = "shop.forever"

    def run(self, times: int = 0) -> None:
        self.sleep(timedelta(hours=1))
        self.submit(self.continue_as_new(times=times + 1)).wait()
