"""The walk-through of the documentation runs to its end on an engine that `server.start` serves."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "swf-object-layer.md"


def test_the_walk_through_runs_on_a_served_engine(tmp_path: Path) -> None:
    snippets = re.findall(r"^```python\n(# (\w+\.py)\n.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    for source, name in snippets:
        (tmp_path / name).write_text(source)
    serve = [sys.executable, "-m", "simpleflow", "server.start", "--db", "greetings.db", "--port", "0"]

    with subprocess.Popen(serve, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            assert "http://" in server.stderr.readline()
            for _, name in snippets:
                ran = subprocess.run([sys.executable, name], cwd=tmp_path, capture_output=True, text=True)
                assert ran.returncode == 0, f"{name}: {ran.stderr}"
        finally:
            server.send_signal(signal.SIGTERM)
            told = server.communicate(timeout=20)[1]
    assert server.returncode == 0, told
