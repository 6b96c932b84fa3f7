"""`standalone(...)`: engine, deciders and workers for as long as a block of a program takes."""

from __future__ import annotations

import contextlib
import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simpleflow.client import Client
from simpleflow.swf.crew.duties import Duties, named_lists
from simpleflow.swf.loading import Loader
from swf.client import connect, domain_name, ensure_domain

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from simpleflow.workflow import Workflow

__all__ = ["standalone"]

_OWN_LIST = "standalone"


@contextlib.contextmanager
def standalone(
    path: str | os.PathLike[str] | None = None,
    workflows: Sequence[type[Workflow]] = (),
    workers: int = 2,
    mode: Literal["process", "thread"] = "process",
    *,
    domain: str | None = None,
) -> Iterator[Client]:
    """Run an engine, a decider and workers, and yield a `Client` of them.

    Without a path nothing outlives the block. With one, what is open in that file goes on, and is there for
    the next time. The classes and activities of the program are known, those of its `__main__` too; with a
    path the task lists that they name are polled, `workers` on each. With `mode="process"` enter it before
    threads are begun.

    Raises `EngineUnreachable`, `NotConfigured`, or `StoreFailed` when the engine cannot be had.
    """
    duties = Duties(domain_name(domain), Loader(workflows) if workflows else Loader.of_what_is_loaded())
    if path is None:
        duties = duties.on(_OWN_LIST)
    else:
        decisions, activities = named_lists(workflows)
        duties = duties.polling(decisions, activities)
    crew = _in_threads if mode == "thread" else _in_processes
    with crew(path, duties, workers) as client:
        yield client


@contextlib.contextmanager
def _in_threads(path: str | os.PathLike[str] | None, duties: Duties, workers: int) -> Iterator[Client]:
    from simpleflow.swf.crew.threads import Threads
    from swf.engine import Engine

    with contextlib.ExitStack() as held:
        if path is None:
            engine = held.enter_context(Engine())
            own, others = engine.client(), engine.client
        else:
            own = held.enter_context(contextlib.closing(connect(path)))
            others = functools.partial(connect, path, open_file=False)
        ensure_domain(own, duties.domain)
        held.enter_context(Threads(duties.in_mode("thread"), others, workers))
        yield Client.of(own, duties.domain, task_list=duties.reroute)


@contextlib.contextmanager
def _in_processes(path: str | os.PathLike[str] | None, duties: Duties, workers: int) -> Iterator[Client]:
    from simpleflow.swf.crew.engine import ServedEngine
    from simpleflow.swf.crew.processes import Processes

    with contextlib.ExitStack() as held:
        folder = None if path is not None else held.enter_context(tempfile.TemporaryDirectory())
        file = Path(path) if path is not None else Path(str(folder)) / "engine.db"
        engine = held.enter_context(ServedEngine(file.expanduser().absolute()))
        own = held.enter_context(contextlib.closing(engine.client()))
        ensure_domain(own, duties.domain)
        held.enter_context(Processes(duties, engine.client, workers=workers))
        yield Client.of(own, duties.domain, task_list=duties.reroute)
