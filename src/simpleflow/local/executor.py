"""A run in this process: the engine's state machine and the heart in a loop; nothing is stored.

There is no second, local meaning of anything: events, codec and limits are those of every engine.
"""

from __future__ import annotations

import logging
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from simpleflow.context import Current
from simpleflow.dataflow import Dataflow, Limits
from simpleflow.dataflow.kinds.children import run_shape
from simpleflow.dataflow.waiting import waits_for
from simpleflow.exceptions import (
    Stuck,
    WorkflowCanceled,
    WorkflowFailed,
    WorkflowTerminated,
    WorkflowTimedOut,
    failure_of,
)
from simpleflow.executor import Executor as AbstractExecutor
from simpleflow.history import History
from simpleflow.local.clock import Clock
from simpleflow.local.workers import Inline, Job, Threads
from simpleflow.perform import Middlewares
from simpleflow.registry import registry
from simpleflow.utils import full_class_name, import_object_from_module
from simpleflow.workflow import Workflow
from swf.engine.machine import ActivityTask, AnyTypes, DecisionTask, Defaults, Execution, Executions
from swf.protocol import decisions as d
from swf.protocol import events as e
from swf.protocol.shapes import WorkflowType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simpleflow.activity import Activity
    from simpleflow.dataflow.passes import Pass
    from simpleflow.local.workers import Workers

__all__ = ["Executor", "Stuck", "run"]

logger = logging.getLogger("simpleflow.runtime")

ONE_YEAR = "31536000"
DOMAIN = "local"
_WORKFLOW_DEFAULTS = Defaults(
    task_list="default",
    execution_start_to_close=ONE_YEAR,
    task_start_to_close="NONE",
    child_policy="TERMINATE",
)
_ACTIVITY_DEFAULTS = Defaults(
    task_list="default",
    task_start_to_close="NONE",
    schedule_to_start="NONE",
    schedule_to_close="NONE",
    heartbeat="NONE",
)


class Executor(AbstractExecutor):
    """Runs a workflow class in this process.

    Activities run one at a time in the order in which they were scheduled, with `nb_workers` > 1 in so many
    threads. Timers wait for real unless `skip_time`. `middlewares` are dotted paths under `pre` and `post`.
    """

    def __init__(
        self,
        workflow_class: type[Workflow],
        middlewares: Mapping[str, Sequence[str]] | None = None,
        *,
        nb_workers: int = 1,
        skip_time: bool = False,
        workflow_id: str | None = None,
        tag_list: Sequence[str] | None = None,
    ) -> None:
        super().__init__(workflow_class)
        given = middlewares or {}
        self._middlewares = Middlewares(given.get("pre") or (), given.get("post") or ())
        self._nb_workers = nb_workers
        self._clock = Clock(skip_time)
        self._workflow_id = workflow_id
        self._tag_list = tag_list
        self._limits = Limits.of(dict(os.environ))
        self._execution: Execution | None = None
        self._deciding: Dataflow | None = None
        self._begin()

    def _begin(self) -> None:
        """Forget what ran before."""
        self._world = Executions(AnyTypes(_WORKFLOW_DEFAULTS, _ACTIVITY_DEFAULTS), lambda: uuid.uuid4().hex)
        self._flows: dict[str, Dataflow] = {}
        self._classes: dict[str, type[Workflow]] = {}
        self._activities: dict[tuple[str, str], Activity[Any, Any]] = {}
        self._failures: dict[str, BaseException | None] = {}

    # What it is asked

    @property
    def history(self) -> History:
        """The history of the run, so far or of the last one."""
        if self._execution is None:
            raise RuntimeError("nothing has run yet")
        return History(self._execution.events)

    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Submit from a run in progress, as `Workflow.submit` does."""
        return self._pass().submit(submittable, args, kwargs)

    def get_run_context(self) -> dict[str, Any]:
        return self._pass().run.context()

    def _pass(self) -> Pass:
        current = self._deciding.pass_ if self._deciding is not None else None
        if current is None:
            raise RuntimeError("there is no run in progress")
        return current

    def run(self, input: Mapping[str, Any] | None = None) -> Any:
        """Run to the end and return the result.

        `input` holds `args` and `kwargs`. Raises `WorkflowFailed` or one of its siblings, `Stuck` when the
        run waits for what cannot come, and `TypeError` for arguments that `run` does not take.
        """
        given = input or {}
        args, kwargs = tuple(given.get("args") or ()), dict(given.get("kwargs") or {})
        shape = run_shape(self.workflow_class)
        shape.check(args, kwargs)
        workflow = self.workflow_class
        name = full_class_name(workflow)
        self._begin()
        self._classes[name] = workflow
        tags = self._tag_list or getattr(workflow, "tag_list", None)
        execution = self._world.start(
            self._workflow_id or f"local_{str(workflow.name or workflow.__name__).lower()}",
            WorkflowType(name=name, version=str(workflow.version or "")),
            self._clock.now(),
            task_list=workflow.task_list or "default",
            input=shape.encode_input(args, kwargs),
            execution_timeout=str(getattr(workflow, "execution_timeout", None) or ONE_YEAR),
            decision_timeout=str(getattr(workflow, "decision_tasks_timeout", None) or "30"),
            child_policy=getattr(workflow, "child_policy", None) or "TERMINATE",
            tag_list=None if not tags or tags == Workflow.INHERIT_TAG_LIST else list(tags),
            task_priority=None,
        )
        try:
            if self._nb_workers > 1:
                with ThreadPoolExecutor(self._nb_workers, "simpleflow-worker") as threads:
                    return self._outcome(self._loop(execution, Threads(threads)))
            return self._outcome(self._loop(execution, Inline()))
        finally:
            for flow in self._flows.values():
                flow.discard()

    # The loop

    def _loop(self, execution: Execution, workers: Workers) -> Execution:
        """Decide, work, wait, until the execution is closed; return its last run."""
        while True:
            self._execution = execution
            if (task := self._world.poll_decision_task(self._clock.now())) is not None:
                self._decide(task)
            elif execution.closed:
                if execution.close_status != "CONTINUED_AS_NEW":
                    return execution
                ended: Any = execution.events[-1].attributes
                execution = self._world.execution(execution.workflow_id, ended.new_execution_run_id)
            elif not self._work(workers) and not self._wait():
                raise Stuck(self._what_it_waits_for())

    def _work(self, workers: Workers) -> bool:
        """Hand activities to workers, take what they have done; tell whether anything was done."""
        while workers.free(self._nb_workers):
            task = self._world.poll_activity_task(self._clock.now())
            if task is None:
                break
            workers.give(task, self._job(task))
        if not workers.busy:
            return False
        due = self._world.next_deadline()
        done = workers.take(None if due is None else max(due - self._clock.now(), 0))
        if done is not None:
            self._answer(*done)
        else:
            self._world.tick(self._clock.now())
        return True

    def _wait(self) -> bool:
        """Wait for the next timer; tell whether there was one."""
        if self._world.next_timer() is None:
            return False
        due = self._world.next_deadline()
        assert due is not None
        self._clock.wait_until(due)
        self._world.tick(self._clock.now())
        return True

    def _decide(self, task: DecisionTask) -> None:
        execution = task.execution
        flow = self._flows.get(execution.run_id)
        if flow is None:
            flow = self._flows[execution.run_id] = self._new_flow(execution)
        fed = len(flow.events)
        self._deciding = flow
        try:
            decided = flow.feed(execution.events[fed:])
        finally:
            self._deciding = None
        self._note(decided.decisions, flow)
        self._world.complete_decision_task(
            task, decided.decisions, self._clock.now(), decided.execution_context
        )
        if execution.closed:
            self._failures[execution.run_id] = flow.failure
            flow.discard()
            del self._flows[execution.run_id]

    def _new_flow(self, execution: Execution) -> Dataflow:
        assert execution.started is not None
        name = execution.started.attributes.workflow_type.name
        workflow = self._classes.get(name)
        if workflow is None:
            workflow = self._classes[name] = import_object_from_module(*name.rpartition(".")[::2])
        return Dataflow(
            workflow,
            workflow_id=execution.workflow_id,
            run_id=execution.run_id,
            domain=DOMAIN,
            limits=self._limits,
        )

    def _note(self, decisions: Sequence[Any], flow: Dataflow) -> None:
        """Keep the activities and classes that the decisions name: their names need not be importable."""
        for decision in decisions:
            if isinstance(decision, (d.ScheduleActivityTask, d.StartChildWorkflowExecution)):
                named: Any = decision.attributes
                task_id: str = getattr(named, "activity_id", None) or named.workflow_id
                record = flow.by_id.get(task_id)
                if record is None or record.node is None:
                    continue
                payload = record.node.task.payload
                if isinstance(decision, d.ScheduleActivityTask):
                    self._activities[flow.run_id, task_id] = payload
                else:
                    self._classes[decision.attributes.workflow_type.name] = payload

    # Activities

    def _job(self, task: ActivityTask) -> Job:
        scheduled: e.ActivityTaskScheduledAttributes = task.scheduled.attributes
        assert task.execution.started is not None
        activity = self._activities.get((task.execution.run_id, scheduled.activity_id))
        if activity is None:
            activity = registry[None][scheduled.activity_type.name]
        context = Current(
            {
                "name": scheduled.activity_type.name,
                "version": scheduled.activity_type.version,
                "workflow_id": task.execution.workflow_id,
                "run_id": task.execution.run_id,
                "activity_id": scheduled.activity_id,
                "input": scheduled.input,
                "domain_name": DOMAIN,
                "activity_task_list": scheduled.task_list.name,
                "tag_list": list(task.execution.started.attributes.tag_list or []),
            }
        )
        logger.debug("executing task %s(%s)", scheduled.activity_id, scheduled.input)
        return Job(activity, scheduled.input, context, self._middlewares, self._clock.now())

    def _answer(self, task: ActivityTask, job: Job) -> None:
        now = self._clock.now()
        self._world.tick(now)
        if not self._world.is_open(task):
            return
        if self._world.cancel_is_requested(task) and job.failure is not None:
            self._world.cancel_activity(task, None, now)
        elif (outlived := _outlived(task, now - job.began)) is not None:
            self._world.time_out_activity(task, outlived, now)
        elif job.failure is not None:
            reason, details = failure_of(job.failure, job.context.told)
            self._world.fail_activity(task, reason, details, now)
        else:
            self._world.complete_activity(task, job.result, now)

    # Ends

    def _outcome(self, execution: Execution) -> Any:
        event: Any = execution.events[-1]
        a = event.attributes
        cause = self._failures.get(execution.run_id)
        match execution.close_status:
            case "COMPLETED":
                return run_shape(self.workflow_class).decode_result(a.result)
            case "FAILED":
                raise WorkflowFailed(a.reason, a.details, cause)
            case "CANCELED":
                raise WorkflowCanceled(None, a.details)
            case "TIMED_OUT":
                raise WorkflowTimedOut(f"execution timed out: {a.timeout_type}")
        raise WorkflowTerminated(getattr(a, "cause", None) or getattr(a, "reason", None))

    def _what_it_waits_for(self) -> str:
        told = [f"{flow.workflow_id} {waits}" for flow in self._flows.values() if (waits := waits_for(flow))]
        waiting = "; ".join(told) or "a future stays unknown"
        return f"{waiting}: nothing runs, and nothing is open that could bring it"


def _outlived(task: ActivityTask, seconds: float) -> str | None:
    """Return the time-out that an activity has outlived: there is no queue here, both run from its start."""
    scheduled: e.ActivityTaskScheduledAttributes = task.scheduled.attributes
    for kind, timeout in (
        ("START_TO_CLOSE", scheduled.start_to_close_timeout),
        ("SCHEDULE_TO_CLOSE", scheduled.schedule_to_close_timeout),
    ):
        if timeout and timeout != "NONE" and seconds > float(timeout):
            return kind
    return None


def run(workflow: type[Workflow], *args: Any, **kwargs: Any) -> Any:
    """Run `workflow` in this process and return its result; raises as `Executor.run` does."""
    return Executor(workflow).run({"args": args, "kwargs": kwargs})
