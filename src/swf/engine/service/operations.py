"""The 39 operations: which function answers each, and what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swf.engine.service import deciders, domains, executions, visibility, workers
from swf.engine.service.registration import ACTIVITIES, WORKFLOWS
from swf.protocol.meaning import check

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from swf.engine.service.books import Books
    from swf.engine.service.domain import Domain

__all__ = ["POLLS", "answer", "domain_of"]


POLLS = {"PollForDecisionTask": deciders.DECISION_TASKS, "PollForActivityTask": workers.ACTIVITY_TASKS}
"""They may find nothing, and wait. What they find may be told before it is on the disk."""

_IN_DOMAIN: dict[str, Callable[[Books, Domain, Any], msgspec.Struct | None]] = {
    "CountClosedWorkflowExecutions": visibility.count_closed,
    "CountOpenWorkflowExecutions": visibility.count_open,
    "CountPendingActivityTasks": visibility.count_activity_tasks,
    "CountPendingDecisionTasks": visibility.count_decision_tasks,
    "DeleteActivityType": ACTIVITIES.delete,
    "DeleteWorkflowType": WORKFLOWS.delete,
    "DeprecateActivityType": ACTIVITIES.deprecate,
    "DeprecateDomain": domains.deprecate,
    "DeprecateWorkflowType": WORKFLOWS.deprecate,
    "DescribeActivityType": ACTIVITIES.describe,
    "DescribeDomain": domains.describe,
    "DescribeWorkflowExecution": visibility.describe,
    "DescribeWorkflowType": WORKFLOWS.describe,
    "GetWorkflowExecutionHistory": visibility.history,
    "ListActivityTypes": ACTIVITIES.list_all,
    "ListClosedWorkflowExecutions": visibility.list_closed,
    "ListOpenWorkflowExecutions": visibility.list_open,
    "ListWorkflowTypes": WORKFLOWS.list_all,
    "PollForActivityTask": workers.ACTIVITY_TASKS.first,
    "PollForDecisionTask": deciders.poll,
    "RegisterActivityType": ACTIVITIES.register,
    "RegisterWorkflowType": WORKFLOWS.register,
    "RequestCancelWorkflowExecution": executions.request_cancel,
    "SignalWorkflowExecution": executions.signal,
    "StartWorkflowExecution": executions.start,
    "TerminateWorkflowExecution": executions.terminate,
    "UndeprecateActivityType": ACTIVITIES.undeprecate,
    "UndeprecateDomain": domains.undeprecate,
    "UndeprecateWorkflowType": WORKFLOWS.undeprecate,
}
_ANYWHERE: dict[str, Callable[[Books, Any], msgspec.Struct | None]] = {
    "ListDomains": domains.list_all,
    "ListTagsForResource": domains.tags_of,
    "RecordActivityTaskHeartbeat": workers.heartbeat,
    "RegisterDomain": domains.register,
    "RespondActivityTaskCanceled": workers.cancel,
    "RespondActivityTaskCompleted": workers.complete,
    "RespondActivityTaskFailed": workers.fail,
    "RespondDecisionTaskCompleted": deciders.complete,
    "TagResource": domains.tag,
    "UntagResource": domains.untag,
}
_NAMES_DOMAIN = {"DeprecateDomain", "DescribeDomain", "UndeprecateDomain"}
"""They call the domain `name`."""


def answer(books: Books, operation: str, request: Any) -> msgspec.Struct | None:
    """Do what is asked. Raises a `Fault`, and then nothing has changed.

    The domain is looked for before the sense of the rest is judged, as Amazon does.
    """
    if (in_domain := _IN_DOMAIN.get(operation)) is not None:
        domain = domain_of(books, operation, request)
        check(operation, request)
        return in_domain(books, domain, request)
    check(operation, request)
    return _ANYWHERE[operation](books, request)


def domain_of(books: Books, operation: str, request: Any) -> Domain:
    """Return the domain that a request names. Raises `UnknownResource`."""
    return books.domain(request.name if operation in _NAMES_DOMAIN else request.domain)
