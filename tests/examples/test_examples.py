"""Runs the commands in the docstrings of the examples, and compares what they print with what is said."""

from __future__ import annotations

import ast
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

DOCUMENTED = {
    "examples.basic.BasicWorkflow",
    "examples.canvas.CanvasWorkflow",
    "examples.canvas.CustomCanvasWorkflow",
    "examples.child_workflow.ParentWorkflow",
    "examples.complex.ComplexWorkflow",
    "examples.continue_as_new.CANWorkflow",
    "examples.dyn_task_list.BasicWorkflow",
    "examples.failing.FailingWorkflow",
    "examples.failing.NotFailingWorkflow",
    "examples.marker.MarkerInChainWorkflow",
    "examples.marker.MarkerWorkflow",
    "examples.pirate.decider.PirateBusiness",
    "examples.priorities.WorkflowPriority1",
    "examples.priorities.WorkflowPriority2",
    "examples.priorities.WorkflowPriority3",
    "examples.priorities.WorkflowPriority4",
    "examples.priorities.WorkflowPriority5",
    "examples.signals.CanvasSignalsWorkflow",
    "examples.signals.ParentSignalsWorkflow",
    "examples.signals.SignalsWorkflow",
    "examples.signals.WorkflowWithTwoChildren",
    "examples.timer.TimerWorkflow",
}

WITHOUT_DELAY = {"[1, 5]": "[1, 0]"}
"""The quickstart sleeps for the second of its arguments, which changes nothing in what it prints."""

SOONER = {"[30, 120]": "[1, 120]"}
"""Durable timers take their time."""
TAKES_A_MINUTE = "examples.failing.NotFailingWorkflow"


@dataclass(frozen=True)
class Transcript:
    """One command of a docstring (`$ simpleflow ...`), the lines that follow it, and the exit code.

    Where the command ends with `; echo $?`, the last line is the exit code.
    """

    argv: list[str]
    stdout: str
    exit_code: int = 0

    @property
    def workflow(self) -> str:
        return next(argument for argument in self.argv if argument.startswith("examples."))


def transcripts() -> Iterator[Transcript]:
    for path in sorted(ROOT.glob("examples/**/*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        yield from transcripts_of(docstring)


def transcripts_of(docstring: str) -> Iterator[Transcript]:
    for block in map(textwrap.dedent, docstring.replace("\\\n", "").split("\n\n")):
        if block.startswith("$ "):
            for session in block.removeprefix("$ ").split("\n$ "):
                command, *output = session.split("\n")
                yield transcript(command, output)


def transcript(command: str, output: list[str]) -> Transcript:
    exit_code = 0
    if command.endswith("; echo $?"):
        command, exit_code = command.removesuffix("; echo $?"), int(output.pop())
    program, *argv = shlex.split(command)
    assert program == "simpleflow"
    return Transcript(argv, "".join(f"{line}\n" for line in output), exit_code)


def test_every_workflow_to_be_run_is_documented_once() -> None:
    assert sorted(each.workflow for each in transcripts()) == sorted(DOCUMENTED)


@pytest.mark.parametrize("documented", [pytest.param(each, id=each.workflow) for each in transcripts()])
def test_an_example_prints_what_its_docstring_says(documented: Transcript) -> None:
    argv = [WITHOUT_DELAY.get(argument, argument) for argument in documented.argv]

    ran = subprocess.run(
        [sys.executable, "-m", "simpleflow", *argv], cwd=ROOT, capture_output=True, text=True, timeout=50
    )

    assert ran.stdout == documented.stdout, ran.stderr
    assert ran.returncode == documented.exit_code, ran.stderr


@pytest.mark.parametrize(
    "documented",
    [pytest.param(each, id=each.workflow) for each in transcripts() if each.workflow != TAKES_A_MINUTE],
)
def test_an_example_prints_the_same_when_it_runs_durably(documented: Transcript, tmp_path: Path) -> None:
    local = {"workflow.start", "--local", "--skip-time"}
    argv = [(WITHOUT_DELAY | SOONER).get(each, each) for each in documented.argv if each not in local]
    engine = ["-W", "2", "--engine", str(tmp_path / "engine.db")]

    ran = subprocess.run(
        [sys.executable, "-m", "simpleflow", "standalone", *engine, *argv],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
    )

    _execution, *printed = ran.stdout.splitlines()
    # What happens at the same time may be printed in any order; the result comes last.
    assert sorted(printed) == sorted(documented.stdout.splitlines()), ran.stderr
    assert printed[-1:] == documented.stdout.splitlines()[-1:] or documented.exit_code
    assert ran.returncode == documented.exit_code, ran.stderr


def test_a_failed_run_tells_why_on_stderr() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "simpleflow", "workflow.start", "--local", "examples.failing.FailingWorkflow"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
    )

    assert "ValueError: This task had a problem and it will fail the workflow!" in ran.stderr
