"""A workflow for ever: it ends and starts again, with other arguments and an empty history.

$ simpleflow workflow.start --local examples.continue_as_new.CANWorkflow --input '[]'
Rise and shine! This is run 1
Rise and shine! This is run 2
Rise and shine! This is run 3
Rise and shine! This is run 4
Rise and shine! This is run 5
Rise and shine! This is run 6
Rise and shine! This is run 7
Rise and shine! This is run 8
Rise and shine! This is run 9
Rise and shine! This is run 10
Finishing
10
"""

from __future__ import annotations

from simpleflow import Workflow, futures


class CANWorkflow(Workflow):
    name = "continue_as_new"
    version = "example"
    task_list = "example"

    def run(self, i: int = 1) -> int:
        print(f"Rise and shine! This is run {i}")
        if i < 10:
            # There is nothing after this wait: the next run takes over.
            futures.wait(self.submit(self.continue_as_new(i=i + 1)))
        print("Finishing")
        return i
