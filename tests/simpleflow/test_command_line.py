"""`simpleflow workflow.start --local` as a user has it: real processes, in a directory of the user's own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
from __future__ import annotations
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from simpleflow import Workflow, activity


@dataclass
class Order:
    count: int
    day: date


@activity.with_attributes(version="1")
def day_of(order: Order) -> date:
    print("working")
    return order.day


@activity.with_attributes(version="1", raises_on_failure=True)
def divide(by: int) -> float:
    try:
        return 1 / by
    except ZeroDivisionError as error:
        raise ValueError("cannot divide") from error


@activity.with_attributes(version="1")
def doze(seconds: float) -> None:
    time.sleep(seconds)


class Base(Workflow):
    name = "shop"
    version = "1"
    task_list = "t"


class Typed(Base):
    def run(self, order: Order, sizes: set[int]) -> set[Decimal]:
        print(self.submit(day_of, order).result, sorted(sizes))
        return {Decimal("1.50")}


class Dividing(Base):
    def run(self, by: int = 0) -> float:
        return self.submit(divide, by).result


class Parent(Base):
    def run(self) -> float:
        return self.submit(Dividing).result


class Wrong(Base):
    def run(self) -> str:
        return {}["no such key"]


class Asking(Base):
    def run(self) -> None:
        self.fail("asked to", "and told why")


class Waiting(Base):
    def run(self) -> None:
        self.submit(self.wait_signal("go")).wait()


class WaitingParent(Base):
    name = "waiting_parent"

    def run(self) -> None:
        self.submit(Waiting).wait()


class Quiet(Base):
    def run(self) -> None:
        self.sleep(86_400)


class Slow(Base):
    def run(self) -> int:
        self.map(doze, [0.6] * 6).wait()
        return 6


class Tagged(Base):
    def run(self) -> list[str]:
        context = self.get_run_context()
        return [context["workflow_id"], *context["tag_list"]]


class Outer:
    class Inner(Base):
        def run(self) -> str:
            return "inner \\u2603"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(MODULE)
    (tmp_path / "broken.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "unparsable.py").write_text("def f(:\n")
    (tmp_path / "latin.json").write_bytes(b'["\xe9"]')
    (tmp_path / "order.json").write_text(
        '{"args": [{"count": 1, "day": "2026-01-02"}], "kwargs": {"sizes": []}}'
    )
    return tmp_path


def start(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simpleflow", "workflow.start", "--local", *words]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=50)


def test_input_is_read_and_the_result_written_as_the_annotations_of_run_say(shop: Path) -> None:
    ran = start(shop, "shop.Typed", "--input", '[{"count": 1, "day": "2026-01-02"}, [2, 1]]')
    assert ran.stdout == 'working\n2026-01-02 [1, 2]\n["1.50"]\n'
    assert ran.returncode == 0
    assert ran.stderr == ""


def test_input_may_be_in_a_file_which_wins(shop: Path) -> None:
    ran = start(shop, "shop.Typed", "--input", "[]", "--input-file", "order.json")
    assert ran.stdout.splitlines()[-1] == '["1.50"]'


def test_none_is_null_and_time_can_be_skipped(shop: Path) -> None:
    ran = start(shop, "shop.Quiet", "--skip-time")
    assert (ran.stdout, ran.returncode) == ("null\n", 0)


def test_a_class_within_a_class_is_found(shop: Path) -> None:
    assert json.loads(start(shop, "shop.Outer.Inner").stdout) == "inner \u2603"


def test_an_id_and_tags_can_be_given(shop: Path) -> None:
    ran = start(shop, "shop.Tagged", "--workflow-id", "mine", "--tags", "a, b")
    assert ran.stdout == '["mine","a","b"]\n'


def test_workers_run_side_by_side(shop: Path) -> None:
    began = time.monotonic()
    ran = start(shop, "shop.Slow", "-W", "6")
    assert ran.stdout == "6\n"
    assert time.monotonic() - began < 6 * 0.6


BAD = {
    "no module": ("nothing.W",),
    "no module in a package": ("shop.deep.W",),
    "no class": ("shop.Nothing",),
    "not a workflow": ("shop.Order",),
    "no dots": ("shop",),
    "a path": ("shop/basic.py",),
    "a relative name": (".shop.Typed",),
    "dots only": ("..",),
    "no JSON": ("shop.Dividing", "--input", "[1"),
    "no text": ("shop.Dividing", "--input", ""),
    "NaN": ("shop.Dividing", "--input", "[NaN]"),
    "not JSON's encoding": ("shop.Dividing", "--input-file", "latin.json"),
    "another member": ("shop.Dividing", "--input", '{"by": 1}'),
    "args not a list": ("shop.Dividing", "--input", '{"args": 1}'),
    "missing arguments": ("shop.Typed", "--input", "[]"),
    "too many arguments": ("shop.Dividing", "--input", "[1, 2]"),
    "an unknown argument": ("shop.Dividing", "--input", '{"kwargs": {"x": 1}}'),
    "not as annotated": ("shop.Typed", "--input", '[{"count": 1, "day": "tomorrow"}, []]'),
    "too many tags": ("shop.Quiet", "--tags", "a,b,c,d,e,f"),
    "no such middleware": ("shop.Quiet", "--middleware-pre-execution", "nothing.f"),
    "no such function": ("shop.Quiet", "--middleware-post-execution", "shop.f"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_line_and_exit_code_2(shop: Path, what: str) -> None:
    ran = start(shop, *BAD[what])
    assert ran.returncode == 2, ran.stderr
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("Error: ")


def test_a_class_that_is_not_there_is_answered_with_those_that_are(shop: Path) -> None:
    said = start(shop, "shop.Nothing").stderr
    assert "module 'shop' has no 'Nothing'" in said
    assert "Dividing, Parent" in said


@pytest.mark.parametrize(
    ("workflow", "line"),
    [("broken.W", "import nothing_of_this_name"), ("unparsable.W", "def f(:")],
)
def test_a_module_that_does_not_load_shows_its_own_line(shop: Path, workflow: str, line: str) -> None:
    ran = start(shop, workflow)
    assert ran.returncode == 1
    assert line in ran.stderr
    assert "click" not in ran.stderr


@pytest.mark.parametrize("workflow", ["shop.Dividing", "shop.Parent"])
def test_a_failed_run_tells_the_chain_of_its_causes_and_prints_no_result(shop: Path, workflow: str) -> None:
    ran = start(shop, workflow)
    assert ran.returncode == 1
    assert ran.stdout == ""
    in_order = [
        "WorkflowFailed: Workflow execution error in",
        "shop.py",
        "return self.submit(",
        "failed: ",
        "return 1 / by",
        "ZeroDivisionError: division by zero",
        "was the direct cause of",
        'raise ValueError("cannot divide") from error',
        "ValueError: cannot divide",
    ]
    at = 0
    for text in in_order:
        at = ran.stderr.index(text, at)
    assert "simpleflow/dataflow" not in ran.stderr
    assert "simpleflow/perform.py" not in ran.stderr


def test_an_exception_in_run_shows_the_line_that_raised_it(shop: Path) -> None:
    ran = start(shop, "shop.Wrong")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert 'return {}["no such key"]' in ran.stderr
    assert ran.stderr.splitlines()[-1] == "KeyError: 'no such key'"


def test_a_run_that_fails_itself_tells_its_reason_and_details(shop: Path) -> None:
    ran = start(shop, "shop.Asking")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Workflow execution failed: asked to" in ran.stderr
    assert "and told why" in ran.stderr


@pytest.mark.parametrize("workflow", ["shop.Waiting", "shop.WaitingParent"])
def test_a_stuck_run_ends_at_once_saying_what_it_waits_for(shop: Path, workflow: str) -> None:
    began = time.monotonic()
    ran = start(shop, workflow)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "waits for the signal 'go'" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert time.monotonic() - began < 10


def test_a_module_that_cannot_be_read_is_told_as_python_does(shop: Path) -> None:
    (shop / "stall.py").write_text("def stall(:\n")
    ran = start(shop, "stall.Stall")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f'  File "{shop / "stall.py"}", line 1\n')
    assert ran.stderr.splitlines()[-1] == "SyntaxError: invalid syntax"


def test_the_version_and_the_help_are_told(shop: Path) -> None:
    def ask(*words: str) -> str:
        command = [sys.executable, "-m", "simpleflow", *words]
        return subprocess.run(command, cwd=shop, capture_output=True, text=True, check=True).stdout

    assert ask("--version").startswith("simpleflow, version ")
    assert "workflow.start" in ask("-h")
    assert "--skip-time" in ask("workflow.start", "--help")
