"""Decisions about the execution itself, its children, and other executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from swf.exceptions import InvalidDecision
from swf.models.decision.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from swf.models.decision.values import Data, Seconds, TaskListLike, TypeLike

__all__ = ["ChildWorkflowExecutionDecision", "ExternalWorkflowExecutionDecision", "WorkflowExecutionDecision"]


class WorkflowExecutionDecision(Decision):
    """Close the execution. Nothing may follow it in an answer."""

    def complete(self, result: Data = None) -> Self:
        """Close it as completed.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CompleteWorkflowExecutionDecisionAttributes.html
        """
        return self._decide("CompleteWorkflowExecution", result=result)

    def fail(self, details: Data = None, reason: Data = None) -> Self:
        """Close it as failed.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_FailWorkflowExecutionDecisionAttributes.html
        """
        return self._decide("FailWorkflowExecution", details=details, reason=reason)

    def cancel(self, details: Data = None) -> Self:
        """Close it as canceled.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CancelWorkflowExecutionDecisionAttributes.html
        """
        return self._decide("CancelWorkflowExecution", details=details)

    def terminate(self, reason: Data = None, details: Data = None) -> NoReturn:
        """Refuse: SWF has no such decision. Always raises `InvalidDecision`."""
        remedy = "a decider cannot terminate: fail or cancel, or call terminate() of the WorkflowExecution"
        raise InvalidDecision("TerminateWorkflowExecution", [remedy])

    def continue_as_new(
        self,
        child_policy: str | None = None,
        execution_timeout: Seconds | None = None,
        task_timeout: Seconds | None = None,
        input: Data = None,
        tag_list: Iterable[str] | None = None,
        task_list: TaskListLike | None = None,
        task_priority: str | int | None = None,
        workflow_type_version: str | None = None,
        lambda_role: str | None = None,
    ) -> Self:
        """Close it, and start a new run of it. What is not given comes from the type, not from this run.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ContinueAsNewWorkflowExecutionDecisionAttributes.html
        """
        return self._decide(
            "ContinueAsNewWorkflowExecution",
            childPolicy=child_policy,
            executionStartToCloseTimeout=execution_timeout,
            taskStartToCloseTimeout=task_timeout,
            input=input,
            tagList=tag_list,
            taskList=task_list,
            taskPriority=task_priority,
            workflowTypeVersion=workflow_type_version,
            lambdaRole=lambda_role,
        )


class ChildWorkflowExecutionDecision(Decision):
    """Start a child."""

    def start(
        self,
        workflow_type: TypeLike,
        workflow_id: str,
        child_policy: str | None = None,
        execution_timeout: Seconds | None = "300",
        task_timeout: Seconds | None = "300",
        control: Data = None,
        input: Data = None,
        tag_list: Iterable[str] | None = None,
        task_list: TaskListLike | None = None,
        task_priority: str | int | None = None,
        lambda_role: str | None = None,
    ) -> Self:
        """Start a child. A timeout of None is that of its type.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_StartChildWorkflowExecutionDecisionAttributes.html
        """
        return self._decide(
            "StartChildWorkflowExecution",
            workflowType=workflow_type,
            workflowId=workflow_id,
            childPolicy=child_policy,
            executionStartToCloseTimeout=execution_timeout,
            taskStartToCloseTimeout=task_timeout,
            control=control,
            input=input,
            tagList=tag_list,
            taskList=task_list,
            taskPriority=task_priority,
            lambdaRole=lambda_role,
        )


class ExternalWorkflowExecutionDecision(Decision):
    """Signal another execution, or ask for its cancellation; without a run id its open run."""

    def signal(
        self,
        signal_name: str,
        workflow_id: str,
        control: Data = None,
        input: Data = None,
        run_id: str | None = None,
    ) -> Self:
        """Signal it.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_SignalExternalWorkflowExecutionDecisionAttributes.html
        """
        return self._decide(
            "SignalExternalWorkflowExecution",
            signalName=signal_name,
            workflowId=workflow_id,
            control=control,
            input=input,
            runId=run_id,
        )

    def request_cancel(self, workflow_id: str, control: Data = None, run_id: str | None = None) -> Self:
        """Ask for its cancellation.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RequestCancelExternalWorkflowExecutionDecisionAttributes.html
        """
        return self._decide(
            "RequestCancelExternalWorkflowExecution",
            workflowId=workflow_id,
            control=control,
            runId=run_id,
        )
