"""A world for the heart: the engine's executions, activities that finish in an order that the test says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from simpleflow.context import Current
from simpleflow.dataflow import Dataflow, batches
from simpleflow.exceptions import failure_of
from simpleflow.perform import perform
from simpleflow.registry import registry
from simpleflow.utils import full_class_name
from swf.engine.machine import ActivityTask, AnyTypes, DecisionTask, Defaults, Execution, Executions
from swf.protocol.shapes import WorkflowType
from swf.protocol.wire import encode_decisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.dataflow import Decided, Limits
    from simpleflow.workflow import Workflow
    from swf.protocol.events import Event


class World:
    """One execution of a workflow class; `warm` keeps its dataflow, and cold ones are compared with it."""

    def __init__(
        self,
        workflow: type[Workflow],
        *args: Any,
        limits: Limits | None = None,
        compare: bool = True,
        **kwargs: Any,
    ) -> None:
        self.workflow = workflow
        self.limits = limits
        self.compare = compare
        self.now = 1_000.0
        types = AnyTypes(
            Defaults(
                task_list="d",
                execution_start_to_close="1000000",
                task_start_to_close="30",
                child_policy="TERMINATE",
            ),
            Defaults(
                task_list="a",
                task_start_to_close="NONE",
                schedule_to_start="NONE",
                schedule_to_close="NONE",
                heartbeat="NONE",
            ),
        )
        runs = iter(f"run-{n}" for n in range(1_000_000))
        self.executions = Executions(types, lambda: next(runs))
        self.execution = self.executions.start(
            "w",
            WorkflowType(name=full_class_name(workflow), version="1"),
            self.now,
            task_list="d",
            input=self._input(args, kwargs),
            execution_timeout="1000000",
            decision_timeout="30",
        )
        self.warm = self.new_flow()
        self.flows = {self.execution.run_id: self.warm}
        self.decided = 0

    def _input(self, args: Any, kwargs: Any) -> str:
        from simpleflow.dataflow.kinds.children import run_shape

        return run_shape(self.workflow).encode_input(args, kwargs)

    def new_flow(self, execution: Execution | None = None) -> Dataflow:
        """Return a dataflow that has seen nothing yet."""
        execution = execution or self.execution
        assert execution.started is not None
        module, _, name = execution.started.attributes.workflow_type.name.rpartition(".")
        return Dataflow(
            self.workflow if execution.workflow_id == "w" else getattr(sys.modules[module], name),
            workflow_id=execution.workflow_id,
            run_id=execution.run_id,
            domain="test",
            limits=self.limits,
        )

    def decide(self) -> list[str] | None:
        """Decide warm and cold, compare, answer; return the kinds of decisions, None when none was due."""
        self.now += 1
        task = self.executions.poll_decision_task(self.now)
        if task is None:
            return None
        events = task.execution.events
        warm = self.warm_decision(task)
        if self.compare:
            cold_flow = self.new_flow(task.execution)
            for batch in batches(events):
                cold = cold_flow.feed(batch)
            cold_flow.discard()
            assert encode_decisions(cold.decisions) == encode_decisions(warm.decisions)
            assert cold.execution_context == warm.execution_context
        self.answer(task, warm)
        return [type(decision).__name__ for decision in warm.decisions]

    def warm_decision(self, task: DecisionTask) -> Decided:
        """Decide with the dataflow that is kept, if it is exactly there; else with a new one."""
        execution, kept = task.execution, self.flows.get(task.execution.run_id)
        if kept is not None and kept.batch and not self.is_there(kept, task):
            kept.discard()
            kept = None
        if kept is None or not kept.batch:
            kept = self.flows[execution.run_id] = kept or self.new_flow(execution)
            fed = list(batches(execution.events))
        else:
            fed = [execution.events[len(kept.events) :]]
        for batch in fed:
            decided = self.feed(kept, batch)
        return decided

    def is_there(self, kept: Dataflow, task: DecisionTask) -> bool:
        """Tell whether a dataflow that was kept may go on with this task."""
        return kept.continues(task.previous_started_event_id)

    def feed(self, kept: Dataflow, batch: Sequence[Event]) -> Decided:
        """Feed a batch to the dataflow that is kept."""
        return kept.feed(batch)

    def answer(self, task: DecisionTask, decided: Any) -> None:
        """Answer a decision task."""
        self.decided += 1
        self.executions.complete_decision_task(task, decided.decisions, self.now, decided.execution_context)

    def open_tasks(self) -> list[ActivityTask]:
        """Start every activity that waits, and return them in the order in which they were scheduled."""
        tasks = []
        while (task := self.executions.poll_activity_task(self.now)) is not None:
            tasks.append(task)
        return tasks

    def perform(self, task: ActivityTask) -> None:
        """Perform an activity and answer."""
        self.now += 1
        scheduled = task.scheduled.attributes
        activity = registry[None][scheduled.activity_type.name]
        try:
            result = perform(activity, scheduled.input, Current())
        except Exception as error:
            self.executions.fail_activity(task, *failure_of(error), self.now)
        else:
            self.executions.complete_activity(task, result, self.now)

    def run(self) -> Any:
        """Decide and work, one activity at a time, until the end; return the closing event."""
        tasks: list[ActivityTask] = []
        while not self.execution.closed:
            while self.decide() is not None:
                pass
            if self.execution.closed:
                break
            tasks += self.open_tasks()
            if tasks:
                self.perform(tasks.pop(0))
                continue
            due = self.executions.next_timer()
            assert due is not None, "nothing can happen any more"
            self.now = max(due, self.now)
            self.executions.tick(self.now)
        return self.execution.events[-1]
