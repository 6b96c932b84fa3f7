"""Histories of executions: sequences of events, fetched as they are read, checked when compiled."""

from __future__ import annotations

from swf.models.history.history import History

__all__ = ["History"]
