"""Asking an engine: the options that say which one, and what is said when it refuses."""

from __future__ import annotations

import contextlib
import functools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import unquote

import click

from simpleflow.cli.inputs import BadInput
from simpleflow.tables import Format, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swf.protocol.client import Client

__all__ = ["Meant", "Output", "Refused", "asked", "engine_options", "execution_meant"]

P = ParamSpec("P")
R = TypeVar("R")


class Refused(BadInput):
    """It cannot be done: one line on stderr, exit code 1."""

    exit_code = 1


@dataclass(frozen=True)
class Output:
    """How tables are printed."""

    format: Format = Format.TABULAR
    header: bool = False

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Print a table on stdout."""
        click.echo(render(header, rows, self.format, self.header), nl=False)


def engine_options(*, short_domain: bool = True) -> Callable[[Callable[P, R]], Callable[..., R]]:
    """Give a command `--engine`, `--domain` and `--verbose`."""
    domain = ["--domain", "-d"] if short_domain else ["--domain"]
    options = [
        click.option(
            "--engine",
            help="A path, http://HOST:PORT or aws[:REGION]; else SWF_ENGINE, else the default file.",
        ),
        click.option(*domain, help="Else SWF_DOMAIN, else default."),
        click.option("--verbose", "-v", is_flag=True, help="Say which engine is asked."),
    ]
    return lambda command: functools.reduce(lambda made, option: option(made), reversed(options), command)


@contextlib.contextmanager
def asked(engine: str | None, *, verbose: bool = False, new_domain: str | None = None) -> Iterator[Client]:
    """Have a client of the engine; what it refuses is told in one line, with exit code 1.

    A `new_domain` that an embedded engine lacks is registered; without it nothing is made that is not there.
    """
    from simpleflow.exceptions import ExecutionNotFound
    from swf.client import connect
    from swf.client.naming import engine_meant
    from swf.exceptions import NotConfigured, SWFError

    try:
        meant = engine_meant(engine)
        name = str(meant) if isinstance(meant, Path) else engine or str(meant)
        if isinstance(meant, Path) and new_domain is None and not meant.exists():
            raise Refused(f"there is no engine at {meant}: it is made when something starts")
        client = connect(engine, domain=new_domain)
    except NotConfigured as error:
        raise BadInput(str(error)) from None
    except SWFError as error:
        raise Refused(str(error)) from None
    if verbose:
        click.echo(f"engine: {name}", err=True)
    try:
        yield client
    except ExecutionNotFound as error:  # said on stdout, as it always was
        click.echo(str(error))
        sys.exit(1)
    except SWFError as error:
        raise Refused(f"{error} (engine: {name})") from None
    finally:
        client.close()


@dataclass(frozen=True)
class Meant:
    """Which execution is meant; without a run id the open one, else the one that closed latest."""

    domain: str
    workflow_id: str
    run_id: str | None = None


def execution_meant(words: Sequence[str], domain: str | None) -> Meant:
    """Return which execution the positional words mean.

    One is the workflow id, two are domain and workflow id, three add the run id; with `--domain` they are
    workflow id and run id. Raises `BadInput` for any other number.
    """
    from swf.client import domain_name

    if domain is None and len(words) > 1:
        domain, *words = words
    if not 1 <= len(words) <= 2:
        raise BadInput("say [DOMAIN] WORKFLOW_ID, DOMAIN WORKFLOW_ID RUN_ID, or --domain and the last two")
    run_id = unquote(words[1]) if len(words) == 2 else None
    return Meant(domain_name(domain), words[0], run_id)
