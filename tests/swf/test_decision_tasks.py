"""When decision tasks are scheduled, handed out, and lost."""

from __future__ import annotations

import pytest
from one_domain import Domain, activity, cancel_timer, complete, kinds, last, marker, timer

from swf.engine.machine import DecisionTask
from swf.exceptions import InvalidRequest, UnknownResource


@pytest.fixture
def domain() -> Domain:
    return Domain()


def test_a_start_schedules_the_first_at_the_same_time(domain: Domain) -> None:
    execution = domain.start()

    assert kinds(execution) == ["WorkflowExecutionStarted", "DecisionTaskScheduled"]
    assert {event.event_timestamp for event in execution.events} == {domain.now}
    assert last(execution, "WorkflowExecutionStarted").parent_initiated_event_id == 0
    assert last(execution, "DecisionTaskScheduled").schedule_to_start_timeout == "NONE"


def test_the_first_task_has_no_previous_one_and_the_second_names_it(domain: Domain) -> None:
    execution = domain.start()

    first = domain.poll()
    domain.answer(first, timer(seconds="0"))
    domain.wait(0)
    second = domain.poll()

    assert (first.started_event_id, first.previous_started_event_id) == (3, 0)
    assert second.previous_started_event_id == 3
    assert second.execution is execution


def test_a_task_is_handed_out_once(domain: Domain) -> None:
    domain.start()
    domain.poll()

    assert domain.nothing_to_decide()


def test_a_list_hands_out_its_own_tasks_only(domain: Domain) -> None:
    domain.start("w", task_list="one")
    domain.start("x", task_list="two")

    assert domain.nothing_to_decide("three")
    assert domain.poll("two").execution.workflow_id == "x"
    assert domain.nothing_to_decide("two")
    assert domain.poll("one").execution.workflow_id == "w"


def test_the_highest_priority_goes_first_then_the_earliest(domain: Domain) -> None:
    for workflow_id, priority in (("low", "-1"), ("plain", None), ("high", "5"), ("later", None)):
        domain.start(workflow_id, task_priority=priority)

    order = [domain.poll().execution.workflow_id for _ in range(4)]

    assert order == ["high", "plain", "later", "low"]


def test_a_signal_during_a_decision_schedules_the_next_one_behind_it(domain: Domain) -> None:
    execution = domain.start()
    task = domain.poll()

    domain.executions.signal(execution, "s", None, domain.now)
    domain.executions.signal(execution, "s", None, domain.now)
    held_back = domain.nothing_to_decide()
    domain.answer(task)

    assert held_back
    assert kinds(execution, 4) == [
        "WorkflowExecutionSignaled",
        "DecisionTaskScheduled",
        "WorkflowExecutionSignaled",
        "DecisionTaskCompleted",
    ]
    assert domain.poll().scheduled_event_id == 5


def test_signals_before_a_decision_add_none(domain: Domain) -> None:
    execution = domain.start()

    domain.executions.signal(execution, "s", "in", domain.now)

    assert kinds(execution, 3) == ["WorkflowExecutionSignaled"]
    signaled = last(execution, "WorkflowExecutionSignaled")
    assert (signaled.input, signaled.external_initiated_event_id) == ("in", 0)
    assert signaled.external_workflow_execution is None


def test_an_answer_without_decisions_schedules_nothing(domain: Domain) -> None:
    execution = domain.start()
    domain.decide()

    assert kinds(execution, 4) == ["DecisionTaskCompleted"]
    assert domain.nothing_to_decide()
    assert execution.open_counts.decision_tasks == 0


def test_a_close_is_refused_while_a_task_is_behind(domain: Domain) -> None:
    execution = domain.start()
    task = domain.poll()
    domain.executions.signal(execution, "s", None, domain.now)

    domain.answer(task, marker(), complete())

    assert kinds(execution, 6) == [
        "DecisionTaskCompleted",
        "MarkerRecorded",
        "CompleteWorkflowExecutionFailed",
    ]
    assert last(execution, "CompleteWorkflowExecutionFailed").cause == "UNHANDLED_DECISION"
    assert domain.poll().scheduled_event_id == 5


def test_what_is_open_or_failed_does_not_prevent_a_close(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(activity(), timer(), cancel_timer("unknown"), complete("r"))

    assert kinds(execution, 5) == [
        "ActivityTaskScheduled",
        "TimerStarted",
        "CancelTimerFailed",
        "WorkflowExecutionCompleted",
    ]
    assert (execution.close_status, execution.open_counts.activity_tasks) == ("COMPLETED", 1)


def test_failures_of_one_batch_ask_for_one_decision_at_its_end(domain: Domain) -> None:
    execution = domain.start()

    domain.decide(cancel_timer("x"), timer(), cancel_timer("y"))

    assert kinds(execution, 5) == [
        "CancelTimerFailed",
        "TimerStarted",
        "CancelTimerFailed",
        "DecisionTaskScheduled",
    ]


def test_a_close_stands_last_or_nothing_is_recorded(domain: Domain) -> None:
    execution = domain.start()
    task = domain.poll()

    with pytest.raises(InvalidRequest, match="Close must be last decision in list"):
        domain.answer(task, complete(), marker())
    assert len(execution.events) == 3
    domain.answer(task, marker(), complete())

    assert execution.closed


def test_an_answer_is_taken_once(domain: Domain) -> None:
    domain.start()
    task = domain.poll()
    domain.answer(task)

    with pytest.raises(UnknownResource, match="Unknown decision task, scheduledEventId = 2"):
        domain.answer(task)


def test_an_answer_that_names_another_start_is_refused(domain: Domain) -> None:
    execution = domain.start()
    task = domain.poll()

    for other in (DecisionTask(execution, 99, 0, 2), DecisionTask(execution, 3, 0, 99)):
        with pytest.raises(UnknownResource, match="Unknown decision task"):
            domain.answer(other)
    domain.answer(task)

    assert kinds(execution, 4) == ["DecisionTaskCompleted"]


def test_an_answer_to_a_closed_execution_names_the_run(domain: Domain) -> None:
    execution = domain.start()
    task = domain.poll()
    domain.executions.terminate(execution, domain.now)

    with pytest.raises(UnknownResource) as refusal:
        domain.answer(task)
    assert str(refusal.value) == "Unknown execution: WorkflowExecution=[workflowId=w, runId=run-1]"


def test_a_silent_decider_loses_its_task(domain: Domain) -> None:
    execution = domain.start(decision_timeout="1")
    task = domain.poll()

    domain.wait(1)

    assert kinds(execution, 4) == ["DecisionTaskTimedOut", "DecisionTaskScheduled"]
    timed_out = last(execution, "DecisionTaskTimedOut")
    assert timed_out.timeout_type == "START_TO_CLOSE"
    assert (timed_out.scheduled_event_id, timed_out.started_event_id) == (2, 3)
    with pytest.raises(UnknownResource, match="Unknown decision task"):
        domain.answer(task)
    assert domain.poll().previous_started_event_id == 0


def test_a_silent_decider_leaves_the_task_behind_it(domain: Domain) -> None:
    execution = domain.start(decision_timeout="1")
    domain.poll()
    domain.executions.signal(execution, "s", None, domain.now)

    domain.wait(1)

    assert kinds(execution, 6) == ["DecisionTaskTimedOut"]
    assert domain.poll().scheduled_event_id == 5


def test_a_decision_without_a_timeout_never_expires(domain: Domain) -> None:
    execution = domain.start(decision_timeout="NONE", execution_timeout="1000000")
    domain.poll()

    domain.wait(999_999)

    assert last(execution, "DecisionTaskScheduled").start_to_close_timeout == "NONE"
    assert kinds(execution, 4) == []


def test_the_latest_execution_context_stays_until_another_is_given(domain: Domain) -> None:
    execution = domain.start()
    contexts = []
    for given in ("x", None, ""):
        domain.decide(timer(seconds="0"), execution_context=given)
        contexts.append(execution.context)
        domain.wait(0)

    assert contexts == ["x", "x", ""]


def test_a_task_list_for_good_is_kept(domain: Domain) -> None:
    execution = domain.start(decision_timeout="1")
    domain.decide(timer(seconds="0"), task_list="mine")
    domain.wait(0)
    domain.poll("mine")

    domain.wait(1)

    assert last(execution, "DecisionTaskScheduled").task_list.name == "mine"


def test_a_task_list_with_a_timeout_is_dropped_when_nobody_polls_it(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer(seconds="0"), task_list="mine", schedule_to_start_timeout="1")
    domain.wait(0)
    sticky = last(execution, "DecisionTaskScheduled")
    assert domain.nothing_to_decide("dl")

    domain.wait(1)

    assert (sticky.task_list.name, sticky.schedule_to_start_timeout) == ("mine", "1")
    assert kinds(execution)[-2:] == ["DecisionTaskTimedOut", "DecisionTaskScheduled"]
    timed_out = last(execution, "DecisionTaskTimedOut")
    assert (timed_out.timeout_type, timed_out.started_event_id) == ("SCHEDULE_TO_START", 0)
    ordinary = last(execution, "DecisionTaskScheduled")
    assert (ordinary.task_list.name, ordinary.schedule_to_start_timeout) == ("dl", "NONE")
    assert domain.nothing_to_decide("mine")


def test_a_task_list_with_a_timeout_is_dropped_when_its_decider_is_silent(domain: Domain) -> None:
    execution = domain.start(decision_timeout="5")
    domain.decide(timer(seconds="0"), task_list="mine", schedule_to_start_timeout="1")
    domain.wait(0)
    domain.poll("mine")

    domain.wait(5)

    assert last(execution, "DecisionTaskScheduled").task_list.name == "dl"


def test_a_task_behind_waits_only_from_when_it_can_be_taken(domain: Domain) -> None:
    execution = domain.start()
    domain.decide(timer(seconds="0"), task_list="mine", schedule_to_start_timeout="1")
    domain.wait(0)
    task = domain.poll("mine")
    domain.executions.signal(execution, "s", None, domain.now)

    domain.wait(2)
    domain.answer(task)
    domain.wait(0.5)
    waits = domain.executions.execution("w").deliverable
    domain.wait(0.5)

    assert waits is not None
    assert waits.attributes.task_list.name == "mine"
    assert kinds(execution)[-2:] == ["DecisionTaskTimedOut", "DecisionTaskScheduled"]


def test_a_timeout_of_the_task_list_needs_a_task_list(domain: Domain) -> None:
    domain.start()

    with pytest.raises(InvalidRequest, match="taskList"):
        domain.decide(schedule_to_start_timeout="1")
