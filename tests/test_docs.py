"""README and documentation tell the truth: snippets run, commands print what is printed, links lead.

A page is worked through from its top: a block of Python is written under the name in its first line and run,
what is typed after `$` is done as a shell would do it. Where a page prints `…`, it is different each time.
Commands that are shown without `$` are not tried.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
SNIPPET = re.compile(r"^```python\n((?s:.*?))^```$", re.MULTILINE)
SESSION = re.compile(r"^    \$ .*\n(?:    .*\n?)*", re.MULTILINE)
STEP = re.compile(f"{SNIPPET.pattern}|({SESSION.pattern})", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
VARIABLE = re.compile(r"""(?:environ|environment|getenv|envvar)\b[^\n"']{0,20}["']([A-Z_]{4,})["']""")
LOOKS = {"workflow.list", "workflow.info", "workflow.tasks", "workflow.profile"}
"""Commands that may be asked again, until what goes on in the background is there to be seen."""
PATIENCE = 20.0


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands(session: str) -> Iterator[tuple[str, str]]:
    """Yield the commands that a block shows, each with what it prints."""
    for shown in textwrap.dedent(session).replace("\\\n", "").removeprefix("$ ").split("\n$ "):
        command, _, output = shown.partition("\n")
        yield command, output.strip("\n")


def is_shown(output: str, said: str) -> bool:
    """Tell whether a program said what a page shows of it."""
    lines = [line.rstrip() for line in said.strip("\n").splitlines()]
    shown = [_pattern(line.rstrip()) for line in output.splitlines()]
    return re.fullmatch("\n".join(shown), "\n".join(lines)) is not None


def _pattern(line: str) -> str:
    """Return what a printed line looks like; columns are as wide as what is in them."""
    return re.sub(r"(\\ ){2,}", " +", re.escape(line)).replace("…", ".*")


def begins_as(output: str, said: str) -> bool:
    """Tell whether a program has said by now what a page shows of it, and maybe more."""
    return is_shown(output, "\n".join(said.splitlines()[: len(output.splitlines())]))


class Terminal:
    """Does what a page says in a folder, with an engine of its own as the default one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("SWF_", "SIMPLEFLOW_"))
        }
        self._environment["XDG_DATA_HOME"] = str(folder / "home")
        self._environment["PYTHONUNBUFFERED"] = "1"  # a terminal shows each line when it is printed
        self._running: list[subprocess.Popen[bytes]] = []

    def snippet(self, source: str) -> None:
        """Write a block of Python as the file that its first line names, and run it."""
        named = re.match(r"# (\w+\.py)\n", source)
        assert named is not None, f"this snippet does not begin with a comment that names its file:\n{source}"
        (self._folder / named[1]).write_text(source)
        words = ["-m", "pytest", "-q", named[1]] if named[1].startswith("test_") else [named[1]]
        ran = self._run([sys.executable, *words])
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def command(self, line: str, output: str) -> None:
        """Do what is typed: run a command and see its output, begin one in the background, kill that."""
        if line == "kill -9 $!":
            self._running[-1].kill()
            self._running[-1].wait()
        elif line == "kill $!":
            stop(self._running[-1])
        elif line.endswith(" &"):
            self._begin(line.removesuffix(" &"), output)
        else:
            self._see(line, output)

    def _see(self, line: str, output: str) -> None:
        line, asked, _ = line.partition("; echo $?")
        until = time.monotonic() + (PATIENCE if self._running and LOOKS & set(line.split()) else 0)
        while True:
            ran = self._run(self._words(line))
            said = f"{ran.stdout}{ran.returncode}\n" if asked else ran.stdout
            if is_shown(output, said) or time.monotonic() > until:
                break
        assert is_shown(output, said), f"{line}\n{said}\n{ran.stderr}"
        assert asked or ran.returncode == 0, ran.stderr

    def _begin(self, line: str, output: str) -> None:
        """Begin a command, and see what is shown of it; where nothing is, hear that it is up on stderr."""
        said, told = (self._folder / f"{kind}-{len(self._running)}" for kind in ("said", "told"))
        with said.open("w") as stdout, told.open("w") as stderr:
            process = subprocess.Popen(
                self._words(line), cwd=self._folder, env=self._environment, stdout=stdout, stderr=stderr
            )
        self._running.append(process)
        until = time.monotonic() + PATIENCE
        while not (begins_as(output, said.read_text()) if output else told.read_text()):
            assert process.poll() is None, told.read_text()
            assert time.monotonic() < until, said.read_text() + told.read_text()
            time.sleep(0.01)

    def _words(self, line: str) -> list[str]:
        program, *words = shlex.split(line)
        assert program == "simpleflow", f"not a command that is tried: {line}"
        return [sys.executable, "-m", program, *words]

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self._folder, env=self._environment, capture_output=True, text=True, timeout=50
        )

    def close(self) -> None:
        """Stop what runs in the background, as a reader would: each ends well."""
        for process in reversed(self._running):
            if process.poll() is None:
                stop(process)

    def kill(self) -> None:
        """End what is left when something went wrong."""
        for process in self._running:
            process.kill()
            process.wait()


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.kill()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_snippets_run_and_commands_print_what_the_page_says(page: Path, terminal: Terminal) -> None:
    for step in STEP.finditer(page.read_text()):
        if step[1] is not None:
            terminal.snippet(step[1])
        else:
            for command, output in commands(step[2]):
                terminal.command(command, output)
    terminal.close()


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


def test_every_environment_variable_that_is_read_is_documented() -> None:
    read = {each for path in ROOT.glob("src/**/*.py") for each in VARIABLE.findall(path.read_text())}
    page = (ROOT / "docs" / "reference" / "environment.md").read_text()
    assert {"SWF_ENGINE", "LOG_LEVEL"} <= read
    assert read <= set(re.findall(r"[A-Z_]{4,}", page))
