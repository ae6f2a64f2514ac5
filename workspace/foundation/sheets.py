"""Tables as files for spreadsheets: RFC 4180, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

COMPUTES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that spreadsheets take for a formula, full-width forms among them."""


def harmless(value: object) -> object:
    """Text that stays text: a cell that begins like a formula gets an apostrophe. Numbers stay."""
    if isinstance(value, str) and value.startswith(COMPUTES):
        return "'" + value
    return "" if value is None else value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as text with CRLF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(it) for it in row] for row in rows)
    return out.getvalue()


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The table as a download in UTF-8 with the mark that spreadsheets look for."""
    made = Response("\ufeff" + csv_text(header, rows), mimetype="text/csv")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made
