"""`workflow.start`: start an execution on an engine, or run it here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simpleflow.cli.asking import Refused, asked, engine_options
from simpleflow.cli.failures import tell
from simpleflow.cli.inputs import BadInput, arguments, read_input, read_tags, workflow_class

if TYPE_CHECKING:
    from simpleflow.codec import CallShape
    from simpleflow.workflow import Workflow

__all__ = ["load_workflow", "workflow_start"]


@click.command("workflow.start")
@click.argument("workflow")
@click.option("--local", is_flag=True, help="Run it in this process, nothing stored.")
@click.option("--input", "-i", "text", help="The input as JSON: a list, or an object with args and kwargs.")
@click.option(
    "--input-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The input, in a file."
)
@click.option("--workflow-id", help="The id of the execution; else NAME-VERSION and a new UUID.")
@click.option("--task-list", help="Where its decision tasks go; else as the class says.")
@click.option(
    "--execution-timeout", type=click.IntRange(1), help="Seconds that it may take; else as the class says."
)
@click.option(
    "--decision-tasks-timeout",
    type=click.IntRange(1),
    help="Seconds that a decision may take; else as the class says.",
)
@click.option("--tags", help="At most 5, separated by commas; else as the class says.")
@engine_options()
@click.option(
    "--nb-workers", "-W", type=click.IntRange(1), help="With --local: how many activities run at once, 1."
)
@click.option("--skip-time", is_flag=True, help="With --local: do not wait for timers.")
@click.option(
    "--middleware-pre-execution",
    multiple=True,
    help="With --local: MODULE.FUNCTION called before each activity.",
)
@click.option(
    "--middleware-post-execution",
    multiple=True,
    help="With --local: MODULE.FUNCTION called after each activity.",
)
def workflow_start(
    workflow: str,
    local: bool,
    text: str | None,
    input_file: Path | None,
    workflow_id: str | None,
    task_list: str | None,
    execution_timeout: int | None,
    decision_tasks_timeout: int | None,
    tags: str | None,
    engine: str | None,
    domain: str | None,
    verbose: bool,
    **local_options: Any,
) -> None:
    """Start WORKFLOW, given as MODULE.CLASS, and print its workflow id and run id.

    With --local it runs here: exit code 0: completed; 1: failed; 2: bad input. The result is the last line
    on stdout.
    """
    if not local and (given := [name for name, value in local_options.items() if value]):
        raise BadInput(f"--{given[0].replace('_', '-')} can only be set with --local")
    kind = load_workflow(workflow)
    from simpleflow.dataflow.kinds.children import run_shape

    shape = run_shape(kind)
    input = arguments(shape, read_input(text, input_file))
    options = {
        "workflow_id": workflow_id,
        "task_list": task_list,
        "execution_timeout": execution_timeout,
        "decision_tasks_timeout": decision_tasks_timeout,
        "tag_list": read_tags(tags),
    }
    kind = kind.with_options(**{name: value for name, value in options.items() if value is not None})
    if local:
        _run_here(kind, shape, input, options, **local_options)
    else:
        _start_there(kind, input, engine, domain, verbose)


def load_workflow(path: str) -> type[Workflow]:
    """Return the class of a dotted path; where its module does not load, tell so and exit with code 1."""
    try:
        return workflow_class(path)
    except click.ClickException:
        raise
    except (Exception, SystemExit) as error:  # the user's module does not load: its own traceback says where
        tell(error)
        sys.exit(1)


def _start_there(
    kind: type[Workflow], input: dict[str, Any], engine: str | None, domain: str | None, verbose: bool
) -> None:
    from simpleflow.swf.starting import send, start_request
    from swf.client import domain_name
    from swf.exceptions import ExecutionAlreadyStarted

    name = domain_name(domain)
    try:
        request = start_request(name, kind, input["args"], input["kwargs"])
    except (TypeError, ValueError) as error:
        raise BadInput(str(error)) from None
    with asked(engine, verbose=verbose, new_domain=name) as client:
        try:
            execution = send(client, request, kind)
        except ExecutionAlreadyStarted:
            raise Refused(f"an execution with the id {request.workflow_id!r} is running already") from None
    click.echo(f"{execution.workflow_id} {execution.run_id}")


def _run_here(
    kind: type[Workflow],
    shape: CallShape,
    input: dict[str, Any],
    options: dict[str, Any],
    nb_workers: int | None,
    skip_time: bool,
    middleware_pre_execution: tuple[str, ...],
    middleware_post_execution: tuple[str, ...],
) -> None:
    from simpleflow.local import Executor

    try:
        executor = Executor(
            kind,
            {"pre": middleware_pre_execution, "post": middleware_post_execution},
            nb_workers=nb_workers or 1,
            skip_time=skip_time,
            workflow_id=options["workflow_id"],
            tag_list=options["tag_list"],
        )
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInput(str(error)) from None
    try:
        result = executor.run(input)
    except Exception as error:  # the run's failure, whatever it is: told on stderr, exit code 1
        sys.stdout.flush()
        tell(error)
        sys.exit(1)
    click.echo(shape.encode_result(result))
