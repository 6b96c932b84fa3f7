"""Operations on domains, on types of workflows and of activities, and on tags of domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.calls.calling import Answer, Calling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swf.models.decision.values import Seconds, TaskListLike

__all__ = ["RegistrationCalls"]


class RegistrationCalls(Calling):
    """Domains and types. Each raises the faults of SWF, which are in `swf.exceptions`."""

    # Domains

    def register_domain(
        self,
        name: str,
        retention: str | int,
        description: str | None = None,
        tags: Sequence[Mapping[str, str]] | None = None,
    ) -> Answer:
        """Register a domain. `retention`: for how many days closed executions are kept, or `"NONE"`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RegisterDomain.html
        """
        return self._ask(
            "RegisterDomain",
            name=name,
            workflowExecutionRetentionPeriodInDays=retention,
            description=description,
            tags=tags,
        )

    def describe_domain(self, name: str) -> Answer:
        """Tell all about a domain.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DescribeDomain.html
        """
        return self._ask("DescribeDomain", name=name)

    def deprecate_domain(self, name: str) -> Answer:
        """Let a domain have no new types and executions.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DeprecateDomain.html
        """
        return self._ask("DeprecateDomain", name=name)

    def undeprecate_domain(self, name: str) -> Answer:
        """Let a deprecated domain be as before.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_UndeprecateDomain.html
        """
        return self._ask("UndeprecateDomain", name=name)

    def list_domains(
        self,
        registration_status: str,
        maximum_page_size: int | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
    ) -> Answer:
        """Tell a page of the domains of a status, by name.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListDomains.html
        """
        return self._ask(
            "ListDomains",
            registrationStatus=registration_status,
            maximumPageSize=maximum_page_size,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
        )

    # Types of workflows

    def register_workflow_type(
        self,
        domain: str,
        name: str,
        version: str,
        task_list: TaskListLike | None = None,
        default_child_policy: str | None = None,
        default_execution_start_to_close_timeout: Seconds | None = None,
        default_task_start_to_close_timeout: Seconds | None = None,
        description: str | None = None,
        default_task_priority: str | int | None = None,
        default_lambda_role: str | None = None,
    ) -> Answer:
        """Register a type of workflows; all but its name and version are defaults for its executions.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RegisterWorkflowType.html
        """
        return self._ask(
            "RegisterWorkflowType",
            domain=domain,
            name=name,
            version=version,
            defaultTaskList=task_list,
            defaultChildPolicy=default_child_policy,
            defaultExecutionStartToCloseTimeout=default_execution_start_to_close_timeout,
            defaultTaskStartToCloseTimeout=default_task_start_to_close_timeout,
            description=description,
            defaultTaskPriority=default_task_priority,
            defaultLambdaRole=default_lambda_role,
        )

    def describe_workflow_type(self, domain: str, workflow_name: str, workflow_version: str) -> Answer:
        """Tell all about a type.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DescribeWorkflowType.html
        """
        return self._workflow_type("DescribeWorkflowType", domain, workflow_name, workflow_version)

    def deprecate_workflow_type(self, domain: str, workflow_name: str, workflow_version: str) -> Answer:
        """Let a type have no new executions.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DeprecateWorkflowType.html
        """
        return self._workflow_type("DeprecateWorkflowType", domain, workflow_name, workflow_version)

    def undeprecate_workflow_type(self, domain: str, workflow_name: str, workflow_version: str) -> Answer:
        """Let a deprecated type be as before.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_UndeprecateWorkflowType.html
        """
        return self._workflow_type("UndeprecateWorkflowType", domain, workflow_name, workflow_version)

    def delete_workflow_type(self, domain: str, workflow_name: str, workflow_version: str) -> Answer:
        """Delete a deprecated type.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DeleteWorkflowType.html
        """
        return self._workflow_type("DeleteWorkflowType", domain, workflow_name, workflow_version)

    def list_workflow_types(
        self,
        domain: str,
        registration_status: str,
        maximum_page_size: int | None = None,
        name: str | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
    ) -> Answer:
        """Tell a page of the types of a status, by name; of one name alone if it is given.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListWorkflowTypes.html
        """
        return self._ask(
            "ListWorkflowTypes",
            domain=domain,
            registrationStatus=registration_status,
            maximumPageSize=maximum_page_size,
            name=name,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
        )

    def _workflow_type(self, operation: str, domain: str, name: str, version: str) -> Answer:
        return self._ask(operation, domain=domain, workflowType={"name": name, "version": version})

    # Types of activities

    def register_activity_type(
        self,
        domain: str,
        name: str,
        version: str,
        task_list: TaskListLike | None = None,
        default_task_heartbeat_timeout: Seconds | None = None,
        default_task_schedule_to_close_timeout: Seconds | None = None,
        default_task_schedule_to_start_timeout: Seconds | None = None,
        default_task_start_to_close_timeout: Seconds | None = None,
        description: str | None = None,
        default_task_priority: str | int | None = None,
    ) -> Answer:
        """Register a type of activities; all but its name and version are defaults for its tasks.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RegisterActivityType.html
        """
        return self._ask(
            "RegisterActivityType",
            domain=domain,
            name=name,
            version=version,
            defaultTaskList=task_list,
            defaultTaskHeartbeatTimeout=default_task_heartbeat_timeout,
            defaultTaskScheduleToCloseTimeout=default_task_schedule_to_close_timeout,
            defaultTaskScheduleToStartTimeout=default_task_schedule_to_start_timeout,
            defaultTaskStartToCloseTimeout=default_task_start_to_close_timeout,
            description=description,
            defaultTaskPriority=default_task_priority,
        )

    def describe_activity_type(self, domain: str, activity_name: str, activity_version: str) -> Answer:
        """Tell all about a type.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DescribeActivityType.html
        """
        return self._activity_type("DescribeActivityType", domain, activity_name, activity_version)

    def deprecate_activity_type(self, domain: str, activity_name: str, activity_version: str) -> Answer:
        """Let no more tasks of a type be scheduled.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DeprecateActivityType.html
        """
        return self._activity_type("DeprecateActivityType", domain, activity_name, activity_version)

    def undeprecate_activity_type(self, domain: str, activity_name: str, activity_version: str) -> Answer:
        """Let a deprecated type be as before.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_UndeprecateActivityType.html
        """
        return self._activity_type("UndeprecateActivityType", domain, activity_name, activity_version)

    def delete_activity_type(self, domain: str, activity_name: str, activity_version: str) -> Answer:
        """Delete a deprecated type.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_DeleteActivityType.html
        """
        return self._activity_type("DeleteActivityType", domain, activity_name, activity_version)

    def list_activity_types(
        self,
        domain: str,
        registration_status: str,
        name: str | None = None,
        maximum_page_size: int | None = None,
        next_page_token: str | None = None,
        reverse_order: bool | None = None,
    ) -> Answer:
        """Tell a page of the types of a status, by name; of one name alone if it is given.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListActivityTypes.html
        """
        return self._ask(
            "ListActivityTypes",
            domain=domain,
            registrationStatus=registration_status,
            name=name,
            maximumPageSize=maximum_page_size,
            nextPageToken=next_page_token,
            reverseOrder=reverse_order,
        )

    def _activity_type(self, operation: str, domain: str, name: str, version: str) -> Answer:
        return self._ask(operation, domain=domain, activityType={"name": name, "version": version})

    # Tags of domains

    def tag_resource(self, resource_arn: str, tags: Sequence[Mapping[str, str]]) -> Answer:
        """Give a domain tags: dicts with `key` and `value`.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_TagResource.html
        """
        return self._ask("TagResource", resourceArn=resource_arn, tags=tags)

    def untag_resource(self, resource_arn: str, tag_keys: Sequence[str]) -> Answer:
        """Take tags from a domain.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_UntagResource.html
        """
        return self._ask("UntagResource", resourceArn=resource_arn, tagKeys=tag_keys)

    def list_tags_for_resource(self, resource_arn: str) -> Answer:
        """Tell the tags of a domain.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_ListTagsForResource.html
        """
        return self._ask("ListTagsForResource", resourceArn=resource_arn)
