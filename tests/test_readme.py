"""What the README promises beside its snippets: shapes of input, the demo, and that importing is quick."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _started(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simpleflow", "workflow.start", "--local", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)


def test_every_shape_of_input_is_taken() -> None:
    for given in ('{"args": [1], "kwargs": {"t": 0}}', "[1, 0]", '{"kwargs": {"x": 1, "t": 0}}'):
        ran = _started("examples.basic.BasicWorkflow", "--input", given)
        assert ran.stdout.splitlines() == ["(1 + 1) * 2 = 4", "4"]
        assert ran.returncode == 0


def test_the_demo_ends_with_its_result_the_second_time_too(tmp_path: Path) -> None:
    demo = re.search(r"^demo:.*\n\t\$\(BIN\)/simpleflow (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert demo is not None
    sooner = {".demo/engine.db": str(tmp_path / ".demo" / "engine.db"), "[1, 5]": "[1, 0]"}
    words = [sooner.get(word, word) for word in shlex.split(demo[1])]
    assert set(sooner.values()) <= set(words)

    for _ in range(2):
        command = [sys.executable, "-m", "simpleflow", *words]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
        assert ran.stdout.splitlines()[-2:] == ["(1 + 1) * 2 = 4", "4"], ran.stderr
        assert ran.returncode == 0


def test_importing_simpleflow_loads_nothing_heavy() -> None:
    code = (
        "from simpleflow import activity, futures, Workflow, canvas; import sys; "
        "heavy = ('botocore', 'boto3', 'rich', 'asyncio', 'http.server', 'msgspec'); "
        "print([m for m in heavy if m in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert ran.stdout == "[]\n"
