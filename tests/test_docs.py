"""README and documentation tell the truth: snippets run, commands print what is printed, links lead."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SESSION = re.compile(r"^    \$ simpleflow .*\n(?:    .*\n?)*", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def write_snippets(page: Path, where: Path) -> list[str]:
    """Write the Python blocks of a page as the files that their first lines name; return the names."""
    names = []
    for source in SNIPPET.findall(page.read_text()):
        named = re.match(r"# (\w+\.py)\n", source)
        assert named is not None, f"a snippet of {page} does not begin with a comment that names its file"
        (where / named[1]).write_text(source)
        names.append(named[1])
    return names


def sessions(page: Path) -> list[tuple[str, str]]:
    """Return the commands that a page shows, each with what it prints."""
    told = []
    for block in map(textwrap.dedent, SESSION.findall(page.read_text())):
        for session in block.removeprefix("$ ").split("\n$ "):
            command, _, output = session.partition("\n")
            told.append((command, output.strip("\n")))
    return told


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_snippets_run_and_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    for snippet in write_snippets(page, tmp_path):
        words = ["-m", "pytest", "-q", snippet] if snippet.startswith("test_") else [snippet]
        ran = subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    for command, output in sessions(page):
        program, *words = shlex.split(command)
        assert program == "simpleflow"
        ran = subprocess.run(
            [sys.executable, "-m", program, *words], cwd=tmp_path, capture_output=True, text=True, timeout=50
        )
        assert ran.stdout.strip("\n") == output, f"{command}\n{ran.stderr}"
        assert ran.returncode == 0, ran.stderr


def test_pages_of_the_same_kind_have_commands_or_snippets() -> None:
    for page in PAGES:
        if page.parent.name in ("tutorial", "how-to"):
            assert SNIPPET.search(page.read_text()), f"{page} has no snippet"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), f"{page} links to {target}"


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / target).resolve() for target in LINK.findall(index.read_text())}
    assert {page for page in PAGES if page.parent != ROOT and page != index} == linked
