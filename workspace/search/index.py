"""The index behind one interface: put and take rows, and the two engines that compare words.

SQLite compares by FTS5, PostgreSQL by a GIN index over a tsvector; both are given folded words only
and ask for beginnings of words, so that they answer alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    cast,
    column,
    delete,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import UserDefinedType

from workspace.foundation.db import upsert
from workspace.search.models import Document
from workspace.search.words import fold

Key = tuple[int, str]


@dataclass(frozen=True)
class Entry:
    """The words of one thing."""

    key: Key
    title: str
    body: str
    changed_at: datetime


def taking(kind: str, thing_id: int, part: str | None = None) -> Any:
    """A statement that forgets the words of one thing, or of all its parts."""
    query = delete(Document).where(Document.kind == kind, Document.thing_id == thing_id)
    return query if part is None else query.where(Document.part == part)


def put(connection: Connection, kind: str, family: str, entries: Sequence[Entry]) -> None:
    """Write or replace words in the transaction of `connection`; equal words are left alone."""
    rows = [
        {
            "kind": kind, "family": family, "thing_id": it.key[0], "part": it.key[1],
            "title": fold(it.title), "body": fold(it.body), "changed_at": it.changed_at,
        }
        for it in entries
    ]
    upsert(connection, Document, rows, ("kind", "thing_id", "part"), ("title", "body"))


def take(connection: Connection, kind: str, thing_id: int, part: str | None = None) -> None:
    """Forget words in the transaction of `connection`."""
    connection.execute(taking(kind, thing_id, part))


class Engine(Protocol):
    """How a database compares words."""

    def hits(self, terms: tuple[str, ...], *, title: bool = False) -> ColumnElement[bool]:
        """A clause on Document: each term begins a word of it, or of its title."""


class Fts5:
    """SQLite."""

    def hits(self, terms: tuple[str, ...], *, title: bool = False) -> ColumnElement[bool]:
        """Beginnings of words, each in quotes: nothing in it is read as a command."""
        asked = " AND ".join(f'"{it}"*' for it in terms)
        found = table("search_words", column("rowid"))
        match = text("search_words MATCH :asked_title" if title else "search_words MATCH :asked")
        bound = (
            match.bindparams(asked_title=f"title : ({asked})") if title
            else match.bindparams(asked=asked)
        )
        return Document.id.in_(select(found.c.rowid).where(bound))


class _Question(UserDefinedType[str]):
    """What a tsvector is compared with."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "tsquery"


class Tsvector:
    """PostgreSQL."""

    def hits(self, terms: tuple[str, ...], *, title: bool = False) -> ColumnElement[bool]:
        """Beginnings of words, each in quotes; the terms hold letters and digits only."""
        asked = " & ".join(f"'{it}':*" for it in terms)
        space, nothing = text("' '"), text("''")
        whole: Any = Document.title if title else Document.title.op("||")(space).op("||")(
            Document.body
        )
        words = func.array_to_tsvector(
            func.array_remove(func.string_to_array(whole, space), nothing), type_=TSVECTOR
        )
        clause: ColumnElement[bool] = words.bool_op("@@")(cast(literal(asked), _Question()))
        return clause


def engine_of(dialect: str) -> Engine:
    """The engine of a database by the name of its dialect."""
    return Fts5() if dialect == "sqlite" else Tsvector()
