from __future__ import annotations

from typing import Any

import pytest
from stall import Base, Checkout, Count, Sale, Waits, charge, ship

from simpleflow import exceptions
from simpleflow.exceptions import WorkflowFailed
from simpleflow.testing import Call, Environment, environment
from simpleflow.testing.timeouts import Plan, plan


@pytest.fixture(params=[False, True], ids=["warm", "cold"])
def env(request: pytest.FixtureRequest) -> Any:
    with environment(cold=request.param) as made:
        yield made


def test_a_stub_returns_what_it_is_given(env: Environment) -> None:
    stub = env.stub(charge, returning="free")

    assert env.run(Checkout, "visa", 5) == "free"

    assert stub.calls == [Call(("visa", 5), {})]
    assert repr(stub) == "<Stub of shop.charge, called 1 times>"


def test_a_stub_calls_a_function_with_the_arguments(env: Environment) -> None:
    env.stub(charge, calling=lambda card, cents: f"{card} for {cents}")

    assert env.run(Checkout, "visa", 5) == "visa for 5"


def test_a_stub_of_an_async_activity_may_be_async(env: Environment) -> None:
    async def twice(parcel: str) -> list[str]:
        return [parcel] * 2

    class Ships(Base):
        name = "ships"

        def run(self) -> Any:
            return self.submit(ship, "box").result

    env.stub(ship, calling=twice)

    assert env.run(Ships) == ["box", "box"]


def test_without_anything_said_calls_are_noted_and_the_activity_is_performed(env: Environment) -> None:
    charged, counted = env.stub(charge), env.stub(Count)

    assert env.run(Checkout, "visa", 5) == "visa:5"
    assert env.run(Waits) == [3, 0.0]

    assert charged.calls == [Call(("visa", 5), {})]
    assert counted.calls == [Call((3,), {})]


def test_a_stub_raises_on_every_attempt(env: Environment) -> None:
    stub = env.stub(charge, raising=KeyError("visa"))

    with pytest.raises(WorkflowFailed, match="KeyError"):
        env.run(Checkout, "visa", 5)

    assert len(stub.calls) == 3


def test_a_stub_raises_attempt_by_attempt_and_then_goes_well(env: Environment) -> None:
    stub = env.stub(charge, raising=[OSError, KeyError("x"), None], returning="at last")
    began = env.now()

    assert env.run(Checkout, "visa", 5) == "at last"

    assert len(stub.calls) == 3
    assert (env.now() - began).total_seconds() == 30 * 86_400 + 60 + 120


def test_attempts_are_counted_for_each_task(env: Environment) -> None:
    env.stub(charge, raising=[OSError("once")])

    assert env.run(Sale, ["visa", "amex"]) == ["visa:5", "amex:5"]


@pytest.mark.parametrize(
    ("kind", "seconds"), [("HEARTBEAT", 60), ("START_TO_CLOSE", 600), ("SCHEDULE_TO_CLOSE", 900)]
)
def test_a_stub_times_out_as_its_timeouts_let_it(env: Environment, kind: str, seconds: float) -> None:
    stub = env.stub(Count, raising=kind)

    assert env.run(Waits) == [f"TimeoutError({kind})", seconds]

    assert stub.calls == [Call((3,), {})]


@pytest.mark.parametrize("kind", ["HEARTBEAT", "START_TO_CLOSE", "SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE"])
def test_equal_timeouts_end_as_asked(env: Environment, kind: str) -> None:
    stub = env.stub(charge, raising=[exceptions.TimeoutError(kind)])

    assert env.run(Checkout, "visa", 5) == "visa:5"

    assert len(stub.calls) == 2


def test_an_activity_that_is_not_taken_is_not_begun(env: Environment) -> None:
    env.stub(charge, raising=["SCHEDULE_TO_START"])
    execution = env.start(Checkout, "visa", 5)
    execution.wait()

    kinds = [type(event).__name__ for event in execution.history.events]
    timed_out = kinds.index("ActivityTaskTimedOut")
    assert "ActivityTaskStarted" not in kinds[:timed_out]
    assert "ActivityTaskStarted" in kinds[timed_out:]


def test_a_timeout_that_cannot_come_is_an_error_of_the_test(env: Environment) -> None:
    env.stub(charge, raising="SCHEDULE_TO_START")

    with pytest.raises(
        ValueError, match=r"shop.charge cannot time out as SCHEDULE_TO_START .*SCHEDULE_TO_CLOSE 5"
    ):
        env.run(_Quick)


class _Quick(Base):
    name = "quick"

    def run(self) -> Any:
        return self.submit(charge.with_options(schedule_to_close_timeout=5), "visa", 5).result


NEVER = float("inf")


@pytest.mark.parametrize(
    ("kind", "timeouts", "planned"),
    [
        ("HEARTBEAT", (10, 20, 30, 40), Plan()),
        ("HEARTBEAT", (30, 20, 30, 40), None),
        ("START_TO_CLOSE", (10, 20, 30, 40), Plan(beats_every=9.999)),
        ("START_TO_CLOSE", (NEVER, 20, NEVER, NEVER), Plan()),
        ("START_TO_CLOSE", (10, 50, 30, 40), None),
        ("SCHEDULE_TO_START", (10, 20, 30, 40), Plan(NEVER, 9.999)),
        ("SCHEDULE_TO_START", (10, 20, NEVER, 40), None),
        ("SCHEDULE_TO_CLOSE", (10, 20, 30, 40), Plan(20.001, 9.999)),
        ("SCHEDULE_TO_CLOSE", (NEVER, 50, 30, 40), Plan()),
        ("SCHEDULE_TO_CLOSE", (NEVER, 5, 30, 40), None),
        ("SCHEDULE_TO_CLOSE", (NEVER, NEVER, NEVER, NEVER), None),
    ],
)
def test_how_an_attempt_is_brought_to_time_out(
    kind: str, timeouts: tuple[float, ...], planned: Plan | None
) -> None:
    """The timeouts: HEARTBEAT, START_TO_CLOSE, SCHEDULE_TO_START, SCHEDULE_TO_CLOSE."""
    named = dict(
        zip(["HEARTBEAT", "START_TO_CLOSE", "SCHEDULE_TO_START", "SCHEDULE_TO_CLOSE"], timeouts, strict=True)
    )
    if planned is None:
        with pytest.raises(ValueError, match=f"a cannot time out as {kind} with these timeouts: HEARTBEAT"):
            plan("a", kind, named)
    else:
        assert plan("a", kind, named) == planned


def test_a_workflow_has_a_stub_wherever_it_is_started(env: Environment) -> None:
    stub = env.stub(Checkout, raising=[None, ValueError("declined")], calling=lambda card, cents: f"{card}!")

    assert env.run(Sale, ["visa", "amex"]) == ["visa!", "amex!"]
    assert env.run(Checkout, "cash", 1) == "cash!"

    assert stub.calls == [Call(("visa", 5), {}), Call(("amex", 5), {}), Call(("cash", 1), {})]


def test_a_stub_of_a_workflow_fails_it(env: Environment) -> None:
    env.stub(Checkout, raising=ValueError("declined"))

    with pytest.raises(WorkflowFailed, match="declined"):
        env.run(Sale, ["visa"])


def test_an_async_workflow_has_a_stub_too(env: Environment) -> None:
    spy = env.stub(Sale)
    env.stub(Checkout, returning="sold")

    assert env.run(Sale, ["visa"]) == ["sold"]
    assert spy.calls == [Call((["visa"],), {})]


def test_a_later_stub_replaces_the_earlier(env: Environment) -> None:
    env.stub(charge, raising=OSError)
    env.stub(charge, returning="paid")

    assert env.run(Checkout, "visa", 5) == "paid"


def test_what_cannot_be_a_stub_is_refused() -> None:
    with environment() as env:
        anything: Any = env
        with pytest.raises(TypeError, match="an activity or a workflow class can have a stub"):
            anything.stub(len, returning=5)
        with pytest.raises(ValueError, match="either returns a value or calls a function"):
            env.stub(charge, returning="x", calling=lambda card, cents: "y")
        with pytest.raises(ValueError, match="cannot time out as 'SOON': there are HEARTBEAT"):
            env.stub(charge, raising="SOON")
        with pytest.raises(TypeError, match="raises exceptions, or how to time out, not 5"):
            anything.stub(charge, raising=[5])
        with pytest.raises(ValueError, match="it times out as its execution_timeout says"):
            env.stub(Checkout, raising="START_TO_CLOSE")
