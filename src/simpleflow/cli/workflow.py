"""`workflow.*`: start executions."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

import click

from simpleflow.cli.inputs import read_input, workflow_class
from simpleflow.exceptions import TaskFailed
from simpleflow.utils import json_dumps

__all__ = ["workflow_start"]


@click.command("workflow.start")
@click.argument("workflow")
@click.option("--local", is_flag=True, help="Run it in this process.")
@click.option("--input", "-i", "text", help="The input as JSON: a list, or an object with args and kwargs.")
@click.option(
    "--input-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The input, in a file."
)
@click.option("--workflow-id", help="The id of the execution.")
@click.option("--tags", help="At most 5, separated by commas.")
@click.option(
    "--nb-workers", "-W", type=click.IntRange(1), default=1, help="How many activities run at once."
)
@click.option("--skip-time", is_flag=True, help="Do not wait for timers.")
@click.option(
    "--middleware-pre-execution", multiple=True, help="MODULE.FUNCTION called before each activity."
)
@click.option(
    "--middleware-post-execution", multiple=True, help="MODULE.FUNCTION called after each activity."
)
def workflow_start(
    workflow: str,
    local: bool,
    text: str | None,
    input_file: Path | None,
    workflow_id: str | None,
    tags: str | None,
    nb_workers: int,
    skip_time: bool,
    middleware_pre_execution: tuple[str, ...],
    middleware_post_execution: tuple[str, ...],
) -> None:
    """Start WORKFLOW, given as MODULE.CLASS.

    Exit code 0: completed; 1: failed; 2: bad input. The result is the last line on stdout.
    """
    if not local:
        raise click.UsageError("only --local runs exist so far")
    kind = workflow_class(workflow)
    given = read_input(text, input_file)
    from simpleflow.dataflow.kinds.children import run_shape

    try:
        run_shape(kind).check(tuple(given["args"]), given["kwargs"])
    except TypeError as error:
        raise click.UsageError(str(error)) from None
    from simpleflow.local import Executor

    executor = Executor(
        kind,
        {"pre": middleware_pre_execution, "post": middleware_post_execution},
        nb_workers=nb_workers,
        skip_time=skip_time,
        workflow_id=workflow_id,
        tag_list=tags.split(",") if tags else None,
    )
    try:
        result = executor.run(given)
    except Exception as error:  # the run's failure, whatever it is: told on stderr, exit code 1
        sys.stdout.flush()
        _tell(error)
        sys.exit(1)
    click.echo(json_dumps(result))


def _headline(error: BaseException) -> str:
    if isinstance(error, TaskFailed):
        return f"{error.name} failed: {error.reason}"
    return "".join(traceback.format_exception_only(error)).rstrip()


def _tell(error: BaseException) -> None:
    """Print a failure and the chain of its causes, with the user's own traceback."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        click.echo(_headline(cause), err=True)
        lines: Any = getattr(cause, "traceback", None)
        if lines:
            click.echo("".join(lines).rstrip(), err=True)
        elif cause.__traceback__ is not None and cause is not error:
            click.echo("".join(traceback.format_tb(cause.__traceback__)).rstrip(), err=True)
        cause = getattr(cause, "exception", None) or cause.__cause__
