"""What the history knows of the tasks of one execution, whatever pass asked, and who may claim it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from simpleflow.dataflow.node import Node
    from simpleflow.dataflow.run import Dataflow
    from swf.protocol.events import Event

__all__ = ["Ledger", "Record"]


class Record:
    """One task that was decided: from where in the program, who claims it, since when it is done."""

    __slots__ = ("batch", "node", "occurrence", "place", "site")

    def __init__(self, node: Node | None) -> None:
        """Begin with the node that asked; without one, it was found in a history."""
        self.site = node.site if node is not None else None
        self.occurrence = node.occurrence if node is not None else 0
        self.place = node.place if node is not None else ()
        self.node = node
        self.batch = 0

    def claimed_in(self, pass_: Any) -> bool:
        """Tell whether a node of this pass has it."""
        return self.node is not None and self.node.pass_ is pass_

    def decided(self, event: Event, run: Dataflow) -> None:
        """Take note of the event that records its decision: accepted or refused."""
        raise NotImplementedError

    def moved(self, batch: int) -> None:
        """Say that its state has changed in this batch."""
        self.batch = batch
        if self.node is not None:
            self.node.pass_.moved(self.node)


R = TypeVar("R", bound=Record)


class Ledger(Generic[R]):
    """Records by what makes them equal (name and arguments), in the order in which they were decided."""

    def __init__(self) -> None:
        self._records: dict[Any, list[R]] = {}
        self._by_site: dict[Any, R] = {}
        self._new: list[tuple[Any, R]] = []
        self._found = False

    def adopt(self, key: Any, record: R) -> None:
        """Keep a record that was found in a history: the first pass may claim it."""
        self._found = True
        self.add(key, record)

    def add(self, key: Any, record: R) -> None:
        """Keep `record` under `key`."""
        self._new.append((key, record))

    def _index(self) -> None:
        for key, record in self._new:
            self._records.setdefault(key, []).append(record)
            self._by_site.setdefault((key, record.site, record.occurrence), record)
        self._new.clear()

    def claim(self, key: Any, node: Node) -> R | None:
        """Return the record that `node` takes over from an earlier pass, if there is one.

        The one decided from the same call site and occurrence; else the first, not claimed in this pass,
        whose place in the program was not after the node's own.
        """
        if node.pass_.number == 1 and not self._found:
            return None
        self._index()
        same = self._by_site.get((key, node.site, node.occurrence))
        if same is not None and not same.claimed_in(node.pass_):
            same.node = node
            return same
        for record in self._records.get(key, ()):
            if record.place <= node.place and not record.claimed_in(node.pass_):
                record.node = node
                return record
        return None
