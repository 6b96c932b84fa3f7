"""Writes the wire shapes of Amazon SWF (`src/swf/protocol/`) from botocore's service model.

`python scripts/protocol.py` writes, `python scripts/protocol.py --check` exits 1 when what stands there differs.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from generate import messages, operations

HERE = Path(__file__).resolve().parent.parent / "src" / "swf" / "protocol"


def modules() -> dict[str, str]:
    return {
        "shapes.py": messages.shapes_module(),
        "scalars.py": messages.scalars_module(),
        "events.py": messages.events_module(),
        "decisions.py": messages.decisions_module(),
        "enums.py": messages.enums_module(),
        "operations.py": operations.operations_module(),
        "requests.py": operations.requests_module(),
        "answers.py": operations.answers_module(),
        "client.py": operations.client_module(),
    }


def formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--config", "line-length=110", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def main() -> int:
    check = "--check" in sys.argv[1:]
    stale = []
    for name, source in modules().items():
        path, text = HERE / name, formatted(source)
        if check:
            if not path.exists() or path.read_text() != text:
                stale.append(path.name)
        else:
            HERE.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if stale:
        print(
            f"differ from botocore's service model: {', '.join(stale)}. Run `make protocol`.", file=sys.stderr
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
