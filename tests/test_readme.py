"""The README's snippets run as they are printed, and importing is quick."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_quickstart_prints_what_the_readme_says(tmp_path: Path) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    name = source.splitlines()[0].removeprefix("# ")
    (tmp_path / name).write_text(source)
    said = re.search(r"    \$ simpleflow (.*?)\n((?:    .*\n)+)", README)
    assert said is not None
    command = [
        sys.executable,
        "-m",
        "simpleflow",
        *said[1].replace("'", "").replace("[1, 0]", "[1,0]").split(),
    ]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == re.sub(r"^    ", "", said[2], flags=re.MULTILINE)


def _started(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simpleflow", "workflow.start", "--local", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)


def test_every_shape_of_input_is_taken(tmp_path: Path) -> None:
    for given in ('{"args": [1], "kwargs": {"t": 0}}', "[1, 0]", '{"kwargs": {"x": 1, "t": 0}}'):
        ran = _started(tmp_path, "examples.basic.BasicWorkflow", "--input", given)
        assert ran.stdout.splitlines() == ["(1 + 1) * 2 = 4", "4"]
        assert ran.returncode == 0


def test_bad_input_is_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    cases = {
        ("examples.nothing.W",): "no module",
        ("examples.basic.Nothing",): "its workflows: BasicWorkflow",
        ("nothing",): "MODULE.CLASS",
        ("examples.basic.BasicWorkflow", "--input", "[1"): "not JSON",
        ("examples.basic.BasicWorkflow", "--input", "[]"): "missing",
        ("examples.basic.BasicWorkflow", "--input", '{"x": 1}'): "args (a list)",
    }
    for words, said in cases.items():
        ran = _started(tmp_path, *words)
        assert ran.returncode == 2, words
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr
        assert ran.stdout == ""


def test_importing_simpleflow_loads_nothing_heavy() -> None:
    code = (
        "from simpleflow import activity, futures, Workflow, canvas; import sys; "
        "heavy = ('botocore', 'boto3', 'rich', 'asyncio', 'http.server', 'msgspec'); "
        "print([m for m in heavy if m in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert ran.stdout == "[]\n"
