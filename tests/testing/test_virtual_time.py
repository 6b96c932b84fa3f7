from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stall import Base, Checkout, Count, Forever, Paid, Race, Sale, charge, ship

import simpleflow
from simpleflow import Workflow, activity
from simpleflow.client import Status
from simpleflow.exceptions import (
    DispatchError,
    Nondeterminism,
    TaskException,
    TaskFailed,
    WorkflowCanceled,
    WorkflowFailed,
    WorkflowTimedOut,
)
from simpleflow.testing import Environment, Stuck, environment, replay
from swf.protocol.wire import to_wire


@pytest.fixture(params=[False, True], ids=["warm", "cold"])
def env(request: pytest.FixtureRequest) -> Any:
    with environment(cold=request.param) as made:
        yield made


def test_thirty_days_take_no_time(env: Environment) -> None:
    began, really = env.now(), time.monotonic()

    assert env.run(Checkout, "visa", 5) == "visa:5"

    assert env.now() - began == timedelta(days=30)
    assert time.monotonic() - really < 5


def test_the_same_test_makes_the_same_history() -> None:
    def history() -> list[dict[str, Any]]:
        with environment() as env:
            sale = env.start(Sale, ["visa", "amex"])
            sale.wait()
            children = env.client.executions("CLOSED", workflow=env.client.workflow("stall.Checkout", "1"))
            return [to_wire(event) for each in (sale, *children) for event in each.history.events]

    assert len(history()) > 40
    assert history() == history()


def test_time_begins_where_it_is_told_to() -> None:
    start = datetime(2030, 2, 28, 12, tzinfo=UTC)
    with environment(start=start) as env:
        assert env.now() == start
        env.run(Checkout, "visa", 5)
        assert env.now() == datetime(2030, 3, 30, 12, tzinfo=UTC)


def test_any_task_list_is_worked_on(env: Environment) -> None:
    assert env.run(Sale, ["visa", "amex"]) == ["visa:5", "amex:5"]

    lists = {
        task_list.name
        for execution in env.client.executions("CLOSED")
        for event in execution.history.events
        if (task_list := getattr(event.attributes, "task_list", None)) is not None
    }
    assert lists == {"office", "desk", "bank"}


def test_nothing_happens_before_time_goes_on(env: Environment) -> None:
    execution = env.start(Checkout, "visa", 5)
    assert len(execution.history.events) == 2

    env.advance()
    assert execution.history.timers

    env.advance(days=29, hours=23)
    assert execution.status is Status.OPEN
    env.advance(timedelta(hours=1))
    assert execution.wait(timeout=0) is Status.COMPLETED


def test_time_does_not_go_back(env: Environment) -> None:
    with pytest.raises(ValueError, match="time does not go back: -1"):
        env.advance(-1)


def test_all_that_happens_in_a_span_happens_in_its_order(env: Environment) -> None:
    seen: list[tuple[str, float]] = []
    began = env.now()

    def note(what: str) -> None:
        seen.append((what, (env.now() - began).total_seconds()))

    env.after(20, note, "b")
    env.after(timedelta(seconds=10), note, "a")
    env.after(30, note, what="c")

    env.advance(seconds=25)

    assert seen == [("a", 10), ("b", 20)]
    assert env.now() - began == timedelta(seconds=25)


def test_a_signal_may_come_at_a_time(env: Environment) -> None:
    execution = env.start(Paid)
    began = env.now()

    env.after(timedelta(hours=3), execution.signal, "paid", "cash")

    assert execution.result() == ["cash"]
    assert env.now() - began == timedelta(hours=3)


def test_a_cancellation_may_come_at_a_time(env: Environment) -> None:
    execution = env.start(Checkout, "visa", 5)

    env.after(60, execution.cancel, "rain")

    with pytest.raises(WorkflowCanceled) as caught:
        execution.result()
    assert caught.value.details == "rain"


def test_what_waits_for_what_cannot_come_is_told(env: Environment) -> None:
    with pytest.raises(Stuck, match=r"shop.paid-1-\S+ waits for the signal 'paid': nothing runs"):
        env.run(Paid)


def test_a_parent_of_what_is_stuck_is_stuck_for_its_reason(env: Environment) -> None:
    class Parent(Base):
        name = "parent"

        def run(self) -> Any:
            return self.submit(Paid).result

    with pytest.raises(Stuck, match="waits for the signal 'paid'"):
        env.run(Parent)


def test_an_activity_left_for_good_is_told(env: Environment) -> None:
    @activity.with_attributes(
        name="left",
        version="1",
        start_to_close_timeout="NONE",
        schedule_to_close_timeout="NONE",
        heartbeat_timeout="NONE",
    )
    def left() -> Any:
        return activity.DoNotComplete

    class Leaves(Base):
        name = "leaves"

        def run(self) -> Any:
            return self.submit(left).result

    with pytest.raises(Stuck, match=r"waits for ActivityTask.*left"):
        env.run(Leaves)


def test_an_execution_times_out_when_time_is_let_go_on(env: Environment) -> None:
    execution = env.start(Paid.with_options(execution_timeout=3_600))
    with pytest.raises(Stuck):
        execution.result()

    env.advance(hours=1)

    with pytest.raises(WorkflowTimedOut):
        execution.result()


def test_a_wait_with_a_timeout_is_in_virtual_time(env: Environment) -> None:
    began = env.now()

    with pytest.raises(TimeoutError):
        env.start(Paid).result(timeout=86_400)

    assert env.now() - began == timedelta(days=1)


def test_a_workflow_that_never_ends_is_looked_at_while_it_runs(env: Environment) -> None:
    execution = env.start(Forever)

    env.advance(hours=3)

    assert execution.status is Status.OPEN
    assert execution.history.workflow["input"]["kwargs"] == {"times": 3}


def test_a_failed_run_has_its_cause(env: Environment) -> None:
    env.stub(charge, raising=OSError("no line"))

    with pytest.raises(WorkflowFailed, match="no line") as caught:
        env.run(Checkout, "visa", 5)

    assert isinstance(caught.value.cause, TaskException)
    assert isinstance(caught.value.cause.exception, TaskFailed)
    assert caught.value.cause.exception.error == "OSError"


def test_an_activity_may_take_time(env: Environment) -> None:
    env.stub(Count, calling=lambda upto: env.advance(minutes=5))

    class Slow(Base):
        name = "slow"

        def run(self) -> float:
            began = self.now()
            self.submit(Count, 3).wait()
            return (self.now() - began).total_seconds()

    assert env.run(Slow) == 300.0


def test_an_activity_that_takes_too_long_times_out(env: Environment) -> None:
    env.stub(Count, calling=lambda upto: env.advance(hours=2))

    class Slow(Base):
        name = "slow"

        def run(self) -> str:
            counted = self.submit(Count, 3)
            counted.wait()
            return repr(counted.exception)

    assert env.run(Slow) == "TimeoutError(START_TO_CLOSE)"


def test_an_activity_hears_at_its_heartbeat_that_it_is_canceled(env: Environment) -> None:
    def count(upto: int) -> None:
        for _ in range(20):
            env.advance(seconds=30)
            activity.current().heartbeat()

    env.stub(Count, calling=count)

    assert env.run(Race) == ["CANCELLED", "TaskCanceled()"]


def test_what_heartbeats_told_is_there_for_the_next_attempt(env: Environment) -> None:
    @activity.with_attributes(name="resumes", version="1", retry=1)
    def resumes() -> Any:
        if (found := activity.current().details) is not None:
            return found
        activity.current().heartbeat({"done": 7})
        raise ValueError

    class Resumes(Base):
        name = "resumes"

        def run(self) -> Any:
            return self.submit(resumes).result

    assert env.run(Resumes) == {"done": 7}


def test_code_that_is_not_deterministic_is_found_out_when_cold() -> None:
    chance = random.Random(1)

    class Dice(Base):
        name = "dice"

        def run(self) -> Any:
            first = self.submit(ship, str(chance.random()))
            second = self.submit(ship, first.result[0])
            return second.result

    with environment() as env:
        execution = env.start(Dice)
        execution.wait()
        with pytest.raises(Nondeterminism, match="ship"):
            replay(execution, Dice)

    with environment(cold=True) as env, pytest.raises(Nondeterminism, match="ship"):
        env.run(Dice)


def test_a_child_that_no_loaded_module_has_is_an_error_of_the_test(env: Environment) -> None:
    env.start(Paid).terminate()
    execution = env.client.start(
        env.client.workflow("shop.paid", "1").with_options(task_list="desk"),
    )
    execution.terminate()
    env.client.swf.register_workflow_type(domain="testing", name="gone", version="1")
    gone = env.client.workflow("gone", "1").with_options(
        task_list="desk", execution_timeout=60, decision_tasks_timeout=30, child_policy="TERMINATE"
    )

    with pytest.raises(DispatchError, match="there is no workflow 'gone'"):
        env.client.start(gone).result()


def test_a_program_that_starts_executions_itself_is_given_the_client(env: Environment) -> None:
    def handle_request(client: simpleflow.Client, card: str) -> str:
        return client.start(Checkout.with_options(workflow_id=f"order-{card}"), card, 5).workflow_id

    workflow_id = handle_request(env.client, "visa")

    assert env.client.execution(workflow_id).result() == "visa:5"


def test_other_threads_may_ask_and_not_move_time(env: Environment) -> None:
    told: list[BaseException] = []

    def other() -> None:
        execution = env.client.start(Paid)
        try:
            execution.result()
        except RuntimeError as error:
            told.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(30)

    assert "only in the thread that made this environment" in str(told[0])


def test_what_is_open_at_the_end_is_unwound() -> None:
    ended: list[str] = []

    class Tidy(Base):
        name = "tidy"

        def run(self) -> None:
            try:
                self.sleep(60)
            finally:
                ended.append("yes")

    with environment() as env:
        env.start(Tidy)
        env.advance()
        assert ended == []

    assert ended == ["yes"]


def test_the_latest_class_of_a_name_is_decided() -> None:
    def version_of(result: int) -> type[Workflow]:
        class Versioned(Base):
            name = "versioned"

            def run(self) -> int:
                return result

        return Versioned

    first, second = version_of(1), version_of(2)

    class Parent(Base):
        name = "parent-of-versioned"

        def run(self) -> Any:
            return self.submit(first).result

    with environment() as env:
        assert env.run(first) == 1
        assert env.run(second) == 2
    with environment() as env:
        assert env.run(Parent) == 2  # by its name on the wire, as everywhere


def test_of_two_versions_each_is_decided_by_its_own_code(env: Environment) -> None:
    def waits(number: str) -> type[Workflow]:
        class Waiting(Base):
            name = "waiting"
            version = number

            def run(self) -> str:
                self.sleep(60)
                return number

        return Waiting

    first, second = waits("1"), waits("2")
    older, newer = env.start(first), env.start(second)
    assert (older.result(), newer.result()) == ("1", "2")

    env.stub(first, returning="stubbed")
    assert (env.run(first), env.run(second)) == ("stubbed", "2")
