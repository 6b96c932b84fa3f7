"""The command line: one module per group of commands. Imports everything, imported by nothing."""

from __future__ import annotations

import logging
import os
import sys

import click

from simpleflow import __version__
from simpleflow.cli.workflow import workflow_start

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="simpleflow", message="%(prog)s, version %(version)s")
def cli() -> None:
    """Dataflow workflows in Python that survive anything."""


cli.add_command(workflow_start)


def main() -> None:
    """Run the command line; the current directory is importable, logs go to stderr."""
    sys.path.insert(0, os.getcwd())
    level = os.environ.get("LOG_LEVEL", "WARNING").upper()
    logging.basicConfig(
        stream=sys.stderr,
        level=level if isinstance(logging.getLevelName(level), int) else "WARNING",
        format="%(asctime)s %(levelname)s [process=%(processName)s, pid=%(process)d]: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    cli()
