"""`decider.start` and `worker.start`: processes that decide and work until they are told to stop."""

from __future__ import annotations

import base64
import functools
import sys
from typing import TYPE_CHECKING, Any

import click

from simpleflow.cli.asking import asked, engine_options
from simpleflow.cli.failures import tell
from simpleflow.cli.inputs import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.perform import Middlewares
    from simpleflow.swf.loading import Loader
    from simpleflow.swf.worker import Mode
    from simpleflow.workflow import Workflow

__all__ = [
    "crew_options",
    "decider_options",
    "decider_start",
    "grace_on",
    "load",
    "middlewares",
    "processors",
    "worker_options",
    "worker_start",
]


_GRACE, _GRACE_ON_AMAZON = 30.0, 90.0


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda command: functools.reduce(lambda made, option: option(made), reversed(options), command)


def _set_level(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        import logging

        click.echo("--log-level is deprecated: set LOG_LEVEL", err=True)
        try:
            logging.getLogger("simpleflow").setLevel(value.upper())
        except ValueError:
            raise BadInput(f"there is no level {value!r}") from None


crew_options = _options(
    click.option(
        "--grace",
        type=click.FloatRange(0),
        help="Seconds that what runs has to finish after SIGTERM; a second one ends it at once. 30, and on "
        "Amazon SWF 90, as a poll under way takes up to 60 there.",
    ),
    click.option(
        "--log-level", "-l", help="Deprecated: set LOG_LEVEL.", expose_value=False, callback=_set_level
    ),
)

worker_options = _options(
    click.option(
        "--heartbeat",
        type=click.FloatRange(0),
        default=60.0,
        show_default=True,
        help="Seconds between heartbeats at most; 0 sends none.",
    ),
    click.option(
        "--process-mode",
        "mode",
        type=click.Choice(["process", "fork", "thread"]),
        default="process",
        show_default=True,
        help="Activities run in a child that lives on, in a new one each, or in the worker itself.",
    ),
    click.option(
        "--middleware-pre-execution",
        "pre",
        multiple=True,
        help="MODULE.FUNCTION called before each activity.",
    ),
    click.option(
        "--middleware-post-execution",
        "post",
        multiple=True,
        help="MODULE.FUNCTION called after each activity.",
    ),
)

decider_options = _options(
    click.option(
        "--fail-on-decider-error",
        "fail_on_error",
        is_flag=True,
        help="Fail an execution that cannot be decided, rather than leave it to code that is mended.",
    ),
    click.option(
        "--keep-runs",
        "kept_runs",
        type=click.IntRange(1),
        default=1_000,
        show_default=True,
        help="How many runs a decider keeps in memory.",
    ),
)


@click.command("decider.start")
@click.argument("workflows", nargs=-1)
@engine_options()
@click.option("--task-list", "-t", help="Which to poll; else the one that the WORKFLOWs name.")
@click.option("--nb-processes", "-N", type=click.IntRange(1), help="How many deciders; one a processor.")
@decider_options
@crew_options
def decider_start(
    workflows: tuple[str, ...],
    engine: str | None,
    domain: str | None,
    verbose: bool,
    task_list: str | None,
    nb_processes: int | None,
    fail_on_error: bool,
    kept_runs: int,
    grace: float | None,
) -> None:
    """Decide executions of the WORKFLOWs, given as MODULE or MODULE.CLASS, until told to stop.

    Without WORKFLOWs, classes are found by the names that the executions give, in modules that lie in the
    current directory. Exit code 0: told to stop; 1: it gave up, or was killed; 2: bad input.
    """
    from simpleflow.swf.crew.duties import Duties
    from simpleflow.swf.crew.processes import decider_group
    from simpleflow.swf.registration import register_workflow
    from swf.client import domain_name, ensure_domain

    loader = load(workflows)
    lists = [task_list] if task_list else _lists_of(loader.workflows)
    count = nb_processes or processors()
    duties = Duties(
        domain_name(domain),
        loader,
        decision_lists=lists,
        deciders=count,
        sticky=True,
        fail_on_error=fail_on_error,
        kept_runs=kept_runs,
    )
    with asked(engine, new_domain=duties.domain) as client:
        ensure_domain(client, duties.domain)
        for workflow in loader.workflows:
            if workflow.name and workflow.version:
                register_workflow(client, duties.domain, workflow)
    group = decider_group(duties, _reach(engine, duties.domain))
    _supervise("Decider", "DeciderPoller.start", group, count, grace, engine, duties.domain)


@click.command("worker.start")
@click.argument("modules", nargs=-1)
@engine_options()
@click.option("--task-list", "-t", help="Which to poll.")
@click.option("--nb-processes", "-N", type=click.IntRange(1), help="How many workers; one a processor.")
@worker_options
@click.option("--one-task", is_flag=True, help="Work on one task, and end.")
@click.option("--poll-data", help="Work on this task: the answer to a poll as JSON in Base64, and end.")
@crew_options
def worker_start(
    modules: tuple[str, ...],
    engine: str | None,
    domain: str | None,
    verbose: bool,
    task_list: str | None,
    nb_processes: int | None,
    heartbeat: float,
    mode: Mode,
    pre: tuple[str, ...],
    post: tuple[str, ...],
    one_task: bool,
    poll_data: str | None,
    grace: float | None,
) -> None:
    """Work on the activities that MODULES make known, until told to stop.

    A MODULE is one, or anything in one, as a workflow. Without any, activities are found by their names, in
    modules that lie in the current directory. Exit code 0: told to stop; 1: it gave up, or was killed; 2: bad
    input.
    """
    from simpleflow.swf.crew.duties import Duties
    from simpleflow.swf.crew.processes import worker_groups
    from swf.client import domain_name

    if task_list is None and poll_data is None:
        raise BadInput("Please provide a --task-list or some data via --poll-data")
    duties = Duties(
        domain_name(domain),
        load(modules),
        activity_lists=[task_list or ""],
        mode=mode,
        heartbeat=heartbeat,
        middlewares=middlewares(pre, post),
    )
    if one_task or poll_data is not None:
        _one_task(duties, engine, task_list or "", poll_data)
        return
    count = nb_processes or processors()
    with asked(engine, new_domain=duties.domain):
        pass
    (group,) = worker_groups(duties, _reach(engine, duties.domain), count)
    _supervise("Worker", "ActivityPoller.start", group, count, grace, engine, duties.domain)


def load(names: tuple[str, ...]) -> Loader:
    """Return who finds what may run; where a module does not load, tell so and exit with code 1."""
    from simpleflow.exceptions import DispatchError
    from simpleflow.swf.loading import Loader

    try:
        return Loader(names)
    except DispatchError as error:
        raise BadInput(str(error)) from None
    except (Exception, SystemExit) as error:  # the user's module does not load: its own traceback says where
        tell(error)
        sys.exit(1)


def middlewares(pre: tuple[str, ...], post: tuple[str, ...]) -> Middlewares:
    """Return the functions around activities. Raises `BadInput` for one that is not there."""
    from simpleflow.perform import Middlewares

    try:
        return Middlewares(pre, post)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadInput(str(error)) from None


def _lists_of(workflows: list[type[Workflow]]) -> list[str]:
    """Return the one task list that the classes name."""
    if not workflows:
        raise BadInput("A task list is needed if no workflows are specified: say --task-list")
    named = {workflow.task_list for workflow in workflows}
    if len(named) > 1:
        first = workflows[0].task_list
        raise BadInput(
            f'all workflows must have the same task list "{first}" unless you specify it explicitly: '
            f"they have {', '.join(sorted(map(str, named)))}"
        )
    (one,) = named
    if one is None:
        raise BadInput(f"{workflows[0].__name__} names no task list: say --task-list")
    return [one]


def processors() -> int:
    """Return how many processors this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _reach(engine: str | None, domain: str) -> Callable[[], Any]:
    from swf.client import connect

    return functools.partial(connect, engine, domain=domain)


def grace_on(engine: str | None, asked: float | None) -> float:
    """Return the seconds that what runs has to finish: those asked for, else enough for a poll to end.

    A poll of Amazon SWF that is under way cannot be taken back; it may bring a task.
    """
    from swf.client.naming import Amazon, engine_meant

    if asked is not None:
        return asked
    return _GRACE_ON_AMAZON if isinstance(engine_meant(engine), Amazon) else _GRACE


def _supervise(
    kind: str, payload: str, group: Any, count: int, grace: float | None, engine: str | None, domain: str
) -> None:
    from simpleflow.swf.process.supervisor import Supervisor
    from simpleflow.swf.process.titles import supervisor_name
    from swf.client.naming import engine_meant

    click.echo(f"{kind.lower()}: {count} on {engine_meant(engine)}, domain {domain}", err=True)
    name = supervisor_name(kind, payload, count)
    sys.exit(Supervisor(group, name=name, grace=grace_on(engine, grace)).run())


def _one_task(duties: Any, engine: str | None, task_list: str, poll_data: str | None) -> None:
    from simpleflow.swf.process.signals import stopping
    from swf.protocol.answering import answer_from_json

    with asked(engine, new_domain=duties.domain) as client:
        worker = duties.worker(task_list, client)
        with stopping(worker.stop, worker.stop_now):
            if poll_data is None:
                worker.run(most=1)
                return
            try:
                task = answer_from_json("PollForActivityTask", base64.b64decode(poll_data, validate=True))
            except ValueError as error:
                raise BadInput(f"--poll-data is not the answer to a poll in Base64: {error}") from None
            try:
                worker.work_on(task)
            finally:
                worker.close()
