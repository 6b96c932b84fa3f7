"""Prints the Python block of a Markdown file whose first line is a comment with the given file name."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def snippet(text: str, name: str) -> str:
    """Return the block that begins with `# <name>`."""
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if block.startswith(f"# {name}\n"):
            return str(block)
    raise SystemExit(f"there is no block that begins with '# {name}'")


if __name__ == "__main__":
    print(snippet(Path(sys.argv[1]).read_text(), sys.argv[2]), end="")
