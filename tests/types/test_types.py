"""Both type checkers accept the type tests, but for the lines that say that they must be refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CHECKED = HERE / "submits.py"
REFUSED = {n for n, line in enumerate(CHECKED.read_text().splitlines(), 1) if line.endswith("# refused")}


def _mypy() -> set[int]:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(CHECKED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return {int(line) for line in re.findall(r"submits\.py:(\d+): error:", done.stdout)}


def _basedpyright() -> set[int]:
    command = [sys.executable, "-m", "basedpyright", "--outputjson", str(CHECKED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    told = json.loads(done.stdout)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1 for each in told if each["severity"] == "error"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("checker", [_mypy, _basedpyright])
def test_exactly_the_lines_marked_so_are_refused(checker: object) -> None:
    assert len(REFUSED) > 5
    assert checker() == REFUSED  # type: ignore[operator]
