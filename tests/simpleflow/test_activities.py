"""Activities: functions and classes, async or not, with their context; called by hand for unit tests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from runs import Base, inc, outcome

from simpleflow import Activity, activity
from simpleflow.exceptions import WorkflowFailed
from simpleflow.local import Executor
from simpleflow.registry import registry
from simpleflow.task import NonPythonicActivityTask

AFTER: list[str] = []


@activity.with_attributes(version="1")
async def fetch(x: int) -> int:
    await asyncio.sleep(0)
    return x * 2


@activity.with_attributes(version="1")
class Twice:
    context: Any

    def __init__(self, x: int) -> None:
        self.x = x

    def execute(self) -> list[Any]:
        return [self.x * 2, self.context and self.context["activity_id"]]

    def post_execute(self) -> None:
        AFTER.append("post_execute")


@activity.with_attributes(version="1")
class AsyncTwice:
    def __init__(self, x: int) -> None:
        self.x = x

    async def execute(self) -> int:
        await asyncio.sleep(0)
        return self.x * 2


@activity.with_attributes(version="1")
def context_keys() -> list[str]:
    assert context_keys.context is not None
    return sorted(context_keys.context)


class All(Base):
    tag_list = ("tagged",)

    def run(self) -> Any:
        return [
            self.submit(fetch, 4).result,
            self.submit(Twice, 4).result,
            self.submit(AsyncTwice, 4).result,
            self.submit(context_keys).result,
        ]


def test_functions_and_classes_async_or_not_are_run_to_their_end() -> None:
    AFTER.clear()
    fetched, twice, async_twice, keys = outcome(All)
    assert (fetched, twice, async_twice) == (8, [8, "activity-test_activities.Twice-1"], 8)
    assert {"activity_id", "domain_name", "input", "name", "run_id", "version", "workflow_id"} <= set(keys)
    assert AFTER == ["post_execute"]


def test_called_by_hand_an_activity_is_what_it_wraps() -> None:
    assert inc(1) == 2
    assert fetch(4) == 8
    assert Twice(4) == [8, None]  # type: ignore[comparison-overlap]  # mypy ignores decorators of classes
    assert AsyncTwice(4) == 8  # type: ignore[comparison-overlap]
    assert context_keys.context is None


def test_an_async_activity_says_how_to_call_it_in_async_code() -> None:
    async def caller() -> None:
        with pytest.raises(RuntimeError, match="callable"):
            fetch(4)
        assert await fetch.callable(4) == 8

    asyncio.run(caller())


class Partial:
    """A callable that has no name of its own."""

    def __call__(self, x: int) -> int:
        return x


def test_names_are_those_of_the_callables_with_their_modules() -> None:
    assert inc.name == "runs.inc"
    assert Activity(Partial()).name == "test_activities.Partial"
    assert Activity(lambda: None).name == "test_activities.<lambda>"
    assert Activity(len, name="my.len").name == "my.len"
    assert registry[None]["my.len"].callable is len


class CallsNameless(Base):
    def run(self) -> Any:
        return Activity(Partial())(1)


def test_calling_in_run_is_refused_whatever_is_called() -> None:
    with pytest.raises(WorkflowFailed, match=r"submit it instead, self\.submit\(Partial"):
        outcome(CallsNameless)


def _with_context(x: int, context: Any) -> Any:
    return [x, context["activity_id"]]


_with_context.add_context_in_kwargs = True  # type: ignore[attr-defined]
with_context = activity.with_attributes(version="1")(_with_context)


class Contexts(Base):
    def run(self) -> Any:
        return self.submit(NonPythonicActivityTask(with_context, x=1)).result


def test_a_function_may_ask_for_its_context_as_an_argument() -> None:
    assert outcome(Contexts) == [1, "activity-test_activities._with_context-1"]


STEPS: list[str] = []


def before(context: dict[str, Any]) -> None:
    STEPS.append(f"before {context['activity_id']}")


def after(context: dict[str, Any], result: Any) -> None:
    STEPS.append(f"after {result}")


class InGroups(Base):
    def run(self) -> Any:
        return self.map(inc, [1, 2]).result


def test_middlewares_are_called_around_every_activity() -> None:
    STEPS.clear()
    middlewares = {"pre": [f"{__name__}.before"], "post": [f"{__name__}.after"]}
    assert Executor(InGroups, middlewares).run() == [2, 3]
    assert STEPS == [
        "before activity-runs.inc-1",
        "after 2",
        "before activity-runs.inc-2",
        "after 3",
    ]


def broken(context: dict[str, Any]) -> None:
    raise RuntimeError("the middleware is broken")


class One(Base):
    def run(self) -> Any:
        return repr(self.submit(inc, 1).exception)


def test_a_middleware_that_raises_fails_the_activity() -> None:
    assert "the middleware is broken" in Executor(One, {"pre": [f"{__name__}.broken"]}).run()


class Mapping(Base):
    def run(self) -> Any:
        futures_of = self.map(inc, [1, 2])
        return [
            [each.result for each in futures_of],
            len(futures_of),
            futures_of[1].result,
            self.map(inc, []).result,
            bool(self.map(inc, [])),
            self.starmap(inc, [(5,)]).result,
            self.map(inc, self.submit(numbers)).result,
        ]


@activity.with_attributes(version="1")
def numbers() -> list[int]:
    return [10, 20]


def test_map_gives_the_futures_and_is_the_future_of_their_results() -> None:
    assert outcome(Mapping) == [[2, 3], 2, 3, [], True, [6], [11, 21]]
