"""`workflow.*`: start executions."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from simpleflow.cli.failures import tell
from simpleflow.cli.inputs import BadInput, arguments, read_input, read_tags, workflow_class

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
        raise BadInput("only --local runs exist so far")
    try:
        kind = workflow_class(workflow)
    except click.ClickException:
        raise
    except (Exception, SystemExit) as error:  # the user's module does not load: its own traceback says where
        tell(error)
        sys.exit(1)
    from simpleflow.dataflow.kinds.children import run_shape
    from simpleflow.local import Executor

    shape = run_shape(kind)
    given = arguments(shape, read_input(text, input_file))
    try:
        executor = Executor(
            kind,
            {"pre": middleware_pre_execution, "post": middleware_post_execution},
            nb_workers=nb_workers,
            skip_time=skip_time,
            workflow_id=workflow_id,
            tag_list=read_tags(tags),
        )
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInput(str(error)) from None
    try:
        result = executor.run(given)
    except Exception as error:  # the run's failure, whatever it is: told on stderr, exit code 1
        sys.stdout.flush()
        tell(error)
        sys.exit(1)
    click.echo(shape.encode_result(result))
