"""`server.*`: keep an engine up, and check its file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from simpleflow.cli.inputs import BadInput
from swf.exceptions import SWFError
from swf.places import default_file

__all__ = ["server_check", "server_start"]


@click.command("server.start")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=int, default=7930, show_default=True, help="0 takes any that is free.")
@click.option(
    "--db",
    "file",
    type=click.Path(path_type=Path),
    help="The engine's file; without it simpleflow/engine.db in your data directory.",
)
@click.option("--in-memory", is_flag=True, help="Store nothing: all is lost at the end.")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path),
    help="A file like ~/.aws/credentials: requests must be signed with one of its keys.",
)
@click.option(
    "--durability",
    type=click.Choice(["full", "normal"]),
    default="full",
    show_default=True,
    help="normal: a power loss may cost the last instant, a crash still nothing.",
)
def server_start(
    host: str,
    port: int,
    file: Path | None,
    in_memory: bool,
    credentials: Path | None,
    durability: Literal["full", "normal"],
) -> None:
    """Serve an engine to every SWF client, until SIGTERM or SIGINT.

    Exit code 0: told to stop; 2: it cannot be served.
    """
    if in_memory and file is not None:
        raise BadInput("--in-memory stores nothing, --db names a file: one of them")
    from swf.engine.front.command import serve_until_stopped

    try:
        serve_until_stopped(
            None if in_memory else file or default_file(), host, port, credentials, durability
        )
    except SWFError as error:
        raise BadInput(str(error)) from None


@click.command("server.check")
@click.option(
    "--db",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The engine's file; nobody may serve it meanwhile.",
)
def server_check(file: Path) -> None:
    """Rebuild every execution from its history, and compare.

    Exit code 0: all is well; 1: there are problems, one line each on stdout; 2: it cannot be checked.
    """
    from swf.engine import Engine

    try:
        engine = Engine(file)
        try:
            problems = engine.check()
        finally:
            engine.close()
    except SWFError as error:
        raise BadInput(str(error)) from None
    for problem in problems:
        click.echo(problem)
    sys.exit(1 if problems else 0)
