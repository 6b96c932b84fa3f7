"""Events, histories and decisions of the object layer: without an engine, a network, or a clock."""

from __future__ import annotations
