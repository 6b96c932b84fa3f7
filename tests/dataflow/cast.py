"""What generated programs submit: activities and children, each of which is known to succeed or to fail."""

from __future__ import annotations

from typing import Any

from simpleflow import Workflow, activity
from simpleflow.exceptions import TaskException

__all__ = [
    "Awaited",
    "Inner",
    "Patient",
    "echo",
    "flaky",
    "hurried",
    "keyed",
    "once",
    "strict",
    "touchy",
]


@activity.with_attributes(version="1")
def echo(tag: str, value: Any = None) -> str:
    return tag


@activity.with_attributes(version="1", idempotent=True)
def once(tag: str) -> str:
    return tag


@activity.with_attributes(version="1", retry=1)
def flaky(tag: str, value: Any = None) -> str:
    raise ValueError(tag)


@activity.with_attributes(version="1", raises_on_failure=True)
def strict(tag: str, value: Any = None) -> str:
    raise ValueError(tag)


@activity.with_attributes(version="1")
def touchy(tag: str) -> str:
    """Fail, unless asked nicely."""
    if tag.endswith("!"):
        return tag
    raise ValueError(tag)


@activity.with_attributes(version="1", start_to_close_timeout=5)
def hurried(tag: str) -> str:
    return tag


class Keyed:
    def __init__(self, tag: str) -> None:
        self.tag = tag

    @staticmethod
    def get_task_id(workflow: Workflow, tag: str) -> str:
        return f"key-{tag}"

    def execute(self) -> str:
        return self.tag


keyed = activity.with_attributes(version="1")(Keyed)


class Inner(Workflow):
    name = "inner"
    version = "1"
    task_list = "d"
    retry = 1
    raises_on_failure = False

    def run(self, tag: str, fails: bool) -> Any:
        if fails:
            self.fail(tag)
        return self.submit(echo, tag).result


class Awaited(Workflow):
    name = "awaited"
    version = "1"
    task_list = "d"

    async def run(self, tag: str) -> Any:
        first = self.submit(echo, tag)
        try:
            await self.submit(strict, tag)
        except TaskException:
            return await first


class Patient(Workflow):
    name = "patient"
    version = "1"
    task_list = "d"
    raises_on_failure = False

    def run(self, tag: str) -> Any:
        self.sleep(50)
        return tag
