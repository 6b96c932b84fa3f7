r"""A pirate's business: dig for gold, island after island, until there is enough for a boat and a crew.

The worker's functions are undecorated: they become activities here. How many islands it takes depends on what
is found, so the loop reads each result as it goes. `wait_for_all` is a wait of our own: `ExecutionBlocked`
gives the decision back, and `run` begins again from its start when there is news.

    $ simpleflow workflow.start --local examples.pirate.decider.PirateBusiness \
        --input '{"kwargs": {"money_needed": 120}}'
    Arr! Let's go test this boat!
    "Revenge (120 pieces of gold) floats, say Anne and Mary and Ching"
"""

from __future__ import annotations

from typing import Any

from examples.pirate import worker
from simpleflow import Workflow, activity, futures
from simpleflow.exceptions import ExecutionBlocked

for_pirates = activity.with_attributes(task_list="pirate", version="example")

dig = for_pirates(worker.dig)
build_boat = for_pirates(worker.build_boat)
hire_crew = for_pirates(worker.hire_crew)
try_boat = for_pirates(worker.try_boat)


def wait_for_all(*awaited: futures.Future[Any]) -> None:
    if not all(future.done for future in awaited):
        raise ExecutionBlocked


class PirateBusiness(Workflow):
    name = "pirate"
    version = "example"
    task_list = "pirate"

    def run(self, money_needed: int) -> str:
        money, islands = 0, 0
        while money < money_needed:
            islands += 1
            money += self.submit(dig, islands).result

        boat = self.submit(build_boat, "Revenge", money)
        crew = self.submit(hire_crew, money)
        wait_for_all(boat, crew)

        print("Arr! Let's go test this boat!")
        return self.submit(try_boat, boat, crew).result
