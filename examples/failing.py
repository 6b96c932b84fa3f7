"""What failures do, and what one can do about them.

`retry=1` is a second attempt. A failed task gives None to those who use its result, and its future has an
exception; with `raises_on_failure=True` it raises where it is awaited, which ends this workflow. The chain of
causes, tracebacks included, is on stderr.

    $ simpleflow workflow.start --local examples.failing.FailingWorkflow --input '[]'; echo $?
    Attempt 1 failed: This task had a problem
    Attempt 2 failed: This task had a problem
    The first gave None, for it may fail
    Attempt 1 failed: This task had a problem and it will fail the workflow!
    1

`on_task_failure` is asked about every failure before anything else happens, and may decide what to do.
This one tries a child again after a minute, with other arguments:

    $ simpleflow workflow.start --local --skip-time examples.failing.NotFailingWorkflow --input '[]'
    Child: this cannot work
    Parent: child failed, trying again in a minute
    Child: this works
    Parent: the slow one gave TimeoutError(START_TO_CLOSE)
    workflow completed!
    null
"""

from __future__ import annotations

import time

from simpleflow import Workflow, activity, task
from simpleflow.exceptions import WorkflowException


@activity.with_attributes(task_list="quickstart", version="example", retry=1)
def fail_and_continue() -> None:
    raise ValueError("This task had a problem")


@activity.with_attributes(task_list="quickstart", version="example", raises_on_failure=True)
def fail_and_raise() -> None:
    raise ValueError("This task had a problem and it will fail the workflow!")


@activity.with_attributes(task_list="quickstart", version="example", start_to_close_timeout=1)
def be_slow() -> None:
    time.sleep(1.2)


class FailingWorkflow(Workflow):
    name = "failing"
    version = "example"
    task_list = "example"

    async def run(self) -> None:
        tolerated = self.submit(fail_and_continue)
        await tolerated
        print(f"The first gave {tolerated.result}, for it may fail")
        await self.submit(fail_and_raise)
        print("This is never seen")

    def on_task_failure(self, failure_context: task.TaskFailureContext) -> None:
        print(f"Attempt {failure_context.attempt_number} failed: {failure_context.task_message}")


class ChildWorkflow(Workflow):
    name = "failing_child"
    version = "example"
    task_list = "example"

    def run(self, working: bool = False) -> None:
        if not working:
            print("Child: this cannot work")
            self.fail("told not to work")
        print("Child: this works")


class NotFailingWorkflow(Workflow):
    name = "not_failing"
    version = "example"
    task_list = "example"

    def run(self) -> None:
        child = self.submit(ChildWorkflow)
        slow = self.submit(be_slow)
        child.wait()
        print(f"Parent: the slow one gave {slow.exception!r}")
        print("workflow completed!")

    def on_task_failure(self, failure_context: task.TaskFailureContext) -> task.TaskFailureContext:
        if failure_context.exception_class is WorkflowException:
            print("Parent: child failed, trying again in a minute")
            failure_context.a_task.kwargs = {"working": True}
            failure_context.decide_retry(retry_wait_timeout=60)
        return failure_context
