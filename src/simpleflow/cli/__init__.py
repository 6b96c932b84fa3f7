"""The command line: one module per group of commands. Imports everything, imported by nothing."""

from __future__ import annotations

import os
import sys

import click

from simpleflow import __version__, log
from simpleflow.cli.asking import Output
from simpleflow.cli.crew import decider_start, worker_start
from simpleflow.cli.executions import (
    workflow_info,
    workflow_list,
    workflow_profile,
    workflow_tasks,
    workflow_terminate,
)
from simpleflow.cli.server import server_check, server_start
from simpleflow.cli.standalone import standalone
from simpleflow.cli.workflow import workflow_start
from simpleflow.log import setup_logging
from simpleflow.tables import Format

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="simpleflow", message="%(prog)s, version %(version)s")
@click.option(
    "--format",
    "fmt",
    type=click.Choice([each.value for each in Format]),
    envvar="SIMPLEFLOW_FORMAT",
    default=Format.TABULAR.value,
    show_default=True,
    help="How tables are printed; else SIMPLEFLOW_FORMAT.",
)
@click.option("--header/--no-header", help="Whether tables have a header.")
@click.option(
    "--color",
    type=click.Choice([log.ColorModes.AUTO, log.ColorModes.ALWAYS, log.ColorModes.NEVER]),
    default=log.ColorModes.AUTO,
    show_default=True,
    help="Whether the log is colored.",
)
@click.pass_context
def cli(context: click.Context, fmt: str, header: bool, color: str) -> None:
    """Dataflow workflows in Python that survive anything."""
    context.obj = Output(Format(fmt), header)
    log.color_mode = color


for _command in (
    decider_start,
    server_check,
    server_start,
    standalone,
    workflow_info,
    workflow_list,
    workflow_profile,
    workflow_start,
    workflow_tasks,
    workflow_terminate,
    worker_start,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; the current directory is importable, logs go to stderr."""
    sys.path.insert(0, os.getcwd())
    setup_logging()
    cli()
