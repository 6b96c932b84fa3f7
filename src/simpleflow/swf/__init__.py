"""simpleflow on Amazon SWF: so far the names that users import; deciders and workers will live here."""

from __future__ import annotations
