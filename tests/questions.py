"""What a page asks of the database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

MOST = 15
"""Questions of one page, whoever looks and however much there is."""


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile; rooms and clocks that work beside do not count."""
    asked_of = app.extensions["innocore.database"].engine
    me = threading.get_ident()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        # SQLite's way of beginning is a statement too, and asks nothing.
        if threading.get_ident() == me and not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(asked_of, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(asked_of, "before_cursor_execute", note)
