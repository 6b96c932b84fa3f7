"""Both type checkers accept the type tests, which state the errors that they expect."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.timeout(300)
@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
@pytest.mark.parametrize("module", ["submits.py", "starts.py"])
def test_what_calls_are_typed_as(checker: str, module: str) -> None:
    checked = HERE / module
    assert checked.read_text().count("pyright: ignore[") > 5

    ran = subprocess.run(
        [sys.executable, "-m", checker, str(checked)],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stdout
