"""`workflow.list`, `.info`, `.tasks`, `.profile`, `.terminate`: look at executions, and end them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from simpleflow.cli.asking import Meant, Output, Refused, asked, engine_options, execution_meant
from simpleflow.cli.inputs import BadInput

if TYPE_CHECKING:
    from simpleflow.history import History
    from swf.protocol.shapes import WorkflowExecution

__all__ = ["workflow_info", "workflow_list", "workflow_profile", "workflow_tasks", "workflow_terminate"]

_DAY = 86_400

_execution = click.argument("words", nargs=-1, required=True, metavar="[DOMAIN] WORKFLOW_ID [RUN_ID]")
_nb_tasks = click.option("--nb-tasks", "-n", type=click.IntRange(1), help="Show no more than that.")


@click.command("workflow.list")
@click.argument("words", nargs=-1, metavar="[DOMAIN]")
@click.option(
    "--status",
    "-s",
    type=click.Choice(["open", "closed"]),
    default="open",
    show_default=True,
    help="Which executions.",
)
@click.option(
    "--started-since",
    "-d",
    "days",
    type=click.FloatRange(0),
    default=30,
    show_default=True,
    help="How many days ago they started at most.",
)
@engine_options(short_domain=False)
@click.pass_obj
def workflow_list(
    output: Output,
    words: tuple[str, ...],
    status: str,
    days: float,
    engine: str | None,
    domain: str | None,
    verbose: bool,
) -> None:
    """List the executions of DOMAIN, those started latest first."""
    from simpleflow.history import pretty
    from simpleflow.swf.executions import list_executions
    from swf.client import domain_name

    if len(words) > (1 if domain is None else 0):
        raise BadInput("say one domain")
    name = domain_name(*words or (domain,))
    with asked(engine, verbose=verbose) as client:
        since = max(0.0, time.time() - days * _DAY)
        output.table(*pretty.list_executions(list_executions(client, name, status.upper(), since=since)))


@click.command("workflow.info")
@_execution
@engine_options()
@click.pass_obj
def workflow_info(output: Output, /, words: tuple[str, ...], **options: Any) -> None:
    """Show what an execution is, and how long it took."""
    from simpleflow.history import pretty

    meant, execution, history = _read(words, **options)
    output.table(*pretty.info(meant.domain, execution, history))


@click.command("workflow.tasks")
@_execution
@_nb_tasks
@engine_options()
@click.pass_obj
def workflow_tasks(output: Output, /, words: tuple[str, ...], nb_tasks: int | None, **options: Any) -> None:
    """Show the tasks of an execution, the newest first."""
    from simpleflow.history import pretty

    _, _, history = _read(words, **options)
    output.table(*pretty.status(history, nb_tasks))


@click.command("workflow.profile")
@_execution
@_nb_tasks
@engine_options()
@click.pass_obj
def workflow_profile(output: Output, /, words: tuple[str, ...], nb_tasks: int | None, **options: Any) -> None:
    """Show how long the tasks of an execution waited and ran, the longest first."""
    from simpleflow.history import pretty

    _, _, history = _read(words, **options)
    output.table(*pretty.profile(history, nb_tasks))


@click.command("workflow.terminate")
@_execution
@engine_options()
def workflow_terminate(words: tuple[str, ...], engine: str | None, domain: str | None, verbose: bool) -> None:
    """End an open execution at once. Says nothing when it is done."""
    from simpleflow.swf.executions import find_execution
    from swf.exceptions import UnknownResource
    from swf.protocol.requests import TerminateWorkflowExecutionInput

    meant = execution_meant(words, domain)
    with asked(engine, verbose=verbose) as client:
        try:
            client.ask(TerminateWorkflowExecutionInput(meant.domain, meant.workflow_id, meant.run_id))
        except UnknownResource:
            found = find_execution(client, meant.domain, meant.workflow_id, meant.run_id)
            raise Refused(f"{meant.workflow_id} is closed: {found.close_status}") from None


def _read(
    words: tuple[str, ...], engine: str | None, domain: str | None, verbose: bool
) -> tuple[Meant, WorkflowExecution, History]:
    """Return which execution is meant, and its history."""
    from simpleflow.history import History
    from simpleflow.swf.executions import find_execution, read_history

    meant = execution_meant(words, domain)
    with asked(engine, verbose=verbose) as client:
        found = find_execution(client, meant.domain, meant.workflow_id, meant.run_id)
        return meant, found.execution, History(read_history(client, meant.domain, found.execution))
