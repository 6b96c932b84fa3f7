"""The command line: one module per group of commands. Imports everything, imported by nothing."""

from __future__ import annotations

import os
import sys

import click

from simpleflow import __version__
from simpleflow.cli.server import server_check, server_start
from simpleflow.cli.workflow import workflow_start
from simpleflow.log import setup_logging

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="simpleflow", message="%(prog)s, version %(version)s")
def cli() -> None:
    """Dataflow workflows in Python that survive anything."""


for _command in (server_check, server_start, workflow_start):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; the current directory is importable, logs go to stderr."""
    sys.path.insert(0, os.getcwd())
    setup_logging()
    cli()
