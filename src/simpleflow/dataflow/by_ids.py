"""A dataflow that takes the history at its word: each submit takes the recorded task that bears its id.

So releases before this one decided, and so test suites are written that build histories by hand. The whole
history is one batch; nothing is compared with what was decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpleflow.dataflow.kinds import ADOPTED
from simpleflow.dataflow.run import Dataflow, Decided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpleflow.dataflow.kinds.attempts import Attempts, AttemptsNode
    from swf.protocol.events import Event

__all__ = ["ByIds"]


class ByIds(Dataflow):
    """A dataflow that is fed once: ids are given as the tasks are submitted."""

    def feed(self, batch: Sequence[Event]) -> Decided:
        """Take the whole history and decide, whatever its last event is."""
        self.batch += 1
        self.times.append(batch[-1].event_timestamp)
        self.events.extend(batch)
        self._apply(batch)
        self.answered = batch[-1].event_id
        return Decided(self._decide(), self._execution_context(), self._to_register)

    def claim(self, node: AttemptsNode) -> Attempts | None:
        node.id = node.numbered_id(self)
        record = self.by_id.get(node.id)
        if record is not None:
            record.node = node
        return record

    def _confirm(self, event: Event) -> None:
        if (adopt := ADOPTED.get(type(event))) is not None:
            record = adopt(self, event)
            if record is not None:
                record.decided(event, self)
