"""Activity tasks: scheduled, worked on, canceled, timed out."""

from __future__ import annotations

import pytest
from one_domain import Domain, activity, cancel_activity, complete, kinds, last

from swf.engine.machine import ActivityTask, Limits
from swf.exceptions import UnknownResource
from swf.protocol.shapes import TaskList


@pytest.fixture
def domain() -> Domain:
    return Domain()


def test_a_scheduled_task_says_all_that_it_runs_by(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(activity(input="i", control="k"))

    scheduled = last(execution, "ActivityTaskScheduled")
    assert (scheduled.input, scheduled.control, scheduled.task_list.name) == ("i", "k", "al")
    assert (scheduled.heartbeat_timeout, scheduled.start_to_close_timeout) == ("NONE", "NONE")
    assert (scheduled.schedule_to_start_timeout, scheduled.schedule_to_close_timeout) == ("NONE", "NONE")
    assert scheduled.decision_task_completed_event_id == 4


def test_a_decision_overrides_the_defaults_and_an_empty_string_does_not(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(activity(start_to_close_timeout="5", heartbeat_timeout="", task_list=TaskList("x")))

    scheduled = last(execution, "ActivityTaskScheduled")
    assert (scheduled.start_to_close_timeout, scheduled.heartbeat_timeout) == ("5", "NONE")
    assert scheduled.task_list.name == "x"


def test_a_result_asks_for_a_decision(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity(input="i"))
    task = domain.work()

    domain.executions.complete_activity(task, "r", domain.now)

    assert task.scheduled.attributes.input == "i"
    assert kinds(execution, 6) == ["ActivityTaskStarted", "ActivityTaskCompleted", "DecisionTaskScheduled"]
    completed = last(execution, "ActivityTaskCompleted")
    assert (completed.scheduled_event_id, completed.started_event_id, completed.result) == (5, 6, "r")


def test_two_results_between_decisions_ask_for_one(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity("a"), activity("b"))
    for task in (domain.work(), domain.work()):
        domain.executions.fail_activity(task, "reason", "details", domain.now)

    assert kinds(execution)[-3:] == ["ActivityTaskFailed", "DecisionTaskScheduled", "ActivityTaskFailed"]


def test_an_id_is_in_use_until_its_task_closes(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity("a"), activity("a"))
    refused = last(execution, "ScheduleActivityTaskFailed")
    domain.executions.complete_activity(domain.work(), None, domain.now)

    domain.decide(activity("a"))

    assert refused.cause == "ACTIVITY_ID_ALREADY_IN_USE"
    assert kinds(execution)[-1] == "ActivityTaskScheduled"


@pytest.mark.parametrize(
    ("decision", "cause"),
    [
        (activity(version="none"), "ACTIVITY_TYPE_DOES_NOT_EXIST"),
        (activity(version="old"), "ACTIVITY_TYPE_DEPRECATED"),
        (activity(version="bare"), "DEFAULT_TASK_LIST_UNDEFINED"),
        (
            activity(version="bare", task_list=TaskList("x")),
            "DEFAULT_SCHEDULE_TO_START_TIMEOUT_UNDEFINED",
        ),
        (
            activity(version="bare", task_list=TaskList("x"), schedule_to_start_timeout="1"),
            "DEFAULT_SCHEDULE_TO_CLOSE_TIMEOUT_UNDEFINED",
        ),
        (
            activity(
                version="bare",
                task_list=TaskList("x"),
                schedule_to_start_timeout="1",
                schedule_to_close_timeout="1",
            ),
            "DEFAULT_START_TO_CLOSE_TIMEOUT_UNDEFINED",
        ),
        (
            activity(
                version="bare",
                task_list=TaskList("x"),
                schedule_to_start_timeout="1",
                schedule_to_close_timeout="1",
                start_to_close_timeout="1",
            ),
            "DEFAULT_HEARTBEAT_TIMEOUT_UNDEFINED",
        ),
    ],
)
def test_a_task_that_cannot_be_is_refused_with_its_cause(
    domain: Domain, decision: object, cause: str
) -> None:
    execution = domain.start()

    domain.decide(decision)  # type: ignore[arg-type]  # the parameters are decisions

    assert kinds(execution, 5) == ["ScheduleActivityTaskFailed", "DecisionTaskScheduled"]
    assert last(execution, "ScheduleActivityTaskFailed").cause == cause


def test_open_tasks_are_limited() -> None:
    domain = Domain(Limits(open_activities=2))
    execution = domain.start()

    domain.decide(activity("a"), activity("b"), activity("c"))

    assert last(execution, "ScheduleActivityTaskFailed").cause == "OPEN_ACTIVITIES_LIMIT_EXCEEDED"


def test_tasks_are_handed_out_by_priority_then_in_order(domain: Domain) -> None:
    domain.start()
    domain.decide(
        activity("low", task_priority="-1"),
        activity("first"),
        activity("high", task_priority="5"),
        activity("second"),
    )

    order = [domain.work().scheduled.attributes.activity_id for _ in range(4)]

    assert order == ["high", "first", "second", "low"]
    assert domain.no_work()


@pytest.mark.parametrize(
    ("timeouts", "expected", "started"),
    [
        ({"schedule_to_start_timeout": "1"}, "SCHEDULE_TO_START", False),
        ({"schedule_to_close_timeout": "1"}, "SCHEDULE_TO_CLOSE", False),
        ({"schedule_to_close_timeout": "1", "schedule_to_start_timeout": "1"}, "SCHEDULE_TO_START", False),
        ({"schedule_to_close_timeout": "1"}, "SCHEDULE_TO_CLOSE", True),
        ({"start_to_close_timeout": "1", "schedule_to_close_timeout": "1"}, "START_TO_CLOSE", True),
        ({"heartbeat_timeout": "1", "start_to_close_timeout": "1"}, "HEARTBEAT", True),
    ],
)
def test_the_first_clock_to_expire_closes_the_task_and_a_tie_names_the_narrower(
    domain: Domain, timeouts: dict[str, str], expected: str, started: bool
) -> None:
    execution = domain.start()
    domain.decide(activity(**timeouts))
    if started:
        domain.work()

    domain.wait(1)

    assert kinds(execution)[-2:] == ["ActivityTaskTimedOut", "DecisionTaskScheduled"]
    timed_out = last(execution, "ActivityTaskTimedOut")
    assert timed_out.timeout_type == expected
    assert timed_out.started_event_id == (6 if started else 0)
    assert timed_out.details is None
    assert domain.no_work()


def test_without_timeouts_a_task_never_expires(domain: Domain) -> None:
    execution = domain.start(execution_timeout="1000000")
    domain.decide(activity())
    domain.work()

    domain.wait(999_999)

    assert execution.open_counts.activity_tasks == 1


def test_heartbeats_put_off_their_timeout_and_leave_their_details(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity(heartbeat_timeout="2"))
    task = domain.work()
    for details in ("50%", None):
        domain.wait(1.5)
        assert domain.executions.heartbeat(task, domain.now, details) is False
    length = len(execution.events)

    domain.wait(1.9)
    alive = execution.open_counts.activity_tasks
    domain.wait(0.1)

    assert (alive, length) == (1, 6)
    timed_out = last(execution, "ActivityTaskTimedOut")
    assert (timed_out.timeout_type, timed_out.details) == ("HEARTBEAT", "50%")


def test_heartbeats_do_not_put_off_the_end(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity(heartbeat_timeout="2", start_to_close_timeout="3"))
    task = domain.work()
    for _ in range(3):
        domain.executions.heartbeat(task, domain.now)
        domain.wait(1)

    assert last(execution, "ActivityTaskTimedOut").timeout_type == "START_TO_CLOSE"


def test_a_late_answer_is_refused(domain: Domain) -> None:
    domain.start()
    domain.decide(activity(start_to_close_timeout="1"))
    task = domain.work()
    domain.wait(1)

    for answer in (
        lambda: domain.executions.complete_activity(task, None, domain.now),
        lambda: domain.executions.heartbeat(task, domain.now),
    ):
        with pytest.raises(UnknownResource, match="Unknown activity, scheduledEventId = 5"):
            answer()
    assert not domain.executions.is_open(task)


def test_an_answer_that_names_another_start_is_refused(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity("started"), activity("waits"))
    task = domain.work()
    waits = execution.activities[6].scheduled

    for other in (ActivityTask(execution, task.scheduled, 99), ActivityTask(execution, waits, 0)):
        with pytest.raises(UnknownResource, match="Unknown activity"):
            domain.executions.complete_activity(other, None, domain.now)

    assert execution.open_counts.activity_tasks == 2


def test_an_answer_after_the_end_of_the_execution_names_the_run(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity())
    task = domain.work()
    domain.executions.terminate(execution, domain.now)

    with pytest.raises(UnknownResource, match=r"workflowId=w, runId=run-1\]"):
        domain.executions.heartbeat(task, domain.now)


def test_a_task_that_nobody_has_started_is_canceled_by_itself(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity(), cancel_activity())

    assert kinds(execution, 6) == [
        "ActivityTaskCancelRequested",
        "ActivityTaskCanceled",
        "DecisionTaskScheduled",
    ]
    canceled = last(execution, "ActivityTaskCanceled")
    assert (canceled.started_event_id, canceled.latest_cancel_requested_event_id) == (0, 6)
    assert domain.no_work()


def test_a_close_in_the_same_batch_leaves_the_cancel_request_alone(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity(), cancel_activity(), complete())

    assert kinds(execution, 6) == ["ActivityTaskCancelRequested", "WorkflowExecutionCompleted"]


def test_a_worker_hears_of_the_cancel_request_and_may_answer_so(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity())
    task = domain.work()
    before = domain.executions.heartbeat(task, domain.now)
    domain.executions.signal(execution, "go", None, domain.now)
    domain.decide(cancel_activity(), cancel_activity())

    after = domain.executions.heartbeat(task, domain.now)
    domain.executions.cancel_activity(task, "d", domain.now)

    assert (before, after) == (False, True)
    canceled = last(execution, "ActivityTaskCanceled")
    assert (canceled.details, canceled.latest_cancel_requested_event_id) == ("d", 12)


def test_a_worker_may_cancel_unasked(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity())

    domain.executions.cancel_activity(domain.work(), None, domain.now)

    assert last(execution, "ActivityTaskCanceled").latest_cancel_requested_event_id is None


def test_a_cancel_request_for_an_unknown_activity_is_refused(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(cancel_activity("x"))

    assert last(execution, "RequestCancelActivityTaskFailed").cause == "ACTIVITY_ID_UNKNOWN"
    assert kinds(execution)[-1] == "DecisionTaskScheduled"


def test_who_keeps_its_own_clocks_says_that_a_task_has_timed_out(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(activity())
    task = domain.work()

    domain.executions.time_out_activity(task, "START_TO_CLOSE", domain.now)

    assert last(execution, "ActivityTaskTimedOut").started_event_id == task.started_event_id


def test_the_latest_activity_timestamp_is_that_of_the_latest_activity_event(domain: Domain) -> None:
    execution = domain.start()
    seen: list[float | None] = [execution.latest_activity_timestamp]
    domain.decide(activity())
    seen.append(execution.latest_activity_timestamp)
    domain.wait(1)
    task = domain.work()
    seen.append(execution.latest_activity_timestamp)
    domain.wait(1)
    domain.executions.complete_activity(task, None, domain.now)
    seen.append(execution.latest_activity_timestamp)

    assert seen == [None, 1000.0, 1001.0, 1002.0]
