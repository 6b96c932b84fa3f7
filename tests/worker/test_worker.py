"""Workers: what they perform and where, what they answer."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from worker.ground import DOMAIN, Ground, wait_until

if TYPE_CHECKING:
    from pathlib import Path

MODES = ["process", "fork", "thread"]


@pytest.mark.parametrize("mode", MODES)
def test_an_activity_is_performed(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule("double", 21)
        how, attributes = ground.ended()
    assert (how, attributes["result"]) == ("Completed", "42")


@pytest.mark.parametrize(
    ("mode", "others", "processes"), [("process", True, 1), ("fork", True, 3), ("thread", False, 1)]
)
def test_where_activities_are_performed(ground: Ground, mode: str, others: bool, processes: int) -> None:
    with ground.worker(mode):
        for number in range(3):
            ground.schedule("who", activity_id=str(number))
            wait_until(lambda: len(ground.results()) == number + 1)  # noqa: B023
    assert len(set(ground.results())) == processes
    assert (str(os.getpid()) not in ground.results()) == others


@pytest.mark.parametrize("mode", MODES)
def test_what_an_activity_knows_of_itself(ground: Ground, mode: str) -> None:
    with ground.worker(mode):
        ground.schedule_with('{"args": []}', "context")
        _, attributes = ground.ended()
    assert json.loads(attributes["result"]) == {
        "name": "context",
        "version": "1",
        "workflow_id": "id",
        "activity_id": "a",
        "input": '{"args": []}',
        "domain_name": DOMAIN,
        "activity_task_list": "t",
    }


def test_class_activities_and_activities_themselves_have_the_context(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("context_of_both")
        assert ground.ended()[1]["result"] == '["a","a"]'


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("raises", [], "ValueError: unlucky"),
        ("raises_oddly", [], "OSError: no \\udcff"),
        ("leaves", [], "RuntimeError: SystemExit(3)"),
        ("gives_up_its_loop", [], "RuntimeError: CancelledError()"),
        ("unserialisable", [], "CodecError: "),
        ("too_long", [], "CodecError: "),
        ("double", ["no", "such"], "TypeError: "),
        ("subprocess.check_output", ["ls"], "DispatchError: there is no activity 'subprocess.check_output'"),
    ],
)
def test_a_failure_is_told_at_once(
    ground: Ground, mode: str, name: str, args: list[Any], reason: str
) -> None:
    with ground.worker(mode):
        ground.schedule(name, *args)
        how, attributes = ground.ended()
        assert ground.works()
    assert how == "Failed"
    assert attributes["reason"].startswith(reason)
    assert set(json.loads(attributes["details"])) == {"error", "error_type", "message", "traceback"}


def test_a_traceback_ends_where_the_activity_failed(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("leaves")
        lines = json.loads(ground.ended()[1]["details"])["traceback"]
    assert any("sys.exit(3)" in line for line in lines)
    assert not any("perform.py" in line for line in lines)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("input", ["no JSON", "[]", '{"args": 3}', '"text"'])
def test_an_input_that_cannot_be_read_is_a_failure(ground: Ground, mode: str, input: str) -> None:
    with ground.worker(mode):
        ground.schedule_with(input, "double")
        how, _ = ground.ended()
    assert how == "Failed"


def test_no_input_is_no_argument(ground: Ground) -> None:
    with ground.worker():
        ground.schedule_with(None, "who")
        how, _ = ground.ended()
    assert how == "Completed"


@pytest.mark.parametrize("mode", ["process", "fork"])
@pytest.mark.parametrize(
    ("name", "argument", "reason"),
    [
        ("exits", 3, "died: exit code 3"),
        ("exits", 0, "died: exit code 0"),
        ("killed", signal.SIGKILL, "died: exit code -9 (SIGKILL: out of memory?)"),
        ("killed", signal.SIGSEGV, "died: exit code -11 (SIGSEGV: a crash in native code)"),
        ("killed", signal.SIGUSR1, "died: exit code -10 (SIGUSR1)"),
    ],
)
def test_a_dead_child_is_a_prompt_failure_and_the_next_task_is_worked_on(
    ground: Ground, mode: str, name: str, argument: int, reason: str
) -> None:
    with ground.worker(mode):
        ground.schedule(name, argument)
        how, attributes = ground.ended()
        assert ground.works()
    assert how == "Failed"
    assert attributes["reason"].startswith("process ")
    assert attributes["reason"].endswith(reason)
    assert json.loads(attributes["details"])["error_type"] == "simpleflow.exceptions.ActivityDied"


def test_an_activity_may_have_a_pool_of_processes(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("pools", [1, -2])
        assert ground.ended()[1]["result"] == "[1,2]"


def test_processes_that_an_activity_forks_can_be_ended(ground: Ground) -> None:
    with ground.worker():
        ground.schedule("ends_another")
        assert ground.ended()[1]["result"] == "-15"


@pytest.mark.parametrize("mode", MODES)
def test_what_is_completed_later_stays_open(ground: Ground, tmp_path: Path, mode: str) -> None:
    file = tmp_path / "token"
    with ground.worker(mode):
        ground.schedule("later", str(file))
        wait_until(lambda: file.exists() and file.read_text() != "")
        assert ground.works()
    ground.client.respond_activity_task_completed(taskToken=file.read_text(), result='"later"')
    wait_until(lambda: ground.results() == ["2", '"later"'])


def test_one_task_may_be_enough(ground: Ground) -> None:
    ground.schedule("double", 1)
    ground.schedule("double", 2, activity_id="b")
    from simpleflow.swf.loading import Loader
    from simpleflow.swf.worker import Worker

    Worker(ground.engine.client(), DOMAIN, "t", Loader(["worker.tasks"])).run(most=1)
    assert ground.results() == ["2"]
