"""The operations, on what is stored. Knows nothing of connections, threads or time's flow."""

from __future__ import annotations

from swf.engine.service.books import Books
from swf.engine.service.operations import POLLS, answer, domain_of

__all__ = ["POLLS", "Books", "answer", "domain_of"]
