"""Rows of values as text, in the formats that the command line offers."""

from __future__ import annotations

import csv
import enum
import io
from typing import TYPE_CHECKING, Any

from simpleflow.utils import json_dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Header = Sequence[str]
    Rows = Sequence[Sequence[Any]]

__all__ = ["Format", "render"]


class Format(enum.StrEnum):
    """How a table is written."""

    TABULAR = "tabular"
    """Aligned columns."""
    CSV = "csv"
    TSV = "tsv"
    HUMAN = "human"
    """A line for each value, after its name; an empty line between rows."""
    JSON = "json"
    """A list of lists; of objects where the header is asked for."""
    PRETTYJSON = "prettyjson"
    """A list of objects."""


def render(header: Header, rows: Rows, fmt: Format | str = Format.TABULAR, with_header: bool = False) -> str:
    """Return a table as text that ends with a newline. Raises `ValueError` for a format that there is not."""
    return _RENDERERS[Format(fmt)](header, rows, with_header)


def _tabular(header: Header, rows: Rows, with_header: bool) -> str:
    columns = [_column(values) for values in zip(*rows, strict=True)] or [([], str.ljust) for _ in header]
    cells = [column for column, _ in columns]
    # A header stands two characters apart from its neighbours, and then the columns do: as it always was.
    titles = header if with_header else [""] * len(header)
    widths = [
        max([len(title) + 2 if with_header else 0, *map(len, column)])
        for title, column in zip(titles, cells, strict=True)
    ]
    lines = [titles] if with_header else []
    lines += zip(*cells, strict=True)
    aligned = (
        "  ".join(align(text, width) for text, width, (_, align) in zip(line, widths, columns, strict=True))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in aligned) + "\n"


def _column(values: Sequence[Any]) -> tuple[list[str], Callable[[str, int], str]]:
    """Return the texts of a column, and how they are aligned: numbers to the right."""
    there = [value for value in values if value is not None]
    numbers = bool(there) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in there
    )
    floats = numbers and any(isinstance(value, float) for value in there)
    texts = ["" if value is None else f"{value:.2f}" if floats else str(value) for value in values]
    return texts, str.rjust if numbers else str.ljust


def _separated(delimiter: str) -> Callable[[Header, Rows, bool], str]:
    def write(header: Header, rows: Rows, with_header: bool) -> str:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter)
        if with_header:
            writer.writerow(header)
        writer.writerows(rows)
        return text.getvalue()

    return write


def _human(header: Header, rows: Rows, with_header: bool) -> str:
    width = max(map(len, header), default=0)
    blocks = (
        "".join(
            f"{title.ljust(width)}  {'' if value is None else value}".rstrip() + "\n"
            for title, value in zip(header, row, strict=True)
        )
        for row in rows
    )
    return "\n".join(blocks) or "\n"


def _json(header: Header, rows: Rows, with_header: bool) -> str:
    value = [dict(zip(header, row, strict=True)) for row in rows] if with_header else [*map(list, rows)]
    return json_dumps(value) + "\n"


def _pretty_json(header: Header, rows: Rows, with_header: bool) -> str:
    return _json(header, rows, True)


_RENDERERS: dict[Format, Callable[[Header, Rows, bool], str]] = {
    Format.TABULAR: _tabular,
    Format.CSV: _separated(","),
    Format.TSV: _separated("\t"),
    Format.HUMAN: _human,
    Format.JSON: _json,
    Format.PRETTYJSON: _pretty_json,
}
