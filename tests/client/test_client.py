from __future__ import annotations

import pickle
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cafe import TOKENS, Bill, Chef, Order, Stubborn, Table

import simpleflow
from simpleflow.client import Client, Execution, Status
from simpleflow.client.waiting import RealTime
from simpleflow.exceptions import (
    ExecutionAlreadyRunning,
    ExecutionClosed,
    ExecutionNotFound,
    TaskException,
    WorkflowCanceled,
    WorkflowFailed,
    WorkflowTerminated,
    WorkflowTimedOut,
)
from simpleflow.testing import Environment, environment
from swf.engine import Engine
from swf.exceptions import EngineUnreachable, UnknownResource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def env() -> Iterator[Environment]:
    with environment() as made:
        yield made


@pytest.fixture
def client(env: Environment) -> Client:
    return env.client


# Starting


def test_a_result_is_what_the_class_annotates(client: Client) -> None:
    execution = client.start(Order, "tea", "milk", price=150)

    assert execution.result() == Bill(["hot tea", "hot milk"], 300)
    assert execution.status is Status.COMPLETED


def test_a_result_is_plain_json_where_the_class_is_not_known(client: Client) -> None:
    started = client.start(Order, "tea")
    started.wait()

    found = client.execution(started.workflow_id)
    assert found.result() == {"drinks": ["hot tea"], "cents": 200}
    assert client.execution(started.workflow_id, workflow=Order).result() == Bill(["hot tea"], 200)


def test_ids_are_name_version_and_a_uuid(client: Client) -> None:
    first, second = client.start(Order), client.start(Order)

    uuid4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(f"cafe.order-1-{uuid4}", first.workflow_id)
    assert first.workflow_id != second.workflow_id


def test_options_go_with_the_start(client: Client) -> None:
    variant = Order.with_options(
        workflow_id="o-1", tags=["vip"], task_list="elsewhere", execution_timeout=3_600
    )

    execution = client.start(variant)

    started: Any = execution.history.events[0].attributes
    assert execution.workflow_id == "o-1"
    assert started.tag_list == ["vip"]
    assert started.task_list.name == "elsewhere"
    assert started.execution_start_to_close_timeout == "3600"


def test_an_id_that_runs_is_an_error_that_holds_what_runs(client: Client) -> None:
    first = client.start(Order.with_options(workflow_id="o-1"), "tea")

    with pytest.raises(ExecutionAlreadyRunning, match="'o-1' is running already") as caught:
        client.start(Order.with_options(workflow_id="o-1"), "milk")

    running = caught.value.execution
    assert running is not None
    assert running.run_id == first.run_id
    assert running.result() == Bill(["hot tea"], 200)
    assert pickle.loads(pickle.dumps(caught.value)).workflow_id == "o-1"


def test_an_id_is_free_again_when_its_execution_is_closed(client: Client) -> None:
    first = client.start(Order.with_options(workflow_id="o-1"))
    first.wait()

    second = client.start(Order.with_options(workflow_id="o-1"))

    assert second.run_id != first.run_id


def test_a_type_known_by_name_only_is_started_by_a_handle(client: Client) -> None:
    client.start(Order).wait()  # registers the type

    handle = client.workflow("cafe.order", "1").with_options(workflow_id="o-2", tags=["a"], task_list="t")
    execution = client.start(handle, "tea", price=1)

    assert execution.result() == {"drinks": ["hot tea"], "cents": 1}
    assert execution.workflow_id == "o-2"
    assert execution.info.tag_list == ["a"]


def test_a_handle_of_an_unknown_type_is_refused_by_the_engine(client: Client) -> None:
    with pytest.raises(UnknownResource, match=r"Unknown type: .*nobody"):
        client.start(client.workflow("nobody", "1"))


def test_unknown_options_of_a_handle_name_the_known_ones(client: Client) -> None:
    with pytest.raises(TypeError, match=r"unknown options \['colour'\] of w; there are .*'tags'"):
        client.workflow("w", "1").with_options(colour="red")


def test_what_cannot_be_started_is_refused_before_anything_is_asked(client: Client) -> None:
    anything: Any = client
    with pytest.raises(TypeError, match=r"takes a Workflow class, or client.workflow\(name, version\)"):
        anything.start("cafe.order")
    with pytest.raises(TypeError, match="prize"):
        anything.start(Order, prize=1)
    assert list(client.executions()) == []


# How it ends


def test_a_failure_is_raised_as_what_it_is(client: Client) -> None:
    execution = client.start(Order, "mud")

    with pytest.raises(WorkflowFailed, match="no mud here") as caught:
        execution.result()

    assert execution.status is Status.FAILED
    assert isinstance(caught.value.cause, TaskException)


def test_what_terminated_tells_why(client: Client) -> None:
    execution = client.start(Table, 0)

    execution.terminate("closing time")

    with pytest.raises(WorkflowTerminated, match="closing time"):
        execution.result()
    assert execution.status is Status.TERMINATED


def test_what_took_too_long_timed_out(env: Environment) -> None:
    execution = env.start(Table.with_options(execution_timeout=60), 0)

    env.advance(seconds=60)

    assert execution.status is Status.TIMED_OUT
    with pytest.raises(WorkflowTimedOut, match="START_TO_CLOSE"):
        execution.result()


def test_a_cancellation_has_the_details_of_whoever_asked(client: Client) -> None:
    execution = client.start(Table, 0)

    execution.cancel({"because": ["rain", 5]})

    assert execution.wait() is Status.CANCELED
    with pytest.raises(WorkflowCanceled) as caught:
        execution.result()
    assert caught.value.details == '{"because":["rain",5]}'


@pytest.mark.parametrize(("details", "told"), [(None, None), ("rain", "rain"), (5, "5")])
def test_details_of_a_cancellation_may_be_anything_or_nothing(
    client: Client, details: object, told: str | None
) -> None:
    execution = client.start(Table, 0)
    execution.cancel(details)

    with pytest.raises(WorkflowCanceled) as caught:
        execution.result()

    assert caught.value.details == told


def test_a_workflow_may_go_on_though_its_cancellation_was_asked_for(env: Environment) -> None:
    execution = env.start(Stubborn, 0)

    execution.cancel("please")
    env.advance()

    assert execution.status is Status.OPEN
    execution.signal("leave", 7)
    assert execution.result() == 7


def test_a_wait_ends_after_its_timeout(client: Client) -> None:
    execution = client.start(Table, 0)

    with pytest.raises(TimeoutError, match=f"{execution.workflow_id} is still open after 30 seconds"):
        execution.result(timeout=30)

    execution.signal("leave", 1)
    assert execution.result(timeout=0.5) == 1


# Runs that are continued as new


def test_a_result_is_that_of_the_last_run(env: Environment) -> None:
    execution = env.start(Table, 2)
    first_run = execution.run_id

    for _ in range(2):
        execution.signal("order")
        env.advance()
        assert execution.status is Status.OPEN
    execution.signal("leave", 42)

    assert execution.result() == 42
    assert execution.run_id == first_run
    assert execution.info.execution.run_id != first_run
    assert len(execution.history.events) < 15


def test_requests_reach_the_run_that_goes_on(env: Environment) -> None:
    execution = env.start(Table, 1)
    execution.signal("order")
    env.advance()  # it goes on in another run, of which nothing was asked

    execution.terminate()

    assert execution.status is Status.TERMINATED


# What is asked of it


def test_a_signal_arrives_with_its_arguments(env: Environment) -> None:
    execution = env.start(Table, 0)

    execution.signal("leave", 3, name="a tip", propagate=False)

    assert execution.result() == 3
    received = execution.history.signals["leave"]["input"]
    assert received == {"__propagate": False, "args": [3], "kwargs": {"name": "a tip"}}


def test_what_is_closed_takes_nothing_any_more(client: Client) -> None:
    execution = client.start(Order)
    execution.wait()

    asks: list[Callable[[], None]] = [lambda: execution.signal("x"), execution.cancel, execution.terminate]
    for ask in asks:
        with pytest.raises(ExecutionClosed, match="is closed: COMPLETED") as caught:
            ask()
        assert caught.value.status is Status.COMPLETED
        assert pickle.loads(pickle.dumps(caught.value)).workflow_id == execution.workflow_id


def test_what_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(ExecutionNotFound, match="Workflow nobody not found"):
        client.execution("nobody")
    with pytest.raises(ExecutionNotFound, match="Execution nobody r not found"):
        client.execution("nobody", "r")
    with pytest.raises(ExecutionNotFound):
        Execution(client, "nobody", "r").result()


# Lists


def test_executions_are_listed_with_the_filters_of_swf(env: Environment) -> None:
    client = env.client
    began = env.now()
    client.start(Order.with_options(workflow_id="a", tags=["vip"]), "tea").wait()
    env.advance(hours=1)
    client.start(Table.with_options(workflow_id="b"), 0)
    client.start(Order.with_options(workflow_id="c"), "mud").wait()
    env.advance(hours=1)
    client.start(Table.with_options(workflow_id="d", tags=["vip"]), 0)

    def ids(*args: Any, **filters: Any) -> list[str]:
        return [each.workflow_id for each in client.executions(*args, **filters)]

    assert ids() == ["d", "b"]
    assert ids(oldest_first=True) == ["b", "d"]
    assert ids(tag="vip") == ["d"]
    assert ids(workflow_id="b") == ["b"]
    assert ids(workflow=Order) == []
    assert ids(started_after=began + timedelta(hours=2)) == ["d"]
    assert ids(started_before=began + timedelta(hours=1)) == ["b"]
    assert ids("CLOSED") == ["c", "a"]
    assert ids(Status.FAILED) == ["c"]
    assert ids("CLOSED", workflow=client.workflow("cafe.order", "1")) == ["c", "a"]
    assert ids("CLOSED", closed_before=began + timedelta(minutes=1)) == ["a"]
    assert next(client.executions(tag="vip")).info.workflow_type.name == "cafe.table"


def test_a_list_is_asked_for_when_it_is_read(client: Client) -> None:
    listed = client.executions()
    client.start(Order.with_options(workflow_id="a"))

    assert next(listed).workflow_id == "a"


def test_times_that_cannot_be_meant_are_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="no time of close"):
        next(client.executions(closed_after=datetime.now(UTC)))
    with pytest.raises(ValueError, match="has no time zone"):
        next(client.executions(started_after=datetime(2024, 1, 1)))


# Activities that are completed from outside


@pytest.fixture
def token(env: Environment) -> tuple[str, Execution[str]]:
    execution = env.start(Chef)
    env.advance()
    return TOKENS.pop(), execution


def test_an_activity_is_completed_by_its_token(client: Client, token: tuple[str, Execution[str]]) -> None:
    client.complete_activity(token[0], {"soup": 1})

    assert token[1].result() == "{'soup': 1}"
    with pytest.raises(UnknownResource):
        client.complete_activity(token[0])


def test_an_activity_fails_by_its_token(client: Client, token: tuple[str, Execution[str]]) -> None:
    client.fail_activity(token[0], ValueError("burnt"))

    assert "ValueError: burnt" in token[1].result()


def test_an_activity_fails_with_a_reason(client: Client, token: tuple[str, Execution[str]]) -> None:
    client.fail_activity(token[0], "burnt", "black")

    assert "burnt" in token[1].result()


def test_an_activity_hears_of_its_cancellation_by_its_token(
    client: Client, token: tuple[str, Execution[str]]
) -> None:
    assert client.heartbeat(token[0], {"done": 5}) is False
    client.cancel_activity(token[0], "no time")

    assert "TaskCanceled" in token[1].result()


def test_an_activity_that_nobody_completes_is_what_a_run_is_stuck_at(
    token: tuple[str, Execution[str]], env: Environment
) -> None:
    began = env.now()

    assert "TimeoutError(START_TO_CLOSE)" in token[1].result()
    assert env.now() - began == timedelta(seconds=300)


# On engines in real time


def test_a_client_waits_in_real_time_for_what_runs_elsewhere() -> None:
    with simpleflow.standalone(workflows=[Order, Table], mode="thread") as client:
        table = client.start(Table, 0)
        with pytest.raises(TimeoutError):
            table.result(timeout=0.01)
        results = [client.start(Order, drink).result(timeout=30) for drink in ("tea", "milk")]
        table.signal("leave", 5)

        assert table.result(timeout=30) == 5
        assert [bill.drinks for bill in results] == [["hot tea"], ["hot milk"]]


def test_a_client_finds_the_engine_by_path_and_by_address(tmp_path: Path) -> None:
    file = tmp_path / "cafe.db"
    with simpleflow.Client(file, "cafe") as client:
        started = client.start(Order.with_options(workflow_id="o"))
        assert "cafe" in repr(client)
        assert (started.status, repr(started)) == (Status.OPEN, f"<Execution o {started.run_id}>")

    with simpleflow.Client(file, "cafe") as client:
        client.execution("o").terminate("late", child_policy="ABANDON")

    with Engine(file) as engine, closing(engine.serve()) as server:
        client = simpleflow.Client(server.url, "cafe")
        assert client.execution("o").status is Status.TERMINATED
        client.close()


def test_a_wait_outlives_an_outage_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    with Engine() as engine:
        swf = engine.client()
        swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        client = Client.of(swf, "d")
        execution = client.start(Table, 0)
        execution.terminate()
        asked, outage = swf.ask, iter(range(2))

        def ask(request: Any) -> Any:
            if next(outage, None) is not None:
                raise EngineUnreachable("here", "it is away")
            return asked(request)

        monkeypatch.setattr(swf, "ask", ask)

        assert execution.wait(timeout=30) is Status.TERMINATED
        assert next(outage, None) is None


def test_pauses_grow_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    waiting = RealTime(longest=0.25)

    for looked in range(200):
        waiting.pause(looked, None)
    waiting.pause(1_000, 0.1)

    assert slept[0] == 0.001
    assert slept == [*sorted(slept[:-1]), 0.1]
    assert slept[-2] == 0.25


def test_a_client_of_amazon_asks_by_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    with Engine() as engine, closing(engine.serve()) as server:
        engine.client().register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        client = Client("aws:us-east-1", "d")

        execution = client.start(Table.with_options(workflow_id="t", tags=["a"]), 0)

        assert execution.status is Status.OPEN
        assert [each.info.tag_list for each in client.executions(workflow_id="t")] == [["a"]]
        execution.signal("leave", 1)
        with pytest.raises(ExecutionAlreadyRunning):
            client.start(Table.with_options(workflow_id="t"), 0)
        execution.terminate("late")
        with pytest.raises(WorkflowTerminated, match="late"):
            execution.result()
        with pytest.raises(ExecutionClosed):
            execution.cancel()
        client.close()
