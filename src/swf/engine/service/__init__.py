"""The operations, on what is stored. Knows nothing of connections, threads or time's flow."""

from __future__ import annotations

from swf.engine.service.books import Books
from swf.engine.service.operations import POLLS, READS, answer, domain_of

__all__ = ["POLLS", "READS", "Books", "answer", "domain_of"]
