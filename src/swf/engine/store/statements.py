"""Reads `statements.sql` and the migrations: SQL has files of its own."""

from __future__ import annotations

import re
from importlib.resources import files

__all__ = ["MIGRATIONS", "STATEMENTS"]

_HERE = files("swf.engine.store")
_NAMED = re.compile(r"^-- (\w+): .*\n((?:(?!--).*\n)+)", re.MULTILINE)

STATEMENTS: dict[str, str] = {
    name: " ".join(sql.split()).rstrip(";")
    for name, sql in _NAMED.findall(_HERE.joinpath("statements.sql").read_text() + "\n")
}
MIGRATIONS: dict[int, str] = {
    int(entry.name.removesuffix(".sql")): entry.read_text()
    for entry in _HERE.joinpath("migrations").iterdir()
}
"""What brings a file to each version from the one before."""
