"""A module of a user, for commands that are typed in its folder: what its activities did is noted there."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NoReturn

from simpleflow import Workflow, activity
from simpleflow.exceptions import TaskCanceled, TaskException


def note(word: object) -> None:
    with open("notes", "a") as notes:
        notes.write(f"{word}\n")


@activity.with_attributes(version="1", task_list="trees")
def pick(tree: int) -> str:
    print("picking", tree)
    note(tree)
    return f"apple {tree}"


@activity.with_attributes(version="1", task_list="trees", retry=20, heartbeat_timeout=1)
def pass_gate(gate: str) -> None:
    """Wait until a file of that name is there."""
    note(gate)
    while not Path(gate).exists():
        time.sleep(0.01)
        activity.current().heartbeat()  # this ends it when nobody waits for it any more


@activity.with_attributes(version="1", raises_on_failure=True)
def bite(tree: int) -> NoReturn:
    raise ValueError(f"worms in {tree}")


@activity.with_attributes(version="1", heartbeat_timeout=1)
def guard() -> None:
    """Stay until told that it is canceled."""
    note("guarding")
    try:
        while True:
            time.sleep(0.01)
            activity.current().heartbeat()
    except TaskCanceled:
        note("told")
        raise


@activity.with_attributes(version="1")
def sleep_soundly() -> None:
    """Hear nothing."""
    note("sleeping")
    while True:
        try:
            time.sleep(60)
        except BaseException:  # TaskCanceled, above all
            note("turning over")


class Harvest(Workflow):
    """Picks tree after tree; before the third there is a gate."""

    name = "harvest"
    version = "1"
    task_list = "orchard"

    def run(self, trees: int, gate: str = "gate") -> dict[str, list[str]]:
        print("harvesting")
        picked: list[str] = []
        for tree in range(trees):
            if tree == 2:
                self.submit(pass_gate, gate).wait()
            picked.append(self.submit(pick, tree).result)
        return {"picked": picked}


class Estate(Workflow):
    name = "estate"
    version = "1"
    task_list = "manor"

    def run(self) -> Any:
        return [self.submit(Harvest, 1).result, self.submit(pick.with_options(task_list="lane"), 7).result]


class Meal(Workflow):
    name = "meal"
    version = "1"

    def run(self, polite: bool) -> Any:
        try:
            return self.submit(bite, 3).result
        except TaskException as error:
            if polite:
                raise RuntimeError("no more, thank you") from error
            raise


class Night(Workflow):
    name = "night"
    version = "1"

    def run(self) -> None:
        self.submit(guard).wait()


class DeepNight(Workflow):
    """Ends neither when it is asked to, nor does its activity."""

    name = "deep night"
    version = "1"

    def should_cancel(self, history: object) -> bool:
        note("asked")
        return False

    def run(self) -> None:
        self.submit(sleep_soundly).wait()


class Year(Workflow):
    name = "year"
    version = "1"
    task_list = "years"

    def run(self, seasons: int) -> str:
        if seasons > 1:
            self.submit(self.continue_as_new(seasons - 1)).wait()
        return "winter"


class Shift(Workflow):
    """One activity that takes its time."""

    name = "shift"
    version = "1"
    task_list = "shifts"

    def run(self, gate: str) -> None:
        self.submit(pass_gate.with_options(heartbeat_timeout="NONE"), gate).wait()


class Homeless(Workflow):
    """Names no task list."""

    name = "homeless"
    version = "1"

    def run(self) -> None: ...
