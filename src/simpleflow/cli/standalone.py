"""`standalone`: run one execution to its end, with all that it takes."""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from simpleflow.cli.asking import Refused, engine_options
from simpleflow.cli.crew import (
    crew_options,
    decider_options,
    grace_on,
    load,
    middlewares,
    processors,
    worker_options,
)
from simpleflow.cli.failures import tell
from simpleflow.cli.inputs import BadInput, arguments, read_input, read_tags
from simpleflow.cli.workflow import load_workflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.codec import CallShape
    from simpleflow.swf.crew.duties import Duties
    from simpleflow.swf.outcomes import Closing
    from simpleflow.workflow import Workflow
    from swf.protocol.client import Client
    from swf.protocol.requests import StartWorkflowExecutionInput
    from swf.protocol.shapes import WorkflowExecution

__all__ = ["standalone"]

_MOST = 256
"""Characters of a task list's name."""
_EVERY_ON_AMAZON = 2.0
"""Seconds between two looks at an execution there: each counts for the rate that the account may ask at."""


@click.command("standalone")
@click.argument("workflow")
@engine_options()
@click.option("--input", "-i", "text", help="The input as JSON: a list, or an object with args and kwargs.")
@click.option(
    "--input-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The input, in a file."
)
@click.option("--workflow-id", help="The id of the execution; else the name of the class.")
@click.option(
    "--execution-timeout", type=click.IntRange(1), help="Seconds that it may take; else as the class says."
)
@click.option(
    "--decision-tasks-timeout",
    type=click.IntRange(1),
    help="Seconds that a decision may take; else as the class says.",
)
@click.option("--tags", help="At most 5, separated by commas; else as the class says.")
@click.option("--nb-workers", "-W", type=click.IntRange(1), help="How many workers; one a processor.")
@click.option(
    "--nb-deciders", "-D", type=click.IntRange(1), default=1, show_default=True, help="How many deciders."
)
@worker_options
@decider_options
@click.option(
    "--display-status/--no-display-status", help="Say every 2 seconds on stderr whether it is open."
)
@crew_options
def standalone(
    workflow: str,
    engine: str | None,
    domain: str | None,
    text: str | None,
    input_file: Path | None,
    workflow_id: str | None,
    execution_timeout: int | None,
    decision_tasks_timeout: int | None,
    tags: str | None,
    nb_workers: int | None,
    nb_deciders: int,
    heartbeat: float,
    mode: Any,
    pre: tuple[str, ...],
    post: tuple[str, ...],
    fail_on_error: bool,
    kept_runs: int,
    display_status: bool,
    grace: float | None,
    verbose: bool,
) -> None:
    """Run WORKFLOW, given as MODULE.CLASS, with deciders and workers of its own, and print its result.

    Run again with the id of an execution that is open, it takes that one up. Ctrl-C asks the execution to
    cancel, a second one terminates it. Exit code 0: completed; 1: failed, timed out, canceled or terminated,
    or left open; 2: bad input.
    """
    from simpleflow.dataflow.kinds.children import run_shape
    from simpleflow.swf.crew.duties import Duties
    from simpleflow.swf.starting import start_request
    from swf.client import domain_name

    kind = load_workflow(workflow)
    shape = run_shape(kind)
    given = arguments(shape, read_input(text, input_file))
    options = {
        "workflow_id": workflow_id or str(kind.name),
        "execution_timeout": execution_timeout,
        "decision_tasks_timeout": decision_tasks_timeout,
        "tag_list": read_tags(tags),
    }
    variant = kind.with_options(**{name: value for name, value in options.items() if value is not None})
    try:
        request = start_request(domain_name(domain), variant, given["args"], given["kwargs"])
    except (TypeError, ValueError) as error:
        raise BadInput(str(error)) from None
    duties = Duties(
        request.domain,
        load((workflow,)),
        deciders=nb_deciders,
        kept_runs=kept_runs,
        fail_on_error=fail_on_error,
        mode=mode,
        heartbeat=heartbeat,
        middlewares=middlewares(pre, post),
    )
    click.echo(f"starting workflow {workflow}", err=True)
    closing = _run(engine, request, kind, duties, nb_workers or processors(), grace, display_status)
    _tell_end(closing, request.workflow_id, shape)


def _run(
    engine: str | None,
    request: StartWorkflowExecutionInput,
    kind: type[Workflow],
    duties: Duties,
    workers: int,
    grace: float | None,
    display_status: bool,
) -> Closing:
    """Return how the execution ended; exit with code 1 when it stays open."""
    from simpleflow.swf.crew.processes import Processes
    from simpleflow.swf.crew.watching import CrewGaveUp, Leave, Watch
    from swf.client.naming import Amazon, engine_meant
    from swf.exceptions import NotConfigured, SWFError

    with contextlib.ExitStack() as held:
        try:
            reach = _engine(engine, request.domain, held)
            client = held.enter_context(contextlib.closing(reach()))
            execution, task_list = _begun(client, request, kind)
            crew = Processes(duties.on(task_list), reach, workers=workers, grace=grace_on(engine, grace))
            watch = Watch(
                client,
                request.domain,
                execution,
                crew_ended=lambda: crew.ended,
                status=functools.partial(_say, "status: {}") if display_status else None,
                every=_EVERY_ON_AMAZON if isinstance(engine_meant(engine), Amazon) else 0.0,
            )
            click.echo(f"{execution.workflow_id} {execution.run_id}")
            held.enter_context(watch)
            held.enter_context(crew)
            closing = watch.until_closed()
            crew.stop_now()
            return closing
        except NotConfigured as error:
            raise BadInput(str(error)) from None
        except SWFError as error:
            raise Refused(str(error)) from None
        except CrewGaveUp:
            raise Refused("deciders and workers gave up: the execution is open; see the log above") from None
        except Leave:
            raise Refused(f"the execution {request.workflow_id} is open: run this again to go on") from None


def _say(template: str, *told: Any) -> None:
    click.echo(template.format(*told), err=True)


def _engine(engine: str | None, domain: str, held: contextlib.ExitStack) -> Callable[[], Client]:
    """Return how the engine is reached; that on a file is served for as long as `held` lasts."""
    from simpleflow.swf.crew.engine import ServedEngine
    from swf.client import connect, ensure_domain
    from swf.client.naming import engine_meant

    meant = engine_meant(engine)
    _say("engine: {}, domain {}", meant, domain)
    if isinstance(meant, Path):
        reach: Callable[[], Client] = held.enter_context(ServedEngine(meant)).client
    else:
        reach = functools.partial(connect, engine)
    with contextlib.closing(reach()) as client:
        ensure_domain(client, domain)
    return reach


def _begun(
    client: Client, request: StartWorkflowExecutionInput, kind: type[Workflow]
) -> tuple[WorkflowExecution, str]:
    """Start the execution, or take up the one that is open; return it and its task list."""
    from simpleflow.swf.crew.beginning import StillHidden, start_or_find
    from swf.protocol.shapes import TaskList

    own = f"{request.workflow_id[: _MOST - 33]}-{uuid.uuid4().hex}"
    try:
        execution, is_new = start_or_find(
            client, msgspec.structs.replace(request, task_list=TaskList(own)), kind
        )
    except StillHidden as error:
        raise Refused(str(error)) from None
    return (execution, own) if is_new else _taken_up(client, request, execution)


def _taken_up(
    client: Client, request: StartWorkflowExecutionInput, execution: WorkflowExecution
) -> tuple[WorkflowExecution, str]:
    from swf.protocol.requests import DescribeWorkflowExecutionInput, GetWorkflowExecutionHistoryInput

    history = client.ask(GetWorkflowExecutionHistoryInput(request.domain, execution, maximum_page_size=1))
    recorded = history.events[0].attributes.input
    if _value(recorded) != _value(request.input):
        raise BadInput(
            f"the execution {request.workflow_id} is open with other input: {recorded}; "
            "give the same, or another --workflow-id"
        )
    _say("taking up the open execution {} {}", execution.workflow_id, execution.run_id)
    described = client.ask(DescribeWorkflowExecutionInput(request.domain, execution))
    return execution, described.execution_configuration.task_list.name


def _value(input: str | None) -> Any:
    value = json.loads(input or "{}")
    if isinstance(value, dict):
        value.pop("__extra", None)
    return value


def _tell_end(closing: Closing, workflow_id: str, shape: CallShape) -> None:
    """Print the result as the last line on stdout, or why there is none on stderr, and exit."""
    from simpleflow.swf.outcomes import failure_in

    _say("execution {} finished", workflow_id)
    failure = failure_in(closing)
    if failure is not None:
        tell(failure)
        sys.exit(1)
    result = getattr(closing.attributes, "result", None)
    click.echo(shape.encode_result(shape.decode_result(result)))
