"""An engine with something of everything, and for each operation requests that it would carry out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.words import activity, complete, marker, timer
from engine.rows import Rows, rows_of
from engine.world import EVER, TYPE, register, start
from swf.engine import Engine, VirtualClock

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Ground", "Request"]

Request = tuple[str, dict[str, Any]]

_ARN = "arn:aws:swf:us-east-1:000000000000:/domain/d"
_KIND = {"name": "A", "version": "1"}


class Ground:
    """Domain `d`, runs in each state, and the tokens of tasks that are open, answered and forgotten."""

    def __init__(self) -> None:
        self.engine = Engine(clock=VirtualClock(), poll_seconds=0.001)
        self.client: Any = self.engine.client()
        client = self.client
        register(client)
        client.register_domain(name="old", workflowExecutionRetentionPeriodInDays="NONE")
        client.deprecate_domain(name="old")
        client.register_activity_type(domain="d", name="B", version="1")
        client.deprecate_activity_type(domain="d", activityType={"name": "B", "version": "1"})
        self.run = start(client, "busy", tagList=["t"])
        self.answered = self._poll()
        client.respond_decision_task_completed(
            taskToken=self.answered, decisions=[activity("a"), activity("b"), activity("c"), timer()]
        )
        self.work = self._work()
        client.record_activity_task_heartbeat(taskToken=self.work, details="half")
        client.signal_workflow_execution(domain="d", workflowId="busy", signalName="s")
        self.decision = self._poll()
        self.closed = start(client, "closed")
        client.terminate_workflow_execution(domain="d", workflowId="closed")
        start(client, "idle")
        history = client.get_workflow_execution_history(
            domain="d", execution={"workflowId": "busy", "runId": self.run}, maximumPageSize=2
        )
        self.page = history["nextPageToken"]

    def _poll(self) -> str:
        token: str = self.client.poll_for_decision_task(domain="d", taskList={"name": "dl"})["taskToken"]
        return token

    def _work(self) -> str:
        token: str = self.client.poll_for_activity_task(domain="d", taskList={"name": "al"})["taskToken"]
        return token

    def close(self) -> None:
        self.engine.close()

    def rows(self) -> Rows:
        """Return all that is stored."""
        with self.engine._lock:
            assert not self.engine._store._db.in_transaction
            return rows_of(self.engine._store._db)

    def values(self) -> Sequence[str]:
        """Return what is somewhere the right value."""
        return [
            *("d", "old", "busy", "closed", "idle", "dl", "al", "W", "A", "B", "1", "t", "a", "NONE", "0"),
            *(self.run, self.closed, self.answered, self.work, self.decision, self.page, _ARN),
        ]

    def requests(self) -> list[Request]:
        """Return requests that are right, each operation among them."""
        d: dict[str, Any] = {"domain": "d"}
        busy = {"workflowId": "busy", "runId": self.run}
        since = {"startTimeFilter": EVER}
        kind = {"activityType": _KIND}
        return [
            ("CountClosedWorkflowExecutions", {**d, **since, "closeStatusFilter": {"status": "TERMINATED"}}),
            ("CountOpenWorkflowExecutions", {**d, **since, "tagFilter": {"tag": "t"}}),
            ("CountPendingActivityTasks", {**d, "taskList": {"name": "al"}}),
            ("CountPendingDecisionTasks", {**d, "taskList": {"name": "dl"}}),
            ("DeleteActivityType", {**d, "activityType": {"name": "B", "version": "1"}}),
            ("DeleteWorkflowType", {**d, "workflowType": TYPE}),
            ("DeprecateActivityType", {**d, **kind}),
            ("DeprecateDomain", {"name": "d"}),
            ("DeprecateWorkflowType", {**d, "workflowType": TYPE}),
            ("DescribeActivityType", {**d, **kind}),
            ("DescribeDomain", {"name": "d"}),
            ("DescribeWorkflowExecution", {**d, "execution": busy}),
            ("DescribeWorkflowType", {**d, "workflowType": TYPE}),
            ("GetWorkflowExecutionHistory", {**d, "execution": busy, "maximumPageSize": 2}),
            (
                "GetWorkflowExecutionHistory",
                {**d, "execution": busy, "maximumPageSize": 2, "nextPageToken": self.page},
            ),
            ("ListActivityTypes", {**d, "registrationStatus": "REGISTERED", "maximumPageSize": 1}),
            ("ListClosedWorkflowExecutions", {**d, "closeTimeFilter": EVER, "reverseOrder": True}),
            ("ListDomains", {"registrationStatus": "DEPRECATED"}),
            ("ListOpenWorkflowExecutions", {**d, **since, "typeFilter": {"name": "W"}}),
            ("ListTagsForResource", {"resourceArn": _ARN}),
            ("ListWorkflowTypes", {**d, "registrationStatus": "REGISTERED", "name": "W"}),
            ("PollForActivityTask", {**d, "taskList": {"name": "al"}, "identity": "me"}),
            ("PollForDecisionTask", {**d, "taskList": {"name": "dl"}, "reverseOrder": True}),
            ("RecordActivityTaskHeartbeat", {"taskToken": self.work, "details": "more"}),
            (
                "RegisterActivityType",
                {**d, "name": "N", "version": "1", "defaultTaskList": {"name": "al"}},
            ),
            (
                "RegisterDomain",
                {
                    "name": "new",
                    "workflowExecutionRetentionPeriodInDays": "7",
                    "tags": [{"key": "k", "value": "v"}],
                },
            ),
            ("RegisterWorkflowType", {**d, "name": "N", "version": "1", "defaultTaskPriority": "7"}),
            ("RequestCancelWorkflowExecution", {**d, "workflowId": "busy"}),
            ("RespondActivityTaskCanceled", {"taskToken": self.work, "details": "x"}),
            ("RespondActivityTaskCompleted", {"taskToken": self.work, "result": "x"}),
            ("RespondActivityTaskFailed", {"taskToken": self.work, "reason": "x", "details": "y"}),
            (
                "RespondDecisionTaskCompleted",
                {
                    "taskToken": self.decision,
                    "executionContext": "c",
                    "decisions": [marker(), activity("z"), timer("z"), complete("r")],
                },
            ),
            ("SignalWorkflowExecution", {**d, "workflowId": "busy", "signalName": "s", "input": "i"}),
            (
                "StartWorkflowExecution",
                {
                    **d,
                    "workflowId": "new",
                    "workflowType": TYPE,
                    "tagList": ["a", "b"],
                    "taskPriority": "3",
                    "executionStartToCloseTimeout": "100",
                },
            ),
            ("TagResource", {"resourceArn": _ARN, "tags": [{"key": "k", "value": "v"}]}),
            ("TerminateWorkflowExecution", {**d, "workflowId": "busy", "childPolicy": "ABANDON"}),
            ("UndeprecateActivityType", {**d, "activityType": {"name": "B", "version": "1"}}),
            ("UndeprecateDomain", {"name": "old"}),
            ("UndeprecateWorkflowType", {**d, "workflowType": TYPE}),
            ("UntagResource", {"resourceArn": _ARN, "tagKeys": ["k"]}),
        ]
