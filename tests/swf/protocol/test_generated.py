"""What is generated stands as the service model of today has it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_generated_modules_are_those_of_the_service_model() -> None:
    command = [sys.executable, "scripts/protocol.py", "--check"]

    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (outcome.returncode, outcome.stderr) == (0, "")
