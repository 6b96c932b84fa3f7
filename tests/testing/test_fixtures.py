from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TEST = """
from datetime import timedelta

from simpleflow import Workflow


class Nap(Workflow):
    name = "nap"
    version = "1"
    task_list = "bed"

    def run(self) -> str:
        self.sleep(3_600)
        return "rested"


def test_a_nap(simpleflow_env):
    began = simpleflow_env.now()
    assert simpleflow_env.run(Nap) == "rested"
    assert simpleflow_env.now() - began == timedelta(hours=1)


def test_nothing_is_left_of_another_test(simpleflow_env):
    assert list(simpleflow_env.client.executions("CLOSED")) == []
"""


def test_pytest_finds_the_fixture_by_itself(tmp_path: Path) -> None:
    (tmp_path / "test_nap.py").write_text(TEST)

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error"], cwd=tmp_path, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout


def test_the_plugin_loads_no_engine_before_a_test_asks_for_it() -> None:
    code = (
        "import sys, simpleflow.pytest_plugin\n"
        "heavy = {'swf.engine', 'simpleflow.client', 'simpleflow.dataflow', 'boto3'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
