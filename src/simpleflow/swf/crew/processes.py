"""Deciders and workers in processes, and who supervises them."""

from __future__ import annotations

import functools
import logging
import signal
from typing import TYPE_CHECKING

from simpleflow.swf.process.child import Child
from simpleflow.swf.process.signals import stopping
from simpleflow.swf.process.supervisor import Group, Supervisor
from simpleflow.swf.process.titles import set_title, supervisor_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.swf.crew.duties import Duties
    from swf.protocol.client import Client

__all__ = ["Processes", "decider_group", "worker_groups"]

logger = logging.getLogger(__name__)

_AFTER_GRACE_SECONDS = 3.0
_LAST_WORDS_SECONDS = 0.5


class Processes:
    """Deciders, and `workers` processes for each list of activities, under a supervisor of their own.

    That one starts children from a process without threads; all die with this process. Enter it before
    threads are begun. At the end what runs has `grace` seconds to finish.
    """

    def __init__(
        self, duties: Duties, reach: Callable[[], Client], *, workers: int = 2, grace: float = 30.0
    ) -> None:
        groups = [decider_group(duties, reach), *worker_groups(duties, reach, workers)]
        count = sum(group.count for group in groups)
        name = supervisor_name("Standalone", "crew", count)
        self._child = Child(Supervisor(*groups, name=name, grace=grace, quiet=True).run, "Standalone")
        self._grace = grace
        self._given_up = False

    @property
    def ended(self) -> bool:
        """Whether it has given up."""
        return self._child.ended()

    def __enter__(self) -> Processes:
        self._child.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if not self._given_up and not self.ended:
            logger.info("stopping: what runs has %g seconds to finish", self._grace)
        self._child.signal(signal.SIGTERM)
        if self._child.wait(self._grace + _AFTER_GRACE_SECONDS) is None:
            self._child.kill()

    def stop_now(self) -> None:
        """Give up what runs: nobody waits for it any more."""
        self._given_up = True
        self._child.signal(signal.SIGTERM)
        if self._child.wait(_LAST_WORDS_SECONDS) is None:
            self._child.signal(signal.SIGTERM)


def decider_group(duties: Duties, reach: Callable[[], Client]) -> Group:
    """Return the deciders, to be supervised; `reach` makes a client in each of them."""
    name = f"DeciderPoller(task_list={','.join(duties.decision_lists)})"
    return Group(name, functools.partial(_decide, duties, reach, name), duties.deciders)


def worker_groups(duties: Duties, reach: Callable[[], Client], count: int) -> list[Group]:
    """Return `count` workers for each list of activities, to be supervised."""
    return [
        Group(
            f"ActivityPoller(task_list={task_list})",
            functools.partial(_work, duties, task_list, reach),
            count,
        )
        for task_list in duties.activity_lists
    ]


def _decide(duties: Duties, reach: Callable[[], Client], name: str) -> None:
    decider = duties.decider(reach())
    set_title(name, "running")
    with stopping(decider.stop, decider.stop):
        decider.run()


def _work(duties: Duties, task_list: str, reach: Callable[[], Client]) -> None:
    worker = duties.worker(task_list, reach())
    with stopping(worker.stop, worker.stop_now):
        worker.run()
