"""What `submit` is typed as, for mypy and basedpyright: `make check` runs both.

A line with an `ignore` must be refused, with that error: both checkers refuse an `ignore` that is not needed.
"""

from __future__ import annotations

from typing import assert_type

from simpleflow import Workflow, activity
from simpleflow.canvas import Group
from simpleflow.futures import Future, use


@activity.with_attributes()
def inc(x: int) -> int:
    return x + 1


@activity.with_attributes()
async def fetch(x: int) -> str:
    return str(x)


@activity.with_attributes()
def mul(x: int, y: int = 2) -> int:
    return x * y


@activity.with_attributes()
def show(x: int, *, label: str) -> str:
    return f"{label}{x}"


@activity.with_attributes()
def total(xs: list[int]) -> int:
    return sum(xs)


@activity.with_attributes()
def six(a: int, b: int, c: int, d: int, e: int, f: str) -> float:
    return float(f)


@activity.with_attributes()
class Twice:
    def __init__(self, x: int) -> None:
        self.x = x

    def execute(self) -> str:
        return str(2 * self.x)


class Child(Workflow):
    def run(self, x: int, t: int = 3) -> str:
        return str(x)


class AsyncChild(Workflow):
    async def run(self, x: int) -> float:
        return float(x)


class Types(Workflow):
    def run(self) -> None:
        n = self.submit(inc, 1)
        text = self.submit(show, 1, label="a")
        assert_type(n, Future[int])
        assert_type(n.result, int)
        assert_type(text, Future[str])
        assert_type(self.submit(inc, n), Future[int])
        assert_type(self.submit(fetch, n), Future[str])
        assert_type(self.submit(mul, n), Future[int])
        assert_type(self.submit(mul, n, 3), Future[int])
        assert_type(self.submit(mul, 1, y=use(n)), Future[int])
        assert_type(self.submit(total, [use(n), 2]), Future[int])
        assert_type(self.submit(six, n, 2, n, 4, n, text), Future[float])
        assert_type(self.submit(Twice, n), Future[str])
        assert_type(self.submit(Child, n), Future[str])
        assert_type(self.submit(Child, 1, t=2), Future[str])
        assert_type(self.submit(AsyncChild, n), Future[float])
        assert_type(inc(1), int)
        self.submit(Group((inc, 1), (inc, 2)))
        self.submit(self.start_timer("t", 1))
        self.submit(inc, "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(inc, text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(inc)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
        self.submit(mul, 1, "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(show, 1, label=2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(six, n, 2, n, 4, n, n)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(Twice, "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(Child, text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
        self.submit(len)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
