"""Children of local runs: the hooks of their classes, their task lists and tags, idempotence, async runs."""

from __future__ import annotations

from typing import Any, ClassVar

from runs import Base, history_of, inc, outcome

from simpleflow.exceptions import ExecutionBlocked
from simpleflow.task import ChildWorkflowTask, WorkflowTask

SAID: list[Any] = []


class ByClassMethod(Base):
    name = "by_class_method"

    @classmethod
    def get_workflow_id(cls, *args: Any, **kwargs: Any) -> str:
        SAID.append((args, kwargs))
        return "from-a-class-method"

    def run(self, x: int, y: int = 0) -> str:
        return str(self.get_run_context()["workflow_id"])


class ByStaticMethod(Base):
    name = "by_static_method"

    @staticmethod
    def get_workflow_id(workflow: type[Base], *args: Any, **kwargs: Any) -> str:
        SAID.append((workflow.__name__, args, kwargs))
        return "from-a-static-method"

    @staticmethod
    def get_tag_list(workflow: type[Base], *args: Any, **kwargs: Any) -> list[str]:
        return [f"x={args[0]}"]

    @staticmethod
    def get_task_list(workflow: type[Base], *args: Any, **kwargs: Any) -> str:
        return "said"

    def run(self, x: int, y: int = 0) -> Any:
        context = self.get_run_context()
        return [context["workflow_id"], context["tag_list"]]


class Hooks(Base):
    def run(self) -> Any:
        return [self.submit(ByClassMethod, 1, y=2).result, self.submit(ByStaticMethod, 1, y=2).result]


def test_class_methods_get_the_arguments_and_static_ones_the_class_before_them() -> None:
    SAID.clear()
    assert outcome(Hooks) == ["from-a-class-method", ["from-a-static-method", ["x=1"]]]
    assert SAID[0] == ((1,), {"y": 2})
    assert SAID[1] == ("ByStaticMethod", (1,), {"y": 2})


def initiated(workflow: type[Base]) -> list[Any]:
    """Return the attributes with which a run starts its children."""
    events = history_of(workflow).events
    return [e.attributes for e in events if type(e).__name__ == "StartChildWorkflowExecutionInitiated"]


class TaskLists(Base):
    def run(self) -> None:
        self.submit(ByStaticMethod, 1).wait()
        self.submit(ChildWorkflowTask(Echo, 1, workflow_task_list="explicit")).wait()
        self.submit(WorkflowTask(self.executor, Echo, 2)).wait()


class Echo(Base):
    name = "echo"
    idempotent = True
    execution_timeout: ClassVar[Any] = 77
    child_policy = "ABANDON"

    async def run(self, x: int) -> int:
        return await self.submit(inc, x)


def test_the_task_list_of_a_child_is_the_submits_the_hooks_or_the_classs() -> None:
    assert [each.task_list.name for each in initiated(TaskLists)] == ["said", "explicit", "decisions"]
    *_, last = initiated(TaskLists)
    assert last.execution_start_to_close_timeout == "77"
    assert last.child_policy == "ABANDON"


class Twins(Base):
    def run(self) -> Any:
        first, same, other = self.submit(Echo, 1), self.submit(Echo, 1), self.submit(Echo, 2)
        return [first.result, same.result, other.result]


def test_an_idempotent_child_runs_once_for_equal_arguments_and_may_be_async() -> None:
    assert outcome(Twins) == [2, 2, 3]
    assert len(initiated(Twins)) == 2


class Old(Base):
    """Yields by hand, and guards its waits as old code does."""

    def run(self) -> Any:
        future = self.submit(inc, 1)
        try:
            result = future.result
        except ExecutionBlocked:
            return "never"
        again = self.submit(inc, result)
        if not again.done:
            raise ExecutionBlocked
        return again.result


def test_waiting_raises_nothing_in_run_and_raising_by_hand_waits() -> None:
    assert outcome(Old) == 3
